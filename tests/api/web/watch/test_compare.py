"""比较: two bases, the lines in which they differ in words, and the entries in between."""

import re
from datetime import date
from html import unescape

import pytest

from api.web.watch.compare import presets
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import ANALYST, INSPECTOR, SUPERVISOR, Opener, Site, follow, text_of

YEAR = "/compare?of={}&from_valid_at=2026-01-01&to_valid_at=2026-10-01"


def test_presets_begin_where_they_say():
    month, then, year = presets(date(2026, 3, 10), {"of": "flags"})
    assert "of=flags" in month.address
    assert "from_valid_at=2026-02-28" in month.address
    assert "to_valid_at=2026-03-10" in month.address
    assert "from_known_at=2026-02-28T23%3A59%3A59%2B08%3A00" in then.address
    assert "to_valid_at=2026-02-28" in then.address
    assert "from_valid_at=2026-01-01" in year.address


@pytest.mark.postgres
@pytest.mark.parametrize("of", ["roster", "scope", "flags", "standings", "counts"])
def test_the_page_has_the_lines_of_its_twin_with_their_causes(site: Site, of: str):
    page = site.get(YEAR.format(of), ANALYST).text
    twin = site.get(f"/v1/diff{YEAR.format(of).removeprefix('/compare')}&limit=50", ANALYST).json()
    assert twin["items"]
    assert page.count('<span class="mark change-') == len(twin["items"])
    causes = {entry["position"] for line in twin["items"] for entry in line["because"]}
    linked = {int(position) for position in re.findall(r'href="/entries/(\d+)"', page)}
    assert linked == causes


@pytest.mark.postgres
def test_what_changed_is_said_in_words_on_both_sides(site: Site):
    code = lines.uscc()
    for line in lines.listed(code, "4"):
        site.record(line)
    before = site.get("/v1/roster?limit=1", SUPERVISOR).json()["basis"]["position"]
    added = [{**lines.ELECTRICIAN, "levels": ["3"]}]
    change = {"added": added, "removed": [], "basis": "补充确认"}
    changed = site.record(
        lines.line(
            "ScopeChanged", "2025-03-01", lines.BUREAU, uscc=code, document_no="文 9 号", **change
        )
    )
    asked = f"uscc={code}&from_valid_at=2025-03-10&from_known={before}&to_valid_at=2025-03-10"
    page = site.get(f"/compare?of=scope&{asked}", SUPERVISOR)
    text = text_of(page.text)
    assert "四级/中级工 → 四级/中级工、三级/高级工" in text
    assert "变更" in text
    assert "文 9 号" in text
    assert f'href="/entries/{changed}"' in page.text
    english = text_of(site.get(f"/compare?of=roster&{asked}", SUPERVISOR, language="en").text)
    assert "scope 电工 6-31-01-03 · edition 2022" in english
    assert "level 3 (advanced)" in english


@pytest.mark.postgres
def test_downloads_and_the_permanent_link_stand_on_both_bases(site: Site):
    page = site.get(YEAR.format("roster"), ANALYST).text
    head = site.get("/v1/roster?limit=1", ANALYST).json()["basis"]["position"]
    (permanent,) = re.findall(r'<a href="([^"]*)">固定链接', page)
    assert f"from_position={head}" in permanent
    assert f"to_position={head}" in permanent
    (json,) = re.findall(r'<a href="(/v1/diff[^"]*)">JSON', page)
    assert site.get(unescape(json), ANALYST).json()["items"]
    assert site.get(unescape(permanent), ANALYST).text.count("change-") == page.count("change-")


@pytest.mark.postgres
def test_without_anything_the_end_of_last_month_is_compared_with_today(site: Site):
    page = site.get("/compare", ANALYST)
    assert page.status_code == 200
    assert re.search(r'name="from_valid_at"[^>]*value="\d{4}-\d{2}-\d{2}"', page.text)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("from_known=昨天", "from_known"),
        ("to_known=99999999", "to_known"),
        ("from_valid_at=2026-13-01", "from_valid_at"),
        ("from_known=2026-02-30", "from_known"),
    ],
)
def test_a_slip_is_shown_at_its_field_and_what_was_typed_stays(site: Site, asked: str, field: str):
    page = site.get(f"/compare?of=flags&{asked}", ANALYST)
    assert page.status_code == 422
    assert f'id="fault-{field}"' in page.text
    assert f'value="{asked.partition("=")[2]}"' in page.text


@pytest.mark.postgres
def test_the_clocks_of_other_pages_set_the_later_side(site: Site):
    page = text_of(site.get("/compare?valid_at=2025-06-01&position=3000", ANALYST).text)
    assert "到 2025-06-01，按位置 3000 时所知" in page


@pytest.mark.postgres
def test_comparisons_stay_within_what_the_reader_may_see(site: Site):
    page = site.get(YEAR.format("roster"), INSPECTOR).text
    assert "仅显示您可见的记录" in page
    twin = site.get(f"/v1/diff{YEAR.format('roster').removeprefix('/compare')}", INSPECTOR).json()
    assert page.count('<span class="mark change-') == len(twin["items"])
    assert site.get("/compare").status_code == 303
    expert = Actor(account="expert-9", role=Role.EXPERT, organisation="大学")
    assert site.get("/compare", expert).status_code == 403


@pytest.mark.postgres
def test_an_analyst_compares_then_and_now_and_opens_a_cause(reader: Opener):
    page = reader(ANALYST).open("/compare")
    page.get_by_label("比较对象").select_option("flags")
    page.locator("#field-from_valid_at").fill("2026-06-30")
    page.locator("#field-from_known").fill("2500")
    page.locator("#field-to_valid_at").fill("2026-06-30")
    follow(page.get_by_role("button", name="比较"))
    assert "变化前 → 变化后" in page.inner_text("main")
    assert page.locator("#field-from_known").input_value() == "2500"
    further = page.get_by_role("link", name="下一页")
    follow(further.or_(page.get_by_role("link", name="固定链接")).first)
    assert "compare" in page.url


@pytest.mark.postgres
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("of", ["roster", "flags"])
def test_comparisons_are_accessible_and_fit_the_screen(
    reader: Opener, of: str, language: str, *, phone: bool
):
    one = reader(ANALYST, language=language, phone=phone)
    one.open(YEAR.format(of))
    assert one.violations() == []
    assert not one.wide()
