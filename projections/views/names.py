"""What enterprises are called, many at once: a list shows names where its records hold codes."""

from collections.abc import Iterable
from typing import Any

from psycopg import Connection

from projections.views.basis import KNOWN, Basis

NAMES = f"""
SELECT DISTINCT ON (key) key, name FROM projections.roster
 WHERE key = ANY (%(keys)s)
   AND {KNOWN}
 ORDER BY key, (valid_from <= %(valid_at)s) DESC,
       CASE WHEN valid_from <= %(valid_at)s THEN valid_from END DESC, valid_from
"""


def names(conn: Connection[Any], basis: Basis, usccs: Iterable[str]) -> dict[str, str]:
    """Return the names by USCC: that of the day, else the first one known; unknown codes are left out."""
    values = {
        "keys": sorted(set(usccs)),
        "position": basis.position,
        "valid_at": basis.valid_at,
    }
    return dict(conn.execute(NAMES, values).fetchall())
