"""Columns of what is asked about one enterprise, of comparisons and of counts."""

from api.export.formats import Column, columns
from projections.counts import statistics

SCOPE = columns("valid_from:day valid_to:day standing scope:json because:json")
STANDING = columns(
    "standing batch valid_from:day valid_to:day listed_from:day listed_to:day because:json"
)
ISSUED = columns(
    "assessment_id uscc occupation:json level held_from:day candidates:integer "
    "certificates:integer position:integer"
)
UNITS = columns("unit_uscc unit_name covered_from:day because:json")
HISTORY = columns(
    "position:integer stream version:integer type recorded_at valid_from:day subject district actor:json "
    "reason document_no received_on:day received_by:json claimed_on:day approved_by:json entered_by "
    "backfill:boolean data:json"
)
DIFF = columns("change key uscc before:json after:json because:json")
COUNTS = "sessions:integer certificates:integer breaches:integer open_findings:integer"
STATS = columns(f"{' '.join(statistics.BY)} {COUNTS}")


def stats_shape(by: str) -> tuple[Column, ...]:
    """Return the columns of counts: what is counted by, then the counts."""
    return columns(f"{by} {COUNTS}")
