"""The roster: profile, standing, listing and scope of every enterprise on a day (六(三)).

One row for each stretch of days on which all four stay the same. Days without a listing have
rows too, so that an enterprise is found by its USCC; the list leaves them out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, LiteralString

from psycopg import Connection

from domain.enterprise import Enterprise, Profile
from domain.standing.course import UNLISTED, Grant, Listing
from domain.supervision.supervision import Supervision
from domain.terms.folding import folded
from domain.terms.intervals import Timeline
from domain.terms.scope import ScopeItem, Unit, items
from domain.terms.vocabulary import Level
from projections.views.asking import asked, one_of
from projections.views.basis import HOLDS, KNOWN, Basis, Page
from projections.views.row import Row, Rows, View, document, item
from projections.views.sorting import Column, Sorting, key_of, sorted_page

SEPARATOR = "\x1f"
"""Stands between what can be looked for; no name holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; None: not at all. `level` is a stored level (`5`, `special`)."""

    uscc: str | None = None
    district: str | None = None
    standing: str | None = None
    occupation: str | None = None
    """Code or name."""
    level: str | None = None
    q: str | None = None
    """Part of the name or of the USCC."""
    expiring_within: int | None = None
    """Days: the listing holds on the day and ends no later than that many days after it."""


def rows(supervision: Supervision, key: str) -> Rows:
    """Return the rows of the enterprise; none while it is not registered."""
    enterprise = supervision.file.enterprise
    if enterprise is None or key != supervision.file.uscc:
        return ()
    listings = supervision.file.course.timeline
    profiles = Timeline(
        (day, (position, profile))
        for day, position, profile in sorted(enterprise.profiles, key=lambda c: c[:2])
    )
    starts = sorted({days.start for days, _ in (*profiles.segments(), *listings.segments())})
    first = min(enterprise.profiles, key=lambda c: c[:2])[1:]
    merged: list[Row] = []
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        position, profile = profiles.on(start) or first
        listing = listings.on(start) or UNLISTED
        because = supervision.file.corrected((position, *listing.because))
        row = _row(enterprise, because, profile, listing, start, end)
        if merged and merged[-1][2:] == row[2:]:
            merged[-1] = merged[-1]._replace(valid_to=end)
        else:
            merged.append(row)
    return tuple(merged)


def _row(  # noqa: PLR0913, PLR0917 - one argument for each thing that a row shows
    enterprise: Enterprise,
    because: tuple[int, ...],
    profile: Profile,
    listing: Listing,
    start: date,
    end: date | None,
) -> Row:
    scope = items(listing.scope)
    doc = {
        "uscc": enterprise.uscc,
        "name": profile.name,
        "kind": profile.kind,
        "district": profile.district,
        "address": profile.address,
        "standing": listing.standing,
        "batch": listing.batch,
        "valid_from": listing.days.start if listing.days else None,
        "valid_to": listing.days.end if listing.days else None,
        "scope": granted(listing),
        "findings": listing.findings,
        "because": because,
    }
    terms = SEPARATOR.join(["", *sorted(set(_terms(scope))), ""])
    columns = (listing.standing.value, profile.name, terms)
    return Row(start, end, profile.district, columns, document(doc))


def granted(listing: Listing) -> list[dict[str, Any]]:
    """Return the scope items in the shape of the contract, each with the grant that confirms it.

    What several grants confirm is shown with the one that lasts longest. What a change of scope
    added is an item of its own: it begins with the day of the change.
    """
    by_grant: dict[Grant, Iterable[Unit]] = {}
    if len(listing.grants) == 1:
        by_grant[listing.grants[0]] = listing.scope
    else:
        confirming: dict[Grant, list[Unit]] = {}
        for unit in listing.scope:
            grant = listing.granting(unit)
            if grant is not None:
                confirming.setdefault(grant, []).append(unit)
        by_grant.update(confirming)
    confirmed = [
        {
            **asdict(scope_item),
            "batch": grant.batch,
            "valid_from": start,
            "valid_to": grant.days.end,
        }
        for grant, units in by_grant.items()
        for start, some in _by_first_day(grant, units).items()
        for scope_item in items(some)
    ]
    return sorted(confirmed, key=_order)


def by_occupation(shown: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return scope items as they are compared: one for an occupation, one more for each further grant.

    Levels that a change of scope added stand with the others of their grant: what differs is the levels.
    """
    items_by_name: dict[str, dict[str, Any]] = {}
    for scope_item in shown:
        named = "/".join(
            filter(
                None,
                (
                    scope_item["edition"],
                    scope_item["code"],
                    scope_item["name"],
                    scope_item.get("trade"),
                ),
            )
        )
        name, earlier = named, items_by_name.get(named)
        if earlier is not None and earlier.get("batch") != scope_item.get("batch"):
            name = f"{named}/{scope_item.get('batch')}"
            earlier = items_by_name.get(name)
        items_by_name[name] = (
            dict(scope_item) if earlier is None else _together(earlier, scope_item)
        )
    return items_by_name


