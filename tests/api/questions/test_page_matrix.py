"""Every role at every page and every form: what the one policy table says (role × path × district)."""

from collections.abc import Iterator

import httpx2
import pytest
from fastapi.routing import APIRoute

from api.web import routes
from api.web.page_rights import PAGES, WHO_IS_SIGNED_IN
from tests.api.desk import Desk
from tests.api.questions.test_isolation import ROLES, Town
from tests.api.questions.test_matrix import OPEN, granted

pytestmark = pytest.mark.postgres

MORE = frozenset(
    {("POST", "/integrity"), *(("POST", f"/{each}") for each in ("sign-in", "sign-in/demo"))}
    | {("POST", "/invitations/{secret}")}
)
"""Pages at which somebody who passes the table may still be refused: few may have all verified, and a
password is taken from pages of ours alone."""
LEAVES = frozenset(
    {("GET", "/sign-in/provider"), ("GET", "/sign-in/return"), ("POST", "/sign-out")}
)
"""Pages that answer nobody with a page of their own."""


def every() -> Iterator[tuple[str, str]]:
    for router in routes.ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield from ((method, route.path) for method in route.methods or ())


@pytest.fixture(scope="module")
def town(desk: Desk) -> Town:
    return Town(desk)


def filled(path: str, town: Town) -> str:
    """The address, asked about the enterprise of another district."""
    given = {"uscc": town.there, "year": "2025", "position": "1", "number:path": "none"}
    given |= {"name:path": "none", "kind": "staff", "step": "new"}
    for name, value in given.items():
        path = path.replace(f"{{{name}}}", value)
    parts = ("key", "sha256", "digest", "slug", "secret", "id_")
    ids = ("application_id", "assessment_id", "draw_id", "finding_id", "import_id")
    for name in (*parts, *ids, "inspection_id", "request_id"):
        path = path.replace(f"{{{name}}}", "none")
    return path


def expected(path: tuple[str, str], role: str, town: Town) -> int:
    if PAGES[path] is WHO_IS_SIGNED_IN:
        return 401 if role == "nobody" else 403  # a token is no session
    rows = PAGES[path] or (OPEN,)
    return min(granted(town.actor(role), row) for row in rows)


def refusal_of(answer: httpx2.Response) -> int:
    """401 and 403 as they are; to be led to the sign-in is a page's way to say 401; else 200."""
    if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?"):
        return 401
    return answer.status_code if answer.status_code in {401, 403} else 200


def test_every_page_stands_in_the_table() -> None:
    found = list(every())
    assert len(found) == len(set(found))
    assert set(found) == set(PAGES)


@pytest.mark.parametrize("role", ROLES)
def test_who_comes_to_which_page(desk: Desk, town: Town, role: str) -> None:
    actor, wrong = town.actor(role), []
    headers = {**desk.auth(actor), "Accept": "text/html"}
    for page in sorted(set(PAGES) - LEAVES):
        method, path = page
        answer = desk.http.request(method, filled(path, town), headers=headers)
        said = refusal_of(answer)
        if said != expected(page, role, town) and not (page in MORE and said == 403):
            wrong.append((page, answer.status_code, expected(page, role, town)))
        assert answer.status_code < 500, page
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_the_right_is_judged_before_what_was_asked_or_sent(
    desk: Desk, town: Town, role: str
) -> None:
    actor, wrong = town.actor(role), []
    headers = {**desk.auth(actor), "Accept": "text/html"}
    for page in sorted(set(PAGES) - LEAVES):
        method, path = page
        refusal = expected(page, role, town)
        if refusal == 200:
            continue
        asked = filled(path, town)
        odd = [{"url": f"{asked}?position=x&nothing=1"}, {"url": f"{asked}?a=1&a=2"}]
        if method == "POST":
            odd.append({"url": asked, "content": b"\0", "headers": {"Content-Type": "multipart/x"}})
        for each in odd:
            sent = {**each, "headers": {**headers, **each.get("headers", {})}}
            said = refusal_of(desk.http.request(method, **sent))
            if said != refusal:
                wrong.append((page, each["url"], said, refusal))
    assert wrong == []


@pytest.mark.parametrize("role", ["district_inspector", "enterprise_reporter", "expert"])
def test_no_page_tells_of_another_district_or_enterprise(desk: Desk, town: Town, role: str) -> None:
    headers = {**desk.auth(town.actor(role)), "Accept": "text/html"}
    told = []
    for (method, path), rows in PAGES.items():
        if not rows or method != "GET":
            continue
        asked = filled(path, town)
        text = desk.http.get(asked, headers=headers).text.replace(asked, "")
        if town.numbers[town.there] in text or (town.there in text and town.there not in asked):
            told.append(path)
    assert told == []
