"""Full verifications of the ledger: carried out here, their outcome kept, the last one shown.

The command line and the page do the same and keep the same row. One runs at a time in the whole
installation, whichever process does it.
"""

import logging
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg_pool import ConnectionPool

from ledger import guards
from ledger.log.clock import now
from ledger.log.entry import instant_text
from ledger.log.verify import Difference, Progress, Statement, VerifyReport, verify
from ledger.migrate import Source
from proof import closing

logger = logging.getLogger("dudao.api")
Pool = ConnectionPool[Connection[Any]]


Beside = Callable[[Connection[Any]], str | None]
"""Looks at what is kept under digests beside the ledger; returns what differs first."""


class Verified(NamedTuple):
    """What one verification came to; `differs_at` None: everything agrees, 0: the ledger's state."""

    began_at: datetime
    ended_at: datetime
    asked_by: str
    position: int
    root: bytes
    differs_at: int | None
    difference: str | None

    def shown(self) -> dict[str, Any]:
        """Return it as JSON says it."""
        return {
            "began_at": instant_text(self.began_at),
            "ended_at": instant_text(self.ended_at),
            "asked_by": self.asked_by,
            "position": self.position,
            "root": self.root.hex(),
            "differs_at": self.differs_at,
            "difference": self.difference,
        }


KEEP = """
INSERT INTO office.verification (began_at, asked_by, position, root, differs_at, difference)
VALUES (%(began_at)s, %(asked_by)s, %(position)s, %(root)s, %(differs_at)s, %(difference)s)
"""


# What a verification that found a difference says of its root, it says of a ledger that nobody vouches for.
STATED = """
SELECT position, root, 'verification of ' || to_char(began_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM office.verification
 WHERE differs_at IS NULL AND position > %(after)s AND position <= %(upto)s
UNION ALL
SELECT position, root, 'checkpoint of ' || origin
  FROM proof.checkpoint WHERE position > %(after)s AND position <= %(upto)s
"""


def stated(connection: Connection[Any], after: int, upto: int) -> list[Statement]:
    """Return the roots that earlier verifications and checkpoints stated."""
    values = {"after": after, "upto": upto}
    return [Statement(*row) for row in connection.execute(STATED, values)]


def verify_and_keep(  # noqa: PLR0913 - what is checked, for whom, against what, and with what beside it
    pool: Pool,
    asked_by: str,
    progress: Progress | None = None,
    also: Sequence[Statement] = (),
    *,
    sources: Sequence[Source] = (),
    beside: Sequence[Beside] = (),
) -> VerifyReport:
    """Recompute the whole ledger, look at its guards, keep what came of it, and return it.

    It is held against every root that was stated before, and those of `also`, from elsewhere.
    `sources`: whose tables stand in the database, for the guards that must stand with them.
    `beside`: what is kept under the digests that entries name.
    """
    began = now()

    def all_stated(connection: Connection[Any], after: int, upto: int) -> list[Statement]:
        given = [each for each in also if after < each.position <= upto]
        return [*given, *stated(connection, after, upto)]

    report = verify(pool, progress, all_stated)
    if report.difference is None:
        report = report._replace(difference=_closings_difference(pool, report.head.position))
    if report.difference is None:
        report = report._replace(difference=_guards_difference(pool, sources))
    if report.difference is None:
        report = report._replace(difference=_difference_beside(pool, beside))
    difference = report.difference
    values = {
        "began_at": began,
        "asked_by": asked_by,
        "position": report.head.position,
        "root": report.head.root,
        "differs_at": difference.position if difference else None,
        "difference": difference.what if difference else None,
    }
    with pool.connection() as connection:
        connection.execute(KEEP, values)
    return report


def _closings_difference(pool: Pool, upto: int) -> Difference | None:
    with pool.connection() as connection:
        return closing.difference(connection, upto)


def _guards_difference(pool: Pool, sources: Sequence[Source]) -> Difference | None:
    with pool.connection() as connection:
        differences = guards.differences(connection, sources)
    return Difference(0, f"guards: {guards.named(differences)}") if differences else None


def _difference_beside(pool: Pool, beside: Sequence[Beside]) -> Difference | None:
    with pool.connection() as connection:
        difference = next((what for each in beside if (what := each(connection)) is not None), None)
    return None if difference is None else Difference(0, difference)


LAST = """
SELECT began_at, ended_at, asked_by, position, root, differs_at, difference
  FROM office.verification ORDER BY number DESC LIMIT %(limit)s
"""


def last(connection: Connection[Any], limit: int) -> list[Verified]:
    """Return the latest verifications, newest first."""
    return [Verified(*row) for row in connection.execute(LAST, {"limit": limit})]


TAKE = "SELECT pg_try_advisory_lock(6077002120)"
GIVE = "SELECT pg_advisory_unlock(6077002120)"
HELD = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND (classid::bigint << 32) | objid::bigint = 6077002120)
"""


@contextmanager
def alone(pool: Pool) -> Generator[bool]:
    """Yield whether nobody else is verifying; until the end nobody else begins."""
    with pool.connection() as connection:
        row: Any = connection.execute(TAKE).fetchone()
        try:
            yield row[0]
        finally:
            if row[0]:
                connection.execute(GIVE)


def running(connection: Connection[Any]) -> bool:
    """Return whether any process is verifying."""
    row: Any = connection.execute(HELD).fetchone()
    return bool(row[0])


class Stopped(RuntimeError):  # noqa: N818 - reads as what it says
    """The process ends; a verification that is half done says nothing."""


class Verifier:
    """Verifies behind the pages, one at a time."""

    def __init__(
        self, pool: Pool, sources: Sequence[Source], beside: Sequence[Beside] = ()
    ) -> None:
        self._pool = pool
        self._sources, self._beside = sources, beside
        self.thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.progress: tuple[int, int] | None = None
        """Position reached and the last one, while this process verifies."""

    def start(self, asked_by: str) -> bool:
        """Begin in the background; return False where one is under way already."""
        if self.thread is not None and self.thread.is_alive():
            return False
        begun: list[bool] = []
        told = threading.Event()

        def tell(mine: bool) -> None:  # noqa: FBT001 - the one thing there is to tell
            begun.append(mine)
            told.set()

        self.thread = threading.Thread(
            target=self._work, args=(asked_by, tell), name="verifier", daemon=True
        )
        self.thread.start()
        told.wait()
        return begun[0]

    def _work(self, asked_by: str, tell: Callable[[bool], None]) -> None:
        try:
            with alone(self._pool) as mine:
                self.progress = (0, 0) if mine else None
                tell(mine)
                if mine:
                    verify_and_keep(
                        self._pool,
                        asked_by,
                        self._advance,
                        sources=self._sources,
                        beside=self._beside,
                    )
        except Stopped:
            pass
        except Exception:
            logger.exception("a verification of the ledger failed")
            tell(False)  # noqa: FBT003 - see above
        finally:
            self.progress = None

    def _advance(self, position: int, upto: int) -> None:
        if self._stop.is_set():
            raise Stopped
        self.progress = position, upto

    def stop(self) -> None:
        """Give up what is under way."""
        self._stop.set()
