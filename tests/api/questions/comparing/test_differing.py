"""Fields that differ, by path; and a line of a comparison as a sentence."""

from typing import Any

import pytest

from api.questions.comparing.differing import fields
from api.web.watch.compare import grouped
from api.words.differences import Difference, sentence

ELECTRICIAN = {"edition": "2022", "code": "6-31-01-03", "name": "电工", "trade": None}


def scope(*levels: str, **beside: Any) -> dict[str, Any]:
    return {**ELECTRICIAN, "levels": list(levels), "batch": "2024-1", **beside}


def test_a_field_that_differs_is_named_by_its_path():
    before = {"standing": "listed", "venue": {"division": "110105", "name": "甲"}, "because": [1]}
    after = {"standing": "expired", "venue": {"division": "110108", "name": "甲"}, "because": [2]}
    assert fields(before, after) == [
        {"path": "standing", "before": "listed", "after": "expired"},
        {"path": "venue.division", "before": "110105", "after": "110108"},
    ]
    assert fields(before, {**before, "because": [1, 2]}) == []


def test_what_came_or_went_as_a_whole_differs_in_no_field():
    assert fields(None, {"standing": "listed"}) == fields({"standing": "listed"}, None) == []


def test_a_scope_is_compared_by_occupation_and_other_lists_as_a_whole():
    before = {"scope": [scope("5"), scope("4", name="钳工")], "days": ["2025-01-01"]}
    after = {"scope": [scope("4", name="钳工"), scope("5", "4")], "days": []}
    assert fields(before, after) == [
        {"path": "scope.2022/6-31-01-03/电工.levels", "before": ["5"], "after": ["5", "4"]},
        {"path": "days", "before": ["2025-01-01"], "after": []},
    ]
    (came,) = fields({"scope": []}, {"scope": [scope("5")]})
    assert (came["path"], came["before"]) == ("scope.2022/6-31-01-03/电工", None)


def line(before: Any, after: Any, **beside: Any) -> dict[str, Any]:
    change = "added" if before is None else "removed" if after is None else "changed"
    own = {"change": change, "key": "x", "uscc": "91110108MA0000000B", "clock": "knowledge"}
    return {**own, "before": before, "after": after, "because": [], **beside}


def test_a_line_is_a_sentence_in_both_languages():
    told = line(scope("5"), scope("5", "4"))
    assert sentence("zh", "scope", told) == (
        "91110108MA0000000B：电工 6-31-01-03 · 2022 版 变更："
        "等级 五级/初级工 → 五级/初级工、四级/中级工（因所知不同）。"
    )
    assert sentence("en", "scope", told).endswith("level 4 (intermediate) (by what was known).")
    gone = sentence("zh", "scope", line(scope("5"), None, clock="day"))
    assert "消失：等级 五级/初级工（因业务日期不同）" in gone


def roster(**beside: Any) -> dict[str, Any]:
    own = {
        "uscc": "91110108MA0000000B",
        "name": "甲",
        "kind": "private",
        "district": "110108",
        "address": "北京市海淀区上地十街10号",
        "standing": "listed",
        "batch": "2024-1",
        "valid_from": "2024-07-01",
        "valid_to": "2027-07-01",
        "scope": [scope("5", valid_from="2024-07-01", valid_to="2027-07-01")],
        "findings": [],
        "because": [1],
    }
    return {**own, **beside}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"address": "北京市"}, "登记地址 北京市海淀区上地十街10号 → 北京市"),
        ({"findings": ["f-1"]}, "所依问题 无 → f-1"),
        (
            {"scope": [scope("5", valid_from="2024-07-01", valid_to="2026-01-01")]},
            "范围 电工 6-31-01-03 · 2022 版 有效期 2024-07-01 至 2027-06-30 → 2024-07-01 至 2025-12-31",
        ),
    ],
)
def test_a_changed_row_of_the_roster_names_what_changed(changed: dict[str, Any], said: str):
    assert said in sentence("zh", "roster", line(roster(), roster(**changed)))


def test_a_changed_row_of_scope_names_its_days_and_its_batch():
    days = {"valid_from": "2024-07-01", "valid_to": "2027-07-01"}
    told = line(
        scope("5", **days), scope("5", **{**days, "valid_to": "2026-01-01"}, batch="2026-1")
    )
    said = sentence("zh", "scope", told)
    assert "有效期 2024-07-01 至 2027-06-30 → 2024-07-01 至 2025-12-31" in said
    assert "批次 2024-1 → 2026-1" in said


def test_what_has_no_words_of_its_own_is_named_by_its_head():
    own = {
        "code": "S2",
        "valid_at": "2025-03-10",
        "verdict": "breach",
        "message": {"zh": "x", "en": "x"},
    }
    own |= {
        "review": None,
        "district": "110108",
        "rule": "r",
        "case": "then_and_now",
        "answers": [],
    }
    told = line(own, {**own, "answers": [{"statement": "x"}]})
    assert "0 项 → 1 项" in sentence("zh", "flags", told)


def test_counts_say_what_they_are_of():
    before = {"level": "4", "sessions": 1, "certificates": 2, "breaches": 0, "open_findings": 0}
    told = line(before, {**before, "sessions": 3}, uscc=None, clock="both")
    assert sentence("zh", "counts", told) == (
        "等级 四级/中级工 变更：认定活动 1 → 3（因业务日期与所知）。"
    )


def test_what_the_same_entries_explain_stands_together():
    def of(key: str, *positions: int) -> Difference:
        because = [{"position": position} for position in positions]
        return Difference("removed", key, None, "", key, (), because)

    found = grouped([of("a", 7), of("b", 3, 9), of("c", 7), of("d", 7)])
    assert [[each.uscc for each in group.lines] for group in found] == [["a", "c", "d"], ["b"]]
    assert [group.because for group in found] == [
        [{"position": 7}],
        [{"position": 3}, {"position": 9}],
    ]
