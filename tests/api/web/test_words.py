"""Every value of the domain has a name in both languages."""

from enum import StrEnum

import pytest

from api.words.words import VOCABULARY
from domain.checks import CHECKS
from domain.inspection.inspection import KINDS
from domain.registry import EVENTS
from domain.terms import place, vocabulary

NAMED = {
    "role": vocabulary.Role,
    "kind": vocabulary.EnterpriseKind,
    "standing": vocabulary.Standing,
    "verdict": vocabulary.Verdict,
    "severity": vocabulary.Severity,
    "review": vocabulary.ReviewDecision,
    "method": vocabulary.Method,
    "mode": vocabulary.Mode,
    "category": vocabulary.CandidateCategory,
    "content": vocabulary.ContentPart,
    "material": vocabulary.MaterialKind,
    "opinion": vocabulary.Opinion,
    "level": vocabulary.Level,
    "side": place.Side,
    "step": place.Step,
}


@pytest.mark.parametrize("name", NAMED)
def test_every_value_of_an_enumeration_has_a_name(name: str):
    values: type[StrEnum] = NAMED[name]
    assert {value.value for value in values} <= set(VOCABULARY[name])


def test_every_check_event_and_case_has_a_name():
    assert set(VOCABULARY["check"]) == set(CHECKS)
    assert set(VOCABULARY["event"]) == set(EVENTS)
    assert set(VOCABULARY["case"]) == {case.label for case in vocabulary.Case}


def test_every_kind_of_inspection_has_a_name():
    assert tuple(VOCABULARY["inspection"]) == KINDS


def test_names_are_complete_in_both_languages():
    assert [
        (name, value)
        for name, values in VOCABULARY.items()
        for value, words in values.items()
        if not (words.zh.strip() and words.en.strip())
    ] == []
