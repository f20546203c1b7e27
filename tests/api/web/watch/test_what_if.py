"""假如: asked on a form, worked out behind it, shown by what it rests on; nothing is recorded."""

import httpx2
import orjson
import pytest

from domain.terms.envelope import Actor
from tests.api import lines
from tests.api.web.site import ANALYST, INSPECTOR, SUPERVISOR, Opener, Site, follow, text_of

pytestmark = pytest.mark.postgres

RULES = '{"edition": "假如", "checks_off": ["S1", "S7"]}'


def asked(site: Site, actor: Actor = ANALYST, **typed: str) -> httpx2.Response:
    return httpx2.post(f"{site.base}/what-if", data=typed, headers=site.headers(actor), timeout=30)


def ended(site: Site, path: str, language: str = "zh") -> str:
    """The page once the answer is there."""
    page = site.get(path, ANALYST, language).text
    while "data-refresh" in page:
        page = site.get(path, ANALYST, language).text
    return page


def test_rules_are_tried_on_the_whole_city_and_what_flips_is_shown(site: Site):
    before = site.get("/v1/roster?limit=1", SUPERVISOR).json()["basis"]["position"]
    answer = asked(site, rules=RULES)
    assert answer.status_code == 303
    path = answer.headers["location"]
    page = ended(site, path)
    twin = site.get(f"/v1{path}", ANALYST).json()
    assert twin["flips"] > 0
    lines = site.get(f"/v1{path}/diff?limit=50", ANALYST).json()["items"]
    assert page.count('<span class="mark change-') == len(lines)
    assert "已完成" in text_of(page)
    english = ended(site, f"{path}?of=roster", "en")
    assert "Nothing would differ." in text_of(english)
    assert f"{path}/tables/flags.parquet" in page
    assert site.get("/v1/roster?limit=1", SUPERVISOR).json()["basis"]["position"] == before


def test_what_is_supposed_is_told_from_what_is_in_the_ledger(site: Site):
    code = lines.uscc()
    for line in (*lines.listed(code, "5"), lines.session(code, level="3")):
        site.record(line)
    change = {"added": [{**lines.ELECTRICIAN, "levels": ["3"]}], "removed": [], "basis": "补充"}
    told = lines.line("ScopeChanged", "2025-01-01", lines.BUREAU, uscc=code, **change)
    page = ended(site, asked(site, suppositions=orjson.dumps(told).decode()).headers["location"])
    text = text_of(page)
    assert "假设：" in text
    assert "S2" in text
    assert code in page


def test_what_cannot_be_supposed_comes_back_with_what_was_typed(site: Site):
    answer = asked(site, rules="{", edition="试行")
    assert answer.status_code == 422
    assert 'value="试行"' in answer.text
    assert "未办理" in answer.text
    assert asked(site).status_code == 422
    assert asked(site, INSPECTOR, rules=RULES).status_code == 403
    assert site.get("/what-if", INSPECTOR).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("phone", [False, True])
def test_it_is_accessible_fits_the_screen_and_can_be_let_go_of(
    reader: Opener, language: str, *, phone: bool
):
    one = reader(ANALYST, language=language, phone=phone)
    page = one.open("/what-if")
    assert one.violations() == []
    assert not one.wide()
    page.fill("[name=rules]", RULES)
    follow(page.locator("form[action='/what-if'] button"))
    page.wait_for_selector("[role=status]:not([data-refresh])")
    assert one.violations() == []
    assert not one.wide()
    follow(page.locator("form[action$='cancellation'] button"))
    assert page.url.endswith("/what-if")
    assert one.complaints == []
