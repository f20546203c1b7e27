"""The sorted map of a closed day: who is in it, who is not, and nothing about anybody else."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.log.merkle import EMPTY_ROOT
from proof.subjects import (
    BadMap,
    Shown,
    SubjectMap,
    Value,
    blind,
    check,
    leaf,
    positions_digest,
    read_shown,
    read_value,
)

NAMES = ("b", "d", "f", "h", "j")


def value(number: int) -> Value:
    return Value(number, 9, positions_digest(range(number)), "listed", blind(bytes([number] * 16)))


def map_of(*names: str, shift: int = 0) -> SubjectMap:
    values = [value(number + 1 + shift) for number in range(len(names))]
    digests = [sha256(each.written()).hexdigest() for each in values]
    leaves = [leaf(name, digest) for name, digest in zip(names, digests, strict=True)]
    return SubjectMap(names, values, leaves)


MAP = map_of(*NAMES)


def through_json(shown: Shown) -> Shown:
    return read_shown(json.loads(json.dumps(shown.shown())))


def test_the_document_computes_the_same_map() -> None:
    """The vector of docs/ledger-format.md, section 5, by nothing but its sentences."""
    document = (Path(__file__).parents[2] / "docs" / "ledger-format.md").read_text("utf-8")
    written = re.findall(
        r"^entries .*\nlast .*\npositions .*\nstanding .*\nblind .*\n", document, re.MULTILINE
    )
    *leaves, root = re.findall(r"^(?:leaf|root) ([0-9a-f]{64})$", document, re.MULTILINE)
    subjects = ("91110000000000001A", "91110000000000002B")
    told = [
        Value(2, 4, positions_digest([1, 4]), "listed", blind(b"\4" * 16)),
        Value(1, 2, positions_digest([2]), "unlisted", blind(b"\2" * 16)),
    ]
    assert [read_value(each) for each in written] == told
    made = [
        sha256(
            f"\0dudao/subject/v1\nsubject {subject}\nvalue "
            f"{sha256(value.encode()).hexdigest()}\n".encode()
        ).hexdigest()
        for subject, value in zip(subjects, written, strict=True)
    ]
    assert made == leaves
    both = b"\1" + b"".join(map(bytes.fromhex, leaves))
    assert sha256(both).hexdigest() == root
    found = SubjectMap(subjects, told, [bytes.fromhex(each) for each in leaves])
    assert found.root == root
    assert check(found.show(subjects[0]), subjects[0], 2, root) == told[0]


@pytest.mark.parametrize("name", NAMES)
def test_of_everybody_in_it_it_shows_what_there_is(name: str) -> None:
    shown = through_json(MAP.show(name))
    assert shown == MAP.show(name)
    assert check(shown, name, len(NAMES), MAP.root) == value(NAMES.index(name) + 1)


@pytest.mark.parametrize("name", ["a", "c", "e", "i", "k"])
def test_of_anybody_else_it_shows_that_there_is_nothing(name: str) -> None:
    shown = through_json(MAP.show(name))
    assert check(shown, name, len(NAMES), MAP.root) is None
    assert all(name not in text for text in (shown.value or "",)), "and nothing of the neighbours"
    with pytest.raises(BadMap):
        check(shown, "d", len(NAMES), MAP.root)


def test_a_map_of_nobody_shows_that_there_is_nothing() -> None:
    empty = map_of()
    assert empty.root == EMPTY_ROOT.hex()
    assert check(through_json(empty.show("a")), "a", 0, empty.root) is None
    with pytest.raises(BadMap):
        check(empty.show("a"), "a", 0, MAP.root)


def test_two_that_are_no_neighbours_show_nothing() -> None:
    apart = Shown(None, None, MAP.show("b").place, MAP.show("f").place)
    with pytest.raises(BadMap, match="does not show"):
        check(apart, "d", len(NAMES), MAP.root)
    for half in (Shown(None, None, MAP.show("b").place), Shown(None, None, None, apart.after)):
        with pytest.raises(BadMap, match="does not show"):
            check(half, "c", len(NAMES), MAP.root)


def test_the_map_of_another_day_is_not_believed() -> None:
    other = map_of(*NAMES, shift=1)
    with pytest.raises(BadMap, match="not in the map"):
        check(other.show("d"), "d", len(NAMES), MAP.root)
    with pytest.raises(BadMap, match="not in the map"):
        check(other.show("c"), "c", len(NAMES), MAP.root)


def test_another_subject_or_another_value_is_not_believed() -> None:
    shown = MAP.show("d")
    with pytest.raises(BadMap, match="another subject"):
        check(shown, "f", len(NAMES), MAP.root)
    told = shown._replace(value=value(9).written().decode())
    with pytest.raises(BadMap, match="not what the map says"):
        check(told, "d", len(NAMES), MAP.root)


@pytest.mark.parametrize(
    "text", ["", "entries 1\n", value(1).written().decode().replace("entries 1", "entries 01")]
)
def test_a_value_has_one_spelling(text: str) -> None:
    with pytest.raises(BadMap):
        read_value(text)


@pytest.mark.parametrize(
    "said",
    [
        {"written": 1},
        {"place": []},
        {"place": {"subject": "a", "number": 0, "value": "x", "path": [1]}},
        {"before": {"subject": "a", "number": "0", "value": "x", "path": []}},
    ],
)
def test_what_is_no_place_is_said_to_be_none(said: dict[str, object]) -> None:
    with pytest.raises(BadMap):
        read_shown(said)


def test_a_path_that_is_no_hexadecimal_leads_nowhere() -> None:
    place = MAP.show("d").place
    assert place is not None
    assert not place._replace(path=("x",)).is_in(len(NAMES), MAP.root)
