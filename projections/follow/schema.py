"""The tables of the views, as numbered files that `ledger.migrate` runs."""

from pathlib import Path
from types import MappingProxyType

from ledger.migrate import Source
from ledger.roles import APP

SEARCH = "SELECT set_config('search_path', %(schema)s, false)"
"""Says in which schema the tables of a connection are."""
LIVE, NEXT, LAST = "projections", "projections_next", "projections_last"
"""Schemas: what is asked, what is being rebuilt, and what a switch replaced for a moment."""
PROJECTIONS = Source(
    "projections",
    Path(__file__).parent.parent / "sql",
    # Read models belong to the application: it may drop and build them again.
    owners=MappingProxyType({LIVE: APP, NEXT: APP, LAST: APP}),
)
