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
    "domain/registry.py",  # any command but two
}
"""Where any event may come: everywhere else a catch-all would swallow the next one."""
PASS_OVER = {
    "domain/application/application.py": {"evolve", "pending_after"},
    "domain/finding/finding.py": {"evolve"},
    "domain/enterprise.py": {"evolve"},
    "domain/supervision/subject_file.py": {"add_standing", "add_finding"},
}
"""Folds that ask for what begins a record, or for what bears on another one besides, and leave every
other event to one that names each."""


def rooms_of_the_domain() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "domain").rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def test_a_decider_says_of_each_of_its_events_what_it_does() -> None:
    open_ended = {
        place
        for place, tree in rooms_of_the_domain()
        for node in ast.walk(tree)
        if isinstance(node, ast.match_case)
        and isinstance(node.pattern, ast.MatchAs)
        and node.pattern.pattern is None
        and node.pattern.name is None
    }
    assert open_ended == TAKE_ANYTHING


def folds(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield what lets a state follow an entry: `evolve`, what `FactKind` is given, what a file takes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) if FOLDS.fullmatch(name):
                yield node
            case _:
                pass


FOLDS = re.compile(r"evolve|\w+_after|add_\w+|_take")


def asks_of_one_event(fold: ast.FunctionDef) -> bool:
    """Tell whether it asks for one kind of event and lets the others pass."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and ast.unparse(node.args[0]) in {"event", "entry.event"}
        for node in ast.walk(fold)
    )


def test_a_fold_passes_over_no_event_that_it_does_not_name() -> None:
    """A `match` without a catch-all is complete for the type checkers; a question for one event is not."""
    asking: dict[str, set[str]] = {}
    for place, tree in rooms_of_the_domain():
        for fold in folds(tree):
            if asks_of_one_event(fold):
                asking.setdefault(place, set()).add(fold.name)
    assert asking == PASS_OVER
