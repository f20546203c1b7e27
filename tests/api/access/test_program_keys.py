"""Keys for programs and tokens: made by their holder, listed, seen in use, taken back one by one (0218)."""

import re
from datetime import timedelta

import pytest

from api.access import token_table, tokens
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from ledger.log.entry import instant_text
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


def test_tokens_on_the_table_outlive_the_key_that_signed_them_and_it_signs_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = house.account(Role.ANALYST)
    actor = Actor(account=account, role=Role.ANALYST, organisation="centre")
    old = bytes(range(32))
    listed, forged = (tokens.issue(old, actor, now(), timedelta(days=1)) for _ in range(2))
    claims = tokens.read(old, listed, now())
    with house.gate.connection() as connection:
        token_table.add(connection, claims, MAKER, house.visit)
    assert [reads(house, each) for each in (listed, forged)] == [401, 401]
    monkeypatch.setattr(house.made, "earlier_keys", (old,))
    assert [reads(house, each) for each in (listed, forged)] == [200, 401]
    # Nor does the key of before make more of a token on the table than it is.
    centre = Actor(account=account, role=Role.CENTRE_OFFICER, organisation="centre")
    with house.gate.connection() as connection:
        for wrong in (
            claims._replace(actor=centre),
            claims._replace(ends_at=claims.ends_at + timedelta(days=9)),
        ):
            assert not token_table.stands(connection, wrong)
        token_table.revoke(connection, claims.token_id, None, MAKER, house.visit)
        assert not token_table.stands(connection, claims)


def test_two_servers_remember_the_first_use_of_a_day_once(house: House) -> None:
    account = house.account(Role.ANALYST)
    actor = Actor(account=account, role=Role.ANALYST, organisation="centre")
    claims = tokens.read(
        house.made.key, tokens.issue(house.made.key, actor, now(), timedelta(days=9)), now()
    )
    later = house.visit._replace(at=house.visit.at + timedelta(days=1))
    with house.gate.connection() as connection:
        for visit in (house.visit, house.visit, later):
            token_table.used(connection, claims, visit)
    assert len(house.entries(account)) == 2


def test_a_link_to_a_table_ends_with_that_by_which_it_was_asked_for(house: House) -> None:
    account, visitor = house.enter(Role.ANALYST)
    actor = Actor(account=account, role=Role.ANALYST, organisation="centre")
    key = made(visitor)
    token = tokens.issue(house.made.key, actor, now(), timedelta(minutes=5))
    claims = tokens.read(house.made.key, token, now())
    with house.gate.connection() as connection:
        token_table.add(connection, claims, MAKER, house.visit)

    def link(**headers: str) -> tuple[str, str]:
        answer = visitor.get("/v1/tables/links", Accept="application/json", **headers)
        assert answer.status_code == 200, answer.text
        given = answer.json()
        return given["links"][0]["address"], given["expires_at"]

    def status(address: str) -> int:
        return house.visitor().get(address).status_code

    by_key, _ = link(Authorization=f"Bearer {key}")
    by_token, until = link(Authorization=f"Bearer {token}")
    by_session, _ = link()
    assert until < instant_text(now() + timedelta(minutes=6))  # not the link's own hour
    assert [status(each) for each in (by_key, by_token, by_session)] == [200, 200, 200]
    visitor.post("/account/keys/revoke", {"key_id": key.split(".")[1]})
    assert [status(each) for each in (by_key, by_token, by_session)] == [401, 200, 200]
    visitor.post("/account/keys/revoke", {"key_id": claims.token_id})
    house.made.accounts.refresh()
    assert [status(each) for each in (by_key, by_token, by_session)] == [401, 401, 200]
    visitor.post("/sign-out")
    assert status(by_session) == 401


def test_no_token_is_good_for_longer_than_ninety_days(house: House) -> None:
    actor = Actor(account="script", role=Role.ANALYST, organisation="centre")
    token = tokens.issue(house.made.key, actor, now() - timedelta(days=91), timedelta(days=365))
    assert reads(house, token) == 401
