"""Files that the release of November 2026 took add nothing when they are taken again.

`earlier/` has one file of each kind, and `taken.json` what that release made of its rows: the
commands, and the digest from which each command's key was derived.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.intake.imports.files import Rejects
from domain.terms.identifiers import uscc_check_character
from ledger.gate.shapes import from_members
from tests.acceptance.lines import ELECTRICIAN, item, listed, registered, session

FILES = Path(__file__).parent / "earlier"
TAKEN: dict[str, list[dict[str, Any]]] = json.loads((FILES / "taken.json").read_text())
NAMES = sorted(TAKEN)
FITTER = {"edition": "2022", "code": "6-20-01-01", "name": "装配钳工", "trade": "工装"}
TRADED = {**ELECTRICIAN, "trade": "变电站值班员"}


def code(number: int) -> str:
    head = f"91110108MAKEPT{number:03d}"
    return head + uscc_check_character(head)


def world() -> Iterator[dict[str, Any]]:
    """The enterprises and sessions that the files name."""
    later = ("RosterPublished", "ReceiptIssued", "AnnualPlanFiled")
    yield from listed(code(1), item(ELECTRICIAN, "3", "4", "5"))
    yield registered(code(2))
    yield session(code(1), ELECTRICIAN, "4", "2025-03-01")
    yield session(code(1), ELECTRICIAN, "4", "2025-03-24")
    yield session(code(1), TRADED, "5", "2025-04-01")
    for number, scope in (
        (3, [item(ELECTRICIAN, "4", "5"), item(FITTER, "4")]),
        (4, [item(ELECTRICIAN, "4")]),
    ):
        yield from (each for each in listed(code(number), *scope) if each["type"] not in later)


@pytest.fixture(scope="module")
def ledger(office):
    """A ledger into which the earlier release took the files."""
    office.load(*world())
    office.load(*(each["members"] for name in NAMES for each in TAKEN[name]))
    return office


@pytest.mark.parametrize("name", NAMES)
def test_the_digest_of_a_command_is_what_it_was(name: str):
    for each in TAKEN[name]:
        assert from_members(each["members"]).content.hex() == each["content"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_an_earlier_release_took_adds_nothing(ledger, name: str):
    before = ledger.position()
    report, refused = ledger.take((FILES / name).read_bytes(), name)
    assert refused == []
    assert (report.taken, report.known) == (0, len(TAKEN[name]))
    assert ledger.position() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_preview_knows_it_too(ledger, tmp_path: Path, name: str):
    importer = ledger.bench.rehearser(None, lambda _done, _whole: None)
    report = importer.take(FILES / name, Rejects(tmp_path / "reject.ndjson"))
    assert (report.taken, report.known, report.refused) == (0, len(TAKEN[name]), 0)
