"""逐条办理: the queue beside the flag, what differs marked, and ten flags by keystrokes alone."""

from collections.abc import Iterator

import pytest

from api.access import accounts
from api.installation.wiring import Installation
from domain.terms.envelope import Actor
from tests.api import lines
from tests.api.web.site import ANALYST, OFFICER, SUPERVISOR, Opener, Site, follow

pytestmark = pytest.mark.postgres

WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def firm(site: Site) -> str:
    """An enterprise confirmed for two levels that held twelve sessions at a third: S2 of each."""
    code = lines.uscc()
    for each in lines.listed(code, "5", "4"):
        site.record(each)
    for number in range(12):
        site.record(lines.session(code, "3", f"2025-03-{number + 1:02}"))
    return code


@pytest.fixture
def house_accounts(shown: Installation) -> Iterator[tuple[str, ...]]:
    """A colleague with an account, who reviews flags."""
    name = f"supervisor-{lines.uscc()[-6:].lower()}"
    with shown.pool.connection() as connection:
        accounts.add(
            connection, Actor(account=name, role=SUPERVISOR.role, organisation="centre"), name
        )
    yield (name,)
    with shown.pool.connection() as connection:
        accounts.disable(connection, name)


def test_ten_flags_are_handled_by_keystrokes_alone(reader: Opener, site: Site, firm: str):
    one = reader(SUPERVISOR)
    one.page.set_viewport_size(WIDE)
    page = one.open(f"/flags/triage?uscc={firm}&code=S2")
    assert page.inner_text(".place") == "1 / 12"
    for number in range(10):
        flag = page.locator("input[name=flag]").input_value()
        page.keyboard.press("r")
        page.keyboard.type(f"核对原始记录，第 {number + 1} 条")
        with page.expect_navigation():
            page.keyboard.press(f"Alt+{1 + number % 2}")
        assert page.locator("input[name=flag]").input_value() != flag
        assert flag in page.inner_text(".receipt")
    assert page.inner_text(".place") == "1 / 2"
    done = site.get(f"/v1/flags?uscc={firm}&code=S2&review=upheld", OFFICER).json()["items"]
    gone = site.get(f"/v1/flags?uscc={firm}&code=S2&review=dismissed", OFFICER).json()["items"]
    assert (len(done), len(gone)) == (5, 5)


def test_j_and_k_go_through_the_queue_and_typing_is_left_alone(reader: Opener, firm: str):
    page = reader(SUPERVISOR).open(f"/flags/triage?uscc={firm}&code=S2")
    first = page.locator("input[name=flag]").input_value()
    with page.expect_navigation():
        page.keyboard.press("j")
    assert page.inner_text(".place") == "2 / 12"
    with page.expect_navigation():
        page.keyboard.press("k")
    assert page.locator("input[name=flag]").input_value() == first
    page.keyboard.press("r")
    page.keyboard.type("jk1")
    assert page.locator("#field-reason").input_value() == "jk1"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "search"


def test_the_session_stands_beside_its_day_with_the_differing_item_first(reader: Opener, firm: str):
    one = reader(SUPERVISOR)
    one.page.set_viewport_size(WIDE)
    page = one.open(f"/flags/triage?uscc={firm}&code=S2")
    row = page.locator(".compared tbody tr").first
    assert row.get_attribute("class") == "differs"
    assert "等级" in row.inner_text()
    assert "三级" in row.inner_text()
    assert "五级" in row.inner_text()
    assert page.locator(".compared tr.differs").count() == 1
    queue, case = page.locator(".queue-pane").bounding_box(), page.locator(".case").bounding_box()
    past = page.locator(".past-pane").bounding_box()
    assert queue is not None
    assert case is not None
    assert past is not None
    assert queue["x"] + queue["width"] <= case["x"] < case["x"] + case["width"] <= past["x"]


