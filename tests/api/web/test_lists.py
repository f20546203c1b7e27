"""Lists: what their numbers open, what their filters offer to whom, how they are taken back."""

import re
from html import unescape

import httpx2
import pytest

from api.web.frame.lists import ROWS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.web.site import ANALYST, INSPECTOR, SUPERVISOR, Site

pytestmark = pytest.mark.postgres

CASES = ("applications", "inspections", "findings")
REPORTER = Actor(
    account="reporter-91110107MA0EX03921",
    role=Role.ENTERPRISE_REPORTER,
    organisation="91110107MA0EX03921",
)
STAGE = re.compile(r'<a href="([^"]*stage=[^"]*)"><b>([\d,]+)</b>')


def _stages(html: str) -> list[tuple[str, int]]:
    """The links of the stages with their numbers."""
    found = STAGE.findall(html)
    return [(unescape(address), int(number.replace(",", ""))) for address, number in found]


@pytest.mark.parametrize("actor", [SUPERVISOR, INSPECTOR], ids=["all", "one district"])
@pytest.mark.parametrize(
    "path",
    [
        *(f"/{name}{query}" for name in CASES for query in ("", "?district=110105")),
        "/findings?open=no",
        "/inspections?stage=recorded",
    ],
)
def test_a_number_of_a_stage_opens_what_it_counts(site: Site, path: str, actor: Actor):
    stages = _stages(site.get(path, actor).text)
    assert any(number for _, number in stages)
    for address, number in stages:
        twin = site.get(f"/v1{address}&limit=1000", actor).json()
        assert (address, len(twin["items"])) == (address, number)


@pytest.mark.parametrize("name", CASES)
def test_who_sees_nothing_of_what_was_asked_for_is_shown_no_numbers(site: Site, name: str):
    html = site.get(f"/{name}?district=110108", INSPECTOR).text
    assert _stages(html) == []
    assert "仅显示您可见的记录" in html
    assert 'class="empty"' in html


@pytest.mark.parametrize("path", [*CASES, "plans", "assessments", "issued", "flags", "late"])
def test_a_filter_that_could_change_nothing_is_not_offered(site: Site, path: str):
    fields = ('name="district"', 'name="uscc"')
    for actor, offered in (
        (SUPERVISOR, (True, True)),
        (INSPECTOR, (False, True)),
        (REPORTER, (False, False)),
    ):
        html = site.get(f"/{path}", actor).text
        assert tuple(field in html for field in fields) == offered


@pytest.mark.parametrize("path", [*CASES, "plans", "assessments", "issued", "flags", "late"])
def test_filters_are_taken_back_under_the_same_clocks(site: Site, path: str):
    back = f'<a href="/{path}?valid_at=2024-03-01">清除筛选</a>'
    html = site.get(f"/{path}?valid_at=2024-03-01&uscc=91110108MA0EX99998", SUPERVISOR).text
    assert html.count(back) == 2
    assert 'class="empty"' in html
    assert "清除筛选" not in site.get(f"/{path}?valid_at=2024-03-01", SUPERVISOR).text


@pytest.mark.parametrize("path", ["assessments", "issued"])
def test_a_page_is_short_whatever_limit_says(site: Site, path: str):
    html = site.get(f"/{path}?limit=1000", SUPERVISOR).text
    assert html.count("<tr>") == ROWS + 1
    assert site.get(f"/{path}?limit=7", SUPERVISOR).text.count("<tr>") == 8


def test_what_may_be_done_stands_above_the_list_for_whom_it_may(site: Site):
    assert 'href="/applications/new"' in site.get("/applications", REPORTER).text
    assert 'href="/applications/new"' not in site.get("/applications", ANALYST).text
    assert '<p class="actions">' not in site.get("/findings", ANALYST).text


@pytest.mark.parametrize(
    "query",
    [
        "flags?district=110188",
        "flags?uscc=91110108MA0000000B",
        "findings?stage=confirmd",
        "flags?from=2025-03-02&to=2025-03-01",
        "late?type=AssessmentHold",
    ],
)
def test_a_slip_in_a_filter_is_said_on_the_page(site: Site, query: str):
    answer = httpx2.get(
        f"{site.base}/{query}",
        headers={**site.headers(SUPERVISOR), "Accept": "text/html", "Accept-Language": "zh"},
        timeout=30,
    )
    assert answer.status_code == 422
    assert re.search("取值应为|校验码|不得早于", answer.text)
