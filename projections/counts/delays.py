"""How long it takes from a breach until it is known, reviewed, raised, ordered to be put right, and closed."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from psycopg import Connection

from domain.checks import OF_SUPERVISORS
from domain.terms.identifiers import flag_parts
from projections.counts.rates import FEW
from projections.items.flags import STEPS
from projections.views.asking import asked
from projections.views.basis import HOLDS, BadCursor, Basis, Page
from projections.views.row import item

WITHIN = (7, 30, 90, 365)
"""Days that are told apart; what took longer comes last."""
_OF_DAYS = ("days_7", "days_30", "days_90", "days_365", "older")
_DAY_OF = {
    "knowledge": "known_on",
    "review": "reviewed_on",
    "finding": "raised_on",
    "order": "ordered_on",
    "closure": "closed_on",
}
BY: Mapping[str, str] = {"district": "district", "code": "code", "month": "day"}
"""What a distribution is by → the member of a breach that says it."""


class Asked(NamedTuple):
    """Which breaches; None: whichever."""

    code: str | None = None
    uscc: str | None = None
    district: str | None = None
    day_from: date | None = None
    """First day of the records, included."""
    day_to: date | None = None
    """Last day of the records, included."""
    without: Collection[int] = ()
    """Positions of records that are left out."""


# What the supervisors did wrong is counted apart, as everywhere: by its code alone.
BREACHES = f"""
SELECT flags.key, flags.code, flags.subject, flags.district, flags.day, flags.since,
       known.backfill, (known.recorded_at AT TIME ZONE 'Asia/Shanghai')::date,
       reviewed.valid_from, flags.converted
  FROM (SELECT key, code, subject, district, day, since, record,
               CASE WHEN review IS NOT NULL
                    THEN (doc::json ->> 'review_position')::bigint END AS review_position,
               CASE WHEN review = 'converted' THEN doc::json ->> 'finding_id' END AS converted
          FROM projections.flags
         WHERE {HOLDS}
           AND verdict = 'breach'
           AND (record, code, key) > (%(after_record)s, %(after_code)s, %(after_key)s)
           AND CASE WHEN %(code)s::text IS NULL THEN code <> ALL (%(of_supervisors)s) ELSE code = %(code)s END
           AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
           AND (%(district)s::text IS NULL OR district = %(district)s)
           AND (%(day_from)s::date IS NULL OR day >= %(day_from)s)
           AND (%(day_to)s::date IS NULL OR day <= %(day_to)s)
           AND record <> ALL (%(without)s)
         ORDER BY record, code, key LIMIT %(limit)s) AS flags
  JOIN ledger.entry known ON known.position = flags.since
  LEFT JOIN ledger.entry reviewed ON reviewed.position = flags.review_position
 ORDER BY flags.record, flags.code, flags.key
