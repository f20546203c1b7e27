"""登录、账户、访问记录、系统: the way in, with a browser."""

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect
from pyotp.totp import TOTP

from api.access import administration, credentials, demo_accounts, factor, invitations
from api.access.access_log import command_line
from api.access.sealing import digest
from api.installation.wiring import Installation
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import MAKER, PASSWORD, code
from tests.api.web.site import Opener, Reader, Site, follow

pytestmark = pytest.mark.postgres

SEATED = {actor.role: actor.account for actor in demo_accounts.SAMPLE}


@pytest.fixture
def demonstration(shown: Installation) -> str:
    """The password of the accounts of a demonstration."""
    return demo_accounts.password(shown.gate)


def come_in(one: Reader, account: str) -> Page:
    """Sign in with one click, as a demonstration offers it."""
    page = one.open("/sign-in?next=%2Faccount")
    follow(page.locator(f'button[value="{account}"]'))
    expect(page.locator(".reader")).to_contain_text(account)
    return page


def come_in_with_password(one: Reader, account: str, password: str) -> Page:
    page = one.open("/sign-in")
    page.get_by_label("账户名").fill(account)
    page.get_by_label("密码", exact=True).fill(password)
    follow(page.locator("main form").last.get_by_role("button", name="登录"))
    return page


def test_a_reader_signs_in_with_a_password_and_out_again(reader: Opener, demonstration: str):
    one = reader()
    page = come_in_with_password(one, "audit-1", demonstration)
    expect(page.locator("h1")).to_have_text("访问记录")
    follow(page.get_by_role("button", name="退出"))
    expect(page.locator("h1")).to_have_text("登录")
    one.open("/access-log")
    expect(page.locator("h1")).to_have_text("登录")


def test_a_wrong_password_comes_back_to_the_form_with_the_reason_in_focus(reader: Opener):
    one = reader()
    page = come_in_with_password(one, "nobody-1", "not the password")
    expect(page.locator("#summary")).to_be_focused()
    expect(page.get_by_label("账户名")).to_have_value("nobody-1")
    assert page.get_by_label("密码", exact=True).input_value() == ""
    assert one.violations() == []


def test_one_click_leads_back_to_where_one_was_going(reader: Opener):
    one = reader()
    page = one.open("/findings?q=x")
    follow(page.locator('button[value="supervisor-1"]'))
    expect(page).to_have_url(re.compile(r"/findings\?q=x$"))


PAGES = {
    "/sign-in": None,
    "/account": Role.EXPERT,
    "/account/password": Role.EXPERT,
    "/account/second-factor": Role.EXPERT,
    "/accounts": Role.SECURITY_ADMIN,
    "/accounts/of?account=centre-1": Role.SECURITY_ADMIN,
    "/access-log": Role.AUDIT_ADMIN,
    "/access-log?first=2026-13-01": Role.AUDIT_ADMIN,
    "/system": Role.SYSTEM_ADMIN,
}


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_accessible_and_fit_the_screen(
    reader: Opener, path: str, language: str, *, phone: bool
):
    one = reader(language=language, phone=phone)
    role = PAGES[path]
    if role is not None:
        come_in(one, SEATED[role])
    one.open(path)
    assert one.violations() == []
    assert not one.wide()


def test_the_holder_of_a_link_sets_the_account_up(reader: Opener, site: Site, shown: Installation):
    who = Actor(account="newcomer", role=Role.AUDIT_ADMIN, organisation="centre")
    visit = command_line(now())
    with shown.gate.connection() as connection:
        administration.add(connection, MAKER, who, "0042", visit)
        secret = administration.invite(connection, MAKER, "newcomer", visit)
    one = reader()
    page = one.open(invitations.address("", secret))
    assert one.violations() == []
    picture = page.locator("figure.qr svg")
    expect(picture).to_be_visible()
    key = page.locator("main code").inner_text().replace(" ", "")
    offered = factor.proposed(shown.gate.offer_key, digest(secret))
    assert key == factor.text_of(offered)
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输一次").fill(PASSWORD)
    page.get_by_label("验证器显示的 6 位数字").fill(code(offered, now()))
    follow(page.get_by_role("button", name="启用账户"))
    expect(page.locator("h1")).to_have_text("访问记录")


@pytest.mark.parametrize(("language", "phone"), [("zh", True), ("en", False)])
def test_an_administrator_without_a_second_factor_is_led_to_set_one_up(
    reader: Opener, site: Site, shown: Installation, language: str, *, phone: bool
):
    name = f"unready-{language}"
    who = Actor(account=name, role=Role.SYSTEM_ADMIN, organisation="centre")
    with shown.gate.connection() as connection:
        administration.add(connection, MAKER, who, f"person of {name}", command_line(now()))
        credentials.put_password(connection, name, PASSWORD)
    one = reader(language=language, phone=phone)
    page = one.open("/sign-in?next=%2Fsystem")
    form = page.locator("main form").last
    form.locator("[name=account]").fill(name)
    form.locator("[name=password]").fill(PASSWORD)
    follow(form.locator("button"))
    page.wait_for_url("**/account/second-factor")
    assert page.locator("nav.areas a").count() == 0
    assert one.violations() == []
    assert not one.wide()
    key = page.locator("main code").inner_text().replace(" ", "")
    page.locator("[name=code]").fill(TOTP(key).at(now()))
    page.locator("[name=current]").fill(PASSWORD)
    follow(page.locator("main form button").first)
    page.wait_for_url("**/account")
    one.open("/system")
    assert page.url.endswith("/system")


def test_a_security_administrator_makes_an_account(reader: Opener):
    one = reader()
    page = come_in(one, "security-1")
    one.open("/accounts")
    page.get_by_label("账户名").fill("inspector-bda-new")
    page.get_by_label("角色").select_option("district_inspector")
    page.get_by_label(re.compile("机构")).fill("BDA")
    page.get_by_label(re.compile("持有人")).fill("0077")
    follow(page.get_by_role("button", name="申请新建"))
    expect(page.get_by_role("status")).to_contain_text("/invitations/")
    expect(page.locator("table").first).to_contain_text("inspector-bda-new")
    assert one.violations() == []


@pytest.mark.parametrize("path", ["/overview", "/sign-in"])
def test_who_brings_a_token_that_is_no_good_is_told_so_and_not_led_round_in_a_circle(
    site: Site, path: str
):
    headers = {"Accept": "text/html", "Authorization": "Bearer not.a.token"}
    answer = httpx2.get(site.base + path, headers=headers, timeout=30)
    assert answer.status_code == 401
    assert "令牌无效或已过期" in answer.text
    assert answer.headers["www-authenticate"].startswith("Bearer")
