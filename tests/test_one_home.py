"""What belongs together is listed once: no second list of checks stands beside the table of checks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from domain.checks import CHECKS

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "ledger", "projections", "replay", "proof", "api")
HOMES = {
    "domain/checks/__init__.py",  # the table, and the judges that fill it
    "domain/judged.py",  # which records each judges
    "domain/terms/contents.py",  # which judged from the first day: a rule set is read below the table
}
IN_SQL = re.compile("'(?:" + "|".join(CHECKS) + ")'")


def lists_of_checks(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which several checks are listed, or one is written into a statement."""
    for node in ast.walk(tree):
        match node:
            case ast.Tuple(elts) | ast.List(elts) | ast.Set(elts) | ast.Dict(keys=elts):
                named = [e for e in elts if isinstance(e, ast.Constant) and e.value in CHECKS]
                if len(named) > 1:
                    yield node.lineno
            case ast.Constant(value=str(text)):
                words = set(text.split())
                if (len(words) > 1 and words <= set(CHECKS)) or IN_SQL.search(text):
                    yield node.lineno
            case _:
                pass


def test_no_second_list_of_checks_stands_beside_the_table() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in HOMES
        for line in lists_of_checks(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []
