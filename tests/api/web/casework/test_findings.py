"""问题: raised, put right, reinspected, closed; measures with their own days."""

import pytest
from playwright.sync_api import Page

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import ANALYST, INSPECTOR, SUPERVISOR, Opener, Site, follow

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def firm(site: Site) -> str:
    """A registered enterprise in Haidian."""
    code = lines.uscc()
    site.record(lines.registered(code))
    return code


def _raised(reader: Opener, firm: str) -> str:
    page = reader(SUPERVISOR).open(f"/findings/new?uscc={firm}")
    number = page.get_by_label("问题编号").input_value()
    page.get_by_label("问题类型").fill("超范围开展认定")
    page.get_by_label("依据条款").select_option("七(三)")
    page.get_by_label("严重", exact=True).check()
    page.get_by_label("事实").fill("在确认范围外开展认定。")
    page.get_by_label("提出日期").fill("2025-04-01")
    follow(page.get_by_role("button", name="提出", exact=True))
    assert number in page.url
    return number


def _act(reader: Opener, actor: Actor, number: str, slug: str, **typed: str) -> str:
    page = reader(actor).open(f"/findings/{number}")
    section = page.locator(f"#{slug}")
    if section.get_attribute("open") is None:
        section.locator("summary").click()
    for name, value in typed.items():
        field = section.locator(f'[name="{name}"]')
        if field.first.get_attribute("type") == "radio":
            section.locator(f'[name="{name}"][value="{value}"]').check()
        elif field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(index=0)
        else:
            field.fill(value)
    press(page, slug)
    return page.inner_text("main")


def press(page: Page, slug: str) -> None:
    """Send the form; what is looked at first is pressed twice."""
    follow(page.locator(f"#{slug} form button").last)
    if page.locator(f"#{slug} .foreseen").count():
        follow(page.locator(f'#{slug} button[value="send"]'))


def test_a_finding_is_put_right_and_closed(reader: Opener, site: Site, firm: str):
    number = _raised(reader, firm)
    reporter = Actor(account=f"reporter-{firm}", role=Role.ENTERPRISE_REPORTER, organisation=firm)
    _act(
        reader,
        SUPERVISOR,
        number,
        "order",
        requirement="停止并清理",
        due_on="2025-05-01",
        valid_from="2025-04-02",
    )
    overdue = site.get(f"/findings/{number}?valid_at=2025-05-02", SUPERVISOR).text
    assert "整改逾期" in overdue
    assert "整改逾期" not in site.get(f"/findings/{number}?valid_at=2025-05-01", SUPERVISOR).text
    _act(reader, reporter, number, "report", statement="已停止", valid_from="2025-04-20")
    _act(reader, SUPERVISOR, number, "reinspection", passed="yes", valid_from="2025-04-25")
    said = _act(reader, SUPERVISOR, number, "closing", outcome="到位", valid_from="2025-04-26")
    assert "已销号" in said
    assert site.get(f"/v1/findings/{number}", SUPERVISOR).json()["stage"] == "closed"


def test_a_measure_is_imposed_stayed_and_lifted(reader: Opener, site: Site, firm: str):
    number = _raised(reader, firm)
    day = {"valid_from": "2025-04-02"}
    _act(reader, SUPERVISOR, number, "measure", kind="约谈", effective_from="2025-04-03", **day)
    _act(reader, SUPERVISOR, number, "stay", measure_id="", effective_from="2025-05-03", **day)
    said = _act(
        reader, SUPERVISOR, number, "lifting", measure_id="", effective_from="2025-06-01", **day
    )
    assert "已解除" in said
    assert "解除措施" not in said
    measures = site.get(f"/v1/findings/{number}", SUPERVISOR).json()["measures"]
    assert [(m["stands"], m["effective_to"]) for m in measures] == [("lifted", "2025-06-01")]


