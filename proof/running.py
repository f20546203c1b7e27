"""The signer at work: one for a database, every so often, until it is told to stop."""

from collections.abc import Callable
from threading import Event
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from proof import kept
from proof.asking import Asked, ask_all
from proof.notes import Note
from proof.policy import Policy, read_policy
from proof.signer import Signer, sign_now

EVERY = 30.0
"""Seconds between two looks at the ledger: a checkpoint is at most this far behind."""
RETRY = 5.0
"""Seconds after which a database that went away is tried again."""


class Round(NamedTuple):
    """What one look came to."""

    note: Note
    asked: list[Asked]


class Busy(RuntimeError):  # noqa: N818 - reads as what it says
    """Another signer works on this database."""


TAKE = "SELECT pg_try_advisory_lock(6077002140)"
HELD = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND (classid::bigint << 32) | objid::bigint = 6077002140)
"""


def is_running(connection: Connection[Any]) -> bool:
    """Return whether any process signs this ledger."""
    row: Any = connection.execute(HELD).fetchone()
    return bool(row[0])


def once(
    signer: Signer,
    connection: Connection[Any],
    policy: str | None,
    at: int,
    begun: kept.Begun | None = None,
) -> Round:
    """Sign, and ask the witnesses of the policy.

    Raises:
        Inconsistent: the ledger does not continue what was signed.
        Unusable: others have signed under this name.
        BadPolicy: the text is none.
    """
    believed: Policy | None = None if policy is None else read_policy(policy)
    note = sign_now(signer, connection, at, begun)
    if policy is None or believed is None:
        return Round(note, [])
    kept.keep_policy(connection, policy)
    return Round(note, ask_all(connection, believed, note, at))


def keep_signing(  # noqa: PLR0913 - what one round needs, and when it is over
    signer: Signer,
    pool: ConnectionPool[Connection[Any]],
    *,
    policy: str | None,
    clock: Callable[[], int],
    stop: Event,
    tell: Callable[[Round], None],
    every: float = EVERY,
) -> None:
    """Sign until stopped. A database that goes away is waited for.

    Raises:
        Busy: another signer works on this database.
        Inconsistent, Unusable, BadPolicy: see `once`; nothing more is signed.
    """
    while not stop.is_set():
        try:
            with pool.connection() as connection:
                if connection.execute(TAKE).fetchone() != (True,):
                    raise Busy
                while not stop.is_set():
                    tell(once(signer, connection, policy, clock()))
                    stop.wait(every)
                connection.execute("SELECT pg_advisory_unlock_all()")
        except psycopg.OperationalError:
            stop.wait(RETRY)