def _together(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    levels = sorted(
        {*earlier.get("levels", ()), *later.get("levels", ())}, key=lambda level: Level(level).rank
    )
    begins = [
        day for scope_item in (earlier, later) if (day := scope_item.get("valid_from")) is not None
    ]
    return {**earlier, "levels": levels, "valid_from": min(begins, default=None)}


def _by_first_day(grant: Grant, units: Iterable[Unit]) -> dict[date, Iterable[Unit]]:
    if not grant.added:
        return {grant.days.start: units}
    by_day: dict[date, list[Unit]] = {}
    for unit in units:
        by_day.setdefault(grant.since(unit), []).append(unit)
    return {**by_day}


def _order(shown: dict[str, Any]) -> tuple[Any, ...]:
    """Order by all that tells two items apart: a scope is a set, and no two processes go through it alike."""
    named = shown["edition"], shown["code"], shown["name"], shown["trade"] or ""
    days = shown["valid_to"], shown["valid_from"]
    return *named, *days, shown["batch"] or "", [level.rank for level in shown["levels"]]


def _terms(scope: tuple[ScopeItem, ...]) -> Iterator[str]:
    """Yield what a filter may look for: occupation by code or name, level, or both on one item."""
    for one in scope:
        for level in ("", *one.levels):
            yield f"@{level}"
            yield f"{one.code}@{level}"
            yield f"{one.name}@{level}"


ROSTER = View("roster", ("standing", "name", "terms"), rows)

SORTED: Mapping[str, Column] = MappingProxyType(
    {
        "uscc": Column("key"),
        "district": Column("coalesce(district, '')"),
        "standing": Column("standing"),
        "valid_from": Column("coalesce(doc::json ->> 'valid_from', '')"),
        "valid_to": Column("coalesce(doc::json ->> 'valid_to', '9999-12-31')"),
    }
)
"""By what the list may be sorted: there are as many rows on a day as enterprises, so no index is needed."""

# As `domain.terms.folding` folds; only what the names of enterprises are made of.
FOLDED: LiteralString = """upper(regexp_replace(translate(normalize(name, NFKC), '•‧∙⋅・', '·····'),
                                '[[:space:]\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g'))"""

PAGE: LiteralString = f"""
SELECT key, doc, {{value}} FROM projections.roster
 WHERE {HOLDS}
   AND {{behind}}
   AND (%(uscc)s::text IS NULL OR key = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND CASE WHEN %(standing)s::text IS NULL THEN standing <> 'unlisted' OR %(uscc)s IS NOT NULL
            ELSE standing = %(standing)s END
   AND (%(term)s::text IS NULL OR strpos(terms, %(term)s) > 0)
   AND (%(q)s::text IS NULL OR strpos(key, %(q)s) > 0 OR strpos({FOLDED},
           %(q)s) > 0)
   AND CASE WHEN %(days)s::int IS NULL THEN true
            WHEN standing NOT IN ('listed', 'suspended') OR valid_to IS NULL THEN false
            -- A stretch ends with the first of its grants at the latest: few documents are looked into.
            WHEN valid_to > %(valid_at)s::date + %(days)s::int THEN false
            ELSE coalesce((SELECT min(g ->> 'valid_to') FROM json_array_elements(doc::json -> 'scope') g),
                          doc::json ->> 'valid_to')::date <= %(valid_at)s::date + %(days)s::int END
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
    """Return the enterprises of the roster in order of USCC, or as `order` says, from behind `cursor`."""
    term = f"{filters.occupation or ''}@{filters.level or ''}"
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "after": key_of(order, cursor) or "",
        "uscc": filters.uscc,
        "district": filters.district,
        "standing": filters.standing,
        "term": f"{SEPARATOR}{term}{SEPARATOR}" if term != "@" else None,
        "q": None if filters.q is None else folded(filters.q),
        "days": filters.expiring_within,
    }
    return sorted_page(conn, PAGE, values, limit, order, cursor)


ONE = f"""
SELECT doc FROM projections.roster
 WHERE key = %(key)s
   AND {HOLDS}
"""


def one(conn: Connection[Any], basis: Basis, key: str) -> dict[str, Any] | None:
    """Return the enterprise with that USCC, also where it is not listed; None if not known."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "key": key}
    return one_of(conn, ONE, values)


# A stretch ends with the first of its grants at the latest: few documents are looked into.
EXPIRING = f"""
SELECT key, name, standing, district, first.ends FROM projections.roster,
       LATERAL (SELECT coalesce(min(g ->> 'valid_to'), doc::json ->> 'valid_to') AS ends
                  FROM json_array_elements(doc::json -> 'scope') g) first
 WHERE {HOLDS}
   AND standing IN ('listed', 'suspended') AND valid_to <= %(ends_by)s
   AND first.ends::date <= %(ends_by)s
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR key = %(uscc)s)
 ORDER BY ends, key
"""


def expiring(
    conn: Connection[Any],
    basis: Basis,
    days: int,
    *,
    uscc: str | None = None,
    district: str | None = None,
) -> list[dict[str, Any]]:
    """Return `{uscc, name, standing, district, valid_to, days_left}` of listings that end within `days`.

    The one that ends first comes first.
    """
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "ends_by": basis.valid_at + timedelta(days=days),
        "district": district,
        "uscc": uscc,
    }
    return [
        {
            "uscc": key,
            "name": name,
            "standing": standing,
            "district": where,
            "valid_to": ends,
            "days_left": (date.fromisoformat(ends) - basis.valid_at).days,
        }
        for key, name, standing, where, ends in asked(conn, EXPIRING, values)
    ]


