"""Sessions that were reported once more under another id: a second upload, or a second session.

Nobody can tell the two apart by what is reported, so the second is recorded like any fact, and said.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg import Connection

from domain.assessment import AssessmentHeld
from projections.views import sessions
from projections.views.basis import Basis
from projections.views.row import document, fields, item

_MOST = 200
_SAID = tuple(name for name in AssessmentHeld.__dataclass_fields__ if name != "assessment_id")


def duplicates_as_reported(
    connection: Connection[Any], position: int, held: AssessmentHeld
) -> list[str]:
    """Return the ids of other sessions that say the same as `held`, as known at `position`."""
    return _alike(connection, position, item(document(fields(held))), held.held_from)


def duplicates_of(
    connection: Connection[Any], position: int, assessment_id: str, day: date
) -> list[str]:
    """Return the ids of other sessions that say the same as the one that began on `day`."""
    session = sessions.one(connection, Basis(day, position), assessment_id)
    return [] if session is None else _alike(connection, position, session, day)


def _alike(
    connection: Connection[Any], position: int, session: Mapping[str, Any], day: date
) -> list[str]:
    filters = sessions.Filters(
        uscc=session["uscc"],
        occupation=session["occupation"]["name"],
        level=session["level"],
        day_from=day,
        day_to=day,
    )
    found = sessions.page(connection, Basis(day, position), filters, None, _MOST).items
    return [
        str(each["assessment_id"])
        for each in found
        if each["assessment_id"] != session["assessment_id"]
        and all(each.get(name) == session.get(name) for name in _SAID)
    ]
