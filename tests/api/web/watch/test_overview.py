"""总览: every number opens the rows that it counts; what came late; certificates issued."""

import re
from html import unescape

import pytest

from api.web.watch.overview_charts import GRID, STEPS, months, tiles
from api.words.authority_words import DISTRICTS
from domain.checks import CHECKS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import today
from tests.api.web.site import ANALYST, INSPECTOR, SUPERVISOR, Opener, Site, follow, text_of

DAY = "2026-11-20"


def test_the_grid_has_every_authority_once_in_rows_of_one_length():
    cells = [code for row in GRID for code in row if code is not None]
    assert sorted(cells) == sorted(DISTRICTS)
    assert len({len(row) for row in GRID}) == 1


def test_tiles_go_from_none_to_the_darkest_in_five_steps():
    lines = [{"district": "110105", "breaches": 8}, {"district": "110108", "breaches": 1}]
    steps = {tile.district: tile.step for tile in tiles(lines, "breaches") if tile}
    assert (steps["110105"], steps["110108"], steps["110101"]) == (STEPS, 1, 0)
    assert {tile.step for tile in tiles([], "breaches") if tile} == {0}


def test_months_are_whole_months_up_to_the_day_and_none_is_left_out():
    counted = [{"month": "2026-02", "sessions": 3, "certificates": 2, "breaches": 1}]
    found = months(counted, today().replace(year=2026, month=3, day=10))
    assert len(found) == 24
    assert found[-1].month == "2026-03"
    assert (found[-2].sessions, found[-2].last.isoformat()) == (3, "2026-02-28")
    assert sum(month.sessions for month in found) == 3


@pytest.mark.postgres
def test_the_page_counts_what_its_twin_counts(site: Site):
    twin = site.get(f"/v1/overview?valid_at={DAY}", SUPERVISOR).json()
    page = text_of(site.get(f"/overview?valid_at={DAY}", SUPERVISOR).text)
    of_enterprises = [line for line in twin["backlog"] if CHECKS[line["code"]].of_enterprise]
    unreviewed = sum(line["unreviewed"] for line in of_enterprises)
    assert f"{unreviewed} 违规待复核" in page
    assert f"{twin['expiring']['within']['60']} 60 天内到期" in page


@pytest.mark.postgres
def test_venues_are_drawn_on_the_map_and_those_outside_stand_out(reader: Opener, site: Site):
    twin = site.get(f"/v1/overview?valid_at={DAY}", SUPERVISOR).json()["venues"]
    outside = [place for place in twin["places"] if place["outside"]]
    assert 0 < len(outside) < len(twin["places"])
    # Some lie outside by their division or address alone, and are on no map.
    assert sum(place["outside"] for place in twin["places"]) <= twin["outside"]
    breaches = site.get(
        f"/v1/flags?code=G1&verdict=breach&limit=1000&valid_at={DAY}", SUPERVISOR
    ).json()["items"]
    standing = {each["assessment_id"] for each in breaches if each["review"] != "dismissed"}
    assert twin["outside"] == len(standing)
    assert {place["assessment_id"] for place in outside} <= standing
    one = reader(SUPERVISOR)
    page = one.open(f"/overview?valid_at={DAY}")
    assert page.locator(".map circle.venue").count() == len(twin["places"])
    assert page.locator(".map circle.venue.outside").count() == len(outside)
    assert f"共 {len(twin['places'])} 处" in page.inner_text(".venues")
    page.locator(".venues summary").click()
    assert page.locator(".venues tbody tr").count() == len(twin["places"])
    assert one.violations() == []
    district = reader(INSPECTOR)
    shown = district.open("/overview")
    there = site.get("/v1/overview", INSPECTOR).json()["venues"]["places"]
    assert shown.locator(".map.ground circle.venue").count() == len(there)
    assert district.violations() == []
    assert not district.wide()


@pytest.mark.postgres
def test_every_number_of_the_backlog_opens_just_so_many_flags(site: Site):
    page = site.get(f"/overview?valid_at={DAY}&position=4000", SUPERVISOR).text
    numbers = re.findall(r'<a href="(/flags\?[^"]*)">([\d,]+)</a>', page)
    assert len(numbers) > 20
    for address, number in numbers[::5]:
        rows = site.get(f"/v1{unescape(address)}&limit=1000", SUPERVISOR).json()["items"]
        assert len(rows) == int(number.replace(",", "")), address


