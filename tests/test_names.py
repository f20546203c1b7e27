"""Names that everybody reads say what the thing is: no riddle, and no word that stands for two things."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
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
TWICE_IN_A_FOLDER = {
    (
        "domain",
        "Request",
    ): "each stream's module calls its own things alike: of an act, of a correction",
    ("domain/finding", "Act"): "so too: what is done about a rectification, about a measure",
    (
        "projections/views",
        "Filters",
    ): "every view has its own, and is asked through them in one way",
}
"""Classes of one name in one folder → why they stay."""
OF_NOTHING = frozenset({"of", "found", "held", "seen"})
"""Locals that keep back what is in them: an answer, rows, a credential, a visit has a name."""
NAMED_BY_WHAT_THEY_HOLD = ("api", "proof", "replay", "ledger", "projections", "domain")
"""Rooms without such locals. `each` runs through one expression there, never through a block."""


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


@cache
def named() -> list[tuple[str, str, str]]:
    """Every public name with its place, relative to the root."""
    return [
        (str(path.relative_to(ROOT)), kind, name)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for kind, name in public_names(path)
        if not name.startswith("_")
    ]


def test_no_public_name_is_a_riddle():
    assert [each for each in named() if words(each[2]) in RIDDLES] == []


@pytest.mark.parametrize("word", sorted(OF_THE_DOMAIN))
def test_a_word_of_the_domain_has_no_second_meaning(word: str):
    homes = tuple(f"{home}/" for home in OF_THE_DOMAIN[word])
    places = [(place, name) for place, _, name in named() if words(name) == word]
    assert places
    assert [each for each in places if not each[0].startswith(homes)] == []


def test_a_wide_name_stands_for_one_thing():
    classes = Counter(name for _, kind, name in named() if kind == "class")
    assert {name for name in OF_ONE_THING if classes[name] > 1} == set()


def test_a_class_is_told_from_others_of_its_name_by_its_folder():
    """Who works in a folder reads its modules together: there one name is one thing."""
    classes = [(str(Path(place).parent), name) for place, kind, name in named() if kind == "class"]
    twice = {each for each, number in Counter(classes).items() if number > 1}
    assert twice == {*TWICE_IN_A_FOLDER}


def test_no_riddle_is_a_word_of_the_glossary():
    assert RIDDLES & {words(code) for code in glossary()} == set()


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}


def _stored(node: ast.AST) -> set[str]:
    return {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }


def vague_locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the locals of a function, its parameters too, that name nothing."""
    vague = (_arguments(function) | _stored(function)) & OF_NOTHING
    blocks = [
        node.target for node in ast.walk(function) if isinstance(node, ast.For | ast.AsyncFor)
    ]
    if "each" in _arguments(function).union(*map(_stored, blocks)):
        vague |= {"each"}
    return vague


def test_a_local_is_named_by_what_it_holds():
    assert [
        f"{path.relative_to(ROOT)}: {function.name}: {', '.join(sorted(vague))}"
        for room in NAMED_BY_WHAT_THEY_HOLD
        for path in sorted((ROOT / room).rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if (vague := vague_locals(function))
    ] == []


@pytest.mark.parametrize(
    ("source", "vague"),
    [
        ("def f(of): ...", "of"),
        ("def f(a):\n    found = a\n    return found", "found"),
        ("def f(a):\n    for each in a: print(each)", "each"),
        ("def f(a):\n    return [each.b for each in a.found]", ""),
    ],
)
def test_a_vague_local_is_told(source: str, vague: str):
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert " ".join(vague_locals(function)) == vague
