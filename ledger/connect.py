"""Where the database is, and connections to it in the two roles.

The owner migrates. Everything else connects as `dudao_app`, which can read and append and nothing
more. Embedded, both are accounts of their own. With a URL, its user is the owner and the application
takes on `dudao_app` at connection time: that stops mistakes, but whoever can run SQL can take the
owner's role back. Give a second URL with a login that is only a member of `dudao_app` to close that.
"""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from ledger.log import pack
from ledger.migrate import LEDGER, Source, migrate
from ledger.server import embedded

APP = "dudao_app"
NEEDED = {"fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
DURABLE = {"on", "remote_apply", "remote_write", "local"}


class Unsafe(RuntimeError):  # noqa: N818 - reads as what it says
    """The server is set so that what it acknowledges may be lost."""


class Addresses(NamedTuple):
    """Connection strings of the two roles."""

    owner: str
    app: str


class Database:
    """The database, ready: migrated, checked, and held open if it is the embedded one."""

    def __init__(self, addresses: Addresses, server: embedded.Embedded | None) -> None:
        self.addresses = addresses
        self._server = server

    def pool(self, size: int = 8) -> ConnectionPool[Connection[Any]]:
        """Return an open pool for the log and the vault. Make it after forking, never before."""
        return app_pool(self.addresses.app, size)

    def close(self) -> None:
        """Let go of the embedded server."""
        if self._server is not None:
            self._server.close()

    def __enter__(self) -> Self:
        """Return the database itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Let go."""
        self.close()


def open_database(
    folder: Path,
    url: str | None = None,
    app_url: str | None = None,
    sources: Iterable[Source] = (LEDGER,),
) -> Database:
    """Start or join the embedded server in `folder`, or use `url`; migrate; check the settings.

    Raises:
        Unavailable, Edited, Unsafe: with what to do in the message.
    """
    if url is None:
        server = embedded.attach(folder)
        addresses = Addresses(server.conninfo(embedded.OWNER), server.conninfo(embedded.APP))
    else:
        server = None
        addresses = Addresses(url, app_url or in_role(url, APP))
    database = Database(addresses, server)
    try:
        with psycopg.connect(addresses.owner) as connection:
            migrate(connection, sources)
        with psycopg.connect(addresses.app) as connection:
            check_settings(connection)
    except BaseException:
        database.close()
        raise
    return database


def in_role(conninfo: str, role: str) -> str:
    """Return the connection string with `role` taken on at connection time."""
    options = str(conninfo_to_dict(conninfo).get("options") or "")
    return make_conninfo(conninfo, options=f"{options} -c role={role}".strip())


def app_pool(conninfo: str, size: int = 8) -> ConnectionPool[Connection[Any]]:
    """Return an open pool of connections prepared for the ledger."""
    pool: ConnectionPool[Connection[Any]] = ConnectionPool(
        conninfo,
        min_size=1,
        max_size=size,
        configure=_configure,
        # A read is one statement and needs no transaction around it: one round trip, not three.
        kwargs={"autocommit": True},
        open=False,
        name="ledger",
    )
    pool.open(wait=True, timeout=30)
    return pool


# Every query of the ledger goes by an index. A plan made while the tables were empty would prefer to
# read them whole, and stay cached for the first million entries.
SESSION = """
SET TIME ZONE 'UTC';
SET lock_timeout = '20s';
SET statement_timeout = '60s';
SET idle_in_transaction_session_timeout = '60s';
SET enable_seqscan = off;
SET plan_cache_mode = force_generic_plan
"""
LIMIT_TRANSACTION = "SET transaction_timeout = '120s'"


def _configure(connection: Connection[Any]) -> None:
    connection.execute(SESSION)
    # Older servers do not know it. Only this frees the lock of a client that hangs half-way
    # through sending a statement; the other limits do not run in that state.
    if connection.info.server_version >= 170000:
        connection.execute(LIMIT_TRANSACTION)
    pack.register(connection)


SETTINGS = """
SELECT name, setting FROM pg_settings
 WHERE name IN ('fsync', 'full_page_writes', 'server_encoding', 'synchronous_commit')
"""


def check_settings(connection: Connection[Any]) -> None:
    """Raise `Unsafe` when the server would acknowledge what it has not written."""
    rows = dict(connection.execute(SETTINGS).fetchall())
    wrong = [f"{name}={rows[name]}" for name, value in NEEDED.items() if rows[name] != value]
    if rows["synchronous_commit"] not in DURABLE:
        wrong.append(f"synchronous_commit={rows['synchronous_commit']}")
    if wrong:
        raise Unsafe(f"the server may lose what it acknowledged: {', '.join(wrong)}")
