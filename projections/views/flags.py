"""The flags: what every check says of every record, and which of the four time cases it is (§6)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, LiteralString

from psycopg import Connection

from domain.checks import OF_SUPERVISORS, OVERDUE
from domain.terms.identifiers import flag_parts
from projections.views.arrivals import holds_history, position_before
from projections.views.asking import one_of
from projections.views.basis import HOLDS, KNOWN, ON_DAY, BadCursor, Basis, Page, on_day
from projections.views.flag_rows import rows
from projections.views.occupations import JUDGED
from projections.views.row import View, item
from projections.views.sorting import Column, Keyed, Sorting, key_of, sorted_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; None: not at all.

    Without `verdict` and `case` the list shows what is breach or undecided.
    """

    code: str | None = None
    verdict: str | None = None
    uscc: str | None = None
    district: str | None = None
    day_from: date | None = None
    """First day of the records, included."""
    day_to: date | None = None
    """Last day of the records, included."""
    review: str | None = None
    """`upheld`, `dismissed`, `converted`, or `none`: not reviewed."""
    case: str | None = None
    assessment_id: str | None = None
    """Flags of the session and of the certificates issued after it."""
    occupation: str | None = None
    """Code or name of the occupation of the judged session or certificate."""
    record: int | None = None
    """Position of the judged record."""
    procedure: str | None = None
    """`only`: what concerns the inspectors alone; `without`: all but that."""
    learnt_from: date | None = None
    """First day of the entries that raised them, included."""
    learnt_to: date | None = None
    """Last day of the entries that raised them, included."""
    without: Collection[int] = ()
    """Positions of judged records whose flags are left out."""


FLAGS = View(
    "flags",
    (
        "record",
        "code",
        "day",
        "verdict",
        "review",
        "time_case",
        "occupation",
        "level",
        "method",
        "since",
    ),
    rows,
)

SORTED: Mapping[str, Column] = MappingProxyType(
    {
        "valid_at": Column("day", "day"),
        "code": Column("code"),
        "subject": Column("subject"),
    }
)
"""By what the list may be sorted: each has an index."""
_KEYED: Keyed = (
    ("record", "%(after_record)s"),
    ("code", "%(after_code)s"),
    ("key", "%(after_key)s"),
)

# A flag shows from the day of its record on: what is sorted by days is not looked for behind it.
PAGE: LiteralString = f"""
SELECT key, doc, {{value}} FROM projections.flags
 WHERE {HOLDS}
   AND (NOT %(sorted)s OR day <= %(valid_at)s)
   AND {{behind}}
   AND CASE WHEN %(verdict)s::text IS NOT NULL THEN verdict = %(verdict)s
            WHEN %(case)s::text IS NOT NULL THEN true
            ELSE verdict <> 'clear' END
   AND (%(case)s::text IS NULL OR time_case = %(case)s)
   AND (%(code)s::text IS NULL OR code = %(code)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(day_from)s::date IS NULL OR day >= %(day_from)s)
   AND (%(day_to)s::date IS NULL OR day <= %(day_to)s)
   AND (%(review)s::text IS NULL OR coalesce(review, 'none') = %(review)s)
   AND (%(session)s::text IS NULL OR record IN (
           SELECT (doc::json ->> 'position')::bigint FROM projections.sessions
            WHERE key = %(session)s
           UNION ALL
           SELECT key::bigint FROM projections.certificates WHERE session = %(session)s))
   AND (%(occupation)s::text IS NULL OR {JUDGED})
   AND (%(record)s::bigint IS NULL OR record = %(record)s)
   AND (%(procedure)s::text IS NULL OR (code = ANY (%(of_supervisors)s)) = (%(procedure)s = 'only'))
   -- What time brings is known no sooner than it came.
   AND (%(since_after)s::bigint IS NULL OR since > %(since_after)s OR day >= %(learnt_from)s)
   AND (%(since_upto)s::bigint IS NULL OR (since <= %(since_upto)s AND day <= %(learnt_to)s))
   AND NOT (%(without_history)s AND EXISTS (SELECT FROM ledger.entry e
                                             WHERE e.position = since AND e.backfill))
   AND record <> ALL (%(without)s)
 ORDER BY {{order}} LIMIT %(limit)s
"""


def page(  # noqa: PLR0913, PLR0917 - one argument a part of the question
    conn: Connection[Any],
    basis: Basis,
    filters: Filters,
    cursor: str | None,
    limit: int,
    order: Sorting | None = None,
) -> Page:
    """Return the flags in order of their records' positions, then code, or as `order` says, from behind `cursor`.

    Raises:
        BadCursor: the cursor is no key of a flag.
    """
    last = key_of(order, cursor)
    after = flag_parts(last) if last else ("", 0)
    if after is None:
        raise BadCursor(cursor)
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "sorted": order is not None,
        "after_record": after[1],
        "after_code": after[0],
        "after_key": last or "",
        "verdict": filters.verdict,
        "case": filters.case,
        "code": filters.code,
        "uscc": filters.uscc,
        "district": filters.district,
        "day_from": filters.day_from,
        "day_to": filters.day_to,
        "review": filters.review,
        "session": filters.assessment_id,
        "occupation": filters.occupation,
        "record": filters.record,
        "procedure": filters.procedure,
        "of_supervisors": list(OF_SUPERVISORS),
        "learnt_from": filters.learnt_from,
        "learnt_to": filters.learnt_to,
        "since_after": _before(conn, filters.learnt_from),
        "since_upto": _before(conn, filters.learnt_to and filters.learnt_to + timedelta(days=1)),
        # The days since it became known say nothing of what was brought in.
        "without_history": bool(filters.learnt_from or filters.learnt_to) and holds_history(conn),
        "without": list(filters.without),
    }
    return sorted_page(conn, PAGE, values, limit, order, cursor, _KEYED)


