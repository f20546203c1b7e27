"""申报: every step of an application by the one whose step it is, and what is refused."""

import pytest

from api.installation.wiring import Installation
from api.web.frame.lists import ROWS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import (
    ANALYST,
    INSPECTOR,
    OFFICER,
    PUBLISHER,
    SUPERVISOR,
    Opener,
    Site,
    follow,
    know,
    text_of,
)

pytestmark = pytest.mark.postgres

SECOND = Actor(account="bureau-2", role=Role.BUREAU_PUBLISHER, organisation="bureau")
HAIDIAN = Actor(account="inspector-110108", role=Role.DISTRICT_INSPECTOR, organisation="110108")
EXPERTS = [Actor(account=f"e-page-{n}", role=Role.EXPERT, organisation=f"单位{n}") for n in (1, 2)]


@pytest.fixture
def submitted(site: Site) -> str:
    """The id of an application that was just filed for a private enterprise in Haidian."""
    code = lines.uscc()
    number = f"app-page-{code[-6:]}"
    site.record(lines.registered(code))
    site.record(
        lines.line(
            "ApplicationSubmitted",
            "2024-05-10",
            lines.reporter(code),
            application_id=number,
            uscc=code,
            window="2024-05",
            materials=[
                {"kind": kind, "file_name": f"{kind}.pdf", "sha256": f"{n:064d}"}
                for n, kind in enumerate(lines.KINDS)
            ],
            scope=[{**lines.ELECTRICIAN, "levels": ["5", "4"]}],
            methods=["examination"],
        )
    )
    return number


def _act(reader: Opener, actor: Actor, number: str, button: str, **typed: str) -> str:
    """Open the application as `actor`, fill in what is typed, press the button; the page's text."""
    page = reader(actor).open(f"/applications/{number}")
    form = page.locator("section.act", has=page.get_by_role("button", name=button, exact=True))
    form.get_by_label("日期").fill("2024-06-20")
    for name, value in typed.items():
        field = form.locator(f'[name="{name.replace("__", ".")}"]')
        if field.first.get_attribute("type") in {"radio", "checkbox"}:
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif name.endswith("recusal"):
            field.select_option(value)
        else:
            field.fill(value)
    follow(form.get_by_role("button", name=button, exact=True))
    return page.inner_text("main")


def test_an_application_goes_from_submission_to_receipt_in_seven_pairs_of_hands(
    reader: Opener, site: Site, shown: Installation, submitted: str
):
    know(shown, *EXPERTS)
    _act(reader, HAIDIAN, submitted, "出具初步意见", opinion="support", text="同意申报")
    _act(reader, OFFICER, submitted, "受理")
    experts = {
        f"experts__{n}__{name}": value
        for n, expert in enumerate(EXPERTS)
        for name, value in (
            ("expert_id", expert.account),
            ("recusal", "none"),
        )
    }
    _act(reader, OFFICER, submitted, "派出专家", **experts)
    headings = ("basics", "hr_system", "funding", "organisation_quality", "premises_it")
    for expert in EXPERTS:
        points = {f"scores__{name}": "17.5" for name in headings}
        _act(reader, expert, submitted, "填写评分表", **points)
        waiting = text_of(site.get(f"/applications/{submitted}", OFFICER).text)
        assert ("尚缺 1 份评分表" in waiting) == (expert is not EXPERTS[-1])
    assert "最高与最低相差 0 分" in waiting
    _act(reader, OFFICER, submitted, "作出评估结论", recommended="yes")
    confirmed = reader(PUBLISHER).open(f"/applications/{submitted}")
    confirmed.locator('#confirmation [name="valid_from"]').fill("2024-06-20")
    confirmed.locator('#confirmation [name="scope"]').first.uncheck()
    follow(confirmed.get_by_role("button", name="确认：先看影响"))
    told = confirmed.locator("#confirmation .foreseen").inner_text()
    assert "推荐而未确认的：" in told
    assert "五级" in told
    assert "名单状态与确认范围不因此变化" in told
    assert site.get(f"/v1/applications/{submitted}", SUPERVISOR).json()["confirmed_on"] is None
    confirmed.locator('#confirmation [name="scope"]').first.check()
    follow(confirmed.get_by_role("button", name="确认办理：确认"))
    assert "请再看一遍" in confirmed.locator("#confirmation .foreseen").inner_text()
    follow(confirmed.get_by_role("button", name="确认办理：确认"))
    assert "已发回执" in _act(reader, OFFICER, submitted, "发确认回执", receipt_no="京回执1号")
    item = site.get(f"/v1/applications/{submitted}", SUPERVISOR).json()
    assert item["mean"] == 87.5
    assert "平均分 87.50" in text_of(site.get(f"/applications/{submitted}", SUPERVISOR).text)
    assert item["confirmed_scope"][0]["levels"] == ["5", "4"]


