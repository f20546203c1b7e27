"""Which findings that an inspector asked for on the spot nobody has raised yet (四)."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from domain.inspection.asked import RAISING, unraised
from projections.views.asking import asked
from projections.views.basis import HOLDS, Basis

ASKED = f"""
SELECT visit.doc::json, array(
    SELECT doc::json ->> 'kind' FROM projections.cases
     WHERE {HOLDS}
       AND kind = 'findings' AND subject = visit.subject AND stage <> 'withdrawn'
       AND 'inspections/' || (doc::json ->> 'inspection_id') = visit.key) AS raised
  FROM projections.cases AS visit
 WHERE {HOLDS}
   AND kind = 'inspections' AND stage = 'recorded' AND strpos(doc, %(scale)s) > 0
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND key <> ALL (%(without)s)
 ORDER BY key
"""


def asked_findings(
    conn: Connection[Any],
    basis: Basis,
    *,
    uscc: str | None = None,
    district: str | None = None,
    without: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Return `{inspection_id, uscc, district, seen_on, position, item, due_on, note}` of each."""
    values = {
        "position": basis.position,
        "valid_at": basis.valid_at,
        "uscc": uscc,
        "district": district,
        "without": list(without),
        "scale": RAISING,
    }
    return [
        {
            **{name: visit[name] for name in ("inspection_id", "uscc", "district")},
            **{name: check[name] for name in ("seen_on", "position")},
            "item": answer["item"],
            "due_on": answer["value"],
            "note": answer["note"],
        }
        for visit, raised in asked(conn, ASKED, values).fetchall()
        for check in visit["spot_checks"]
        for answer in unraised(check["checklist"], raised)
    ]
