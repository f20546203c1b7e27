"""`docs/duties.md`: every sentence of the notice has what it says it has, and nothing is forgotten."""

import re
from pathlib import Path

import pytest

from docs.generate_duties import DUTIES, TARGET, render
from domain.checks import CHECKS
from domain.registry import EVENTS
from domain.terms.clauses import CLAUSES

ROOT = Path(__file__).parents[2]
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
PAGES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "api/web").rglob("*.py"))
OF_THE_LEDGER = {
    "RecordCorrected",
    "CorrectionRequested",
    "CorrectionDecided",
    "CatalogueAdopted",
    "ActRequested",
    "ActDecided",
    "PersonErased",
    "ClockSet",
    "DemonstrationBegun",
    "DayClosed",
}
"""Events that are no duty of the notice."""


def test_the_document_is_written_from_the_table_as_it_is():
    """If this fails: python -m docs.generate_duties."""
    assert TARGET.read_text(encoding="utf-8") == render()


def test_every_check_and_every_clause_has_its_sentence():
    assert {code for duty in DUTIES for code in duty.checks.split()} == set(CHECKS)
    assert {duty.clause for duty in DUTIES} == set(CLAUSES)


def test_every_event_records_some_duty():
    named = {name for duty in DUTIES for name in duty.events.split()}
    assert named <= set(EVENTS)
    assert set(EVENTS) - named <= OF_THE_LEDGER


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: f"{duty.clause} {duty.en[:30]}")
def test_the_pages_and_the_test_of_a_sentence_exist(duty):
    assert duty.tests
    for name in duty.tests.split():
        assert f"def {name}(" in TESTS, name
    for path in duty.pages.split():
        assert re.search(rf'"{path}["/{{]', PAGES), path