def _before(conn: Connection[Any], day: date | None) -> int | None:
    return None if day is None else position_before(conn, day)


ONE = f"""
SELECT doc FROM projections.flags
 WHERE key = %(key)s
   AND {HOLDS}
"""


def one(conn: Connection[Any], basis: Basis, key: str) -> dict[str, Any] | None:
    """Return the flag with that key, also where it is clear now; None if it was never raised."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "key": key}
    return one_of(conn, ONE, values)


VERSIONS = f"""
SELECT known_from, doc FROM projections.flags
 WHERE key = %(key)s AND known_from <= %(position)s
   AND {ON_DAY}
 ORDER BY known_from
"""


def versions(conn: Connection[Any], basis: Basis, key: str) -> list[tuple[int, dict[str, Any]]]:
    """Return what was said of the day under that key, each with the entry since which it was said."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "key": key}
    return [(at, item(doc)) for at, doc in conn.execute(VERSIONS, values).fetchall()]


OF_RECORD = f"""
SELECT doc FROM projections.flags
 WHERE record = %(record)s
   AND {HOLDS}
 ORDER BY code
"""


def of_record(conn: Connection[Any], basis: Basis, record: int) -> list[dict[str, Any]]:
    """Return every flag of the record at that position, also what is clear now."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "record": record}
    return [item(doc) for (doc,) in conn.execute(OF_RECORD, values).fetchall()]


OF_RECORDS = f"""
SELECT doc FROM projections.flags
 WHERE record = ANY (%(records)s) AND verdict <> 'clear'
   AND {HOLDS}
 ORDER BY record, code, key
"""


def of_records(conn: Connection[Any], basis: Basis, records: list[int]) -> list[dict[str, Any]]:
    """Return what is breach or undecided of the records at these positions, on the day asked for."""
    values = {"records": records, "position": basis.position, "valid_at": basis.valid_at}
    return [item(doc) for (doc,) in conn.execute(OF_RECORDS, values).fetchall()]


# A version of before that said the same ended with the entry: its sentence changed, nothing was raised.
RAISED_BY = f"""
SELECT doc FROM projections.flags f
 WHERE known_from = ANY (%(entries)s) AND verdict <> 'clear'
   AND subject = ANY (%(subjects)s) AND record <> ALL (%(entries)s)
   AND {HOLDS}
   AND NOT EXISTS (SELECT FROM projections.flags before
                    WHERE before.record = f.record AND before.code = f.code AND before.key = f.key
                      AND before.known_to = f.known_from AND before.verdict = f.verdict
                      AND {on_day(row="before.")})
 ORDER BY record, code, key LIMIT %(limit)s
"""


def raised_by(
    conn: Connection[Any], basis: Basis, entries: list[int], subjects: list[str], limit: int
) -> list[dict[str, Any]]:
    """Return what the entries made breach or undecided of other records about the subjects."""
    values = {
        "entries": entries,
        "subjects": subjects,
        "position": basis.position,
        "valid_at": basis.valid_at,
        "limit": limit,
    }
    return [item(doc) for (doc,) in conn.execute(RAISED_BY, values).fetchall()]


ON_ANY_DAY = f"""
SELECT DISTINCT ON (record, code, key) doc FROM projections.flags
 WHERE record = ANY (%(records)s) AND verdict <> 'clear'
   AND {KNOWN}
 ORDER BY record, code, key, valid_from DESC
"""


def on_any_day(conn: Connection[Any], records: list[int], position: int) -> list[dict[str, Any]]:
    """Return the same whatever the day, as known at `position`: for what is shown over all days."""
    values = {"records": records, "position": position}
    return [item(doc) for (doc,) in conn.execute(ON_ANY_DAY, values).fetchall()]


OF_SESSIONS = f"""
SELECT DISTINCT ON (record, code, key) doc FROM projections.flags
 WHERE subject = %(uscc)s AND verdict <> 'clear' AND code <> ALL (%(supervisors)s)
   AND doc::json ->> 'assessment_id' = ANY (%(sessions)s)
   AND {KNOWN}
   AND (%(valid_at)s::date IS NULL OR ({ON_DAY}))
 ORDER BY record, code, key, valid_from DESC
"""


def of_sessions(
    conn: Connection[Any],
    position: int,
    uscc: str,
    sessions: Collection[str],
    day: date | None = None,
) -> list[dict[str, Any]]:
    """Return what is breach or undecided of these sessions and of the certificates after them.

    On the day, or on any.

    What the supervisors answer for themselves (督导程序) is no fault of a session.
    """
    values = {
        "position": position,
        "uscc": uscc,
        "sessions": list(sessions),
        "valid_at": day,
        "supervisors": list(OF_SUPERVISORS),
    }
    return [item(doc) for (doc,) in conn.execute(OF_SESSIONS, values).fetchall()]


PAST_DEADLINE = f"""
SELECT record, valid_from, valid_to FROM projections.flags
 WHERE record = ANY (%(orders)s) AND code = %(overdue)s AND verdict = 'breach'
   AND NOT (coalesce(review, '') = 'dismissed' AND NOT (doc::json ->> 'review_stale')::boolean)
   AND {KNOWN}
 ORDER BY record, valid_from
"""


def overdue(
    conn: Connection[Any], position: int, orders: Collection[int]
) -> list[tuple[int, date, date | None]]:
    """Return the days on which rectification was overdue: the order's position, first day, day after."""
    values = {"position": position, "orders": list(orders), "overdue": OVERDUE}
    return conn.execute(PAST_DEADLINE, values).fetchall()
