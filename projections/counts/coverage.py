"""Which enterprises of the roster were visited this year, by district, and which were not (四)."""

from datetime import date
from typing import Any

from psycopg import Connection

from projections.views.asking import asked
from projections.views.basis import HOLDS, Basis, Page

ONLINE = "线上督导"
"""The one kind of inspection that goes nowhere."""

COVERED = f"""
WITH listed AS (
    SELECT key, district FROM projections.roster
     WHERE {HOLDS}
       AND standing IN ('listed', 'suspended')
       AND (%(uscc)s::text IS NULL OR key = %(uscc)s)
       AND (%(district)s::text IS NULL OR district = %(district)s)),
visited AS (
    SELECT DISTINCT subject FROM projections.cases,
           json_array_elements(doc::json -> 'spot_checks') AS seen
     WHERE {HOLDS}
       AND kind = 'inspections' AND stage = 'recorded'
       AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
       AND (seen ->> 'seen_on')::date >= %(first)s AND seen ->> 'kind' <> %(online)s)
SELECT district, count(*), count(subject) FROM listed LEFT JOIN visited ON subject = key
 GROUP BY district ORDER BY district NULLS LAST
"""


def coverage(
    conn: Connection[Any], basis: Basis, *, uscc: str | None = None, district: str | None = None
) -> list[dict[str, Any]]:
    """Return `{district, listed, visited, unvisited}` of the year of the basis, by district.

    `listed` are those on the roster on the day, suspended ones too; a visit is a record made on the
    spot, whoever made it.
    """
    rows = asked(conn, COVERED, _values(basis, uscc, district)).fetchall()
    return [
        {"district": code, "listed": listed, "visited": visited, "unvisited": listed - visited}
        for code, listed, visited in rows
    ]


UNVISITED = f"""
SELECT key, name, district, standing, last FROM projections.roster
  LEFT JOIN LATERAL (
    SELECT max((seen ->> 'seen_on')::date) AS last FROM projections.cases,
           json_array_elements(doc::json -> 'spot_checks') AS seen
     WHERE subject = roster.key
       AND {HOLDS}
       AND kind = 'inspections' AND stage = 'recorded' AND seen ->> 'kind' <> %(online)s) AS visit
    ON true
 WHERE {HOLDS}
   AND standing IN ('listed', 'suspended')
   AND key > %(after)s
   AND (%(uscc)s::text IS NULL OR key = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (last IS NULL OR last < %(first)s)
 ORDER BY key LIMIT %(limit)s
"""


def unvisited(  # noqa: PLR0913 - one argument a part of the question
    conn: Connection[Any],
    basis: Basis,
    cursor: str | None,
    limit: int,
    *,
    uscc: str | None = None,
    district: str | None = None,
) -> Page:
    """Return the enterprises that nobody visited this year, in order of USCC, from behind `cursor`."""
    values = {**_values(basis, uscc, district), "after": cursor or "", "limit": limit + 1}
    rows = asked(conn, UNVISITED, values).fetchall()
    items = [
        {
            "uscc": key,
            "name": name,
            "district": code,
            "standing": standing,
            "last_visit": None if last is None else last.isoformat(),
        }
        for key, name, code, standing, last in rows[:limit]
    ]
    return Page(items, items[-1]["uscc"] if len(rows) > limit else None)


def _values(basis: Basis, uscc: str | None, district: str | None) -> dict[str, Any]:
    return {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "first": date(basis.valid_at.year, 1, 1),
        "online": ONLINE,
        "uscc": uscc,
        "district": district,
    }
