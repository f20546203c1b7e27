"""Names that everybody reads say what the thing is: no riddle, and no word that stands for two things."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_architecture import ROOMS, ROOT, glossary

RIDDLES = frozenset(
    {
        "aloft",
        "around",
        "bearing",
        "board",
        "called",
        "firm",
        "flights",
        "grounded",
        "pace",
        "papers",
        "speaking",
        "told",
        "twins",
    }
)
"""What tells nobody who was not there what it is."""
OF_THE_DOMAIN = {
    "course": {"domain/standing"},
    "due": {"domain/checks", "domain/supervision"},
    "holder": {"domain", "ledger", "projections", "api/access", "api/intake"},
    "seen": {"domain/inspection", "projections/items"},
    "standing": {"domain", "projections", "proof", "api/questions", "api/reports"},
}
"""Words of the field → where they have its meaning: days of a listing, a deadline, 持证人, 现场所见, 名单上的状态."""
OF_ONE_THING = frozenset(["Facts", "State", "Outcome", "Place", "Part", "Change", "Report"])
"""Names so wide that only one thing may have each."""


def words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def public_names(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the module, and its classes, functions, fields and properties that others use."""
    yield "module", path.stem
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ClassDef(name=name, body=body):
                yield "class", name
                fields = (each.target for each in body if isinstance(each, ast.AnnAssign))
                yield from (("field", each.id) for each in fields if isinstance(each, ast.Name))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield "function", name
            case _:
                pass


def found() -> list[tuple[str, str, str]]:
    """Every public name with its place, relative to the root."""
    return [
        (str(path.relative_to(ROOT)), kind, name)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for kind, name in public_names(path)
        if not name.startswith("_")
    ]


def test_no_public_name_is_a_riddle():
    assert [each for each in found() if words(each[2]) in RIDDLES] == []


@pytest.mark.parametrize("word", sorted(OF_THE_DOMAIN))
def test_a_word_of_the_domain_has_no_second_meaning(word: str):
    homes = tuple(f"{home}/" for home in OF_THE_DOMAIN[word])
    named = [(place, name) for place, _, name in found() if words(name) == word]
    assert named
    assert [each for each in named if not each[0].startswith(homes)] == []


def test_a_wide_name_stands_for_one_thing():
    classes = Counter(name for _, kind, name in found() if kind == "class")
    assert {name for name in OF_ONE_THING if classes[name] > 1} == set()


def test_no_riddle_is_a_word_of_the_glossary():
    assert RIDDLES & {words(code) for code in glossary()} == set()
