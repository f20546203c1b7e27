"""What was written survives: a sign-in that ends meanwhile, a reload after a refusal, another language."""

import httpx2
import pytest
from starlette.routing import Match, Route

from api.access import demo_accounts
from api.installation.wiring import Installation
from api.web.routes import ROUTERS
from tests.api.web.site import OFFICER, Opener, Site, follow
from tests.api.web.test_entering import come_in

pytestmark = pytest.mark.postgres

TEXT = "第一行:理论考场的监控未开。\n第二行:“引号”与 <标签> 也要留住。"


@pytest.fixture
def demonstration(shown: Installation) -> str:
    return demo_accounts.password(shown.gate)


@pytest.mark.usefixtures("demonstration")
def test_a_sign_in_that_ends_while_writing_loses_nothing(reader: Opener):
    one = reader()
    page = come_in(one, "supervisor-1")
    one.open("/findings/new?uscc=91110101MA0EX0018K")
    page.locator("[name=statement]").fill(TEXT)
    kept = {c["name"]: c for c in page.context.cookies()}
    page.context.clear_cookies()
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    follow(page.locator("main form").get_by_role("button").last)
    assert "您填写的内容还在" in page.inner_text("h1")
    assert page.locator("input[name=statement]").input_value().replace("\r", "") == TEXT
    assert one.violations() == []
    # Pressed too early it is still there.
    follow(page.get_by_role("button", name="继续提交"))
    assert page.locator("input[name=statement]").input_value().replace("\r", "") == TEXT
    page.context.add_cookies(list(kept.values()))
    follow(page.get_by_role("button", name="继续提交"))
    if page.locator("[role=alert]").count():
        assert page.locator("textarea[name=statement]").input_value() == TEXT
    else:
        assert "第一行" in page.inner_text("main")


def test_a_stranger_s_form_is_not_kept(site: Site):
    asked = {"Accept": "text/html", "Origin": "https://elsewhere.example"}
    answer = httpx2.post(f"{site.base}/findings/new", data={"statement": TEXT}, headers=asked)
    assert answer.status_code == 403
    assert "监控" not in answer.text


PLACES = {
    "path": "x", "uscc": "91110101MA0EX0018K", "year": "2026", "digest": "x", "name": "x",
}  # fmt: skip


def test_every_address_that_takes_a_form_can_be_asked_for(site: Site):
    routes = [each for router in ROUTERS for each in router.routes if isinstance(each, Route)]
    posts = {each.path for each in routes if "POST" in (each.methods or ())}
    assert len(posts) > 20
    for path in sorted(posts):
        asked = path
        for name in [part.strip("{}") for part in path.split("/") if part.startswith("{")]:
            asked = asked.replace("{" + name + "}", PLACES.get(name, "x-1"))
        answer = site.get(asked, OFFICER)
        assert answer.status_code != 405, path
        if answer.status_code == 303:
            target = answer.headers["location"].partition("#")[0]
            scope = {"type": "http", "path": target, "method": "GET", "headers": []}
            assert any(each.matches(scope)[0] is Match.FULL for each in routes), (path, target)


def test_after_a_refusal_a_reload_and_another_language_show_the_form_again(
    reader: Opener, site: Site
):
    number = site.get("/v1/applications?stage=submitted&limit=1", OFFICER).json()["items"]
    path = f"/applications/{number[0]['application_id'] if number else 'app-2023-10-001'}"
    page = reader(OFFICER).open(path)
    page.goto(f"{site.base}{path}/acceptance")
    assert page.url.partition("#")[0].endswith(path)
    follow(page.get_by_role("button", name="English"))
    assert page.locator("html").get_attribute("lang") == "en"
