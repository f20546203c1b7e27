"""Confirmed scope of every enterprise over the days: one row for each stretch of the same scope."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection

from domain.standing.course import UNLISTED, Course, Grant, Listing
from domain.supervision.supervision import Supervision
from domain.terms.intervals import Days, Timeline
from domain.terms.scope import ScopeItem, units
from domain.terms.vocabulary import Level, Standing
from projections.views.asking import page_of
from projections.views.basis import HOLDS, KNOWN, Basis, Page
from projections.views.roster import granted
from projections.views.row import Row, Rows, View, document, item


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; None: not at all."""

    uscc: str | None = None
    district: str | None = None


def rows(supervision: Supervision, key: str) -> Rows:
    """Return the stretches of days on which the enterprise may certify something."""
    if key != supervision.file.uscc:
        return ()
    merged: list[Row] = []
    for days, listing in supervision.file.course.timeline.segments():
        if not listing.scope:
            continue
        doc = {
            "uscc": key,
            "standing": listing.standing,
            "scope": granted(listing),
            "because": supervision.file.corrected(listing.because),
        }
        for stretch in supervision.file.supervised(days.start, days.end):
            row = Row(*stretch, (), document(doc))
            if merged and merged[-1].valid_to == stretch.start and merged[-1][2:] == row[2:]:
                merged[-1] = merged[-1]._replace(valid_to=stretch.end)
            else:
                merged.append(row)
    return tuple(merged)


SCOPE = View("scope", (), rows)

PAGE = f"""
SELECT key, doc FROM projections.scope
 WHERE {HOLDS}
   AND key > %(after)s
   AND (%(uscc)s::text IS NULL OR key = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
 ORDER BY key LIMIT %(limit)s
"""


def page(
    conn: Connection[Any], basis: Basis, filters: Filters, cursor: str | None, limit: int
) -> Page:
    """Return the scope of every enterprise that has one, in order of USCC."""
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "after": cursor or "",
        "uscc": filters.uscc,
        "district": filters.district,
    }
    return page_of(conn, PAGE, values, limit)


def one(conn: Connection[Any], basis: Basis, key: str) -> dict[str, Any] | None:
    """Return the scope of the enterprise with that USCC on the day; None where it has none."""
    items = page(conn, basis, Filters(uscc=key), None, 1).items
    return items[0] if items else None


def as_checked(conn: Connection[Any], basis: Basis, uscc: str) -> Course:
    """Return what the enterprise could certify on each day, as a check looks at it."""
    changes: list[tuple[date, Listing]] = []
    for interval in intervals(conn, basis, uscc):
        start = date.fromisoformat(interval["valid_from"])
        end = date.fromisoformat(interval["valid_to"]) if interval["valid_to"] else None
        items = (
            ScopeItem(
                **{name: shown[name] for name in ("edition", "code", "name", "trade")},
                levels=tuple(map(Level, shown["levels"])),
            )
            for shown in interval["scope"]
        )
        grant = Grant(batch=None, applications=(), days=Days(start, end), scope=units(items))
        changes.append((start, Listing(standing=Standing(interval["standing"]), grants=(grant,))))
        if end is not None:
            changes.append((end, UNLISTED))
    return Course(timeline=Timeline(changes))


INTERVALS = f"""
SELECT valid_from, valid_to, doc FROM projections.scope
 WHERE key = %(key)s
   AND {KNOWN}
 ORDER BY valid_from
"""


def intervals(conn: Connection[Any], basis: Basis, uscc: str) -> list[dict[str, Any]]:
    """Return the scope over all days, as known at the basis' position.

    Each: `valid_from, valid_to, standing, scope: [Item], because`.
    """
    values = {"position": basis.position, "key": uscc}
    return [
        {
            "valid_from": start.isoformat(),
            "valid_to": end.isoformat() if end else None,
            **{name: value for name, value in item(doc).items() if name != "uscc"},
        }
        for start, end, doc in conn.execute(INTERVALS, values).fetchall()
    ]