STRETCHES = f"""
SELECT valid_from, valid_to, doc FROM projections.roster
 WHERE key = %(key)s
   AND {KNOWN}
 ORDER BY valid_from
"""


def standings(conn: Connection[Any], basis: Basis, uscc: str) -> list[dict[str, Any]]:
    """Return the standing of the enterprise over all days, as known at the basis' position.

    Each: `standing, batch, valid_from, valid_to` (days of the standing), `listed_from,
    listed_to` (days of the listing), `findings`, `because`.
    """
    values = {"position": basis.position, "key": uscc}
    stretches: list[dict[str, Any]] = []
    for start, end, doc in conn.execute(STRETCHES, values).fetchall():
        shown = item(doc)
        stretch: dict[str, Any] = {
            "standing": shown["standing"],
            "batch": shown["batch"],
            "valid_from": start.isoformat(),
            "valid_to": end.isoformat() if end else None,
            "listed_from": shown["valid_from"],
            "listed_to": shown["valid_to"],
            # Rows of an earlier fold, which answer until theirs are made anew, do not have it.
            "findings": shown.get("findings", []),
            "because": shown["because"][1:],
        }
        if stretches and _same_standing(stretches[-1], stretch):
            stretches[-1]["valid_to"] = stretch["valid_to"]
            stretches[-1]["because"] = sorted({*stretches[-1]["because"], *stretch["because"]})
        else:
            stretches.append(stretch)
    return stretches


def _same_standing(one: dict[str, Any], other: dict[str, Any]) -> bool:
    names = ("standing", "batch", "listed_from", "listed_to", "findings")
    return all(one[name] == other[name] for name in names)


NAMESAKES: LiteralString = f"""
SELECT key FROM projections.roster
 WHERE key <> %(uscc)s AND {FOLDED} = %(name)s AND (standing <> 'unlisted' OR NOT %(public)s)
   AND {HOLDS}
 ORDER BY key LIMIT %(limit)s
"""
NAMESAKES_SHOWN = 5


def namesakes(
    conn: Connection[Any], basis: Basis, uscc: str, name: str, *, public: bool
) -> list[str]:
    """Return other enterprises that bear a name; `public`: those that were ever on the roster alone."""
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "uscc": uscc,
        "name": folded(name),
        "public": public,
        "limit": NAMESAKES_SHOWN,
    }
    return [key for (key,) in asked(conn, NAMESAKES, values).fetchall()]