def test_a_change_of_a_measure_shows_it_before_and_after_and_waits_for_a_second_press(
    reader: Opener, site: Site, firm: str
):
    number = _raised(reader, firm)
    day = {"valid_from": "2025-04-02"}
    _act(reader, SUPERVISOR, number, "measure", kind="约谈", effective_from="2025-04-03", **day)
    supervisor = reader(SUPERVISOR)
    page = supervisor.open(f"/findings/{number}")
    stay = page.locator("#stay")
    stay.locator("summary").click()
    for name, value in (
        ("effective_from", "2025-05-03"),
        ("effective_to", "2025-05-10"),
        ("valid_from", "2025-04-02"),
    ):
        stay.locator(f'[name="{name}"]').fill(value)
    follow(stay.get_by_role("button", name="暂缓执行：先看影响"))
    told = " ".join(page.locator("#stay .foreseen").inner_text().split())
    assert "2025-04-03 至 未定 · " in told
    assert "→ 2025-04-03 至 未定，暂缓 2025-05-03 至 2025-05-09 · " in told
    assert supervisor.violations() == []
    (measure,) = site.get(f"/v1/findings/{number}", SUPERVISOR).json()["measures"]
    assert measure["stays"] == [], "one press records nothing"
    follow(page.locator("#stay").get_by_role("button", name="确认办理：暂缓执行"))
    (measure,) = site.get(f"/v1/findings/{number}", SUPERVISOR).json()["measures"]
    assert [each["effective_from"] for each in measure["stays"]] == ["2025-05-03"]


def test_a_measure_shows_what_it_touches_before_it_is_imposed(
    reader: Opener, site: Site, firm: str
):
    number = _raised(reader, firm)
    site.record(lines.session(firm, "4", "2025-06-10"))
    page = reader(SUPERVISOR).open(f"/findings/{number}")
    section = page.locator("#measure")
    section.locator("summary").click()
    for name, value in (
        ("kind", "通报"),
        ("effective_from", "2025-06-01"),
        ("valid_from", "2025-06-01"),
    ):
        section.locator(f'[name="{name}"]').fill(value)
    follow(section.get_by_role("button", name="采取措施：先看影响"))
    told = page.locator("#measure .foreseen").inner_text()
    assert "措施本身不改变名单状态" in told
    assert "生效日起已举办的场次：1；已发证书：0" in told
    assert site.get(f"/v1/findings/{number}", SUPERVISOR).json()["measures"] == []
    # What was altered after the look is looked at once more.
    page.locator('#measure [name="kind"]').fill("约谈")
    follow(page.get_by_role("button", name="确认办理：采取措施"))
    assert "请再看一遍" in page.locator("#measure .foreseen").inner_text()
    follow(page.get_by_role("button", name="确认办理：采取措施"))
    (measure,) = site.get(f"/v1/findings/{number}", SUPERVISOR).json()["measures"]
    assert measure["kind"] == "约谈"


def test_a_deadline_before_its_order_is_refused_and_what_was_typed_is_kept(
    reader: Opener, site: Site, firm: str
):
    number = _raised(reader, firm)
    page = reader(SUPERVISOR).open(f"/findings/{number}")
    section = page.locator("#order")
    section.locator('[name="requirement"]').fill("整改")
    section.locator('[name="valid_from"]').fill("2025-04-02")
    section.locator('[name="due_on"]').fill("2025-04-01")
    follow(section.locator("form button"))
    assert "早于责令日" in page.get_by_role("alert").inner_text()
    assert page.locator("#order textarea").input_value() == "整改"
    assert site.get(f"/v1/findings/{number}", SUPERVISOR).json()["stage"] == "raised"


def test_other_districts_and_analysts_do_not_act(reader: Opener, site: Site, firm: str):
    number = _raised(reader, firm)
    assert site.get(f"/findings/{number}", INSPECTOR).status_code == 404
    assert (
        '<form method="post" action="/findings' not in site.get(f"/findings/{number}", ANALYST).text
    )
    assert site.get("/findings/new", ANALYST).status_code == 403


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_pages_are_accessible_and_fit(reader: Opener, language: str, *, phone: bool):
    one = reader(SUPERVISOR, language=language, phone=phone)
    for path in ("/findings", "/findings/new", "/findings/fd-2024-001"):
        one.open(path)
        assert (path, one.violations()) == (path, [])
        assert (path, one.wide()) == (path, False)
