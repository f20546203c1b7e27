"""报告认定活动: what plan and scope say is filled in, what would be flagged is said before, the receipt after."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import ANALYST, OFFICER, Opener, Site, follow

pytestmark = pytest.mark.postgres

CODE = "91110101MA0EX0018K"
REPORTER = Actor(account=f"reporter-{CODE}", role=Role.ENTERPRISE_REPORTER, organisation=CODE)
"""Of an enterprise of the sample year: 电工 is confirmed for five levels, 车工 for two."""


def choose(reader: Opener, occupation: str) -> Page:
    """Open the sheet of a session of one of the confirmed occupations."""
    page = reader(REPORTER).open("/assessments/new")
    follow(page.locator("main").get_by_role("link", name=occupation, exact=True))
    return page


def fill(page: Page, level: str, day: str = "2026-11-20") -> None:
    page.get_by_label("等级").select_option(level)
    page.get_by_label("开始日期").fill(day)
    page.get_by_label("结束日期").fill(day)
    page.locator('[name="candidates.employee"]').fill("8")
    page.locator('[name="assessors_more"]').fill("考评甲\n考评乙")
    page.locator('[name="quality_more"]').fill("内控丙")
    page.locator('[name="venues.0.address"]').fill("北京市东城区示例大街1号")
    page.locator('[name="venues.0.division"]').fill("110101")


def test_a_session_within_the_scope_is_reported_in_three_steps(reader: Opener, site: Site):
    page = choose(reader, "车工")
    assert page.locator("[name=level] option").count() > 1
    fill(page, "5")
    number = page.get_by_label("活动编号").input_value()
    follow(page.get_by_role("button", name="核对"))
    assert "这样上报不产生疑点" in page.inner_text(".foreseen")
    assert site.get(f"/v1/assessments/{number}", OFFICER).status_code == 404
    follow(page.get_by_role("button", name="确认上报"))
    said = page.inner_text(".receipt")
    session = site.get(f"/v1/assessments/{number}", OFFICER).json()
    assert f"位置 {session['position']}" in said
    assert "未产生疑点" in said
    assert session["candidates"]["employee"] == 8
    assert session["assessors"] == ["考评甲", "考评乙"]
    assert session["venue"]["division"] == "110101"


def test_a_venue_is_pinned_on_the_map_with_the_error_of_a_finger(reader: Opener, site: Site):
    page = choose(reader, "车工")
    fill(page, "5")
    page.locator('[name="venues.0.division"]').fill("")
    number = page.get_by_label("活动编号").input_value()
    map_ = page.locator("#pin svg")
    map_.scroll_into_view_if_needed()
    whole = map_.get_attribute("viewBox")
    box = map_.bounding_box()
    assert box is not None
    map_.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.6})
    assert map_.get_attribute("viewBox") != whole
    assert page.locator('[name="venues.0.lon"]').input_value() == ""
    map_.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.5})
    expect(page.locator('[name="venues.0.datum"]')).to_have_value("WGS-84")
    lon, lat = (float(page.locator(f'[name="venues.0.{n}"]').input_value()) for n in ("lon", "lat"))
    assert 115.4 < lon < 117.6
    assert 39.4 < lat < 41.1
    assert 0 < float(page.locator('[name="venues.0.accuracy_m"]').input_value()) <= 1000
    expect(page.locator("#pin-said")).to_have_text(re.compile(rf"^{lon}, {lat}, [^ ,]+区$"))
    follow(page.get_by_role("button", name="核对"))
    assert page.locator('[name="venues.0.lon"]').input_value() == str(lon)
    follow(page.get_by_role("button", name="确认上报"))
    venue = site.get(f"/v1/assessments/{number}", OFFICER).json()["venue"]
    assert (venue["lon"], venue["datum"]) == (lon, "WGS-84")
    assert venue["accuracy_m"] > 0


def test_what_will_be_flagged_is_said_before_and_is_what_is_flagged(reader: Opener, site: Site):
    page = choose(reader, "车工")
    fill(page, "3")
    number = page.get_by_label("活动编号").input_value()
    follow(page.get_by_role("button", name="核对"))
    foreseen = page.inner_text(".foreseen")
    assert "这样上报将产生疑点 S2" in foreseen
    follow(page.get_by_role("button", name="确认上报"))
    raised = site.get(f"/v1/flags?assessment_id={number}", OFFICER).json()["items"]
    assert [flag["code"] for flag in raised] == ["S2"]
    assert raised[0]["message"]["zh"] in foreseen
    assert "S2" in page.inner_text(".receipt")


def test_what_was_altered_after_the_look_is_looked_at_again(reader: Opener, site: Site):
    page = choose(reader, "车工")
    fill(page, "5")
    number = page.get_by_label("活动编号").input_value()
    follow(page.get_by_role("button", name="核对"))
    page.get_by_label("等级").select_option("3")
    follow(page.get_by_role("button", name="确认上报"))
    assert "请再看一遍" in page.inner_text(".foreseen")
    assert "S2" in page.inner_text(".foreseen")
    assert site.get(f"/v1/assessments/{number}", OFFICER).status_code == 404


def test_levels_are_those_of_the_standard(reader: Opener, site: Site):
    page = reader(REPORTER).open("/assessments/new?occupation=电工")
    options = page.locator("[name=level] option")
    offered = {each.get_attribute("value") for each in options.all()} - {""}
    assert {"5", "4", "3", "2", "1"} <= offered
    unknown = reader(REPORTER).open("/assessments/new?occupation=没有这个职业")
    assert "没有“没有这个职业”" in unknown.inner_text("[role=alert]")


def test_a_planned_session_fills_in_the_sheet(reader: Opener):
    page = reader(REPORTER).open("/assessments/new")
    follow(page.get_by_role("link", name="据此填写").first)
    planned = page.get_by_label("开始日期").input_value()
    assert planned.startswith(("2026-", "2025-"))
    assert "计划 8 人" in page.inner_text("#field-candidates")


def test_a_place_is_added_with_a_script_and_without(reader: Opener, browser: Browser, site: Site):
    page = choose(reader, "车工")
    before = page.locator("fieldset.item").count()
    page.locator('[name="venues.0.name"]').fill("理论考场")
    follow(page.get_by_role("button", name="再加一处"))
    assert page.locator("fieldset.item").count() > before
    assert page.locator('[name="venues.0.name"]').input_value() == "理论考场"
    plain = browser.new_context(
        java_script_enabled=False, locale="zh-CN", extra_http_headers=site.headers(REPORTER)
    ).new_page()
    plain.goto(f"{site.base}/assessments/new?occupation=%E7%94%B5%E5%B7%A5")
    plain.locator('[name="venues.0.name"]').fill("理论考场")
    follow(plain.get_by_role("button", name="再加一处"))
    assert plain.locator("fieldset.item").count() > before
    assert plain.locator('[name="venues.0.name"]').input_value() == "理论考场"
    plain.context.close()


def test_two_places_of_one_session_are_both_recorded(reader: Opener, site: Site):
    page = choose(reader, "车工")
    fill(page, "5", "2026-11-19")
    page.locator('[name="venues.1.name"]').fill("技能考场")
    page.locator('[name="venues.1.division"]').fill("131082")
    number = page.get_by_label("活动编号").input_value()
    follow(page.get_by_role("button", name="核对"))
    assert "G1" in page.inner_text(".foreseen")
    follow(page.get_by_role("button", name="确认上报"))
    session = site.get(f"/v1/assessments/{number}", OFFICER).json()
    assert [each["division"] for each in session["venues"]] == ["131082"]


def test_the_centre_names_the_enterprise_first(reader: Opener, site: Site):
    page = reader(OFFICER).open("/assessments/new")
    page.get_by_label("哪家企业").fill("没有这一家")
    follow(page.get_by_role("button", name="继续"))
    assert "没有找到" in page.inner_text("[role=alert]")
    page.get_by_label("哪家企业").fill(CODE)
    follow(page.get_by_role("button", name="继续"))
    assert "认定了什么" in page.inner_text("main")
    assert site.get("/assessments/new", ANALYST).status_code == 403
    other = lines.uscc()
    site.record(lines.registered(other))
    assert "今天没有确认的范围" in site.get(f"/assessments/new?uscc={other}", OFFICER).text


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_sheet_is_accessible_and_fits(reader: Opener, language: str, *, phone: bool):
    for path in ("/assessments/new", "/assessments/new?occupation=电工"):
        one = reader(REPORTER, language=language, phone=phone)
        one.open(path)
        assert (path, one.violations()) == (path, [])
        assert (path, one.wide()) == (path, False)
