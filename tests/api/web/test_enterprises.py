"""企业: one enterprise in a sentence, a picture and lists; each reader sees their part of it."""

import re
from datetime import date
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import Browser

from api.installation.wiring import Installation
from api.intake.imports.files import Rejects
from api.web.enterprise.picture import picture
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import (
    ANALYST,
    INSPECTOR,
    PUBLISHER,
    SUPERVISOR,
    Opener,
    Site,
    follow,
    text_of,
)

pytestmark = pytest.mark.postgres

FIRM = "/enterprises/91110105MA0EX02025"
"""A listed enterprise of 朝阳, the inspector's own district."""
ELSEWHERE = "/enterprises/91110105MA0EX0085B"
"""One of 房山: it once certified 保安员, which was not in its scope."""
PAUSED = "/enterprises/91110107MA0EX03921"
DAY = "?valid_at=2026-11-24"
TABS = ("flags", "sessions", "certificates", "supervision", "plans", "history")


def _as(role: Role, organisation: str) -> Actor:
    return Actor(account=f"{role.value}-7", role=role, organisation=organisation)


def test_the_sentence_says_where_the_enterprise_stands_and_what_is_open(site: Site):
    words = text_of(site.get(f"{FIRM}{DAY}", SUPERVISOR).text)
    counts = site.get(f"/v1{FIRM}{DAY}", SUPERVISOR).json()["counts"]
    assert (
        "京示例二十号机床股份有限公司，截至 2026-11-24 在名单内，有效至 2027-01-01（还剩 39 天）"
        in words
    )
    assert "可认定 2 个职业" in words
    assert f"{counts['breaches']} 处违规" in words
    assert f"{counts['undecided']} 处无法判定" in words
    assert f"{counts['open_findings']} 个问题未结" in words
    english = text_of(site.get(f"{FIRM}{DAY}", SUPERVISOR, "en").text)
    assert "on 2026-11-24: on the roster, valid to 2027-01-01 (39 days left)" in english


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{PAUSED}{DAY}", "被暂停，名单有效至 2028-01-01"),
        (f"/enterprises/91110105MA0EX0122H{DAY}", "有效期已于 2026-01-01 届满"),
        (f"/enterprises/91110114MA0EX0114P{DAY}", "已被移出名单"),
        (f"{FIRM}?valid_at=2023-12-20", "不在名单内"),
    ],
)
def test_every_standing_has_its_sentence(site: Site, path: str, said: str):
    assert said in text_of(site.get(path, SUPERVISOR).text)


@pytest.mark.parametrize("path", [ELSEWHERE, FIRM])
def test_a_number_of_the_sentence_opens_as_many_rows(site: Site, path: str):
    """What only the inspectors answer for (Q1) is in neither; FIRM has such flags."""
    page = site.get(f"{path}{DAY}", SUPERVISOR).text
    found = re.search(r'href="([^"]*/flags\?[^"]*verdict=breach[^"]*)">(\d+) 处违规', page)
    assert found
    rows = site.get(found[1].replace("&amp;", "&"), SUPERVISOR).text
    assert rows.count('class="mark verdict-breach"') == int(found[2]) > 0


def test_the_picture_shows_what_its_twin_tells(site: Site):
    page = site.get(f"{ELSEWHERE}{DAY}", SUPERVISOR).text
    told = site.get(f"/v1{ELSEWHERE}/timeline{DAY}", SUPERVISOR).json()
    held = [each for row in told["occupations"] for each in row["sessions"]]
    drawn = page[page.index('class="lane"') : page.index('class="legend"')]
    for verdict in ("clear", "breach"):
        wanted = [each for each in held if each["verdict"] == verdict]
        assert drawn.count(f'<use class="{verdict}"') == len(wanted) > 0
    assert [f'href="/assessments/{each["assessment_id"]}' in drawn for each in held] == [
        True
    ] * len(held)
    measures = [each for finding in told["findings"] for each in finding["measures"]]
    assert drawn.count('class="bar"') == 2 + len(told["findings"]) + len(measures)
    assert "保安员：从未在确认范围内，认定 1 场，其中有违规的 1 场" in page
    keys = [key for each in held if each["verdict"] == "breach" for key in each["flags"]]
    assert [key for key in keys if key not in text_of(page)] == []
    assert len([key for key in keys if key.startswith("S1-")]) == 1