def test_a_flag_that_is_converted_becomes_a_finding_and_its_page_leads_there(
    reader: Opener, site: Site, firm: str
):
    page = reader(SUPERVISOR).open(f"/flags/triage?uscc={firm}&code=S2&group=session")
    key = page.locator("input[name=flag]").input_value()
    page.keyboard.press("r")
    page.keyboard.type("须整改")
    with page.expect_navigation():
        page.keyboard.press("Alt+3")
    assert "group=session" in page.url
    finding = site.get(f"/v1/findings?uscc={firm}", OFFICER).json()["items"][0]
    assert finding["flags"] == [key]
    shown = reader(SUPERVISOR).open(f"/flags/{key}")
    follow(shown.locator("dl.facts").get_by_role("link", name=finding["finding_id"]))
    assert finding["finding_id"] in shown.inner_text("main")


def test_a_group_is_given_to_somebody_and_each_sees_their_own_queue(
    reader: Opener, site: Site, house_accounts: tuple[str, ...], firm: str
):
    page = reader(SUPERVISOR).open(f"/flags/triage?uscc={firm}&code=S2")
    page.get_by_label("办理人").select_option(house_accounts[0])
    page.get_by_label("连同本组其余各条").check()
    follow(page.get_by_role("button", name="分派"))
    assert page.locator(".queue-pane li .note", has_text=house_accounts[0]).count() == 12
    page.get_by_label("办理人").select_option("")
    follow(page.get_by_role("button", name="分派"))
    follow(page.locator(".queue-pane").get_by_role("link", name="未分派"))
    assert page.inner_text(".place") == "1 / 1"
    other = Actor(account=house_accounts[0], role=SUPERVISOR.role, organisation="centre")
    mine = reader(other).open(f"/flags/triage?uscc={firm}&code=S2&assigned=mine")
    assert mine.inner_text(".place") == "1 / 11"
    mine.keyboard.press("r")
    mine.keyboard.type("属实")
    with mine.expect_navigation():
        mine.keyboard.press("Alt+1")
    assert mine.inner_text(".place") == "1 / 10"
    assert site.get("/flags/triage?assigned=mine", OFFICER).status_code == 403


def test_a_saved_question_about_flags_is_a_view_and_the_place_is_drawn(reader: Opener, site: Site):
    code = lines.uscc()
    for each in lines.listed(code, "4"):
        site.record(each)
    near = {
        "name": "燕郊分部",
        "address": "河北省三河市燕郊",
        "lon": 116.82,
        "lat": 39.95,
        "datum": "WGS-84",
    }
    site.record(lines.session(code, venue=near))
    page = reader(SUPERVISOR).open(f"/flags/triage?uscc={code}")
    assert page.locator("figure.around").count() == 1
    follow(page.get_by_role("link", name="保存为视图"))
    page.get_by_label("取名").fill(f"视图 {code[-6:]}")
    follow(page.get_by_role("button", name="保存", exact=True))
    page = reader(SUPERVISOR).open("/flags/triage")
    follow(page.get_by_role("link", name=f"视图 {code[-6:]}"))
    assert f"uscc={code}" in page.url
    assert page.locator(".queue-pane h3").count() == 1


def test_without_a_reason_nothing_is_decided_and_without_the_right_nothing_is_shown(
    reader: Opener, site: Site, firm: str
):
    page = reader(SUPERVISOR).open(f"/flags/triage?uscc={firm}&code=S2")
    follow(page.get_by_role("button", name="维持"))
    assert "必须写明理由" in page.get_by_role("alert").inner_text()
    assert page.inner_text(".place") == "1 / 12"
    for actor in (ANALYST, OFFICER):
        assert site.get("/flags/triage", actor).status_code == 403


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_bench_is_accessible_and_fits(reader: Opener, language: str, *, phone: bool):
    one = reader(SUPERVISOR, language=language, phone=phone)
    one.open("/flags/triage")
    assert one.violations() == []
    assert not one.wide()