"""


def page(
    conn: Connection[Any], basis: Basis, wanted: Asked, cursor: str | None, limit: int
) -> Page:
    """Return the breaches in order of their records' positions, then code, from behind `cursor`.

    Raises:
        BadCursor: the cursor is no key of a flag.
    """
    rows = _rows(conn, basis, wanted, cursor, limit + 1)
    more = rows[limit - 1][0] if len(rows) > limit else None
    return Page([*_told(conn, basis, wanted, rows[:limit])], more)


def distribution(
    conn: Connection[Any], basis: Basis, wanted: Asked, by: str | None
) -> list[dict[str, Any]]:
    """Return how many breaches came to each step within how many days, by something or in all.

    History is apart: since when the ledger has known of it says nothing. A quantile is a number of
    days that was reached (the nearest rank), over those that came to the step.
    """
    told: dict[tuple[str | None, bool], list[_Breach]] = defaultdict(list)
    for breach in _followed(conn, basis, wanted, _rows(conn, basis, wanted, None, None)):
        told[_named(breach, by), breach.backfilled].append(breach)
    return [
        {
            **({} if by is None else {by: value}),
            **_step(number, backfilled, told[value, backfilled]),
        }
        for value, backfilled in sorted(told, key=lambda at: (at[0] is None, at[0] or "", at[1]))
        for number in range(len(STEPS))
    ]


def _named(breach: "_Breach", by: str | None) -> str | None:
    """Return what a distribution tells the breach apart by."""
    if by == "month":
        return breach.day.isoformat()[:7]
    return None if by is None else getattr(breach, BY[by])


def _step(step: int, backfilled: bool, breaches: Sequence["_Breach"]) -> dict[str, Any]:  # noqa: FBT001
    days = sorted(
        (at - each.day).days for each in breaches if (at := each.reached[step]) is not None
    )
    within = dict.fromkeys(_OF_DAYS, 0)
    for number in days:
        place = next((place for place, most in enumerate(WITHIN) if number <= most), len(WITHIN))
        within[_OF_DAYS[place]] += 1
    return {
        "step": STEPS[step],
        "backfilled": backfilled,
        "breaches": len(breaches),
        "reached": len(days),
        **within,
        "least": days[0] if days else None,
        "median": _rank(days, 0.5),
        "ninth": _rank(days, 0.9),
        "most": days[-1] if days else None,
        "small": len(days) < FEW,
    }


def _rank(days: Sequence[int], share: float) -> int | None:
    """Return the number of days within which at least this share of them lies."""
    return days[math.ceil(share * len(days)) - 1] if days else None


def _rows(
    conn: Connection[Any], basis: Basis, wanted: Asked, cursor: str | None, limit: int | None
) -> list[tuple[Any, ...]]:
    after = flag_parts(cursor) if cursor else ("", 0)
    if after is None:
        raise BadCursor(cursor)
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        **wanted._asdict(),
        "without": list(wanted.without),
        "of_supervisors": list(OF_SUPERVISORS),
        "after_record": after[1],
        "after_code": after[0],
        "after_key": cursor or "",
        "limit": limit,
    }
    return asked(conn, BREACHES, values).fetchall()


class _Breach(NamedTuple):
    """A breach, and the days on which something followed."""

    key: str
    code: str
    subject: str
    district: str | None
    day: date
    since: int
    backfilled: bool
    reached: tuple[date | None, ...]
    """The day of each of `STEPS`, where it came to that."""
    finding_id: str | None


def _followed(
    conn: Connection[Any], basis: Basis, wanted: Asked, rows: Sequence[tuple[Any, ...]]
) -> Iterator[_Breach]:
    findings = _Findings(_raised(conn, basis, wanted, {row[2] for row in rows}))
    for key, code, subject, district, day, since, backfilled, recorded, reviewed, converted in rows:
        # What time brought is known no sooner than it came; of history nobody can say when it was.
        known = None if backfilled else max(recorded, day)
        finding = findings.of(key, converted, day)
        raised, named, _, ordered, closed = finding or _NO_FINDING
        reached = (known, reviewed, raised, ordered, closed)
        yield _Breach(key, code, subject, district, day, since, backfilled, reached, named)


_NO_FINDING = (None, None, None, None, None)


def _told(
    conn: Connection[Any], basis: Basis, wanted: Asked, rows: Sequence[tuple[Any, ...]]
) -> Iterator[dict[str, Any]]:
    for breach in _followed(conn, basis, wanted, rows):
        days = dict(zip(STEPS, breach.reached, strict=True))
        yield {
            "key": breach.key,
            "code": breach.code,
            "subject": breach.subject,
            "district": breach.district,
            "valid_at": breach.day.isoformat(),
            "known_from": breach.since,
            "backfilled": breach.backfilled,
            **{_DAY_OF[step]: at.isoformat() if at else None for step, at in days.items()},
            "finding_id": breach.finding_id,
            **{f"days_to_{step}": _days(breach.day, at) for step, at in days.items()},
        }


def _days(first: date, last: date | None) -> int | None:
    return None if last is None else (last - first).days


class _Finding(NamedTuple):
    """A finding with the days that count here."""

    raised: date
    finding_id: str
    flags: frozenset[str]
    ordered: date | None
    closed: date | None


class _Findings:
    """Findings by what they name."""

    def __init__(self, findings: Iterable[_Finding]) -> None:
        self._by_id: dict[str, _Finding] = {}
        self._by_flag: dict[str, list[_Finding]] = defaultdict(list)
        for finding in sorted(findings, key=lambda one: one[:2]):
            self._by_id[finding.finding_id] = finding
            for key in finding.flags:
                self._by_flag[key].append(finding)

    def of(self, key: str, converted: str | None, day: date) -> _Finding | None:
        """Return the first finding that names the flag, or that it was made, since the breach."""
        named = [*self._by_flag[key]] if key in self._by_flag else []
        if converted is not None and converted in self._by_id:
            named.append(self._by_id[converted])
        return min((each for each in named if each.raised >= day), default=None)


FINDINGS = f"""
SELECT doc FROM projections.cases
 WHERE {HOLDS}
   AND kind = 'findings' AND stage <> 'withdrawn'
   AND subject = ANY (%(subjects)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
"""


def _raised(
    conn: Connection[Any], basis: Basis, wanted: Asked, subjects: Collection[str]
) -> Iterator[_Finding]:
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "district": wanted.district,
        "subjects": [*subjects],
    }
    for (doc,) in asked(conn, FINDINGS, values):
        shown = item(doc)
        if shown["position"] in wanted.without:
            continue
        ordered = [date.fromisoformat(order["ordered"]) for order in shown["orders"]]
        yield _Finding(
            date.fromisoformat(shown["raised_on"]),
            shown["finding_id"],
            frozenset(shown["flags"]),
            min(ordered, default=None),
            date.fromisoformat(shown["ended_on"]) if shown["stage"] == "closed" else None,
        )
