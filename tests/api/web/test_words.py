"""Every value of the domain has a name in both languages."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from api.words.followed_names import followed_name
from api.words.labels import field_of
from api.words.log_objects import log_object
from api.words.summaries import summary
from api.words.words import VOCABULARY
from domain.checks import CHECKS
from domain.inspection.inspection import KINDS
from domain.registry import EVENTS
from domain.terms import place, vocabulary
from ledger.members import member
from tests.sentences import code_words

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


def paths(hint: Any, before: str = "") -> Iterator[str]:
    """Yield the path of every field that a correction of such a record may name."""
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        for field in fields(hint):
            yield before + member(field.name)
            yield from paths(hints[field.name], f"{before}{field.name}.")
    for argument in get_args(hint):
        yield from paths(argument, before)


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_field_of_a_record_is_called_something_where_a_correction_names_it(event: str):
    wordless = {
        path
        for path in paths(EVENTS[event].cls)
        if code_words(field_of(path, "zh")) or field_of(path, "en") == path
    }
    assert wordless == set()
    for path in paths(EVENTS[event].cls):
        said = summary("zh", "RecordCorrected", {"position": 7, "fields": {path: "1"}})
        assert code_words(said) == []


def test_one_word_for_one_thing():
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("api", "domain")
        for path in (Path(__file__).parents[3] / folder).rglob("*")
        if path.suffix in {".py", ".html"} and "sql" not in path.parts
    )
    assert "申明" not in source
    assert re.findall(r"(?<!到期)(?<!提前)预警(?!天数)", source) == []
    assert "调整请用" not in source


def test_the_access_log_says_in_words_what_was_asked_for():
    assert log_object("zh", "GET /v1/flags") == "读取 疑点"
    said = log_object("zh", f"GET /applications/app-1/materials/{'a' * 64}")
    assert said == "读取 申报 app-1 材料 aaaaaaaaaaaa…"
    assert log_object("en", "POST /v1/findings") == "sent to findings"
    assert log_object("zh", "centre-1") == "centre-1"
    assert log_object("zh", "GET /no/such") == "GET /no/such"


def test_what_following_keeps_is_named_in_the_language_of_the_reader():
    assert followed_name("en", "京示例一号 疑点") == "京示例一号 flags"
    assert followed_name("zh", "京示例一号 疑点") == "京示例一号 疑点"
    assert followed_name("en", "我的问题") == "我的问题"
    assert followed_name("en", "疑点") == "疑点"
