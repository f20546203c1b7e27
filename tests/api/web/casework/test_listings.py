"""公布、名单调整、年度计划: the acts of the bureau on the roster, and the plans that enterprises file."""

import re

import pytest

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import OFFICER, PUBLISHER, SUPERVISOR, Opener, Site, follow

pytestmark = pytest.mark.postgres

SECOND = Actor(account="bureau-2", role=Role.BUREAU_PUBLISHER, organisation="bureau")


def _confirmed(site: Site) -> str:
    """A code whose application is confirmed by bureau-1 and not yet published."""
    code = lines.uscc()
    scope = [{**lines.ELECTRICIAN, "levels": ["5", "4"]}]
    for each in (
        lines.registered(code),
        lines.submitted(code, scope),
        *lines.evaluated(code, scope),
    ):
        site.record(each)
    return code


@pytest.fixture(scope="module")
def firm(site: Site) -> str:
    """A code that is on the roster."""
    code = lines.uscc()
    for each in lines.listed(code, "5", "4"):
        if each["data"].get("year") != 2026:  # its plan is filed by a test
            site.record(each)
    return code


def test_a_second_person_publishes_what_one_has_confirmed(reader: Opener, site: Site):
    code = _confirmed(site)
    for actor in (PUBLISHER, SECOND):
        page = reader(actor).open("/publications/new")
        page.get_by_label("批次").fill(f"2025-{code[-6:]}")
        for box in page.locator('input[name="application"]').all():
            box.set_checked(box.get_attribute("value") == f"app-{code[-8:]}")
        for name in ("公布日期", "有效期起"):
            page.get_by_label(name).fill("2025-07-01")
        page.get_by_label("有效期止").fill("2028-07-01")
        follow(page.locator("button[value=check]"))
        if actor is PUBLISHER:
            assert "须由不同的人办理" in page.get_by_role("alert").inner_text()
    assert site.get(f"/v1/roster?q={code}&valid_at=2025-07-01", SUPERVISOR).json()["items"] == []
    foreseen = page.inner_text(".foreseen")
    assert "电工 + 五级/初级工、四级/中级工" in foreseen
    follow(page.get_by_role("button", name="确认公布"))
    assert "/roster" in page.url
    twin = site.get(f"/v1/roster?q={code}&valid_at=2025-07-01", SUPERVISOR).json()
    assert [item["standing"] for item in twin["items"]] == ["listed"]


def test_the_bureau_changes_scope_suspends_and_reinstates(reader: Opener, site: Site, firm: str):
    foreseen: list[str] = []

    def act(slug: str, day: str, *ticked: str, **typed: str) -> None:
        page = reader(SECOND).open(f"/listings/{firm}")
        form = page.locator(f"#{slug}")
        form.get_by_label("生效日期").fill(day)
        form.get_by_label("依据", exact=True).fill("督导发现")
        for name, value in typed.items():
            form.locator(f'[name="{name.replace("__", ".")}"]').fill(value)
        for selector in ticked:
            form.locator(selector).check()
        follow(form.locator("button[value=check]"))
        foreseen.append(page.inner_text(".foreseen"))
        follow(page.locator(f"#{slug} button[value=send]"))
        page.wait_for_url("**/approvals?*" if slug == "scope" else "**/listings/**done=*")
        if slug != "scope":
            assert "已入账：位置" in page.inner_text(".receipt").replace(" ", "")

    def on(day: str) -> dict[str, object]:
        found = site.get(f"/v1/roster?q={firm}&valid_at={day}", SUPERVISOR).json()["items"][0]
        names = {item["name"]: item["levels"] for item in found["scope"]}
        return {"standing": found["standing"], **names}

    act(
        "scope",
        "2025-02-01",
        '[name="removed"][value="0.5"]',
        '[name="added.0.levels"][value="3"]',
        added__0__occupation="车工",
    )
    assert "− 五级/初级工" in foreseen[0]
    assert "车工 + 三级/高级工" in foreseen[0]
    assert on("2025-02-01") == {"standing": "listed", "电工": ["5", "4"]}
    page = reader(SECOND).open(f"/approvals?state=waiting&uscc={firm}")
    assert page.get_by_role("button", name="批准").count() == 0, "who asked does not approve"
    page = reader(PUBLISHER).open(f"/approvals?state=waiting&uscc={firm}")
    follow(page.get_by_role("button", name="批准"))
    page.wait_for_url("**/approvals?*")
    assert on("2025-01-31") == {"standing": "listed", "电工": ["5", "4"]}
    assert on("2025-02-01") == {"standing": "listed", "电工": ["4"], "车工": ["3"]}
    act("suspension", "2025-03-01")
    assert on("2025-03-01")["standing"] == "suspended"
    assert "在名单" in foreseen[1] or "已暂停" in foreseen[1]
    act("reinstatement", "2025-04-01")
    assert on("2025-04-01")["standing"] == "listed"


