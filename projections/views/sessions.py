"""Sessions as they were held: from the day they began on (七(三))."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, LiteralString

from psycopg import Connection

from domain.assessment import AssessmentHeld, ResultsPublished
from domain.supervision.supervision import Supervision
from domain.supervision.touches import Touch
from projections.views.asking import one_of
from projections.views.basis import HOLDS, KNOWN, Basis, Page
from projections.views.lines import text
from projections.views.occupations import REPORTED
from projections.views.row import Row, Rows, View, document, fields, item
from projections.views.sorting import Column, Sorting, key_of, sorted_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; None: not at all."""

    uscc: str | None = None
    district: str | None = None
    occupation: str | None = None
    """Name."""
    level: str | None = None
    day_from: date | None = None
    day_to: date | None = None


def rows(supervision: Supervision, key: str) -> Rows:
    """Return the rows of a session: everything that was reported of it, and who supervises it."""
    session = supervision.file.sessions.get(key)
    if session is None:
        return ()
    entry = session.entry
    event = entry.event
    shown = {**fields(event), "position": entry.position}
    columns = (event.occupation.name, event.level.value, event.method, text(event.held_from))
    return tuple(
        Row(*stretch, columns, document({**shown, "district": stretch.district, **beside}))
        for start, end, beside in _beside(supervision, key, event.held_from)
        for stretch in supervision.file.supervised(start, end)
    )


def _beside(
    supervision: Supervision, key: str, held_from: date
) -> Iterator[tuple[date, date | None, dict[str, Any]]]:
    """Yield over which days what was made public of the results, and the entries that the days rest on."""
    behind = supervision.behind[Touch("sessions", key)]
    published = supervision.file.published.get(key)
    if published is None:
        yield held_from, None, {"because": behind}
        return
    starts = sorted({held_from, *(max(held_from, each.published_on) for each in published)})
    for start, end in zip(starts, (*starts[1:], None), strict=True):
        by_then = [each for each in published if each.published_on <= start]
        later = _published_after(supervision, behind, start)
        beside: dict[str, Any] = {"because": [at for at in behind if at not in later]}
        if by_then:
            beside["results_published"] = [
                {name: value for name, value in fields(each).items() if name != "assessment_id"}
                for each in by_then
            ]
        yield start, end, beside


def _published_after(supervision: Supervision, behind: Iterable[int], day: date) -> set[int]:
    """Return the publications of results behind a day, with their corrections: by then nobody had read them."""
    later: set[int] = set()
    for position in behind:
        entry = supervision.entries.get(position)
        event = entry.event if entry is not None else None
        if isinstance(event, ResultsPublished) and event.published_on > day:
            later |= {position, *supervision.file.corrections.get(position, ())}
    return later


SESSIONS = View("sessions", ("occupation", "level", "method", "day"), rows)

SORTED: Mapping[str, Column] = MappingProxyType(
    {"held_from": Column("day", "day"), "uscc": Column("subject")}
)
"""By what the list may be sorted: each has an index."""

# A session shows from its day on: what is sorted by days is not looked for behind the day asked for.
PAGE: LiteralString = f"""
SELECT key, doc, {{value}} FROM projections.sessions
 WHERE {HOLDS}
   AND (NOT %(sorted)s OR day <= %(valid_at)s)
   AND {{behind}}
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(occupation)s::text IS NULL OR {REPORTED})
   AND (%(level)s::text IS NULL OR level = %(level)s)
   AND (%(day_from)s::date IS NULL OR day >= %(day_from)s)
   AND (%(day_to)s::date IS NULL OR day <= %(day_to)s)
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
    """Return the sessions in order of their ids, or as `order` says, from behind `cursor`."""
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "sorted": order is not None,
        "after": key_of(order, cursor) or "",
        "uscc": filters.uscc,
        "district": filters.district,
        "occupation": filters.occupation,
        "level": filters.level,
        "day_from": filters.day_from,
        "day_to": filters.day_to,
    }
    return sorted_page(conn, PAGE, values, limit, order, cursor)


NEWEST = f"""
SELECT DISTINCT ON (day, key) doc FROM projections.sessions
 WHERE subject = %(uscc)s
   AND {KNOWN}
   AND (%(district)s::text IS NULL OR district = %(district)s)
 ORDER BY day DESC, key DESC, valid_from DESC LIMIT %(limit)s
"""


def newest(
    conn: Connection[Any], position: int, uscc: str, district: str | None, limit: int
) -> list[dict[str, Any]]:
    """Return the sessions of an enterprise that were held last, as known at `position`."""
    values = {"position": position, "uscc": uscc, "district": district, "limit": limit}
    return [item(doc) for (doc,) in conn.execute(NEWEST, values).fetchall()]


ONE = f"""
SELECT doc FROM projections.sessions
 WHERE key = %(key)s
   AND {HOLDS}
"""


def one(conn: Connection[Any], basis: Basis, key: str) -> dict[str, Any] | None:
    """Return the session with that id; None if it was not held yet or is not known."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "key": key}
    return one_of(conn, ONE, values)


SOME = f"""
SELECT key, doc FROM projections.sessions
 WHERE key = ANY (%(keys)s)
   AND {HOLDS}
"""


def some(conn: Connection[Any], basis: Basis, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return those of the sessions that were held and are known, by id."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "keys": list(keys)}
    return {key: item(doc) for key, doc in conn.execute(SOME, values).fetchall()}


SAME = f"""
SELECT key FROM projections.sessions
 WHERE subject = %(uscc)s AND day = %(day)s AND occupation = %(occupation)s AND level = %(level)s
   AND {HOLDS}
   AND key <> %(assessment_id)s
   AND jsonb_strip_nulls((SELECT jsonb_object_agg(name, value)
                            FROM jsonb_each(doc::jsonb) AS member (name, value)
                           WHERE name = ANY (%(names)s))) = jsonb_strip_nulls(%(reported)s::jsonb)
 ORDER BY key LIMIT %(limit)s
"""
_REPORTED = tuple(name for name in AssessmentHeld.__dataclass_fields__ if name != "assessment_id")


def same(conn: Connection[Any], position: int, session: Mapping[str, Any], limit: int) -> list[str]:
    """Return the ids of other sessions of which the same was reported, as known at `position`."""
    day = date.fromisoformat(session["held_from"])
    values = {
        "valid_at": day,
        "position": position,
        "uscc": session["uscc"],
        "day": day,
        "occupation": session["occupation"]["name"],
        "level": session["level"],
        "assessment_id": session["assessment_id"],
        "names": list(_REPORTED),
        "reported": document({name: session.get(name) for name in _REPORTED}),
        "limit": limit,
    }
    return [key for (key,) in conn.execute(SAME, values).fetchall()]
