"""Who follows the ledger: one process at a time, and another one soon after that one is gone.

The holder has a lock of its session, which the server gives back when the session ends, and counts
beats in a row. A session can outlive its process: the machine lost power, a firewall forgot the
connection, the process was stopped. Then the beats stand still, and whoever sees that for `TERM`
seconds by its own watch takes the office and ends the session. No clock is compared with another.
What two holders write never mixes: each writes on the condition that the tables are as it left them.
"""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection

BEAT = 1.0
"""Seconds from one beat to the next."""
TERM = 8.0
"""Seconds without a beat after which the holder is taken to be gone."""
NAME = "dudao-runner"
"""How the holder's connections are told apart in pg_stat_activity."""


class LeaseState(NamedTuple):
    """The lease as somebody saw it: how often it changed hands, and the beats of this time."""

    number: int
    beat: int


class Lease:
    """One process's hold on an office, or its wait for it. One thread uses it."""

    def __init__(self, conninfo: str, office: str) -> None:
        self._conninfo = conninfo
        self._office = office
        self._seen: tuple[LeaseState | None, float] | None = None
        self._number = 0
        self._lost = threading.Event()
        self._ended = threading.Event()

    @property
    def lost(self) -> bool:
        """Whether somebody else holds the office by now."""
        return self._lost.is_set()

    def try_take(self, session: Connection[Any]) -> bool:
        """Take the office if nobody holds it, or who holds it is gone; `session` keeps the lock."""
        if not self._lock(session):
            if not self._is_deserted(session):
                return False
            self._depose(session)
            if not self._lock(session):
                return False
        row: Any = session.execute(TAKE, {"office": self._office}).fetchone()
        self._number, self._seen = int(row[0]), None
        self._lost.clear()
        return True

    def _lock(self, session: Connection[Any]) -> bool:
        row: Any = session.execute(TRY_LOCK, {"office": self._office}).fetchone()
        return bool(row[0])

    def _is_deserted(self, session: Connection[Any]) -> bool:
        """Tell whether the holder has not been heard of for `TERM` seconds of this process's watch."""
        row = session.execute(LOOK, {"office": self._office}).fetchone()
        state = None if row is None else LeaseState(*row)
        now = time.monotonic()
        if self._seen is None or self._seen[0] != state:
            self._seen = state, now
        return now - self._seen[1] > TERM

    def _depose(self, session: Connection[Any]) -> None:
        """End the session that has the lock: it may also be in the middle of a transaction."""
        # A session may end those of its own login; the role that it acts in is nobody's login.
        row: Any = session.execute("SELECT current_setting('role')").fetchone()
        session.execute("SET ROLE NONE")
        try:
            with suppress(psycopg.errors.InsufficientPrivilege):
                session.execute(DEPOSE, {"office": self._office})
        finally:
            session.execute("SELECT set_config('role', %s, false)", row)

    @contextmanager
    def held(self) -> Generator[None]:
        """Count beats while the block runs; give the office up at its end."""
        self._ended.clear()
        beating = threading.Thread(target=self._keep_beating, name="projections-lease", daemon=True)
        beating.start()
        try:
            yield
        finally:
            self._ended.set()
            beating.join(timeout=2 * BEAT)

    def _keep_beating(self) -> None:
        # Taking the office was a beat: what is done within the first second needs no connection for it.
        self._ended.wait(BEAT)
        while not (self._ended.is_set() or self._lost.is_set()):
            # The holder's own connections may be in a transaction that takes minutes.
            with (
                suppress(psycopg.Error),
                psycopg.connect(
                    self._conninfo, autocommit=True, application_name=f"{NAME}-lease"
                ) as connection,
            ):
                self._beat(connection)
            self._ended.wait(BEAT)

    def _beat(self, connection: Connection[Any]) -> None:
        values = {"office": self._office, "number": self._number}
        while not self._ended.is_set():
            if connection.execute(BEAT_ONCE, values).rowcount == 0:
                self._lost.set()
                return
            self._ended.wait(BEAT)


TRY_LOCK = "SELECT pg_try_advisory_lock(6077, hashtext(%(office)s))"
TAKE = """
INSERT INTO projections.lease AS l (office, number, beat, pid)
VALUES (%(office)s, 1, 0, pg_backend_pid())
ON CONFLICT (office) DO UPDATE SET number = l.number + 1, beat = 0, pid = pg_backend_pid()
RETURNING number
"""
LOOK = "SELECT number, beat FROM projections.lease WHERE office = %(office)s"
BEAT_ONCE = """
UPDATE projections.lease SET beat = beat + 1 WHERE office = %(office)s AND number = %(number)s
"""
# By the lock and not by the row: an earlier release holds the one and knows nothing of the other.
DEPOSE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_locks
 WHERE locktype = 'advisory' AND classid = 6077 AND objid = hashtext(%(office)s)::bigint & 4294967295
   AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