def test_a_removal_needs_grounds_and_says_whom_it_touches(reader: Opener, site: Site):
    code = lines.uscc()
    for each in lines.listed(code, "5", "4"):
        site.record(each)
    session = lines.session(code, "4", "2026-05-10")
    site.record(session)
    page = reader(SECOND).open(f"/listings/{code}")
    form = page.locator("#removal")
    form.get_by_label("生效日期").fill("2026-05-01")
    form.get_by_label("依据", exact=True).fill("x")
    follow(form.locator("button[value=check]"))
    assert "移出名单须有依据" in page.get_by_role("alert").inner_text()
    form = page.locator("#removal")
    form.get_by_label("依据", exact=True).fill("多次在北京行政区域外开展认定且拒不整改")
    follow(form.locator("button[value=check]"))
    said = page.inner_text("#removal .foreseen")
    assert "电工 − 五级/初级工、四级/中级工" in said
    assert "S7" in said
    assert "已举办的场次" in said
    assert "1；" in said.replace(" ", "")
    waiting = f"/v1/requests?state=waiting&uscc={code}"
    assert site.get(waiting, SUPERVISOR).json()["items"] == []
    follow(page.locator("#removal button[value=send]"))
    page.wait_for_url("**/approvals?*")
    (request,) = site.get(waiting, SUPERVISOR).json()["items"]
    assert request["type"] == "ListingRemoved"
    assert not [
        flag
        for flag in site.get(f"/v1/flags?uscc={code}", SUPERVISOR).json()["items"]
        if flag["code"] == "S7"
    ]


def test_an_occupation_that_does_not_exist_comes_back_with_the_reason(
    reader: Opener, site: Site, firm: str
):
    before = site.get("/v1/integrity", SUPERVISOR).json()["head"]["position"]
    page = reader(SECOND).open(f"/listings/{firm}")
    form = page.locator("#scope")
    form.get_by_label("依据", exact=True).fill("扩项")
    form.locator('[name="added.0.occupation"]').fill("星际导游员")
    form.locator('[name="added.0.levels"][value="4"]').check()
    follow(form.get_by_role("button", name="变更确认范围"))
    form = page.locator("#scope")
    assert "没有“星际导游员”" in page.get_by_role("alert").inner_text()
    assert form.locator('[name="added.0.occupation"]').input_value() == "星际导游员"
    assert form.locator('[name="added.0.levels"][value="4"]').is_checked()
    assert site.get("/v1/integrity", SUPERVISOR).json()["head"]["position"] == before


def test_only_the_bureau_is_let_near_the_roster(site: Site, firm: str):
    for path in ("/publications/new", f"/listings/{firm}"):
        assert site.get(path, OFFICER).status_code == 403
        assert site.get(path).status_code == 303
        assert site.get(path, SECOND).status_code == 200


def test_a_reporter_files_and_revises_a_plan_of_their_own_enterprise(
    reader: Opener, site: Site, firm: str
):
    reporter = Actor(account=f"reporter-{firm}", role=Role.ENTERPRISE_REPORTER, organisation=firm)

    def send(path: str, people: str) -> str:
        page = reader(reporter).open(path)
        if page.get_by_label("年度", exact=True).count():
            page.get_by_label("年度", exact=True).fill("2026")
        else:
            page.get_by_label("修订理由").fill("人数有变")
        for name in ("认定场次", "考生人数", "发证本数"):
            page.get_by_label(name).fill("3")
        page.locator('[name="sessions.0.occupation"]').fill("6-31-01-03")
        page.locator('[name="sessions.0.planned_on"]').fill("2026-12-01")
        page.locator('[name="sessions.0.headcount"]').fill(people)
        page.locator('[name="sessions.0.levels"][value="4"]').check()
        follow(page.get_by_role("button", name=re.compile("^(报备|修订)$")))
        return page.inner_text("main")

    assert "12" in send("/plans/new", "12")
    assert "修订" in send(f"/plans/{firm}/2026/revision", "15")
    item = site.get(f"/v1/plans/{firm}/2026", SUPERVISOR).json()
    assert item["sessions"][0]["occupation"]["name"] == "电工"
    assert (item["stage"], item["sessions"][0]["headcount"]) == ("revised", 15)


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_pages_are_accessible_and_fit(reader: Opener, firm: str, language: str, *, phone: bool):
    for path in (
        "/publications/new",
        f"/listings/{firm}",
        "/plans",
        f"/plans/{firm}/2025",
    ):
        one = reader(SECOND, language=language, phone=phone)
        one.open(path)
        assert (path, one.violations()) == (path, [])
        assert (path, one.wide()) == (path, False)
    one = reader(OFFICER, language=language, phone=phone)
    one.open("/plans/new")
    assert one.violations() == []