def test_every_mark_of_the_picture_leads_to_a_record_and_stands_in_the_table(site: Site):
    told = site.get(f"/v1{FIRM}/timeline{DAY}", SUPERVISOR).json()
    page = site.get(f"{FIRM}{DAY}", SUPERVISOR).text
    drawn = page[page.index('class="lane"') : page.index('class="legend"')]
    table = page[page.index("facts-of-picture") : page.index("</details>")]
    for sign, some in (
        ("sent", told["inspections"]),
        ("check", told["spot_checks"]),
        ("raised", told["findings"]),
        ("due", [order for each in told["findings"] for order in each["orders"]]),
        ("end", [each for each in told["findings"] if each["ended_on"]]),
    ):
        assert drawn.count(f'<use class="{sign}"') == len(some) > 0, sign
    assert drawn.count('<rect class="month"') == len(told["certificates"]) > 0
    assert sum(each["certificates"] for each in told["certificates"]) == _issued(site, told["uscc"])
    for each in told["findings"]:
        assert drawn.count(f'href="/findings/{each["finding_id"]}') >= 2
        assert f"{each['finding_id']} 提出" in text_of(table)
    for each in told["plans"]:
        assert f"{each['year']} 年：" in text_of(table) or f"{each['year']}" > DAY[10:14]
    followed = re.findall(r'<a href="([^"]*)" tabindex="-1"', drawn)
    for path in sorted({path.replace("&amp;", "&") for path in followed}):
        assert site.get(path, SUPERVISOR).status_code == 200, path


def _issued(site: Site, uscc: str) -> int:
    asked = f"/v1/certificates?uscc={uscc}&valid_at=2026-11-24&limit=1000"
    return len(site.get(asked, SUPERVISOR).json()["items"])


def test_places_lie_between_the_ends_and_do_not_move_with_the_day(site: Site):
    told = site.get(f"/v1{PAUSED}/timeline", SUPERVISOR).json()
    shown = picture(told, date(2026, 5, 1))
    other = picture(told, date(2026, 10, 1))
    assert (shown.first, shown.last) == (other.first, other.last)
    assert shown.day < other.day
    still = [
        [(lane.title, lane.bars, lane.hatched, lane.late, lane.marks) for lane in each.lanes]
        for each in (shown, other)
    ]
    assert still[0] == still[1]
    places = [bar.x + bar.width for lane in shown.lanes for bar in (*lane.bars, *lane.hatched)]
    assert all(0 < place <= 100 for place in places)
    assert len(shown.lanes[0].hatched) == 1
    seen = [mark.sign for lane in shown.lanes for mark in lane.marks]
    assert seen.count("check") == 2


def test_an_enterprise_without_a_single_day_or_with_one_month_still_has_a_picture():
    lists = (
        "standings",
        "occupations",
        "certificates",
        "inspections",
        "spot_checks",
        "findings",
        "plans",
    )
    empty = {"uscc": "91110105MA0EX02025", **{name: [] for name in lists}}
    shown = picture(empty, date(2026, 5, 1))
    assert shown.first < date(2026, 5, 1) < shown.last
    month = {"month": "2026-05", "certificates": 2, "certificates_later": 0}
    (lane,) = (
        lane
        for lane in picture({**empty, "certificates": [month]}, date(2026, 6, 1)).lanes
        if lane.columns
    )
    assert [column.label.zh for column in lane.columns] == ["2026-05 发证 2 本"]


