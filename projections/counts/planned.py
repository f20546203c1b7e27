"""Annual plans beside what the ledger holds of the year: who filed none, what was held otherwise (六(四))."""

from datetime import date
from typing import Any

from psycopg import Connection

from domain.checks.duties import OWING
from projections.views.asking import asked
from projections.views.basis import HOLDS, Basis, Page, known

# Of each enterprise its own plan and sessions are looked up: a page looks at few.
COMPARED = f"""
SELECT key, name, district, filed_on, revised_on, planned, headcount, held, candidates
  FROM projections.roster
  LEFT JOIN LATERAL (
    SELECT (doc::json ->> 'filed_on')::date AS filed_on,
           (doc::json ->> 'revised_on')::date AS revised_on,
           json_array_length(doc::json -> 'sessions') AS planned,
           (SELECT coalesce(sum((each ->> 'headcount')::int), 0)
              FROM json_array_elements(doc::json -> 'sessions') AS each) AS headcount
      FROM projections.cases
     WHERE key = 'plans/' || roster.key || '/' || %(year)s::text
       AND {HOLDS}) AS plan
    ON true
  LEFT JOIN LATERAL (
    SELECT count(*) AS held, coalesce(sum((
           SELECT sum(number::int) FROM json_each_text(doc::json -> 'candidates') AS c (kind, number)
           )), 0) AS candidates
      FROM projections.sessions
     WHERE subject = roster.key AND day BETWEEN %(first)s AND %(last)s
       AND {HOLDS}) AS sessions
    ON true
 WHERE {HOLDS}
   AND standing IN ('listed', 'suspended')
   AND key > %(after)s
   AND (%(uscc)s::text IS NULL OR key = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND CASE %(plan)s::text WHEN 'filed' THEN filed_on IS NOT NULL
            -- For the year of the first listing none is owed.
            WHEN 'missing' THEN filed_on IS NULL AND standing = %(owing)s
                 AND (SELECT min(listed.valid_from) FROM projections.roster listed
                       WHERE listed.key = roster.key AND listed.standing IN ('listed', 'suspended')
                         AND {known(row="listed.")}) < %(first)s
            ELSE true END
 ORDER BY key LIMIT %(limit)s
"""


_COMPARED = (
    "uscc",
    "name",
    "district",
    "year",
    "filed_on",
    "revised_on",
    "planned_sessions",
    "planned_candidates",
    "sessions",
    "candidates",
)


def compared(  # noqa: PLR0913 - one argument a part of the question
    conn: Connection[Any],
    basis: Basis,
    year: int,
    cursor: str | None,
    limit: int,
    *,
    plan: str | None = None,
    uscc: str | None = None,
    district: str | None = None,
) -> Page:
    """Return the enterprises of the roster with what they planned for a year and what they held.

    `plan`: `missing` (none is on file, and one is owed), `filed`, or all. Sums go up to the day.
    """
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "year": year,
        "owing": OWING.value,
        "first": date(year, 1, 1),
        "last": date(year, 12, 31),
        "after": cursor or "",
        "plan": plan,
        "uscc": uscc,
        "district": district,
        "limit": limit + 1,
    }
    rows = asked(conn, COMPARED, values).fetchall()
    items: list[dict[str, Any]] = [
        dict(zip(_COMPARED, map(_plain, (*row[:3], year, *row[3:])), strict=True)) for row in rows
    ]
    return Page(items[:limit], str(items[limit - 1]["uscc"]) if len(rows) > limit else None)


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of a row
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str) else int(value)


BY_OCCUPATION = f"""
SELECT occupation, count(*), coalesce(sum((
       SELECT sum(number::int) FROM json_each_text(doc::json -> 'candidates') AS c (kind, number)
       )), 0)
  FROM projections.sessions
 WHERE subject = %(uscc)s AND day BETWEEN %(first)s AND %(last)s
   AND {HOLDS}
 GROUP BY occupation
"""
ISSUED = f"""
SELECT count(*) FROM projections.certificates
 WHERE subject = %(uscc)s AND day BETWEEN %(first)s AND %(last)s
   AND {HOLDS}
"""


def held(
    conn: Connection[Any], basis: Basis, uscc: str, year: int
) -> tuple[dict[str, tuple[int, int]], int]:
    """Return what was held in a year, and how many certificates were issued in it.

    Sessions and candidates by the name of the occupation, up to the day of the basis.
    """
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "uscc": uscc,
        "first": date(year, 1, 1),
        "last": date(year, 12, 31),
    }
    rows = asked(conn, BY_OCCUPATION, values).fetchall()
    issued: Any = asked(conn, ISSUED, values).fetchone()
    return {name: (sessions, int(people)) for name, sessions, people in rows}, int(issued[0])
