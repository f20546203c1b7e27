"""(e) Questions as of a day with ten million entries in the ledger: one enterprise, roster, flags.

Each question draws its own day, and half of them also an earlier position: what was known then.
A page is a hundred items; a third of the pages is the first, the others begin anywhere.
"""

import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from benchmarks import catch_up, ledgers
from benchmarks.figures import Row, Setting, at_most
from benchmarks.measuring import latencies
from benchmarks.prepared import DISTRICTS, LISTED_ON, SESSION_DAYS
from ledger.log.log import Head
from ledger.log.postgres_log import PostgresLog
from projections.views import flags, roster, scope
from projections.views.basis import Basis

LIMIT = 100
POINT, LIST = at_most(20), at_most(100)


class Ground(NamedTuple):
    """What questions are drawn from."""

    usccs: list[str]
    head: Head
    chance: random.Random

    def basis(self) -> Basis:
        """Return a day within the years of the sessions, and the last position or an earlier one."""
        day: date = LISTED_ON + timedelta(days=self.chance.randrange(SESSION_DAYS))
        now = self.chance.random() < 0.5
        head = self.head.position
        return Basis(day, head if now else self.chance.randint(max(1, head // 10), head))

    def uscc(self) -> str:
        """Return an enterprise."""
        return self.chance.choice(self.usccs)


Ask = Callable[[Connection[Any], Ground], object]


def run(setting: Setting) -> list[Row]:
    """Ask every kind of question and publish its latencies."""
    folder = ledgers.large(setting.work, setting.sizes.large)
    catch_up.caught_up(folder)
    rows: list[Row] = []
    with ledgers.opened(folder) as database, database.pool(1) as pool:
        log = PostgresLog(pool)
        ground = Ground(log.subjects(), log.head(), random.Random(7))  # noqa: S311 - repeatable
        with pool.connection() as connection:
            for what, (ask, target) in QUESTIONS.items():
                seconds = _timed(connection, ground, ask, setting.sizes.questions)
                rows += latencies(what, seconds, None, target)
    return rows


def _timed(conn: Connection[Any], ground: Ground, ask: Ask, times: int) -> list[float]:
    for _ in range(times // 10):
        ask(conn, ground)
    found: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        ask(conn, ground)
        found.append(time.perf_counter() - started)
    return found


def enterprise(conn: Connection[Any], ground: Ground) -> object:
    """Ask what one enterprise was, and where it stood."""
    found = roster.one(conn, ground.basis(), ground.uscc())
    if found is None:
        raise LookupError("an enterprise of the ledger is not on any day of the roster")
    return found


def scope_of_one(conn: Connection[Any], ground: Ground) -> object:
    """Ask what one enterprise might certify over all days."""
    return scope.intervals(conn, ground.basis(), ground.uscc())


def roster_page(conn: Connection[Any], ground: Ground) -> object:
    """Ask for a page of the roster."""
    cursor = None if ground.chance.random() < 1 / 3 else ground.uscc()
    return roster.page(conn, ground.basis(), roster.Filters(), cursor, LIMIT)


def roster_of_district(conn: Connection[Any], ground: Ground) -> object:
    """Ask for the first page of one district."""
    filters = roster.Filters(district=ground.chance.choice(DISTRICTS))
    return roster.page(conn, ground.basis(), filters, None, LIMIT)


def flags_page(conn: Connection[Any], ground: Ground) -> object:
    """Ask for a page of the flags."""
    record = ground.chance.randint(1, ground.head.position)
    cursor = None if ground.chance.random() < 1 / 3 else f"S1-{record}"
    return flags.page(conn, ground.basis(), flags.Filters(), cursor, LIMIT)


def flags_of_district(conn: Connection[Any], ground: Ground) -> object:
    """Ask for the first page of one check in one district."""
    filters = flags.Filters(district=ground.chance.choice(DISTRICTS), code="S1")
    return flags.page(conn, ground.basis(), filters, None, LIMIT)


def flags_of_one(conn: Connection[Any], ground: Ground) -> object:
    """Ask for the flags of one enterprise."""
    return flags.page(conn, ground.basis(), flags.Filters(uscc=ground.uscc()), None, LIMIT)


QUESTIONS = {
    "one enterprise": (enterprise, POINT),
    "scope of one enterprise": (scope_of_one, POINT),
    "page of the roster": (roster_page, LIST),
    "page of the roster, one district": (roster_of_district, LIST),
    "page of the flags": (flags_page, LIST),
    "page of the flags, one district and check": (flags_of_district, LIST),
    "page of the flags, one enterprise": (flags_of_one, LIST),
}
