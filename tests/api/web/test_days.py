"""A working day of each reader, from the first page they see to what they take away.

Everything is found by what a person sees: links, labels, buttons. The inspector's day without a
network is in `field/test_field_phone.py`, the public's way to a certificate in `watch/test_lookup.py`.
"""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, expect

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import ANALYST, OFFICER, PUBLISHER, Opener, Site, follow

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

SECOND = Actor(account="bureau-2", role=Role.BUREAU_PUBLISHER, organisation="bureau")
SCOPE = [{**lines.ELECTRICIAN, "levels": ["5", "4"]}]


def _come_in(reader: Opener, role: str) -> Page:
    """Sign in from the start page, as a demonstration offers it."""
    page = reader().open("/")
    follow(page.get_by_role("link", name="登录"))
    follow(page.get_by_role("button", name=role))
    return page


def _find(page: Page, what: str) -> None:
    """Look for something with the search at the top of every page."""
    page.get_by_role("searchbox", name="企业名称、代码或证书编号").fill(what)
    follow(page.get_by_role("button", name="查找"))


def _taken(page: Page, link: str, folder: Path) -> Path:
    """Follow a link that gives a file; return where the file lies."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=link, exact=True).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_a_supervisor_goes_from_the_overview_to_a_finding_and_its_report(
    reader: Opener, site: Site, tmp_path: Path
):
    firm = lines.uscc()
    for line in (*lines.listed(firm, "4"), lines.session(firm, "3")):
        site.record(line)
    page = _come_in(reader, "质量督导员")
    expect(page.get_by_role("heading", level=1)).to_contain_text("待我办理")
    follow(page.get_by_role("link", name="总览", exact=True))
    follow(page.get_by_role("link", name="违规待复核"))
    page.get_by_text("更多条件").click()
    page.get_by_label("统一社会信用代码").fill(firm)
    follow(page.get_by_role("button", name="筛选"))
    follow(page.get_by_role("link", name="超范围"))
    follow(page.get_by_role("link", name="去复核"))
    form = page.locator("section").filter(has=page.get_by_role("heading", name="转为问题"))
    number = form.get_by_label("问题编号").input_value()
    form.get_by_label("理由").fill("情况属实")
    follow(form.get_by_role("button", name="提出问题并标记疑点"))
    # Converting leads to the finding.
    assert page.url.endswith(f"/findings/{number}") or f"/findings/{number}?" in page.url
    expect(page.locator("main")).to_contain_text("已提出")
    follow(page.get_by_role("link", name=f"虚构企业{firm[-6:]}"))
    expect(page.locator("#status")).to_contain_text("1 个问题未结")
    report = _taken(page, "督导报告\uff08PDF\uff09", tmp_path).read_bytes()
    assert report.startswith(b"%PDF-1.7")
    assert f"虚构企业{firm[-6:]}".encode() in report


def _waiting_for_experts(site: Site) -> tuple[str, list[Actor]]:
    """An enterprise whose application has two experts, and the experts."""
    firm = lines.uscc()
    experts = [
        Actor(account=f"e-{firm[-8:]}-{n}", role=Role.EXPERT, organisation=f"大学{n}")
        for n in (1, 2)
    ]
    named = [
        {
            "expert_id": one.account,
            "name": f"专家{n}",
            "affiliation": one.organisation,
            "recusal_declared": False,
        }
        for n, one in enumerate(experts, 1)
    ]
    until_accepted = lines.evaluated(firm, SCOPE)[:2]
    app = f"app-{firm[-8:]}"
    for line in (
        lines.registered(firm),
        lines.submitted(firm, SCOPE),
        *until_accepted,
        lines.line(
            "ExpertsAssigned", "2024-05-28", lines.CENTRE, application_id=app, experts=named
        ),
    ):
        site.record(line)
    return firm, experts


def _to_the_application(page: Page, firm: str) -> None:
    _find(page, firm)
    follow(page.get_by_role("link", name="计划与申报"))
    follow(page.get_by_role("link", name=f"app-{firm[-8:]}"))


def test_two_experts_score_and_other_hands_conclude_confirm_and_publish(reader: Opener, site: Site):
    firm, experts = _waiting_for_experts(site)
    app = f"app-{firm[-8:]}"
    for expert in experts:
        page = reader(expert).open("/")
        follow(page.get_by_role("link", name=app))
        expect(page.get_by_role("row").filter(has_text="专家1")).to_contain_text(
            "未评分" if expert is experts[0] else "结论前不向您显示"
        )
        for heading in (
            "企业基本情况",
            "人力资源管理制度",
            "经费保障措施",
            "认定工作机构及质量保障体系",
            "认定场地、设备设施及信息化建设",
        ):
            page.get_by_label(heading).fill("18")
        follow(page.get_by_role("button", name="填写评分表"))
        expect(page.get_by_role("row").filter(has_text=expert.account)).to_contain_text("90")

    page = reader(OFFICER).open("/")
    _to_the_application(page, firm)
    act = page.locator("section").filter(has=page.get_by_role("heading", name="作出评估结论"))
    act.get_by_label("推荐", exact=True).check()
    follow(act.get_by_role("button", name="作出评估结论"))
    expect(page.locator("main")).to_contain_text("平均分 90")
    expect(page.get_by_role("button", name="确认：先看影响")).to_have_count(0)

    page = reader(PUBLISHER).open("/")
    _to_the_application(page, firm)
    follow(page.get_by_role("button", name="确认：先看影响"))
    follow(page.get_by_role("button", name="确认办理：确认"))
    expect(page.locator("main")).to_contain_text("已确认")

    page = reader(SECOND).open("/")
    follow(page.get_by_role("link", name="申报", exact=True))
    follow(page.get_by_role("link", name="公布名单"))
    page.get_by_label("批次").fill(f"2026-{firm[-6:]}")
    for box in page.get_by_role("row").get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_label(app).check()
    # What it changes is seen before it is done.
    follow(page.get_by_role("button", name="公布"))
    follow(page.get_by_role("button", name="确认公布"))
    expect(page.get_by_role("heading", level=1)).to_have_text("公布名单")
    assert page.get_by_role("alert").count() == 0

    page = reader().open("/")
    _find(page, firm)
    expect(page.locator("main")).to_contain_text("在名单")


def test_an_analyst_compares_two_days_and_takes_the_rows_as_parquet(
    reader: Opener, site: Site, tmp_path: Path
):
    page = _come_in(reader, "分析员")
    follow(page.get_by_role("link", name="比较", exact=True))
    page.get_by_label("比较对象").select_option("名单")
    first, last = page.get_by_label("业务日期").first, page.get_by_label("业务日期").last
    first.fill("2026-01-01")
    last.fill("2026-10-01")
    follow(page.get_by_role("button", name="比较", exact=True))
    # A heading names what explains the lines below it.
    shown = page.locator("table.differences tbody tr:not(.causes)").count()
    rows = pq.ParquetFile(_taken(page, "Parquet", tmp_path)).read().to_pylist()
    asked = "of=roster&from_valid_at=2026-01-01&to_valid_at=2026-10-01&limit=1000"
    twin = site.get(f"/v1/diff?{asked}", ANALYST).json()["items"]
    assert len(rows) == len(twin) >= shown > 0
    assert {row["key"] for row in rows} == {line["key"] for line in twin}
