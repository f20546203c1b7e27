"""Sessions that were reported once more under another id: a second upload, or a second session.

Nobody can tell the two apart by what is reported, so the second is recorded like any fact, and said.
"""

from datetime import date
from typing import Any

from psycopg import Connection

from domain.assessment import AssessmentHeld
from projections.views import sessions
from projections.views.basis import Basis
from projections.views.row import document, fields, item

MOST_NAMED = 5
"""Of sessions that are named: who reads them sees that there is one too many."""


def duplicates_as_reported(
    connection: Connection[Any], position: int, session: AssessmentHeld
) -> list[str]:
    """Return the ids of other sessions that say the same as `session`, as known at `position`."""
    return sessions.same(connection, position, item(document(fields(session))), MOST_NAMED)


def duplicates_of(
    connection: Connection[Any], position: int, assessment_id: str, day: date
) -> list[str]:
    """Return the ids of other sessions that say the same as the one that began on `day`."""
    session = sessions.one(connection, Basis(day, position), assessment_id)
    return [] if session is None else sessions.same(connection, position, session, MOST_NAMED)