def test_an_expert_is_chosen_from_people_and_replaced_before_the_conclusion(
    reader: Opener, site: Site, shown: Installation, submitted: str
):
    late = Actor(account="e-page-3", role=Role.EXPERT, organisation="单位3")
    know(shown, *EXPERTS, late)
    _act(reader, HAIDIAN, submitted, "出具初步意见", opinion="support", text="同意申报")
    _act(reader, OFFICER, submitted, "受理")
    first = {"experts__0__expert_id": "e-nobody", "experts__0__recusal": "none"}
    assert "没有可以派出的账户 e-nobody" in _act(reader, OFFICER, submitted, "派出专家", **first)
    first["experts__0__expert_id"] = EXPERTS[0].account
    second = {"experts__1__expert_id": late.account}
    said = _act(reader, OFFICER, submitted, "派出专家", **first, **second)
    assert "请按 姓名 e-page-3 本人的声明选择" in said
    second["experts__1__recusal"] = "none"
    _act(reader, OFFICER, submitted, "派出专家", **first, **second)
    headings = ("basics", "hr_system", "funding", "organisation_quality", "premises_it")
    points = {f"scores__{name}": "17" for name in headings}
    _act(reader, EXPERTS[0], submitted, "填写评分表", **points)
    page = reader(OFFICER).open(f"/applications/{submitted}")
    assert page.locator('#experts [name="experts.1.expert_id"]').input_value() == late.account
    second["experts__1__expert_id"] = EXPERTS[1].account
    _act(reader, OFFICER, submitted, "派出专家", **first, **second)
    item = site.get(f"/v1/applications/{submitted}", SUPERVISOR).json()
    assert [(e["expert_id"], e["affiliation"]) for e in item["experts"]] == [
        (each.account, each.organisation) for each in EXPERTS
    ]
    assert [sheet["expert_id"] for sheet in item["scores"]] == [EXPERTS[0].account]


def test_an_expert_keeps_a_sheet_as_a_draft_and_revises_from_the_sheet(
    reader: Opener, site: Site, shown: Installation, submitted: str
):
    know(shown, *EXPERTS)
    _act(reader, HAIDIAN, submitted, "出具初步意见", opinion="support", text="同意申报")
    _act(reader, OFFICER, submitted, "受理")
    experts = {
        f"experts__{n}__{name}": value
        for n, expert in enumerate(EXPERTS)
        for name, value in (("expert_id", expert.account), ("recusal", "none"))
    }
    _act(reader, OFFICER, submitted, "派出专家", **experts)
    mine, other = EXPERTS[0], EXPERTS[1]
    said = _act(reader, mine, submitted, "存为草稿", scores__basics="12", comment="材料待核")
    assert "草稿，保存于" in said
    page = reader(mine).open(f"/applications/{submitted}")
    sheet = page.locator("#sheet")
    assert sheet.locator('[name="scores.basics"]').input_value() == "12"
    assert sheet.locator('[name="comment"]').input_value() == "材料待核"
    assert site.get(f"/v1/applications/{submitted}", SUPERVISOR).json()["scores"] == []
    for reader_of_it in (other, OFFICER, SUPERVISOR):
        text = site.get(f"/applications/{submitted}", reader_of_it).text
        assert ("草稿，保存于" in text, "材料待核" in text) == (False, False)
    refused = _act(reader, mine, submitted, "存为草稿", comment=f"见 {lines.identity(7)}")
    assert "未办理" in refused
    headings = ("basics", "hr_system", "funding", "organisation_quality", "premises_it")
    points = {f"scores__{name}": "17.5" for name in headings}
    _act(reader, mine, submitted, "填写评分表", **points)
    page = reader(mine).open(f"/applications/{submitted}")
    assert page.locator('#revision [name="scores.funding"]').input_value() == "17.5"
    assert "草稿，保存于" not in page.inner_text("main")


