"""待我办理: where each role's day begins; what waits comes by the day it is due, one act a row."""

from datetime import date

import pytest

from api.access.demo_accounts import SAMPLE
from api.installation.one_moment import at_one_moment
from api.installation.wiring import Installation
from api.web.watch import todo
from api.words.language import Words
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import today
from tests.api import lines
from tests.api.web.casework.test_materials import HAIDIAN, Filed, assign, file
from tests.api.web.site import ANALYST, OFFICER, SUPERVISOR, Opener, Site, follow, text_of

pytestmark = pytest.mark.postgres

BUREAU = Actor(account="bureau-3", role=Role.BUREAU_PUBLISHER, organisation="bureau")
WORKING = [actor for actor in SAMPLE if actor.role in set(Role) - {
    Role.ANALYST, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN, Role.DISTRICT_INSPECTOR
}]  # fmt: skip


@pytest.fixture(scope="module")
def filed(site: Site) -> Filed:
    """An application that was just filed for a private enterprise in Haidian."""
    return file(site, b"%PDF-1.7 todo")


def rows(site: Site, actor: Actor, number: str) -> list[str]:
    """What 待我办理 says of an application, row by row."""
    html = site.get("/todo", actor).text
    found = html.partition("<main")[2].split("<tr>")
    return [text_of(row).strip() for row in found if number in row]


@pytest.mark.parametrize("actor", WORKING, ids=lambda actor: actor.role.value)
def test_the_day_of_each_role_begins_there(site: Site, actor: Actor):
    assert site.get("/", actor).headers["location"] == "/todo"
    answer = site.get("/todo", actor)
    assert answer.status_code == 200
    for row in answer.text.partition("<main")[2].partition("</main>")[0].split("<tr>")[1:]:
        assert row.count('class="button"') == (1 if "<td" in row else 0)


def test_an_application_moves_from_desk_to_desk(site: Site, filed: Filed):
    assert "出具意见" in rows(site, HAIDIAN, filed.number)[0]
    assert rows(site, OFFICER, filed.number) == []
    expert = Actor(account="e-material-1", role=Role.EXPERT, organisation="大学甲")
    assert rows(site, expert, filed.number) == []
    assign(site, filed)
    assert rows(site, HAIDIAN, filed.number) == []
    assert "评分" in rows(site, expert, filed.number)[0]
    assert rows(site, OFFICER, filed.number) == []
    points = {**lines.POINTS}
    by = {"account": expert.account, "role": "expert", "organisation": expert.organisation}
    site.record(
        lines.line(
            "EvaluationScored",
            "2024-06-01",
            by,
            application_id=filed.number,
            expert_id=expert.account,
            scores=points,
            comment="",
        )
    )
    assert "作出结论" in rows(site, OFFICER, filed.number)[0]
    scope = [{**lines.ELECTRICIAN, "levels": ["5", "4"]}]
    conclusion = {"application_id": filed.number, "recommended": True, "scope": scope}
    site.record(lines.line("EvaluationConcluded", "2024-06-05", lines.CENTRE, **conclusion))
    assert rows(site, OFFICER, filed.number) == []
    assert "确认" in rows(site, BUREAU, filed.number)[0]


def test_what_is_overdue_comes_first_and_says_so(site: Site, reader: Opener, filed: Filed):
    finding = f"fd-todo-{filed.code[-6:]}"
    said = {"uscc": filed.code, "kind": "制度不全", "severity": "minor", "rule": "四"}
    site.record(
        lines.line(
            "FindingRaised",
            "2024-07-01",
            lines.SUPERVISOR,
            finding_id=finding,
            statement="缺制度",
            assessments=[],
            certificates=[],
            flags=[],
            **said,
        )
    )
    order = {"finding_id": finding, "requirement": "补齐制度", "due_on": "2024-08-01"}
    site.record(lines.line("RectificationOrdered", "2024-07-02", lines.SUPERVISOR, **order))
    page = reader(filed.reporter).open("/todo")
    first = page.locator("main section").first
    assert "已逾期" in first.inner_text()
    assert finding in first.inner_text()
    assert "2024-08-01" in first.inner_text()
    follow(first.get_by_role("link", name=f"报告整改 {finding}"))
    assert page.url.endswith(f"/findings/{finding}#report")
    assert page.locator("#report").count() == 1
    assert finding in text_of(site.get("/todo", SUPERVISOR).text)


def test_an_enterprise_sees_its_plan_until_it_is_filed(site: Site):
    code = lines.uscc()
    for each in lines.listed(code, "5", "4"):
        if each["data"].get("year") != today().year:
            site.record(each)
    reporter = Actor(account=f"reporter-{code}", role=Role.ENTERPRISE_REPORTER, organisation=code)
    assert f"/plans/new?year={today().year}" in site.get("/todo", reporter).text
    assert f"/plans/compared?year={today().year}" in site.get("/todo", OFFICER).text


def test_flags_that_wait_are_counted_to_the_last(site: Site):
    whole = site.get("/todo", SUPERVISOR).text
    waiting = site.get("/v1/backlog", SUPERVISOR).json()["items"]
    flags = sum(each["unreviewed"] + each["undecided_unreviewed"] for each in waiting)
    assert f'data-head="编号">{flags}</td>' in whole
    listed = site.get("/v1/flags?review=none&limit=1000", SUPERVISOR).json()
    assert (len(listed["items"]), listed["next"]) == (flags, None)
    assert "待我办理" in site.get("/todo?from=nowhere", SUPERVISOR).text
    assert "待我办理" in site.get("/todo?from=99999", SUPERVISOR).text


def test_everything_that_waits_comes_page_by_page_under_its_own_head():
    words = Words("受理", "Acceptance")
    duties = [
        todo.Duty(words, f"app-{n:03}", None, "", day, None, words, f"/applications/app-{n:03}")
        for n, day in enumerate([date(2026, 5, 1)] * 150 + [None] * 300)
    ]
    groups = todo._grouped(duties, date(2026, 6, 1))
    assert [group.number for group in groups] == [150, 300]
    pages = [todo._on_page(groups, first) for first in range(0, 450, todo.SHOWN)]
    sizes = [[len(group.duties) for group in page] for page in pages]
    assert sizes == [[150, 50], [200], [50]]
    told = [duty for page in pages for group in page for duty in group.duties]
    assert told == duties
    assert [group.number for group in pages[0]] == [150, 300]


def test_whoever_decides_nothing_is_told_so(site: Site):
    assert "现在没有等您办理的事" in site.get("/todo", ANALYST).text
    assert site.get("/todo").status_code == 303


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_it_is_accessible_and_fits(reader: Opener, language: str, *, phone: bool):
    for actor in (OFFICER, SUPERVISOR):
        one = reader(actor, language=language, phone=phone)
        one.open("/todo")
        assert one.violations() == []
        assert not one.wide()


def test_the_questions_of_one_page_stand_on_one_end_of_the_ledger(site: Site, shown: Installation):
    moment = at_one_moment(shown)
    ends = moment.ends()
    site.record(lines.registered(lines.uscc()))
    assert moment.ends() == ends
    assert shown.ends().head > ends.head
    assert moment.log is shown.log
