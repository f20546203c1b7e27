"""How many cases of a kind have come how far, at a basis."""

from typing import Any

from psycopg import Connection

from projections.views.asking import asked
from projections.views.basis import HOLDS, Basis
from projections.views.cases import Filters

STAGES = f"""
SELECT stage, count(*) FROM projections.cases
 WHERE {HOLDS}
   AND kind = %(kind)s
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND key <> ALL (%(without)s)
 GROUP BY stage
"""


def stages(conn: Connection[Any], basis: Basis, filters: Filters) -> dict[str, int]:
    """Return the number of cases of a kind by stage; stages without any are left out."""
    values = {
        "position": basis.position,
        "valid_at": basis.valid_at,
        "kind": filters.kind,
        "uscc": filters.uscc,
        "district": filters.district,
        "without": list(filters.without),
    }
    return dict(asked(conn, STAGES, values).fetchall())
