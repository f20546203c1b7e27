"""Flags counted by check and by how long they have been known: what waits for a supervisor."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from domain.checks import OF_SUPERVISORS
from domain.terms.vocabulary import Verdict
from projections.counts.tallies import EVERYWHERE, Where
from projections.views.arrivals import holds_history, position_before
from projections.views.asking import asked
from projections.views.basis import HOLDS, Basis

AGES = (7, 30, 90)
"""Days since a flag became known that are told apart; what is older comes last."""


class Aged(NamedTuple):
    """The flags that became known on these days, both included; None: since ever, or until now."""

    days: int | None
    """At most so many days ago; None: longer than the largest of `AGES`."""
    learnt_from: date | None
    learnt_to: date | None


def ages(day: date) -> tuple[Aged, ...]:
    """Return the stretches of days behind `AGES`, as seen from `day`; newest first."""
    starts = [day - timedelta(days=days) for days in AGES]
    ends = [None, *(start - timedelta(days=1) for start in starts)]
    return tuple(
        Aged(days, start, end)
        for days, start, end in zip((*AGES, None), (*starts, None), ends, strict=True)
    )


COUNT = f"""
SELECT code, verdict, review IS NULL,
       CASE WHEN %(history)s AND EXISTS (SELECT FROM ledger.entry e
                                          WHERE e.position = since AND e.backfill) THEN 4
            -- What time brings is known no sooner than it came.
            WHEN since > %(p0)s OR day >= %(d0)s THEN 0 WHEN since > %(p1)s OR day >= %(d1)s THEN 1
            WHEN since > %(p2)s OR day >= %(d2)s THEN 2 ELSE 3 END AS age, count(*)
  FROM projections.flags
 WHERE {HOLDS}
   AND verdict <> 'clear'
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   -- What the supervisors did wrong is no backlog of an enterprise.
   AND (%(uscc)s::text IS NULL OR code <> ALL (%(supervisors)s))
   AND record <> ALL (%(without)s)
 GROUP BY 1, 2, 3, 4
"""
_OF_AGE = ("days_7", "days_30", "days_90", "older", "backfilled")
_NONE = dict.fromkeys(("breaches", *_OF_AGE, "unreviewed", "undecided", "undecided_unreviewed"), 0)


def backlog(conn: Connection[Any], basis: Basis, where: Where = EVERYWHERE) -> list[dict[str, Any]]:
    """Return `{code, breaches, days_7, days_30, days_90, older, unreviewed, undecided, …}` by check.

    `days_7`, `days_30`, `days_90` and `older` part the breaches by the days since they became known,
    counted back from the basis' day; `backfilled` are those that history brought in, of which
    nobody can say how long they were known; `unreviewed` are those of them without a review. Checks
    that found nothing are left out, and of one enterprise what the supervisors did wrong (督导程序).
    """
    starts = [age.learnt_from for age in ages(basis.valid_at) if age.learnt_from is not None]
    values: dict[str, Any] = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "uscc": where.uscc,
        "district": where.district,
        "without": list(where.without),
        "supervisors": list(OF_SUPERVISORS),
        "history": holds_history(conn),
    }
    values |= {f"p{n}": position_before(conn, start) for n, start in enumerate(starts)}
    values |= {f"d{n}": start for n, start in enumerate(starts)}
    lines: dict[str, dict[str, Any]] = {}
    for code, verdict, unreviewed, age, number in asked(conn, COUNT, values):
        line = lines.setdefault(code, {"code": code, **_NONE})
        if verdict == Verdict.UNDECIDED:
            line["undecided"] += number
            line["undecided_unreviewed"] += number if unreviewed else 0
        else:
            line["breaches"] += number
            line["unreviewed"] += number if unreviewed else 0
            line[_OF_AGE[age]] += number
    return [lines[code] for code in sorted(lines)]
