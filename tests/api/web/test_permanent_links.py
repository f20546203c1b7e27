"""A permanent link names the rules of its day: a page under others says so, and leads on where it should not answer."""

import html
import re
from html import unescape

import pytest

from tests.api.web.site import ANALYST, SUPERVISOR, Site

pytestmark = pytest.mark.postgres

PERMANENT = re.compile(r'<a href="([^"]*)">固定链接')
RULES = re.compile(r"rules=[^&\"]*")
SAID = "此链接写明规则及判定程序"
ENTERPRISE = "/enterprises/91110113MA0EX027XJ"
PAGES = (
    "/roster",
    "/flags",
    ENTERPRISE,
    f"{ENTERPRISE}/history",
    "/overview",
    "/statistics?by=month",
)


def permanent(text: str) -> str:
    (link,) = PERMANENT.findall(text)
    return unescape(link)


@pytest.mark.parametrize("path", PAGES)
def test_a_link_of_an_earlier_version_is_answered_and_says_so(site: Site, path: str) -> None:
    link = permanent(site.get(path, SUPERVISOR).text)
    assert RULES.search(link)
    there = site.get(link, SUPERVISOR)
    assert there.status_code == 200
    assert SAID not in there.text
    earlier = RULES.sub("rules=2020-3%2F1", link)
    page = site.get(earlier, SUPERVISOR)
    assert page.status_code == 200
    assert SAID in page.text
    assert "2020-3/1" in page.text
    assert "The link names the rules" in site.get(earlier, SUPERVISOR, language="en").text
    # What the page makes of itself is by the rules of today, and no field of it carries the others: only its next
    # page, and the same with all its rows ticked, are parts of the same answer.
    assert permanent(page.text) == link
    named = re.findall(r"[^\"]*2020-3%2F1[^\"]*", page.text)
    same = (html.escape(earlier), html.escape(f"{earlier}&select=all"))
    assert [each for each in named if "cursor=" not in each and each not in same] == []
    assert not re.search(r'name="(rules|exact)"', page.text)


def test_a_page_that_should_not_answer_leads_to_what_is_answered_now(site: Site) -> None:
    link = permanent(site.get("/flags?verdict=breach", SUPERVISOR).text)
    earlier = RULES.sub("rules=2020-3%2F1", link) + "&exact=true"
    page = site.get(earlier, SUPERVISOR)
    assert page.status_code == 409
    assert "规则或判定程序已不同" in page.text
    (on,) = re.findall(r'href="([^"]*)">按现行规则查看', page.text)
    there = site.get(unescape(on), SUPERVISOR)
    assert there.status_code == 200
    assert SAID in there.text
    english = site.get(earlier, SUPERVISOR, language="en").text
    assert "Other rules today" in english
    assert "See it under the rules of today" in english


def test_a_comparison_names_the_rules_of_both_sides(site: Site) -> None:
    page = site.get("/compare?of=flags&from_valid_at=2025-03-01&to_valid_at=2025-06-01", ANALYST)
    link = permanent(page.text)
    assert link.count("_rules=") == 2
    assert SAID not in site.get(link, ANALYST).text
    earlier = re.sub(r"from_rules=[^&]*", "from_rules=2020-3%2F1", link)
    assert site.get(earlier, ANALYST).text.count(SAID) == 1
    assert site.get(f"{earlier}&exact=true", ANALYST).status_code == 409


def test_the_queue_is_not_narrowed_by_the_rules_of_its_address(site: Site) -> None:
    """What nobody has reviewed is shown until something says which flags."""
    whole = site.get("/flags", SUPERVISOR).text
    link = permanent(whole)
    assert site.get(link, SUPERVISOR).text.count("<tr") == whole.count("<tr")
