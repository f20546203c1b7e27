"""名单: the roster as people read it."""

import pytest

from tests.api.web.site import SUPERVISOR, Opener, Site, follow, text_of

pytestmark = pytest.mark.postgres


def test_anyone_reads_the_roster_in_either_language(site: Site):
    zh, en = site.get("/roster"), site.get("/roster", language="en")
    assert "公布名单" in zh.text
    assert 'lang="zh-CN"' in zh.text
    assert "The published roster" in en.text
    assert 'lang="en"' in en.text


def test_the_page_says_what_its_twin_says(site: Site):
    path = "?valid_at=2025-03-01&district=110105"
    page, twin = site.get(f"/roster{path}"), site.get(f"/v1/roster{path}")
    names = [item["name"] for item in twin.json()["items"]]
    assert names
    assert all(name in page.text for name in names)
    assert text_of(page.text).count("91110") >= len(names)


def test_the_past_is_announced_and_kept_in_links(site: Site):
    page = site.get("/roster?valid_at=2025-03-01&position=3000", SUPERVISOR).text
    assert "正在查看过去" in page
    assert "valid_at=2025-03-01&amp;position=3000" in page
    assert "正在查看过去" not in site.get("/roster", SUPERVISOR).text


def test_a_day_that_is_none_is_shown_as_a_fault_beside_a_usable_page(site: Site):
    answer = site.get("/roster?valid_at=2025-13-01")
    assert answer.status_code == 422
    assert "2024-06-30" in answer.text
    assert "公布名单" in answer.text


def test_pages_carry_the_policy_and_are_not_kept(site: Site):
    headers = site.get("/roster").headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "require-trusted-types-for" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_listings_that_end_soon_are_marked_and_can_be_filtered(site: Site):
    query = "?valid_at=2026-11-24&expiring_within=60"
    page = site.get(f"/roster{query}").text
    ending = site.get(f"/v1/roster{query}").json()["items"]
    assert ending
    assert page.count("还剩 39 天") == len(ending)
    assert all(item["name"] in page for item in ending)
    later = site.get("/roster?valid_at=2026-11-24&q=91110107MA0EX03921")
    assert "天</span>" not in later.text


def test_only_who_may_compare_is_led_to_a_comparison(site: Site):
    page = site.get("/roster?valid_at=2026-11-24", SUPERVISOR).text
    assert "/compare?of=roster&amp;from_valid_at=2026-05-26&amp;to_valid_at=2026-11-24" in page
    assert "/compare?" not in site.get("/roster").text


def test_filters_fold_on_a_phone_and_stay_open_where_one_is_set(reader: Opener):
    phone, desk = reader(phone=True), reader()
    assert not phone.open("/roster").locator("#field-district").is_visible()
    assert phone.open("/roster?district=110105").locator("#field-district").is_visible()
    assert desk.open("/roster").locator("#field-district").is_visible()


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_roster_is_accessible_and_fits_the_screen(
    reader: Opener, language: str, *, phone: bool
):
    one = reader(SUPERVISOR, language=language, phone=phone)
    one.open("/roster")
    assert one.violations() == []
    assert not one.wide()


def test_a_reader_filters_steps_back_and_returns(reader: Opener):
    one = reader(SUPERVISOR)
    page = one.open("/roster")
    page.get_by_role("combobox", name="主管区").select_option("110105")
    follow(page.get_by_role("button", name="筛选"))
    assert "district=110105" in page.url
    page.get_by_label("入账位置").fill("2000")
    follow(page.get_by_role("button", name="查看"))
    assert page.get_by_role("status").inner_text().startswith("正在查看过去")
    follow(page.get_by_role("link", name="回到现在"))
    assert "position" not in page.url
    assert "district=110105" in page.url


def test_language_and_print_size_are_kept(reader: Opener):
    one = reader()
    page = one.open("/roster?district=110105")
    follow(page.get_by_role("button", name="English"))
    assert page.get_by_role("heading", level=1).inner_text() == "The published roster"
    assert "district=110105" in page.url
    follow(page.get_by_role("button", name="Large print"))
    assert page.locator("html.large").count() == 1
