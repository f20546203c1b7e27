"""Keys for programs and tokens: made by their holder, listed, seen in use, taken back one by one (0218)."""

import re
from datetime import timedelta

import pytest

from api.access import token_table, tokens
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import MAKER, PASSWORD, House, Visitor

pytestmark = pytest.mark.postgres


def made(visitor: Visitor, name: str = "report", days: str = "30", password: str = PASSWORD) -> str:
    page = visitor.post("/account/keys", {"name": name, "days": days, "current": password})
    assert page.status_code == 200, page.text
    found = re.search(r"<code>(dudaok1\.[^<]+)</code>", page.text)
    assert found
    return found[1]


def reads(house: House, token: str, path: str = "/v1/flags") -> int:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return house.visitor().http.get(path, headers=headers).status_code


def test_a_holder_makes_a_key_for_a_program_and_takes_it_back(house: House) -> None:
    account, visitor = house.enter(Role.ANALYST)
    token = made(visitor)
    assert reads(house, token) == 200
    assert reads(house, token, "/account") == 403
    page = visitor.get("/account").text
    assert "report" in page
    assert token not in page
    key_id = token.split(".")[1]
    visitor.post("/account/keys/revoke", {"key_id": key_id})
    assert reads(house, token) == 401
    assert [object_ for deed, object_, _ in house.entries(account) if deed == "access-key"] == [
        f"{key_id} program made",
        f"{key_id} program used",
        f"{key_id} revoked",
    ]


@pytest.mark.parametrize(
    ("days", "password", "name"),
    [
        ("91", PASSWORD, "x"),
        ("0", PASSWORD, "x"),
        ("", PASSWORD, "x"),
        ("30", "not it at all", "x"),
        ("30", PASSWORD, " "),
    ],
)
def test_a_key_takes_a_name_a_bound_and_the_password(
    house: House, days: str, password: str, name: str
) -> None:
    account, visitor = house.enter(Role.ANALYST)
    sent = {"name": name, "days": days, "current": password}
    assert visitor.post("/account/keys", sent).status_code in {403, 409, 422}
    assert house.rows("SELECT 1 FROM office.access_key WHERE account = %s", account) == []


def test_an_administrators_account_is_for_no_program(house: House) -> None:
    account, visitor = house.enter(Role.SECURITY_ADMIN)
    sent = {"name": "x", "days": "1", "current": PASSWORD}
    assert visitor.post("/account/keys", sent).status_code in {403, 409}
    assert house.rows("SELECT 1 FROM office.access_key WHERE account = %s", account) == []


def test_a_key_ends_with_the_password_it_was_made_under(house: House) -> None:
    _, visitor = house.enter(Role.ANALYST)
    token = made(visitor)
    sent = {"current": PASSWORD, "password": "violet anchor humble 什刹海", "again": ""}
    visitor.post("/account/password", {**sent, "again": sent["password"]})
    assert reads(house, token) == 401


def test_one_token_is_taken_back_and_the_other_holds(house: House) -> None:
    account, visitor = house.enter(Role.ANALYST)
    actor = Actor(account=account, role=Role.ANALYST, organisation="centre")
    both = [tokens.issue(house.made.key, actor, now(), timedelta(days=1)) for _ in range(2)]
    ids = [tokens.read(house.made.key, each, now()).token_id for each in both]
    with house.gate.connection() as connection:
        for each in both:
            claims = tokens.read(house.made.key, each, now())
            token_table.add(connection, claims, MAKER, house.visit)
    assert [reads(house, each) for each in both] == [200, 200]
    page = visitor.get("/account").text
    assert all(each in page for each in ids)
    assert visitor.post("/account/keys/revoke", {"key_id": ids[0]}).status_code == 303
    house.made.accounts.refresh()
    assert [reads(house, each) for each in both] == [401, 200]
    used = [o for deed, o, _ in house.entries(account) if deed == "access-key"]
    assert used == [f"token {ids[0]} used", f"token {ids[1]} used", f"token {ids[0]} revoked"]


def test_a_token_that_was_signed_past_the_table_is_remembered_as_such(house: House) -> None:
    account = house.account(Role.ANALYST)
    actor = Actor(account=account, role=Role.ANALYST, organisation="centre")
    token = tokens.issue(house.made.key, actor, now(), timedelta(days=1))
    assert reads(house, token) == 200
    assert reads(house, token) == 200
    (entry,) = house.entries(account)
    assert entry[1].endswith("used, not in the table")


def test_no_token_is_good_for_longer_than_ninety_days(house: House) -> None:
    actor = Actor(account="script", role=Role.ANALYST, organisation="centre")
    token = tokens.issue(house.made.key, actor, now() - timedelta(days=91), timedelta(days=365))
    assert reads(house, token) == 401
