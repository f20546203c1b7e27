"""What the enterprise that it is about does not see: visits to come, points before the conclusion, complaints.

A visit that is announced finds what was made ready for it, and points that are known before the
conclusion can be argued about with the expert. Both are withheld from the enterprise's reporters,
with everything that rests on them, until the spot check, the conclusion, is recorded; a complaint, whose
words may name who complained, is never shown to it (what was found is told by the visit). The rule is
about what the ledger knew at a position, never about a day, and is read from the ledger itself: rows
that have not followed yet tell nothing either.
"""

from dataclasses import replace
from typing import Any

from psycopg import Connection

from api.questions.policy import Rows, Withheld

# The stored names of the index `entry_withheld`; a test holds them against the registry.
WITHHELD = """
WITH RECURSIVE begun AS (
    SELECT stream, position FROM ledger.entry
     WHERE subject = %(uscc)s AND position <= %(upto)s
       AND type IN ('inspection.inspection-dispatched/1', 'application.evaluation-scored/1',
                    'application.evaluation-score-revised/1', 'complaint.complaint-received/1')
), withheld AS (
    SELECT stream, position FROM begun
     WHERE NOT EXISTS (
           SELECT FROM ledger.entry e
            WHERE e.stream = begun.stream AND e.version > 0 AND e.position <= %(upto)s
              AND e.type IN ('inspection.spot-check-recorded/1',
                             'application.evaluation-concluded/1'))
     UNION
    SELECT e.stream, e.position FROM withheld
      JOIN ledger.entry e ON e.stream = withheld.stream AND e.version > 0
     WHERE e.position <= %(upto)s AND e.type LIKE 'record.%%'
       AND (convert_from(e.payload, 'UTF8')::json -> 'data' ->> 'position')::bigint
           = withheld.position
)
SELECT stream, position FROM withheld
"""


def rows_at(connection: Connection[Any], rows: Rows, position: int) -> Rows:
    """Return the rows with what is withheld from a reporter, as known at `position`."""
    if rows.uscc is None:
        return rows
    rows_withheld = connection.execute(WITHHELD, {"uscc": rows.uscc, "upto": position}).fetchall()
    positions = frozenset(at for _, at in rows_withheld)
    return replace(
        rows, withheld=Withheld(positions, frozenset(stream for stream, _ in rows_withheld))
    )
