"""年度计划: a new one never touches what is on file; a revision starts from it, changes it and says why."""

import pytest
from playwright.sync_api import Page

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import OFFICER, Opener, Site, follow

pytestmark = pytest.mark.postgres


@pytest.fixture
def planner(site: Site) -> Actor:
    """The reporter of an enterprise with plans for this year and the two before."""
    code = lines.uscc()
    site.record(lines.registered(code))
    for year in (2025, 2026):
        site.record(
            lines.line(
                "AnnualPlanFiled",
                f"{year}-01-10",
                lines.reporter(code),
                uscc=code,
                year=year,
                summary={"sessions": 3, "candidates": 20, "certificates": 18},
                sessions=[
                    {
                        "occupation": lines.ELECTRICIAN,
                        "levels": ["5", "4"],
                        "planned_on": f"{year}-06-0{day}",
                        "headcount": 10,
                    }
                    for day in range(1, 10)
                ],
            )
        )
    return Actor(account=f"reporter-{code}", role=Role.ENTERPRISE_REPORTER, organisation=code)


def session(page: Page, number: int, day: str) -> None:
    at = f"sessions.{number}"
    page.locator(f'[name="{at}.occupation"]').fill("电工")
    page.locator(f'[name="{at}.planned_on"]').fill(day)
    page.locator(f'[name="{at}.headcount"]').fill("12")
    page.locator(f'[name="{at}.levels"][value="5"]').check()


def summary(page: Page) -> None:
    for name in ("sessions", "candidates", "certificates"):
        page.locator(f'[name="summary.{name}"]').fill("1")


def test_a_new_plan_is_offered_for_a_year_that_has_none_and_leaves_the_others(
    reader: Opener, site: Site, planner: Actor
):
    code = planner.organisation
    page = reader(planner).open("/plans/new")
    assert "报备年度计划" in page.inner_text("h1")
    assert page.get_by_label("年度").input_value() == "2027"
    assert page.locator("main").get_by_role("link", name="修订 2026").count() == 1
    summary(page)
    page.get_by_label("年度").fill("2024")
    session(page, 0, "2024-09-01")
    follow(page.get_by_role("button", name="报备", exact=True))
    assert page.url.split("?")[0].endswith(f"/plans/{code}/2024")
    kept = site.get(f"/v1/plans/{code}/2026", OFFICER).json()
    assert len(kept["sessions"]) == 9


def test_filing_a_year_that_is_on_file_is_refused_and_nothing_is_wiped(
    reader: Opener, site: Site, planner: Actor
):
    page = reader(planner).open("/plans/new?year=2026")
    summary(page)
    follow(page.get_by_role("button", name="报备", exact=True))
    assert "已于 2026-01-10 报备" in page.inner_text("[role=alert]")
    kept = site.get(f"/v1/plans/{planner.organisation}/2026", OFFICER).json()
    assert len(kept["sessions"]) == 9
    page.get_by_label("年度").fill("2027")
    follow(page.get_by_role("button", name="报备", exact=True))
    assert page.url.split("?")[0].endswith("/2027")


def test_a_revision_begins_with_all_that_is_on_file_and_needs_a_change_and_a_reason(
    reader: Opener, site: Site, planner: Actor
):
    path = f"/plans/{planner.organisation}/2026"
    page = reader(planner).open(f"{path}/revision")
    assert page.locator('[name="sessions.8.planned_on"]').input_value() == "2026-06-09"
    page.get_by_label("修订理由").fill("设备检修")
    follow(page.get_by_role("button", name="修订", exact=True))
    assert "没有修订" in page.inner_text("[role=alert]")
    page.locator('[name="sessions.8.planned_on"]').fill("2026-12-09")
    page.get_by_label("修订理由").evaluate("field => field.removeAttribute('required')")
    page.get_by_label("修订理由").fill("")
    follow(page.get_by_role("button", name="修订", exact=True))
    assert "请写明修订的理由" in page.inner_text("[role=alert]")
    page.get_by_label("修订理由").fill("设备检修")
    follow(page.get_by_role("button", name="修订", exact=True))
    item = site.get(f"/v1/plans/{planner.organisation}/2026", OFFICER).json()
    assert item["stage"] == "revised"
    assert [each["planned_on"] for each in item["sessions"]][-1] == "2026-12-09"
    assert len(item["sessions"]) == 9
    entry = site.get(f"/v1/events/{item['because'][-1]}", OFFICER).json()
    assert entry["reason"] == "设备检修"


def test_a_ninth_session_and_a_ninth_occupation_can_be_entered(
    reader: Opener, site: Site, planner: Actor
):
    page = reader(planner).open("/plans/new")
    summary(page)
    session(page, 0, "2027-03-01")
    follow(page.get_by_role("button", name="再加几场"))
    assert page.locator('[name="sessions.0.planned_on"]').input_value() == "2027-03-01"
    assert page.locator('[name="sessions.0.levels"][value="5"]').is_checked()
    session(page, 8, "2027-03-09")
    follow(page.get_by_role("button", name="报备", exact=True))
    item = site.get(f"/v1/plans/{planner.organisation}/2027", OFFICER).json()
    assert [each["planned_on"] for each in item["sessions"]] == ["2027-03-01", "2027-03-09"]
    page = reader(planner).open("/applications/new")
    page.locator('[name="scope.0.occupation"]').fill("电工")
    follow(page.get_by_role("button", name="再加几行"))
    assert page.locator('[name="scope.0.occupation"]').input_value() == "电工"
    assert page.locator('[name="scope.8.occupation"]').count() == 1


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_revision_is_accessible_and_fits(
    reader: Opener, planner: Actor, language: str, *, phone: bool
):
    one = reader(planner, language=language, phone=phone)
    one.open(f"/plans/{planner.organisation}/2026/revision")
    assert one.violations() == []
    assert not one.wide()
