"""What belongs together is listed once: checks beside the table of checks, stages beside their deciders."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from domain.application.progress import STAGES as OF_APPLICATIONS
from domain.checks import CHECKS
from domain.finding.finding import STAGES as OF_FINDINGS

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


OF_STAGES = {
    "domain/finding/finding.py",
    "domain/application/progress.py",
    "domain/application/application.py",
}


def lists_of_stages(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which nothing but several stages of findings or applications are listed."""
    for node in ast.walk(tree):
        match node:
            case ast.Tuple(elts) | ast.List(elts) | ast.Set(elts):
                named = {e.value if isinstance(e, ast.Constant) else e for e in elts}
                if len(named) > 1 and any(
                    named <= set(way) for way in (OF_APPLICATIONS, OF_FINDINGS)
                ):
                    yield node.lineno
            case ast.Constant(value=str(text)):
                if "projections.cases" in text and re.search(r"stage (NOT )?IN", text):
                    yield node.lineno
            case _:
                pass


def found(homes: set[str], lists: Callable[[ast.Module], Iterator[int]]) -> list[str]:
    """Return the places outside the homes at which something is listed."""
    return [
        f"{path.relative_to(ROOT)}:{line}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in homes
        for line in lists(ast.parse(path.read_text(encoding="utf-8")))
    ]


def test_no_second_list_of_checks_stands_beside_the_table() -> None:
    assert found(HOMES, lists_of_checks) == []


def test_which_stages_go_together_is_said_beside_their_deciders() -> None:
    assert found(OF_STAGES, lists_of_stages) == []


TAKE_ANYTHING = {
    "domain/application/application.py",  # the publication carries the application's tag too
    "domain/registry.py",  # any command but two
    "domain/supervision/duplicates.py",  # every entry of an enterprise passes
    "domain/supervision/subject_file.py",
    "domain/two_persons.py",
}


def test_a_decider_says_of_each_of_its_events_what_it_does() -> None:
    """Where any event may come a catch-all stands; elsewhere it would swallow the next one."""
    open_ended = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "domain").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.match_case)
        and isinstance(node.pattern, ast.MatchAs)
        and node.pattern.pattern is None
        and node.pattern.name is None
    }
    assert open_ended == TAKE_ANYTHING
