"""The tables of the views, as numbered files that `ledger.migrate` runs."""

from pathlib import Path

from ledger.migrate import Source

PROJECTIONS = Source("projections", Path(__file__).parent.parent / "sql")
SEARCH = "SELECT set_config('search_path', %(schema)s, false)"
"""Says in which schema the tables of a connection are."""
LIVE, NEXT, LAST = "projections", "projections_next", "projections_last"
"""Schemas: what is asked, what is being rebuilt, and what a switch replaced for a moment."""
