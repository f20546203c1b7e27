"""Connections that are kept, and what becomes of them while the server is away.

Whoever comes waits a few seconds for a server that has just gone; who comes later is told at once.
The first connection that succeeds ends that, a second or so after the server has come back.
"""

import os
import select
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import Connection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from ledger.log import pack

PATIENCE = 30.0
"""Seconds for which somebody waits for a connection where nobody waits for an answer."""
SLICE = 1.0
"""Seconds after which whoever waits asks anew: a pool tries to connect when it is asked, and gives up
after a while."""
GLANCE = 0.1
"""Seconds for which somebody waits who comes while the server is known to be away."""
AGAIN_WITHIN = 2.0
"""Seconds for which one attempt to connect goes on before the next who asks begins another."""


class Away(PoolTimeout):
    """The server cannot be reached."""


class Busy(PoolTimeout):
    """Every connection is in use."""


OF_THE_STATEMENT = "54"
"""Class of states that a statement brings about by itself (a row too large): it would fail again."""


def is_temporary(error: BaseException) -> bool:
    """Tell whether what was raised is the server's: it is away, it stops, somebody holds a lock."""
    if isinstance(error, errors.IdleInTransactionSessionTimeout | errors.TransactionTimeout):
        return True
    if not isinstance(error, psycopg.OperationalError):
        return False
    return not (error.sqlstate or "").startswith(OF_THE_STATEMENT)


class Pool(ConnectionPool[Connection[Any]]):
    """Connections prepared for the ledger. Make it after forking, never before."""

    def __init__(self, conninfo: str, size: int, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._away_since: float | None = None
        self._lent: dict[int, tuple[Connection[Any], float]] = {}
        self._watching = threading.Event()
        self._failures = 0
        super().__init__(
            conninfo,
            min_size=1,
            max_size=size,
            configure=self._prepare,
            # A read is one statement and needs no transaction around it: one round trip, not three.
            kwargs={"autocommit": True},
            open=False,
            name="ledger",
            reconnect_timeout=AGAIN_WITHIN,
        )

    def getconn(self, timeout: float | None = None) -> Connection[Any]:
        """Return a connection that was alive a moment ago.

        Raises:
            Busy, Away: there is none, and there was none for as long as anybody waits.
        """
        patience = self._patience if timeout is None else timeout
        began = time.monotonic()
        while True:
            left = self._until(began, patience) - time.monotonic()
            try:
                connection = super().getconn(max(min(left, SLICE), 0.01))
            except PoolTimeout:
                self._note_failures()
                if self._until(began, patience) <= time.monotonic():
                    cause = Busy if self._away_since is None else Away
                    raise cause(f"no connection to the database in {patience:g} s") from None
                continue
            if self._is_alive(connection):
                self._lent[id(connection)] = connection, time.monotonic()
                return connection
            self.putconn(connection)
            # Where one is broken the others are, as a rule: a restart leaves none of them.
            self.check()

    def putconn(self, conn: Connection[Any]) -> None:
        """Take a connection back."""
        self._lent.pop(id(conn), None)
        super().putconn(conn)

    def open(self, wait: bool = False, timeout: float = 30.0) -> None:  # noqa: FBT001, FBT002 - as it is
        """Begin to connect."""
        super().open(wait, timeout)
        threading.Thread(target=self._watch, name="ledger-pool-watch", daemon=True).start()

    def close(self, timeout: float = 5.0) -> None:
        """Let go of all connections."""
        self._watching.set()
        super().close(timeout)

    def _watch(self) -> None:
        """End what waits for a server that hangs: it closes nothing, and no limit of its own counts."""
        while not self._watching.wait(LOOK_EVERY):
            before = time.monotonic() - HANGS_AFTER
            late = [each for each, since in list(self._lent.values()) if since < before]
            if late and not self._answers():
                self._away_since = self._away_since or time.monotonic() - self._patience
                for connection in late:
                    _break(connection)

    def _answers(self) -> bool:
        """Ask the server on a connection of its own."""
        try:
            with psycopg.connect(str(self.conninfo), connect_timeout=3, autocommit=True) as asking:
                asking.execute("SELECT 1")
        except errors.ConnectionTimeout:
            return False
        except psycopg.OperationalError:
            pass  # it has no room for one more, or is gone: then it has closed what it had
        return True

    def _until(self, began: float, patience: float) -> float:
        """Return until when somebody waits who began then and would wait for `patience` seconds."""
        latest = began + patience
        if self._away_since is None:
            return latest
        return min(latest, max(began + GLANCE, self._away_since + self._patience))

    def _is_alive(self, connection: Connection[Any]) -> bool:
        """Look whether the server has said something since: to one who asked nothing, that it goes.

        A round trip would tell as much, and cost as much as the read that follows.
        """
        try:
            poll = select.poll()
            poll.register(connection.fileno(), select.POLLIN | select.POLLPRI)
            if poll.poll(0):
                self.check_connection(connection)
        except psycopg.Error:
            connection.close()
            return False
        return True

    def _note_failures(self) -> None:
        """Remember since when the server is away, if attempts to connect fail."""
        if self._away_since is None and self._failed() > self._failures:
            self._away_since = time.monotonic()

    def _failed(self) -> int:
        return self.get_stats().get("connections_errors", 0)

    def _prepare(self, connection: Connection[Any]) -> None:
        connection.execute(SESSION)
        # Older servers do not know it. Only this frees the lock of a client that hangs half-way
        # through sending a statement; the other limits do not run in that state.
        if connection.info.server_version >= 170000:
            connection.execute(LIMIT_TRANSACTION)
        pack.register(connection)
        self._failures, self._away_since = self._failed(), None


def _break(connection: Connection[Any]) -> None:
    """Let whoever waits on the connection find it closed, without a word to the server."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as own:
        own.shutdown(socket.SHUT_RDWR)


LOOK_EVERY = 1.0
"""Seconds from one look at connections that are in use to the next."""
HANGS_AFTER = 8.0
"""Seconds for which one is in use before the server is asked whether it is there."""

# Every query of the ledger goes by an index. A plan made while the tables were empty would prefer to
# read them whole, and stay cached for the first million entries.
SESSION = """
SET TIME ZONE 'UTC';
SET lock_timeout = '10s';
SET statement_timeout = '60s';
SET idle_in_transaction_session_timeout = '60s';
SET enable_seqscan = off;
SET plan_cache_mode = force_generic_plan
"""
LIMIT_TRANSACTION = "SET transaction_timeout = '120s'"

LIVENESS = {
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    # Of what was sent and is not acknowledged, in milliseconds.
    "tcp_user_timeout": "10000",
}
"""How the client learns that a connection leads nowhere any more. A firewall that forgot it, or a
machine that lost power, says nothing; without these a request waits for ever, or for two hours."""
SERVERS_LIVENESS = (
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=10000"
)
"""How the server learns it of the client: a session whose machine is gone holds its locks until then."""


def lively(conninfo: str) -> str:
    """Return the connection string with what finds out soon that the other end is gone.

    What the string itself says of it stands.
    """
    said = conninfo_to_dict(conninfo)
    beside = {name: value for name, value in LIVENESS.items() if said.get(name) is None}
    options = str(said.get("options") or "")
    if "tcp_" not in options:
        options = f"{options} {SERVERS_LIVENESS}".strip()
    return make_conninfo(conninfo, **beside, options=options)
