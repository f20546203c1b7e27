"""What an enterprise held and issued by year and by month, whatever the day, as known at a position.

`district` narrows to the records of one authority; None: not at all.
"""

from typing import Any, NamedTuple

from psycopg import Connection

from projections.views.basis import KNOWN, known


class Month(NamedTuple):
    """How many certificates were issued in a month, `2025-03`."""

    month: str
    number: int


# By way of the sessions, whose index on certificates is the smallest. A certificate has a row for every
# stretch of days on which it stands otherwise, and is issued once.
ISSUED = f"""
SELECT to_char(c.day, 'YYYY-MM'), count(DISTINCT c.key)
  FROM (SELECT DISTINCT key FROM projections.sessions WHERE subject = %(uscc)s) s
  JOIN projections.certificates c ON c.session = s.key
 WHERE {known(row="c.")}
   AND (%(district)s::text IS NULL OR c.district = %(district)s)
 GROUP BY 1 ORDER BY 1
"""


def issued(conn: Connection[Any], position: int, uscc: str, district: str | None) -> list[Month]:
    """Return the months in which certificates were issued after sessions of the enterprise."""
    values = {"position": position, "uscc": uscc, "district": district}
    return [Month(*row) for row in conn.execute(ISSUED, values).fetchall()]


HELD = f"""
SELECT extract(year FROM day)::int, count(DISTINCT key) FROM projections.sessions
 WHERE subject = %(uscc)s
   AND {KNOWN}
   AND (%(district)s::text IS NULL OR district = %(district)s)
 GROUP BY 1 ORDER BY 1
"""


def held(conn: Connection[Any], position: int, uscc: str, district: str | None) -> dict[int, int]:
    """Return how many sessions began in each year."""
    values = {"position": position, "uscc": uscc, "district": district}
    return dict(conn.execute(HELD, values).fetchall())
