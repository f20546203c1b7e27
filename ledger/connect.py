"""Where the database is, and connections to it in the two roles.

The owner's login makes and changes tables; everything else connects as `dudao_app`, which can read and
append and nothing more. Embedded, both are accounts of their own. On a server they are two addresses;
the application takes on `dudao_app` at connection time, whatever its login is called.
"""

from collections.abc import Iterable
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ledger import roles
from ledger.migrate import LEDGER, Source, migrate, schema_state
from ledger.pool import PATIENCE, Pool, lively
from ledger.server import embedded
from ledger.unready import Newer, NoLedger, Outdated
from ledger.vault import fingerprints

APP = roles.APP
NEEDED = {"fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
DURABLE = {"on", "remote_apply", "remote_write", "local"}


class Opening(Enum):
    """What may be done to a place in order to open it."""

    READING = auto()
    """Nothing: where there is no ledger, or an older one, that is said."""
    RECORDING = auto()
    """An empty place gets a ledger. The embedded server's is also brought up to this release."""
    OWNING = auto()
    """The owner makes the ledger or brings it up to this release."""
    RESTORING = auto()
    """Nothing is looked at and nothing done: the owner is about to fill an empty database."""


class Unsafe(RuntimeError):  # noqa: N818 - reads as what it says
    """The server is set so that what it acknowledges may be lost."""


class Addresses(NamedTuple):
    """Connection strings of the two roles. Where only the application's is known, both are that."""

    owner: str
    app: str


class Database:
    """The database, ready: migrated, checked, and held open if it is the embedded one."""

    def __init__(
        self, addresses: Addresses, server: embedded.Embedded | None, place: str = ""
    ) -> None:
        self.addresses = addresses
        self.place = place
        """Where it is, as people are told: a data folder, or a server's address without secrets."""
        self._server = server

    @property
    def is_embedded(self) -> bool:
        """Whether the server belongs to the data folder."""
        return self._server is not None

    def pool(self, size: int = 8, patience: float = PATIENCE) -> Pool:
        """Return an open pool for the log and the vault. Make it after forking, never before."""
        return app_pool(self.addresses.app, size, patience)

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
    owner_url: str | None = None,
    sources: Iterable[Source] = (LEDGER,),
    opening: Opening = Opening.RECORDING,
) -> Database:
    """Start or join the embedded server in `folder`, or use `url`; check tables and settings.

    `owner_url` is the login that may make and change tables; without it, `url` may on an empty
    database.

    Raises:
        Unready: there is no ledger and none may be made, or it is another release's, or the keys in
            the folder are another ledger's.
        Unavailable, Edited, Unsafe: with what to do in the message.
    """
    sources = list(sources)
    if url is None and owner_url is None:
        if opening is Opening.READING and not embedded.exists(folder):
            raise NoLedger(str(folder))
        server = embedded.attach(folder)
        addresses = Addresses(server.conninfo(embedded.OWNER), server.conninfo(embedded.APP))
        place = str(folder)
    else:
        server = None
        known = url or owner_url or ""
        owns = opening in {Opening.OWNING, Opening.RESTORING}
        owner = owner_url if owner_url is not None and owns else known
        addresses = Addresses(lively(owner), lively(in_role(known, APP)))
        place = described(known)
    if opening is Opening.RECORDING and server is not None:
        opening = Opening.OWNING
    database = Database(addresses, server, place)
    if opening is Opening.RESTORING:
        return database
    try:
        with psycopg.connect(addresses.owner) as connection:
            if opening is Opening.OWNING:
                _own(connection, sources, key_folder(folder))
                if url is not None and owner_url is not None:
                    roles.admit(connection, str(conninfo_to_dict(url).get("user")))
            else:
                _look(connection, sources, opening, place, key_folder(folder))
        check_application(addresses.app)
    except BaseException:
        database.close()
        raise
    return database


def key_folder(folder: Path) -> Path:
    """Return where the keys lie in a data folder."""
    return folder / "keys"


def _own(connection: Connection[Any], sources: list[Source], folder: Path) -> None:
    """Bring the tables up to this release and tie them to the keys, or change nothing."""
    with connection.transaction():
        migrate(connection, sources)
        roles.act_as_owner(connection)
        fingerprints.tie(connection, folder)
        connection.execute("RESET ROLE")


def _look(
    connection: Connection[Any],
    sources: list[Source],
    opening: Opening,
    place: str,
    folder: Path,
) -> None:
    """See that tables and keys are those of this release; make them in an empty database.

    Raises:
        Unready: they are not, and this is not the time to change that.
    """
    roles.act_as_application(connection)
    try:
        schema = schema_state(connection, sources)
    except psycopg.errors.InsufficientPrivilege:
        connection.rollback()
        check_rights(connection, sources)
        raise Outdated(place) from None
    finally:
        connection.rollback()
    if schema.later:
        raise Newer(schema.later)
    if not schema.is_there:
        # Tables of others say that this is not the place that was meant.
        if opening is Opening.READING or schema.foreign:
            raise NoLedger(place)
        _own(connection, sources, folder)
    elif schema.pending:
        raise Outdated(place)
    else:
        roles.act_as_application(connection)
        fingerprints.check(connection, folder)
        connection.rollback()


def check_rights(connection: Connection[Any], sources: Iterable[Source]) -> None:
    """Raise `LacksRights` when the application may not do all that serving needs."""
    wanted = [right for source in sources for right in roles.rights(source.folder)]
    owners = {schema: owner for source in sources for schema, owner in source.owners.items()}
    roles.check(connection, wanted, owners)


def check_login(conninfo: str, sources: Iterable[Source]) -> None:
    """See that whoever serves may do all that it needs, and could not do more.

    Raises:
        LacksRights: it may not.
        OwnersLogin: it could take on the owner's role.
    """
    with psycopg.connect(conninfo) as connection:
        check_rights(connection, sources)
        roles.refuse_owner(connection)


def check_application(conninfo: str) -> None:
    """Connect as the application does, and check the server's settings.

    Raises:
        Unready: the login may not take on the application's role.
        Unsafe: the server would acknowledge what it has not written.
    """
    try:
        with psycopg.connect(conninfo) as connection:
            check_settings(connection)
    except psycopg.OperationalError as error:
        explained = roles.explained(conninfo, error)
        if explained is None:
            raise
        raise explained from error


def described(conninfo: str) -> str:
    """Return which database an address means, without what is secret in it."""
    parts = conninfo_to_dict(conninfo)
    where = f"{parts.get('host') or parts.get('hostaddr') or ''}:{parts.get('port') or 5432}"
    return f"postgresql://{where}/{parts.get('dbname') or ''}"


COMPILE_NOTHING = "-c jit=off"
"""Plans without sequential scans look dear beyond all measure, and a server that compiles dear plans
takes a second for what takes twenty milliseconds."""


def in_role(conninfo: str, role: str) -> str:
    """Return the connection string with `role` taken on at connection time."""
    options = str(conninfo_to_dict(conninfo).get("options") or "")
    return make_conninfo(conninfo, options=f"{options} -c role={role} {COMPILE_NOTHING}".strip())


def app_pool(conninfo: str, size: int = 8, patience: float = PATIENCE) -> Pool:
    """Return an open pool of connections prepared for the ledger.

    `patience`: seconds for which somebody waits for one of them.
    """
    pool = Pool(conninfo, size, patience)
    pool.open(wait=True, timeout=30)
    return pool


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
