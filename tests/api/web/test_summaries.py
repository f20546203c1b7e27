"""One line for every event, in both languages."""

from dataclasses import fields
from string import Formatter

import pytest

from api.words.summaries import LONGEST, SUMMARIES, summary
from domain.registry import EVENTS


def test_every_event_has_a_line():
    assert set(SUMMARIES) == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_a_line_names_only_fields_that_the_event_has(name: str):
    known = {field.name.rstrip("_") for field in fields(EVENTS[name].cls)} | {"*"}
    for template in SUMMARIES[name]:
        named = {field for _, field, _, _ in Formatter().parse(template) if field}
        assert named
        assert named <= known


def test_fields_are_spoken_in_the_readers_language():
    data = {
        "uscc": "91110105MA0EX02025",
        "occupation": {"name": "电工", "trade": None},
        "level": "4",
        "method": "examination",
        "candidates": {"employee": 9, "student": 3},
    }
    assert summary("zh", "AssessmentHeld", data) == "电工 四级/中级工，考核鉴定，12 人"
    assert "level 4 (intermediate), examination, 12 candidates" in summary(
        "en", "AssessmentHeld", data
    )


def test_what_is_absent_is_left_out_and_what_is_long_is_cut():
    assert summary("zh", "ListingSuspended", {"basis": "人员不足", "until": None}) == "人员不足"
    assert summary("en", "ScopeChanged", {"added": [], "removed": [], "basis": "x"}).startswith(
        "added nothing; removed nothing"
    )
    assert len(summary("zh", "FindingClosed", {"outcome": "长" * 500})) == LONGEST


def test_scope_is_named_with_its_levels():
    item = {"name": "电工", "trade": None, "levels": ["5", "4"]}
    data = {"added": [item, {**item, "name": "车工"}], "removed": [], "basis": "扩项"}
    assert summary("zh", "ScopeChanged", data) == (
        "增加 电工 五级/初级工、四级/中级工，车工 五级/初级工、四级/中级工；减少 无；依据：扩项"
    )
    many = summary("zh", "ScopeChanged", {**data, "added": [item] * 5})
    assert "等 5 项；减少 无" in many


def test_an_instant_is_said_as_people_of_beijing_read_it():
    data = {"from": "2026-11-30T18:00:00Z", "to": "2026-11-30T17:00:00.5Z", "reason": "校时"}
    said = "2026-12-01 02:00:00 → 2026-12-01 01:00:00：校时"
    assert summary("zh", "ClockSet", data) == said
    assert summary("zh", "DemonstrationBegun", {"clock": "2023-09-01T01:00:00Z"}).endswith(
        "自 2023-09-01 09:00:00 起"
    )


def test_a_profile_change_says_what_is_new_alone():
    data = {"uscc": "x", "name": "新名", "kind": None, "district": "110108", "address": None}
    assert summary("zh", "EnterpriseProfileChanged", data) == "名称 → 新名、主管区 → 海淀区"
