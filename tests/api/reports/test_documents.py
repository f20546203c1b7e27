"""Acts on paper: what each says, as known when it was recorded, and for whom."""

import json
from typing import Any

import pytest

from api.installation.wiring import LOCAL, Installation
from api.questions.problems import Problem
from api.reports.documents import SAYS, contents
from api.reports.words import Words
from api.words.document_titles import TITLES
from domain.registry import EVENTS
from tests.api.desk import Desk
from tests.api.lines import (
    BUREAU,
    SUPERVISOR,
    Json,
    district,
    line,
    listed,
    reporter,
    uscc,
)

pytestmark = pytest.mark.postgres

INSPECTOR = district("110108")


@pytest.fixture(scope="module")
def code(desk: Desk) -> str:
    """An enterprise from its receipt to its removal."""
    made = uscc()
    finding = f"fd-{made[-8:]}"
    about = {"finding_id": finding}
    desk.send(
        *listed(made, "5", "4"),
        line(
            "SpotCheckRecorded",
            "2025-03-10",
            INSPECTOR,
            inspection_id=f"ins-{made[-8:]}",
            uscc=made,
            district="110108",
            kind="日常监督检查",
            inspectors=[
                {"account": "a", "name": "示例甲", "card_no": "R11230023", "recusal_declared": True}
            ],
            captured_at="2025-03-10T09:00:00+08:00",
            place={"address": "北京市海淀区示例路1号"},
            device_id="phone",
            offline=False,
            checklist=[{"item": "考场视频监控", "value": "否", "scale": "是/否", "note": "已坏"}],
            evidence=[],
            signature_refused=True,
        ),
        line(
            "FindingRaised",
            "2025-05-01",
            SUPERVISOR,
            uscc=made,
            kind="record",
            severity="minor",
            rule="2020-3",
            statement="评分记录不全",
            assessments=[],
            certificates=[],
            flags=[],
            **about,
        ),
        line(
            "RectificationOrdered",
            "2025-05-02",
            SUPERVISOR,
            requirement="补齐评分记录",
            due_on="2025-06-02",
            **about,
        ),
        line("RectificationReported", "2025-05-20", reporter(made), statement="已补齐", evidence=[], **about),
        line("ReinspectionRecorded", "2025-05-25", SUPERVISOR, passed=False, note="仍缺两份", **about),
        line("ListingSuspended", "2025-06-01", BUREAU, uscc=made, basis="整改不力", until="2026-01-01"),
        line("ListingRemoved", "2025-09-01", BUREAU, uscc=made, basis="拒不整改", document_no="京人社职鉴〔2025〕9号"),
    )  # fmt: skip
    return made


def position(desk: Desk, code: str, event: str) -> int:
    found = desk.get(f"/v1/enterprises/{code}/history").json()["items"]
    return next(each["position"] for each in found if each["type"] == event)


def said(house: Installation, position: int, language: Any = "zh") -> Json:
    return contents(house, LOCAL, str(position), Words(language))[1]


EXPECTED = {
    "ReceiptIssued": ("确认回执", "电工"),
    "RectificationOrdered": ("整改通知书", "2025年6月2日前（含当日）"),
    "ReinspectionRecorded": ("复查意见书", "复查不合格"),
    "ListingSuspended": ("暂停认定资格决定书", "至2025年12月31日止（含当日）"),
    "ListingRemoved": ("移出名单决定书", "京人社职鉴〔2025〕9号"),
    "SpotCheckRecorded": ("督导记录表", "拒绝签字"),
}


@pytest.mark.parametrize("event", EXPECTED)
def test_an_act_is_laid_out_as_its_paper(
    desk: Desk, house: Installation, code: str, event: str
) -> None:
    title, phrase = EXPECTED[event]
    at = position(desk, code, event)
    members = said(house, at)
    assert members["title"] == title
    assert phrase in json.dumps(members, ensure_ascii=False)
    assert f"第 {at} 条记录" in members["foot"]
    assert members["organ"].startswith("北京市")
    english = json.dumps(said(house, at, "en"), ensure_ascii=False)
    assert TITLES[event].en in english
    answer = desk.http.get(f"/v1/events/{at}/document.pdf", headers=desk.auth(SUPERVISOR))
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["cache-control"] == "private, no-cache"  # a correction adds a word to it


def test_a_publication_is_an_announcement_of_all_its_enterprises(
    desk: Desk, house: Installation, code: str
) -> None:
    listed_at = position(desk, code, "EnterpriseListed")
    before = next(
        each.position
        for each in house.log.at(range(listed_at - 3, listed_at))
        if each.type.startswith("roster.")
    )
    members = said(house, before)
    assert members["title"] == "名单公告"
    (table,) = members["blocks"]
    assert any(code in str(row[0]) for row in table["rows"])


def test_what_was_corrected_since_is_said_at_its_foot(
    desk: Desk, house: Installation, code: str
) -> None:
    at = position(desk, code, "ReinspectionRecorded")
    assert "更正" not in said(house, at)["foot"]
    desk.send(
        line(
            "RecordCorrected",
            "2025-06-10",
            SUPERVISOR,
            position=at,
            fields={"note": "仍缺一份"},
            reason="笔误",
        )
    )
    members = said(house, at)
    assert "后经更正" in members["foot"]
    assert "仍缺两份" in json.dumps(members, ensure_ascii=False)


def test_documents_are_for_who_sees_the_entry_and_other_entries_have_none(
    desk: Desk, house: Installation, code: str
) -> None:
    order = position(desk, code, "RectificationOrdered")
    path = f"/v1/events/{order}/document.pdf"
    assert desk.http.get(path, headers=desk.auth(reporter(code))).status_code == 200
    assert desk.http.get(path, headers=desk.auth(reporter(uscc()))).status_code == 404
    assert desk.http.get(path).status_code == 401
    registered = position(desk, code, "EnterpriseRegistered")
    with pytest.raises(Problem) as none:
        said(house, registered)
    assert none.value.status == 404
    page = desk.http.get(f"/entries/{order}", headers=desk.auth(SUPERVISOR))
    assert f"/v1/events/{order}/document.pdf" in page.text
    assert (
        "document.pdf"
        not in desk.http.get(f"/entries/{registered}", headers=desk.auth(SUPERVISOR)).text
    )


def test_every_document_has_a_title_and_something_to_say() -> None:
    assert set(TITLES) == set(SAYS) <= set(EVENTS)