def test_a_refusal_keeps_what_was_typed_and_says_why(reader: Opener, submitted: str):
    said = _act(reader, HAIDIAN, submitted, "出具初步意见", opinion="oppose", text="材料不全")
    assert "不同意" in said
    page = reader(OFFICER).open(f"/applications/{submitted}")
    form = page.locator("#acceptance")
    form.get_by_label("日期").fill("2099-01-01")
    follow(form.get_by_role("button", name="受理"))
    summary = page.get_by_role("alert")
    assert "未办理" in summary.inner_text()
    assert form.get_by_label("日期").input_value() == "2099-01-01"
    assert page.evaluate("document.activeElement.id") == "summary"


def test_nobody_is_offered_what_is_not_theirs(site: Site, submitted: str):
    assert "受理</button>" not in site.get(f"/applications/{submitted}", SUPERVISOR).text
    assert "受理</button>" not in site.get(f"/applications/{submitted}", ANALYST).text
    assert site.get(f"/applications/{submitted}", INSPECTOR).status_code == 404
    assert site.get(f"/applications/{submitted}", EXPERTS[0]).status_code == 404


def test_the_past_offers_nothing_to_be_done(site: Site, submitted: str):
    head = site.get("/v1/integrity", SUPERVISOR).json()["head"]["position"]
    then = site.get(f"/applications/{submitted}?position={head}&valid_at=2024-05-11", HAIDIAN)
    assert then.status_code == 200
    assert '<form method="post" action="/applications' not in then.text


def test_counts_of_the_pipeline_open_what_they_count(reader: Opener):
    page = reader(SUPERVISOR).open("/applications")
    link = page.locator(".pipeline a", has_text="已发回执")
    count = int(link.locator("b").inner_text())
    follow(link)
    assert "stage=receipt_issued" in page.url
    assert page.locator("tbody tr").count() == min(count, ROWS)


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_pages_of_applications_are_accessible_and_fit(
    reader: Opener, submitted: str, language: str, *, phone: bool
):
    for actor, path in (
        (OFFICER, "/applications"),
        (OFFICER, "/applications/app-2023-10-001"),
        (HAIDIAN, f"/applications/{submitted}"),
    ):
        one = reader(actor, language=language, phone=phone)
        one.open(path)
        assert (path, one.violations()) == (path, [])
        assert (path, one.wide()) == (path, False)


def test_a_reporter_applies_with_five_materials(reader: Opener, site: Site):
    code = lines.uscc()
    site.record(lines.registered(code))
    reporter = Actor(account=f"reporter-{code}", role=Role.ENTERPRISE_REPORTER, organisation=code)
    page = reader(reporter).open("/applications/new")
    number = page.get_by_label("申报编号").input_value()
    page.locator('[name="scope.0.occupation"]').fill("电工")
    page.locator('[name="scope.0.levels"][value="4"]').check()
    page.get_by_label("考核鉴定").check()
    paper = {
        "name": "材料.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-1.7 " + code.encode(),
    }
    for kind in lines.KINDS[:4]:
        page.locator(f'[name="materials.{kind}"]').set_input_files(paper)
    follow(page.get_by_role("button", name="提交", exact=True))
    assert "缺少这份材料" in page.get_by_role("alert").inner_text()
    for kind in lines.KINDS:
        page.locator(f'[name="materials.{kind}"]').set_input_files(paper)
    follow(page.get_by_role("button", name="提交", exact=True))
    assert "已提交" in page.inner_text("main")
    item = site.get(f"/v1/applications/{number}", HAIDIAN).json()
    assert item["scope"][0]["name"] == "电工"
    digest = item["materials"][0]["sha256"]
    kept = site.get(f"/v1/evidence/{digest}", HAIDIAN)
    assert kept.content == paper["buffer"]
    assert site.get(f"/v1/evidence/{digest}", INSPECTOR).status_code == 404
