"""What the addresses of pages are drawn from: subjects of a ledger, days, positions, filters."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeAlias

from psycopg import Connection

from benchmarks.prepared import DISTRICTS, LISTED_ON, SESSION_DAYS
from ledger.log.clock import today

ENOUGH = 200
"""Subjects of a kind that are drawn from."""

Subjects: TypeAlias = Mapping[str, Sequence[str]]


class Ground(NamedTuple):
    """What addresses are drawn from."""

    subjects: Subjects
    head: int
    chance: random.Random

    def one(self, kind: str) -> str:
        """Return a subject of a kind."""
        return self.chance.choice(self.subjects[kind])

    @property
    def largest(self) -> str:
        """Return the enterprise with the most sessions."""
        return self.subjects["largest"][0]

    def day(self) -> date:
        """Return a day within the years of the sessions."""
        return LISTED_ON + timedelta(days=self.chance.randrange(SESSION_DAYS))

    def clocks(self) -> dict[str, object]:
        """Return the clocks of a question: now, another day, or both as known at a position."""
        match self.chance.randrange(3):
            case 0:
                return {}
            case 1:
                return {"valid_at": self.day()}
            case _:
                return {"valid_at": self.day(), "position": self.chance.randint(1, self.head)}

    def district(self) -> str:
        """Return a district that has enterprises."""
        return self.chance.choice(DISTRICTS)

    def some(self, **filters: Callable[[], object]) -> dict[str, object]:
        """Return one or two of the filters, or none."""
        chosen = self.chance.sample(
            sorted(filters), self.chance.randrange(min(3, len(filters) + 1))
        )
        return {name: filters[name]() for name in chosen}


ENTERPRISES = "SELECT key FROM projections.roster GROUP BY key ORDER BY md5(key) LIMIT %(enough)s"
LARGEST = """
SELECT subject FROM projections.sessions GROUP BY subject ORDER BY count(*) DESC LIMIT 3
"""
FLAGS = (
    "SELECT key FROM projections.flags WHERE known_to IS NULL ORDER BY md5(key) LIMIT %(enough)s"
)
SESSIONS = """
SELECT key FROM projections.sessions WHERE known_to IS NULL AND valid_from <= %(early)s
 ORDER BY md5(key) LIMIT %(enough)s
"""
CERTIFICATES = """
SELECT number FROM projections.certificates WHERE known_to IS NULL AND key LIKE '%%77'
 ORDER BY md5(key) LIMIT %(enough)s
"""
CASES = """
SELECT substr(key, length(kind) + 2) FROM projections.cases
 WHERE kind = %(kind)s AND known_to IS NULL GROUP BY 1 ORDER BY md5(min(key)) LIMIT %(enough)s
"""
DRAWS = """
SELECT DISTINCT substr(stream, 12) FROM ledger.entry
 WHERE position IN (SELECT ledger.tagged(ARRAY['list:draws'], %(head)s))
"""


def subjects(conn: Connection[Any], head: int) -> Subjects:
    """Return what the pages can be about, some of each kind."""
    queries = {
        "enterprise": ENTERPRISES,
        "largest": LARGEST,
        "flag": FLAGS,
        "session": SESSIONS,
        "certificate": CERTIFICATES,
        "draw": DRAWS,
        **{f"{kind.removesuffix('s')}": CASES for kind in ("applications", "inspections")},
        **{f"{kind.removesuffix('s')}": CASES for kind in ("findings", "plans")},
    }
    values = {"enough": ENOUGH, "early": today(), "head": head}
    found = {
        kind: [key for (key,) in conn.execute(query, {**values, "kind": f"{kind}s"})]
        for kind, query in queries.items()
    }
    lacking = sorted(kind for kind, keys in found.items() if not keys)
    if lacking:
        raise LookupError(f"the ledger has no {', '.join(lacking)}")
    return found