def test_the_steps_of_the_clocks_follow_the_entries_about_it(site: Site):
    history = f"/v1{FIRM}/history?limit=1000"
    entries = site.get(history, SUPERVISOR).json()["items"]
    day, at = "2025-06-30", entries[len(entries) // 2]["position"]
    known = [each for each in entries if each["position"] <= at]
    before = max(each["valid_from"] for each in known if each["valid_from"] < day)
    page = site.get(f"{FIRM}?valid_at={day}&position={at}", SUPERVISOR).text
    steps = re.findall(r'class="step" href="([^"]*)"', page)
    assert any(f"valid_at={before}&" in step for step in steps)
    around = [max(e["position"] for e in entries if e["position"] < at)]
    around.append(min(e["position"] for e in entries if e["position"] > at))
    assert all(any(f"position={each}" in step for step in steps) for each in around)


def test_the_past_is_shown_as_it_was_known(site: Site):
    code = lines.uscc()
    for each in lines.listed(code, "4"):
        site.record(each)
    before = site.record(lines.session(code))
    site.record(lines.session(code, "3"))
    now = text_of(site.get(f"/enterprises/{code}", SUPERVISOR).text)
    then = text_of(site.get(f"/enterprises/{code}?position={before}", SUPERVISOR).text)
    assert "1 处违规" in now
    assert "0 处违规" in then
    assert "正在查看过去" in then


def test_the_table_of_a_past_day_ends_with_that_day_while_the_picture_goes_on(site: Site):
    code = lines.uscc()
    for each in (
        *lines.listed(code, "4"),
        lines.session(code),
        lines.session(code, day="2025-09-01"),
    ):
        site.record(each)
    page = site.get(f"/enterprises/{code}?valid_at=2025-05-01", SUPERVISOR).text
    table = page[page.index("facts-of-picture") : page.index("</details>")]
    assert ("2025-03-10" in table, "2025-09-01" in table) == (True, False)
    picture_of_it = page[: page.index("facts-of-picture")]
    assert picture_of_it.count('<use class="clear"') == 2 + 1  # the legend's
    assert "认定 1 场，其中有违规的 0 场、无法判定的 0 场；所看之日以后另有 1 场" in picture_of_it
    assert picture_of_it.count("（在所看之日以后）") > 0
    assert "2025 年：计划 0 场，到 2025-05-01 实际 1 场，多 1 场" in text_of(table)


@pytest.mark.parametrize("tab", TABS)
def test_every_list_says_what_its_twin_says(site: Site, tab: str):
    page = site.get(f"{FIRM}/{tab}{DAY}", SUPERVISOR).text
    assert 'aria-current="page">' in page
    twin = re.search(r'rel="alternate" type="application/json" href="([^"]*)"', page)
    assert twin
    items = site.get(twin[1].replace("&amp;", "&"), SUPERVISOR).json()["items"][:50]
    named = ("key", "assessment_id", "finding_id", "position")
    names = [str(next(item[name] for name in named if name in item)) for item in items]
    if tab == "plans":
        names = [str(item["year"]) for item in items]
    assert names or tab == "supervision"
    assert [name for name in names if name not in page] == []


def test_a_history_is_paged_and_filtered(site: Site):
    page = site.get(f"{FIRM}/history", SUPERVISOR).text
    assert page[page.index('<ol class="history">') :].count('<p class="note">业务日期') == 50
    # Certificates of a session are one line, which opens: so a page of lines is more than fifty entries.
    assert page.count('href="/entries/') > 50
    told = text_of(page[page.index("<details") :])
    assert re.search(r"发证 \d+ 本，认定活动 as-", told)
    following = re.search(r'rel="next" href="([^"]*)"', page)
    assert following
    other = site.get(following[1].replace("&amp;", "&"), SUPERVISOR).text
    first = re.findall(r'href="/entries/(\d+)', page)
    assert set(first).isdisjoint(re.findall(r'href="/entries/(\d+)', other))
    html = site.get(f"{FIRM}/history?type=AnnualPlanFiled", SUPERVISOR).text
    plans = text_of(html.partition('<ol class="history">')[2])
    assert "报备年度计划 2024 年" in plans
    assert "开展认定 " not in plans


def test_an_inspector_sees_the_own_district_whole_and_of_others_what_is_published(site: Site):
    own, other = site.get(FIRM, INSPECTOR), site.get(ELSEWHERE, INSPECTOR)
    assert "时间轴" in own.text
    assert "时间轴" not in other.text
    assert "处违规" not in other.text
    assert "此处只有公布的内容" in other.text
    for tab in TABS:
        assert site.get(f"{FIRM}/{tab}", INSPECTOR).status_code == 200
        assert site.get(f"{ELSEWHERE}/{tab}", INSPECTOR).status_code == 404


@pytest.mark.parametrize(
    "role",
    [Role.EXPERT, Role.PUBLIC, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN],
)
def test_roles_without_business_data_see_what_is_published(site: Site, role: Role):
    actor = _as(role, "centre")
    page = site.get(FIRM, actor)
    assert page.status_code == 200
    assert "此处只有公布的内容" in page.text
    assert "时间轴" not in page.text
    for tab in TABS:
        assert site.get(f"{FIRM}/{tab}", actor).status_code in {403, 404}


def test_who_is_not_signed_in_reads_the_published_part_and_is_sent_to_the_sign_in(site: Site):
    assert "此处只有公布的内容" in site.get(FIRM).text
    for tab in TABS:
        answer = site.get(f"{FIRM}/{tab}")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")


def test_a_reporter_sees_the_own_enterprise_alone(site: Site):
    actor = _as(Role.ENTERPRISE_REPORTER, "91110105MA0EX02025")
    assert "时间轴" in site.get(FIRM, actor).text
    assert "时间轴" not in site.get(ELSEWHERE, actor).text
    assert site.get(f"{ELSEWHERE}/history", actor).status_code == 404
    assert site.get("/enterprises", actor).headers["location"] == FIRM


def test_an_enterprise_that_is_not_listed_is_there_for_who_may_know_of_it(site: Site):
    code = lines.uscc()
    site.record(lines.registered(code, "110105"))
    path = f"/enterprises/{code}"
    assert site.get(path, SUPERVISOR).status_code == 200
    assert site.get(path, INSPECTOR).status_code == 200
    other = _as(Role.DISTRICT_INSPECTOR, "110108")
    assert [site.get(path, who).status_code for who in (None, other)] == [404, 404]


def test_a_district_still_sees_the_days_on_which_an_enterprise_was_its_own(site: Site):
    code = lines.uscc()
    for each in lines.listed(code, "4", where="110105"):
        site.record(each)
    moved = lines.line(
        "EnterpriseProfileChanged", "2025-06-01", lines.CENTRE, uscc=code, district="110108"
    )
    site.record(moved)
    before, after = f"/enterprises/{code}?valid_at=2025-05-31", f"/enterprises/{code}"
    assert "时间轴" in site.get(before, INSPECTOR).text
    assert "此处只有公布的内容" in site.get(after, INSPECTOR).text
    new = _as(Role.DISTRICT_INSPECTOR, "110108")
    assert "时间轴" in site.get(after, new).text
    assert "此处只有公布的内容" in site.get(before, new).text


@pytest.mark.parametrize("tab", ["", *(f"/{tab}" for tab in TABS)])
def test_an_analyst_reads_every_page(site: Site, tab: str):
    page = site.get(f"{ELSEWHERE}{tab}", ANALYST)
    assert page.status_code == 200
    assert "京示例八号养老外资有限公司" in page.text


def test_a_day_before_anything_is_recorded_is_said_so(site: Site):
    page = site.get(f"{FIRM}?valid_at=2001-01-01", SUPERVISOR)
    assert page.status_code == 200
    assert "尚无记录" in page.text


def test_only_who_may_change_a_listing_is_offered_it(site: Site):
    assert "变更名单" in site.get(FIRM, PUBLISHER).text
    assert "变更名单" not in site.get(FIRM, SUPERVISOR).text


def test_the_report_is_asked_for_at_the_basis_of_the_page(site: Site):
    page = site.get(f"{FIRM}?valid_at=2025-03-01&position=3000", SUPERVISOR).text
    assert f"/v1{FIRM}/report.pdf?valid_at=2025-03-01&amp;position=3000" in page


def test_a_first_page_stays_small_with_many_sessions(
    site: Site, shown: Installation, tmp_path: Path
):
    code = lines.uscc()
    days = [f"2025-{month:02}-{day:02}" for month in range(1, 11) for day in range(1, 12)]
    held = [lines.session(code, "4", day) for day in days]
    file = tmp_path / "sessions.ndjson"
    file.write_bytes(b"\n".join(map(orjson.dumps, (*lines.listed(code, "4"), *held))))
    shown.bench.importer(None, lambda _done, _all: None).take(file, Rejects(tmp_path / "refused"))
    page = site.get(f"/enterprises/{code}", SUPERVISOR)
    assert len(page.content) <= 60_000
    assert "只画出最近 100 场" in page.text
    assert page.text.count('<use class="clear"') == 101


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
@pytest.mark.parametrize("tab", ["", *(f"/{tab}" for tab in TABS)])
def test_every_page_is_accessible_and_fits_the_screen(
    reader: Opener, tab: str, language: str, *, phone: bool
):
    one = reader(SUPERVISOR, language=language, phone=phone)
    one.open(f"{ELSEWHERE}{tab}")
    assert one.violations() == []
    assert not one.wide()


def test_sliding_to_another_day_changes_what_depends_on_it_and_the_address(reader: Opener):
    one = reader(SUPERVISOR)
    page = one.open(f"{PAUSED}{DAY}")
    status = page.locator("#status")
    assert "被暂停" in status.inner_text()
    marked = status.element_handle()
    slider = page.get_by_label("拖动看另一天")
    slider.fill("200")
    page.wait_for_url(lambda url: "valid_at=2025-" in url)
    shown = page.locator("#day-shown").inner_text()
    page.get_by_role("heading", name="时间轴").wait_for()
    assert f"截至 {shown} 在名单内" in status.inner_text()
    assert page.locator("#clock-day").input_value() == shown
    assert "不是今天" in page.locator(".clocks .banner").inner_text()
    assert marked.is_visible(), "the sentence must stay the same element: it is read out"
    assert f"valid_at={shown}" in page.locator(".tabs a").nth(1).get_attribute("href")
    assert one.violations() == []


def test_without_a_script_the_clock_bar_leads_to_another_day(browser: Browser, site: Site):
    context = browser.new_context(
        locale="zh-CN", java_script_enabled=False, extra_http_headers=site.headers(SUPERVISOR)
    )
    page = context.new_page()
    page.goto(f"{site.base}{PAUSED}{DAY}")
    assert not page.get_by_label("拖动看另一天").is_visible()
    page.get_by_label("业务日期").fill("2026-05-01")
    follow(page.get_by_role("button", name="查看"))
    assert "截至 2026-05-01 在名单内" in page.locator("#status").inner_text()
    context.close()
