"""docs/security.md: every row has a test that there is, or says why not or who does it."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "security.md"
ROWS = [
    line.strip("| ").split(" | ")
    for line in DOCUMENT.read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| subject", "| clause"))
]


@cache
def names_in(path: Path) -> frozenset[str]:
    return frozenset(
        re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_is_held_by_a_test_or_says_why_not(row: list[str]) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[-1])
    assert named or row[-1].startswith(("Reason: ", "Operator: "))
    for path, name in named:
        assert name in names_in(ROOT / path), (path, name)


def test_both_yardsticks_are_there() -> None:
    clauses = {row[0] for row in ROWS}
    assert {"8.1.4.1 d", "8.1.4.3 c", "Authorisation", "Sessions"} <= clauses
    assert len(ROWS) > 70
