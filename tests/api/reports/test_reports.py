"""The supervision report: what it says, to whom, and that the same basis gives the same bytes."""

import json
import re
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

from api.installation.wiring import LOCAL, Installation
from api.questions.policy import ANYONE
from api.questions.problems import Problem
from api.reports.gathered import FLAGS_SHOWN
from api.reports.question import ReportQuestion
from api.reports.report import contents
from api.reports.typeset import Typesetter
from api.words.words import CASES, CERTIFICATE_STATES
from domain.checks import CHECKS
from domain.terms.clauses import CLAUSES
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Case, Role
from ledger.log.merkle import root_of
from tests.api.desk import Desk
from tests.api.lines import (
    COOK,
    SUPERVISOR,
    Json,
    certificate,
    district,
    line,
    listed,
    registered,
    reporter,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres

HOLDER = "欧阳震华"


def path(code: str) -> str:
    return f"/v1/enterprises/{code}/report.pdf"


def said(house: Installation, code: str, actor: Actor = LOCAL, **asked: Any) -> Json:
    """What the report says, as the typesetter gets it."""
    return contents(house, actor, code, ReportQuestion.model_validate(asked)).members


def tables(members: Json, name: str) -> list[list[list[str]]]:
    (found,) = [b["rows"] for b in members["blocks"] if b["kind"] == "table" and b["name"] == name]
    rows: list[list[list[str]]] = found
    return rows


def text(members: Json) -> str:
    return json.dumps(members, ensure_ascii=False)


@pytest.fixture(scope="module")
def code(desk: Desk) -> str:
    """An enterprise with sessions in scope and out of it, a certificate, a finding, a spot check."""
    made = uscc()
    held = session(made)
    finding = f"fd-{made[-8:]}"
    desk.send(
        *listed(made, "5", "4"),
        held,
        session(made, "3"),
        session(made, day="2025-04-01", occupation=COOK, assessment_id=f"as-{made}-cook"),
        certificate(made, held["data"]["assessment_id"], name=HOLDER),
        line(
            "FindingRaised",
            "2025-05-01",
            SUPERVISOR,
            finding_id=finding,
            uscc=made,
            kind="超范围认定",
            severity="major",
            rule="S2",
            statement="超出确认等级开展认定",
            assessments=[held["data"]["assessment_id"]],
        ),
        line(
            "RectificationOrdered",
            "2025-05-02",
            SUPERVISOR,
            finding_id=finding,
            requirement="停止超范围认定",
            due_on="2025-06-01",
        ),
        line(
            "MeasureImposed",
            "2025-05-03",
            SUPERVISOR,
            finding_id=finding,
            measure_id=f"m-{made[-8:]}",
            kind="约谈",
            effective_from="2025-05-03",
        ),
    )
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_is_an_archivable_and_tagged_pdf(desk: Desk, code: str, lang: str) -> None:
    answer = desk.get(path(code), accept="application/pdf", lang=lang)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.7")
    for claim in (b"<pdfaid:part>2</pdfaid:part>", b"<pdfuaid:part>1</pdfuaid:part>"):
        assert claim in answer.content
    name = answer.headers["content-disposition"]
    if lang == "en":
        assert name.startswith(f'inline; filename="Supervision-report-{code}')
        return
    assert name.startswith('inline; filename="')
    assert f"filename*=UTF-8''%E7%9D%A3%E5%AF%BC%E6%8A%A5%E5%91%8A-{code}" in name


def test_the_same_basis_gives_the_same_bytes_whatever_was_recorded_since(
    desk: Desk, code: str
) -> None:
    first = desk.get(path(code), valid_at="2025-12-31", accept="application/pdf")
    position = first.headers["ledger-position"]
    desk.send(registered(uscc()))
    asked = {"valid_at": "2025-12-31", "position": position, "accept": "application/pdf"}
    again = desk.get(path(code), **asked)
    assert again.content == first.content
    assert again.headers["cache-control"] == "private, max-age=31536000, immutable"
    other = desk.get(path(code), **asked, lang="en")
    assert other.content != first.content
    held = {**desk.auth(SUPERVISOR), "If-None-Match": again.headers["etag"]}
    params = {"valid_at": "2025-12-31", "position": position}
    assert desk.http.get(path(code), params=params, headers=held).status_code == 304


def test_one_sentence_says_where_the_enterprise_stands(house: Installation, code: str) -> None:
    sentence = said(house, code, valid_at="2025-12-31")["sentence"]
    assert sentence == (
        f"2025-12-31，虚构企业{code[-6:]}名单状态为“在名单”（有效期至 2027-06-30）；"
        "确认范围 1 个职业（工种）、共 2 个等级；"
        "疑点：违规 3 项、无法判定 0 项；未结问题 1 个（其中整改逾期 1 项）。"
    )
    late = said(house, code, valid_at="2027-06-01", lang="en")["sentence"]
    assert "listed (valid to 2027-06-30, 30 days left)" in late


def test_a_report_of_the_past_knows_nothing_of_what_came_later(
    desk: Desk, house: Installation, code: str
) -> None:
    history = desk.items(f"/v1/enterprises/{code}/history")
    held = next(item["position"] for item in history if item["type"] == "AssessmentHeld")
    before = said(house, code, position=str(held - 1), valid_at="2025-12-31")
    assert "无疑点" not in said(house, code, valid_at="2025-12-31")["sentence"]
    assert f"台账位置 {held - 1}" in before["foot"]
    assert len(tables(before, "疑点明细")) < len(
        tables(said(house, code, valid_at="2025-12-31"), "疑点明细")
    )
    first = history[-1]["position"]
    with pytest.raises(Problem) as raised:
        said(house, code, position=str(first - 1))
    assert raised.value.status == 404


def test_flags_come_with_clause_sentence_bodies_time_and_review(
    desk: Desk, house: Installation, code: str
) -> None:
    rows = tables(said(house, code, valid_at="2025-12-31"), "疑点明细")
    items = desk.items("/v1/flags", uscc=code, valid_at="2025-12-31")
    assert len(rows) == len(items)
    shown = {row[0][0].split()[0]: row for row in rows}
    for item in items:
        check, about, sentence = shown[item["code"]]
        assert f"条款 {CLAUSES[item['clause']].printed}" in check
        assert f"疑点 {item['key']}" in about
        assert sentence[0] == item["message"]["zh"]
        assert f"责任主体：评价企业 {code}" in sentence[1]
        assert sentence[3] == "复核：未复核"


def test_findings_come_with_their_deadlines_and_measures(house: Installation, code: str) -> None:
    ((finding, statement, steps),) = tables(
        said(house, code, valid_at="2025-12-31"), "问题、整改与措施"
    )
    assert finding[1] == "较重 · 已责令整改"
    assert statement[0] == "超出确认等级开展认定"
    assert steps[0] == "整改期限 2025-06-01，已逾期：停止超范围认定"
    assert "约谈" in steps[1]
    early = tables(said(house, code, valid_at="2025-05-20"), "问题、整改与措施")[0][2]
    assert early[0] == "整改期限 2025-06-01：停止超范围认定"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_holder_is_named(house: Installation, code: str, lang: str) -> None:
    whole = text(said(house, code, lang=lang))
    assert HOLDER not in whole
    assert "欧阳**" not in whole


def test_evidence_names_entries_by_their_leaves_and_the_tree_by_its_root(
    house: Installation, code: str
) -> None:
    members = said(house, code, valid_at="2025-12-31")
    rows = tables(members, "报告所依据的记录")
    by_position = {entry.position: entry for entry in house.log.history(code)}
    assert len(rows) >= 15
    for row in rows:
        entry = by_position[int(row[0][0])]
        assert row[4][0] == entry.leaf_hash().hex()
    position = contents(house, LOCAL, code, ReportQuestion()).answer_basis.position
    root = root_of([entry.leaf_hash() for entry in house.log.entries(upto=position)])
    assert root.hex() in text(said(house, code, position=str(position)))


def test_the_picture_puts_sessions_beside_the_scope_and_marks_what_breaks_it(
    house: Installation, code: str
) -> None:
    members = said(house, code, valid_at="2025-12-31")
    (picture,) = [block for block in members["blocks"] if block["kind"] == "timeline"]
    electrician, others = picture["rows"]
    assert electrician["label"] == "电工"
    assert len(electrician["bars"]) == len(electrician["sessions"]) == 1
    assert electrician["breaches"] == electrician["sessions"]  # level 3 on the same day
    assert (others["label"], len(others["breaches"])) == ("范围外的职业", 1)
    assert 0 <= picture["today"] <= 1
    assert "认定活动 3 次" in picture["alt"]


def test_an_enterprise_with_many_flags_gets_the_gravest_and_a_count(
    desk: Desk, house: Installation
) -> None:
    made = uscc()
    days = [f"2025-{month:02d}-{day:02d}" for month in (1, 2) for day in range(1, 23)]
    desk.send(*listed(made, "5"), *(session(made, "3", day) for day in days))
    members = said(house, made, valid_at="2025-12-31")
    assert len(days) > FLAGS_SHOWN
    assert len(tables(members, "疑点明细")) == FLAGS_SHOWN
    notes = [block["text"] for block in members["blocks"] if block["kind"] == "note"]
    left = len(desk.items("/v1/flags", uscc=made, valid_at="2025-12-31")) - FLAGS_SHOWN
    assert any(f"另有 {left} 项，见 /v1/flags?uscc={made}" in note for note in notes)
    assert tables(members, "各项检查的疑点数")[0][2] == [str(len(days))]


def test_an_enterprise_of_which_nothing_is_known_has_a_report_too(
    desk: Desk, house: Installation
) -> None:
    made = uscc()
    desk.send(registered(made))
    members = said(house, made)
    assert "名单状态为“未列入”；无确认范围；无疑点，无未结问题。" in members["sentence"]
    assert desk.get(path(made), accept="application/pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "name",
    [
        '甲#panic("x")$sum$*_`@<a>\\[ ]// 有限公司',
        "龘靐𠮷𬺈有限公司🏭\U0001f9d1\U0001f3ed",
        "北京" * 90 + "公司",
        "A" * 190,
    ],
    ids=["markup", "rare", "long", "unbroken"],
)
def test_no_name_breaks_a_report(desk: Desk, house: Installation, name: str) -> None:
    made = uscc()
    desk.send(registered(made, name=name))
    answer = desk.get(path(made), accept="application/pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert said(house, made)["name"] == name


def test_who_may_see_the_enterprise_gets_its_report_and_nobody_else(desk: Desk, code: str) -> None:
    def status(actor: Json | None) -> int:
        return desk.get(path(code), actor, accept="application/pdf").status_code

    seat = {"organisation": "centre"}
    assert status(None) == 401
    for role in ("expert", "public", "security_admin", "audit_admin", "system_admin"):
        assert status({"account": f"{role}-8", "role": role, **seat}) == 403
    for role in ("centre_officer", "analyst"):
        assert status({"account": f"{role}-8", "role": role, **seat}) == 200
    assert status(district("110108")) == status(reporter(code)) == 200
    assert status(district("110105")) == status(reporter(uscc())) == 404


def test_a_report_for_a_district_says_that_it_is_limited_and_hides_entries_of_others(
    house: Installation, code: str
) -> None:
    inspector = Actor(account="inspector-1", role=Role.DISTRICT_INSPECTOR, organisation="110108")
    members = said(house, code, inspector)
    assert any("仅含您可见的记录" in each for each in members["basis"])
    assert not any("仅含您可见的记录" in each for each in said(house, code)["basis"])
    with pytest.raises(Problem):
        said(house, code, ANYONE)


def test_what_cannot_be_asked_is_refused(desk: Desk, code: str) -> None:
    for asked in ({"lang": "fr"}, {"valid_at": "2025-02-30"}, {"colour": "red"}):
        assert desk.get(path(code), accept="application/pdf", **asked).status_code == 422
    assert desk.get(path(code), accept="text/csv").status_code == 406
    for unknown in ("91110108MA00000000", "x", uscc("110101")):
        assert desk.get(path(unknown), accept="application/pdf").status_code == 404


def test_an_address_on_paper_is_never_taken_from_the_request(
    desk: Desk, house: Installation, code: str
) -> None:
    position = str(house.log.head().position)
    params = {"position": position}
    one = desk.http.get(path(code), params=params, headers=desk.auth(SUPERVISOR))
    headers = {**desk.auth(SUPERVISOR), "Host": "evil.example"}
    assert desk.http.get(path(code), params=params, headers=headers).content == one.content


def test_every_time_case_and_state_has_a_word() -> None:
    assert set(CASES) == {case.label for case in Case}
    assert set(CERTIFICATE_STATES) == {"valid", "reissued", "revoked"}
    assert {check.clause.number for check in CHECKS.values()} <= set(CLAUSES)


def test_what_is_copied_from_a_report_is_what_stands_in_it(desk: Desk, code: str) -> None:
    """Long hashes are parted at the end of a line without a character that nobody sees."""
    pdf = desk.get(path(code), accept="application/pdf").content
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    maps = [text for text in map(inflated, streams) if b"beginbfchar" in text]
    assert maps
    assert not any(b"200B" in each for each in maps)


def inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_the_time_of_a_document_is_that_of_its_basis() -> None:
    setter, members = Typesetter(), _smallest()
    at = datetime(2026, 3, 1, 4, 5, 6, 789, tzinfo=UTC)
    one, again = setter.pdf(members, at), Typesetter().pdf(members, at)
    assert one == again
    assert b"2026-03-01T04:05:06" in one
    assert setter.pdf(members, at.replace(year=2027)) != one


def _smallest() -> Json:
    names = ("title", "author", "uscc", "name", "running", "record", "foot", "sentence")
    return {
        **dict.fromkeys(names, "督导"),
        "lang": "zh",
        "page_words": ["第 ", " 页 共 ", " 页"],
        "basis": [],
        "qr": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        "qr_alt": "无",
        "qr_text": "",
        "blocks": [],
    }