@pytest.mark.postgres
def test_every_other_number_opens_just_so_many_rows(site: Site):
    page = site.get(f"/overview?valid_at={DAY}&measure=sessions", SUPERVISOR).text
    cards = re.findall(r'<a href="(/(?:roster|findings)\?[^"]*)"><b>([\d,]+)</b>', page)
    cells = re.findall(r'<a href="(/issued\?[^"]*)">([\d,]+)</a>', page)[:3]
    tiled = re.findall(r'href="(/assessments\?[^"]*)"><span>[^<]*</span> <b>([\d,]+)</b>', page)[:3]
    assert len(cards) == 3
    assert len(cells) == len(tiled) == 3
    for address, number in (*cards, *cells, *tiled):
        twin = unescape(address).replace("/issued", "/certificates")
        rows = site.get(f"/v1{twin}&limit=1000", SUPERVISOR).json()["items"]
        assert len(rows) == int(number.replace(",", "")), address


@pytest.mark.postgres
def test_a_number_of_late_entries_opens_them(site: Site):
    page = site.get("/overview", SUPERVISOR).text
    ((address, number),) = re.findall(r'<a href="(/late\?[^"]*)">([\d,]+)</a>', page)
    counted, asked = 0, f"/v1{unescape(address)}&limit=1000"
    answer = site.get(asked, SUPERVISOR).json()
    counted += len(answer["items"])
    while answer["next"] is not None:
        answer = site.get(f"{asked}&cursor={answer['next']}", SUPERVISOR).json()
        counted += len(answer["items"])
    assert counted == int(number.replace(",", ""))


@pytest.mark.postgres
def test_what_changed_in_a_week_opens_the_comparison(site: Site):
    page = site.get("/overview", SUPERVISOR).text
    addresses = re.findall(r'<a href="(/compare\?[^"]*)">([^<]*)</a>', page)
    assert [re.search(r"of=(\w+)", address)[1] for address, _ in addresses] == ["roster", "flags"]  # type: ignore[index]
    address, said = addresses[0]
    lines = site.get(f"/v1/diff?{unescape(address).partition('?')[2]}&limit=1000", SUPERVISOR)
    added = sum(line["change"] == "added" for line in lines.json()["items"])
    assert f"新增 {added}" in said


@pytest.mark.postgres
def test_an_inspector_sees_their_district_without_the_tiles_of_others(site: Site):
    page = site.get("/overview", INSPECTOR).text
    assert "总览：朝阳区" in text_of(page)
    assert 'class="tiles"' not in page
    assert "仅显示您可见的记录" in page
    assert 'class="tiles"' in site.get("/overview", ANALYST).text


@pytest.mark.postgres
def test_a_reporter_sees_their_own_enterprise_in_short(site: Site):
    uscc = site.get("/v1/flags?limit=1", SUPERVISOR).json()["items"][0]["subject"]
    reporter = Actor(account="reporter-9", role=Role.ENTERPRISE_REPORTER, organisation=uscc)
    page = site.get("/overview", reporter)
    assert page.status_code == 200
    assert f"/enterprises/{uscc}" in page.text
    assert "各主管区" not in page.text
    others = set(re.findall(r"/enterprises/([0-9A-Z]{18})", page.text)) - {uscc}
    assert others == set()


@pytest.mark.postgres
def test_who_is_not_signed_in_is_led_to_the_sign_in(site: Site):
    assert site.get("/overview").status_code == 303
    expert = Actor(account="expert-9", role=Role.EXPERT, organisation="大学")
    assert site.get("/overview", expert).status_code == 403


@pytest.mark.postgres
def test_a_supervisor_goes_from_the_overview_to_a_flag(reader: Opener):
    page = reader(SUPERVISOR).open("/overview")
    page.get_by_role("link", name="未结问题").first.focus()
    follow(page.get_by_role("link", name="有效证书"))
    assert "measure=certificates" in page.url
    follow(page.locator("table.backlog tbody a").first)
    assert page.get_by_role("heading", level=1).inner_text() == "疑点"
    follow(page.locator("table.queue tbody a").first)
    assert "当时与所看依据" in page.inner_text("main")


@pytest.mark.postgres
def test_late_entries_are_filtered_and_paged(site: Site):
    page = site.get("/late?days=365", SUPERVISOR).text
    twin = site.get("/v1/late?days=365&limit=50", SUPERVISOR).json()
    assert all(f'href="/entries/{item["position"]}"' in page for item in twin["items"])
    assert 'rel="next"' in page
    assert "没有滞后这么久的记录" in site.get("/late?days=3660", SUPERVISOR).text
    assert site.get("/late?days=x", SUPERVISOR).status_code == 422


@pytest.mark.postgres
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("path", ["/overview", "/late?days=365", "/issued?state=valid"])
def test_pages_of_the_overview_are_accessible_and_fit_the_screen(
    reader: Opener, path: str, language: str, *, phone: bool
):
    one = reader(SUPERVISOR, language=language, phone=phone)
    one.open(path)
    assert one.violations() == []
    assert not one.wide()
