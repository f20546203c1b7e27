"""That a row holds at a basis is said once, whatever asks for it."""

import re
from pathlib import Path

import pytest

from projections.views.basis import HOLDS, holds

HOUSE = Path(__file__).parents[3]
ROOMS = ("domain", "ledger", "projections", "replay", "proof", "api", "docs", "benchmarks")
HOMES = {HOUSE / "projections" / "views" / "basis.py", HOUSE / "projections" / "views" / "row.py"}
"""In SQL, and of a row that was folded and not stored yet."""
GENERATED = HOUSE / "projections" / "analysis" / "sql" / "grants.sql"
"""Written by `docs.generate_analysis`, which takes the condition from its home; a test compares."""
SAID_AGAIN = re.compile(
    r"known_to\s+IS\s+NULL\s+OR\s+(?:\w+\.)?known_to\s*>"
    r"|valid_to\s+IS\s+NULL\s+OR\s+(?:\w+\.)?valid_to\s*>"
    r"|valid_to\s+is\s+None\s+or\s+\w+\s*<\s*(?:\w+\.)?valid_to",
    re.IGNORECASE,
)


def sources() -> list[Path]:
    return [
        path
        for room in ROOMS
        for kind in ("*.py", "*.sql")
        for path in (HOUSE / room).rglob(kind)
        if path not in {*HOMES, GENERATED}
    ]


def test_no_condition_says_for_itself_what_holds_at_a_basis():
    assert len(sources()) > 500
    again = {
        str(path.relative_to(HOUSE)): found
        for path in sources()
        if (found := SAID_AGAIN.findall(path.read_text(encoding="utf-8")))
    }
    assert again == {}


@pytest.mark.parametrize(
    "condition",
    [
        HOLDS,
        holds("$2", "$1", "t."),
        "if row.valid_from <= day and (row.valid_to is None or day < row.valid_to):",
    ],
)
def test_the_search_knows_the_condition_however_it_is_laid_out(condition: str):
    assert SAID_AGAIN.search(condition)
