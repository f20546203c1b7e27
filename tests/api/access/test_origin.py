"""No other site makes a signed-in browser do anything."""

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.http.arrival import SAFE_METHODS
from api.http.caller import caller
from api.web.app import describe
from api.web.entrance.entering import private_form
from domain.terms.vocabulary import Role
from tests.api.access.house import PASSWORD, House
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR

pytestmark = pytest.mark.postgres

FOREIGN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "OURS"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "OURS.evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": ""},
    {},
]
OWN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": "OURS"},
]


def _from(house: House, sender: dict[str, str]) -> dict[str, str]:
    return {name: value.replace("OURS", house.base) for name, value in sender.items()}


def _bare(house: House, cookie: str | None) -> Any:
    """A browser that says of where a request comes from only what the test lets it say."""
    visitor = house.visitor()
    del visitor.http.headers["Origin"]
    if cookie:
        visitor.http.cookies.set("dudao-session", cookie, domain="127.0.0.1")
    return visitor.http


@pytest.mark.parametrize("sender", FOREIGN)
def test_what_another_site_sends_is_refused(house: House, sender: dict[str, str]) -> None:
    http = _bare(house, house.inside().token)
    headers = {**_from(house, sender), "Accept": "application/json", "Idempotency-Key": "k"}
    for method, path in (("POST", "/v1/inspections"), ("POST", "/sign-out"), ("POST", "/v1/draws")):
        answer = http.request(method, path, headers=headers, json={})
        assert answer.status_code == 403, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["rule"] == "foreign-origin"
    assert http.get("/v1/flags", headers={"Accept": "application/json"}).status_code == 200


@pytest.mark.parametrize("sender", OWN)
def test_what_our_pages_send_is_taken(house: House, sender: dict[str, str]) -> None:
    http = _bare(house, house.inside().token)
    answer = http.post("/sign-out", headers=_from(house, sender))
    assert answer.status_code == 303


@pytest.mark.parametrize("sender", FOREIGN)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/demo", "/invitations/x"])
def test_nobody_is_signed_in_by_another_site(
    house: House, path: str, sender: dict[str, str]
) -> None:
    fields = {"account": house.account(), "password": PASSWORD}
    answer = _bare(house, None).post(path, data=fields, headers=_from(house, sender))
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_program_with_a_token_needs_no_origin(house: House) -> None:
    desk = Desk(house.base, house.made.key)
    with desk.http:
        answer = desk.post("/v1/draws", {}, SUPERVISOR, Sec_Fetch_Site="cross-site")
    assert answer.status_code == 422


def test_reading_is_free_of_it(house: House) -> None:
    http = _bare(house, house.inside(Role.ANALYST).token)
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "cross-site"}
    assert http.get("/v1/flags", headers=headers).status_code == 200


HARMLESS = {"/preferences"}
"""Sets two cookies about how pages look, whoever asks."""


def _calls(dependant: Dependant) -> set[Any]:
    found = {dependant.call}
    for each in dependant.dependencies:
        found |= _calls(each)
    return found


def changing() -> list[APIRoute]:
    """Every route that takes an unsafe method."""
    included = [
        each.original_router for each in describe().routes if hasattr(each, "original_router")
    ]
    routes = [route for router in included for route in router.routes]
    return [r for r in routes if isinstance(r, APIRoute) and r.methods - SAFE_METHODS]


def test_every_change_goes_through_one_of_the_two_checks() -> None:
    routes = changing()
    assert len(routes) > 20
    checked = {route.path for route in routes if _calls(route.dependant) & {caller, private_form}}
    assert {route.path for route in routes} - checked == HARMLESS


@pytest.mark.parametrize("following", ["///evil.example", "//evil.example/x", "////evil.example"])
def test_nobody_is_led_to_another_host_after_signing_in(house: House, following: str) -> None:
    visitor = house.visitor()
    fields = {"account": house.account(), "password": PASSWORD, "next": following}
    assert visitor.post("/sign-in", fields).headers["location"] == "/"
    assert visitor.post("/preferences", {"next": following}).headers["location"] == "/"


def test_a_link_is_never_made_for_the_host_that_a_request_names(house: House) -> None:
    keeper = house.inside(Role.SECURITY_ADMIN)
    account = house.new_account(Role.ANALYST)
    for act in ("invite", "reset"):
        sent = {"account": account, "act": act}
        answer = keeper.post(
            "/accounts/of", sent, Host="evil.example", Sec_Fetch_Site="same-origin"
        )
        assert answer.status_code == 409, act
        assert "DUDAO_PUBLIC_URL" in answer.text
        assert "evil.example" not in answer.text
    assert house.rows("SELECT 1 FROM office.invitation WHERE account = %s", account) == []


def test_a_request_that_names_two_hosts_is_refused(house: House) -> None:
    parts = urlsplit(house.base)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=10) as connection:
        head = f"GET /healthz HTTP/1.1\r\nHost: {parts.netloc}\r\nHost: evil.example\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400 ")
