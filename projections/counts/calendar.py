"""What an enterprise held and issued by year and by month, up to a day and behind it, as known at a position.

`district` narrows to the records of one authority; None: not at all.
"""

from typing import Any, NamedTuple

from psycopg import Connection

from projections.views.basis import KNOWN, Basis, known


class Month(NamedTuple):
    """How many certificates were issued in a month, `2025-03`, up to the day and behind it."""

    month: str
    number: int
    later: int


class Number(NamedTuple):
    """How many sessions began, up to the day and behind it."""

    number: int
    later: int


# By way of the sessions, whose index on certificates is the smallest; by days first, or a hundred thousand months
# are written out and sorted. A certificate has a row for every stretch of days on which it stands otherwise, and is
# issued once.
ISSUED = f"""
SELECT to_char(day, 'YYYY-MM'),
       coalesce(sum(number) FILTER (WHERE day <= %(valid_at)s), 0)::bigint,
       coalesce(sum(number) FILTER (WHERE day > %(valid_at)s), 0)::bigint
  FROM (SELECT c.day, count(DISTINCT c.key) AS number
          FROM (SELECT DISTINCT key FROM projections.sessions WHERE subject = %(uscc)s) s
          JOIN projections.certificates c ON c.session = s.key
         WHERE {known(row="c.")}
           AND (%(district)s::text IS NULL OR c.district = %(district)s)
         GROUP BY c.day) days
 GROUP BY 1 ORDER BY 1
"""


def issued(conn: Connection[Any], basis: Basis, uscc: str, district: str | None) -> list[Month]:
    """Return the months in which certificates were issued after sessions of the enterprise."""
    values = {**_values(basis), "uscc": uscc, "district": district}
    return [Month(*row) for row in conn.execute(ISSUED, values).fetchall()]


HELD = f"""
SELECT extract(year FROM day)::int,
       count(DISTINCT key) FILTER (WHERE day <= %(valid_at)s),
       count(DISTINCT key) FILTER (WHERE day > %(valid_at)s)
  FROM projections.sessions
 WHERE subject = %(uscc)s
   AND {KNOWN}
   AND (%(district)s::text IS NULL OR district = %(district)s)
 GROUP BY 1 ORDER BY 1
"""


def held(conn: Connection[Any], basis: Basis, uscc: str, district: str | None) -> dict[int, Number]:
    """Return how many sessions began in each year."""
    values = {**_values(basis), "uscc": uscc, "district": district}
    rows = conn.execute(HELD, values).fetchall()
    return {year: Number(number, later) for year, number, later in rows}


def _values(basis: Basis) -> dict[str, Any]:
    return {"valid_at": basis.valid_at, "position": basis.position}
