"""One enterprise at a glance: counts over all its records, and the newest or gravest of each kind.

Everything is counted in the database and cut off there, so that an enterprise with a hundred
thousand certificates is read as fast as one with ten. `district` narrows every answer to one
authority; None: not at all.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from psycopg import Connection

from domain.checks import OF_SUPERVISORS
from projections.views.basis import HOLDS, Basis, holds
from projections.views.row import item


class Whose(NamedTuple):
    """Whose records are read: those about `uscc`, of one district or of all."""

    uscc: str
    district: str | None = None
    without: Sequence[str] = ()
    """Keys of cases that are left out."""


class FlagCount(NamedTuple):
    """How many flags of one check stand so; `review` is None where nobody has reviewed them."""

    code: str
    verdict: str
    review: str | None
    number: int


class CertificateCount(NamedTuple):
    """How many certificates of one level are in one state (`valid`, `revoked`, `reissued`)."""

    level: str
    state: str
    number: int


class Held(NamedTuple):
    """How many sessions, or breaches of sessions, an occupation has on one day."""

    occupation: str
    day: date
    number: int


class Cases(NamedTuple):
    """The newest cases of one kind, and how many there are by stage."""

    items: list[dict[str, Any]]
    stages: dict[str, int]

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.stages.values())


def _values(basis: Basis, whose: Whose, **more: object) -> dict[str, Any]:
    return {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "uscc": whose.uscc,
        "district": whose.district,
        "without": list(whose.without),
        **more,
    }


FLAG_COUNTS = f"""
SELECT code, verdict, review, count(*) FROM projections.flags
 WHERE subject = %(uscc)s AND code <> ALL (%(supervisors)s)
   AND {HOLDS}
   AND (%(district)s::text IS NULL OR district = %(district)s)
 GROUP BY code, verdict, review ORDER BY code, verdict, review
"""


def flag_counts(conn: Connection[Any], basis: Basis, whose: Whose) -> list[FlagCount]:
    """Return how many flags there are by check, verdict and review, cleared ones too.

    What tells about the supervisors (督导程序) is no fault of the enterprise and left out.
    """
    values = _values(basis, whose, supervisors=list(OF_SUPERVISORS))
    rows = conn.execute(FLAG_COUNTS, values).fetchall()
    return [FlagCount(*row) for row in rows]


GRAVEST = f"""
SELECT doc FROM projections.flags
 WHERE subject = %(uscc)s AND verdict <> 'clear' AND code <> ALL (%(supervisors)s)
   AND {HOLDS}
   AND (%(district)s::text IS NULL OR district = %(district)s)
 ORDER BY coalesce(review, '') = 'dismissed', verdict = 'undecided',
          coalesce(array_position(%(codes)s::text[], code), 99), day DESC, record DESC, code
 LIMIT %(limit)s
"""


def gravest_flags(
    conn: Connection[Any], basis: Basis, whose: Whose, codes: list[str], limit: int
) -> list[dict[str, Any]]:
    """Return what is breach or undecided: dismissed last, breaches first, then in order of `codes`.

    What tells about the supervisors is left out, as in `flag_counts`.
    """
    values = _values(basis, whose, codes=codes, limit=limit, supervisors=list(OF_SUPERVISORS))
    return [item(doc) for (doc,) in conn.execute(GRAVEST, values).fetchall()]


IN_BREACH = f"""
SELECT key FROM projections.flags
 WHERE key = ANY (%(keys)s) AND verdict = 'breach'
   AND {HOLDS}
"""


def in_breach(conn: Connection[Any], basis: Basis, keys: list[str]) -> frozenset[str]:
    """Return those of the flags that are a breach."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "keys": keys}
    return frozenset(key for (key,) in conn.execute(IN_BREACH, values).fetchall())


# By way of the sessions, whose index on certificates is the smallest.
CERTIFICATE_COUNTS = f"""
SELECT c.level, c.state, count(*)
  FROM (SELECT DISTINCT key FROM projections.sessions WHERE subject = %(uscc)s) s
  JOIN projections.certificates c ON c.session = s.key
 WHERE {holds(row="c.")}
   AND (%(district)s::text IS NULL OR c.district = %(district)s)
 GROUP BY c.level, c.state ORDER BY c.level, c.state
"""


def certificate_counts(conn: Connection[Any], basis: Basis, whose: Whose) -> list[CertificateCount]:
    """Return how many certificates there are by level and state."""
    rows = conn.execute(CERTIFICATE_COUNTS, _values(basis, whose)).fetchall()
    return [CertificateCount(*row) for row in rows]


SESSION_DAYS = f"""
SELECT occupation, day, count(*) FROM projections.sessions
 WHERE subject = %(uscc)s
   AND {HOLDS}
   AND (%(district)s::text IS NULL OR district = %(district)s)
 GROUP BY occupation, day ORDER BY occupation, day
"""


def session_days(conn: Connection[Any], basis: Basis, whose: Whose) -> list[Held]:
    """Return on which days sessions began, by name of the occupation."""
    rows = conn.execute(SESSION_DAYS, _values(basis, whose)).fetchall()
    return [Held(*row) for row in rows]


BREACH_DAYS = f"""
SELECT occupation, day, count(*) FROM projections.flags
 WHERE subject = %(uscc)s AND verdict = 'breach' AND code = ANY (%(codes)s)
   AND occupation IS NOT NULL AND coalesce(review, '') <> 'dismissed'
   AND {HOLDS}
   AND (%(district)s::text IS NULL OR district = %(district)s)
 GROUP BY occupation, day ORDER BY occupation, day
"""


def breach_days(conn: Connection[Any], basis: Basis, whose: Whose, codes: list[str]) -> list[Held]:
    """Return on which days records break one of these checks, by name of the occupation."""
    rows = conn.execute(BREACH_DAYS, _values(basis, whose, codes=codes)).fetchall()
    return [Held(*row) for row in rows]


STAGES = f"""
SELECT stage, count(*) FROM projections.cases
 WHERE subject = %(uscc)s AND kind = %(kind)s
   AND {HOLDS}
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND key <> ALL (%(without)s)
 GROUP BY stage ORDER BY stage
"""
NEWEST = f"""
SELECT doc FROM projections.cases
 WHERE subject = %(uscc)s AND kind = %(kind)s
   AND {HOLDS}
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND key <> ALL (%(without)s)
 ORDER BY valid_from DESC, key LIMIT %(limit)s
"""


def cases(conn: Connection[Any], basis: Basis, whose: Whose, kind: str, limit: int) -> Cases:
    """Return the cases of one kind (`findings`, `inspections` …) that moved last, and all counts."""
    values = _values(basis, whose, kind=kind, limit=limit)
    stages = dict(conn.execute(STAGES, values).fetchall())
    items = (
        [item(doc) for (doc,) in conn.execute(NEWEST, values).fetchall()]
        if stages and limit
        else []
    )
    return Cases(items, stages)
