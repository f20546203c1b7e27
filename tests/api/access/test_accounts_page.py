"""账户: what security administrators do, what they may not do, and who else may not."""

import html
import re
from datetime import timedelta

import pytest

from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import PASSWORD, SEATS, SERIAL, House, Visitor

pytestmark = pytest.mark.postgres


@pytest.fixture
def keeper(house: House) -> Visitor:
    """A security administrator who has signed in."""
    return house.inside(Role.SECURITY_ADMIN)


def described(role: Role, person: str, seat: str | None = None, **more: str) -> dict[str, str]:
    fields = {"role": role.value, "organisation": seat or SEATS.get(role, ""), "person": person}
    return {**fields, **more}


def name() -> str:
    return f"新账户 {next(SERIAL)} <b>&"


def link_in(page: str) -> str:
    found = re.search(r"<code>http://[^/]+(/invitations/[^<]+)</code>", page)
    assert found, page
    return found[1]


def test_a_new_account_comes_with_a_link_that_is_shown_once(house: House, keeper: Visitor) -> None:
    account = name()
    sent = described(Role.DISTRICT_INSPECTOR, "0101", "110105", account=account)
    page = keeper.post("/accounts", sent)
    assert page.status_code == 200
    link = link_in(page.text)
    assert link not in keeper.get("/accounts").text
    visitor = house.visitor()
    fields = {"password": PASSWORD, "again": PASSWORD}
    assert visitor.post(link, fields).status_code == 303
    read = visitor.http.get("/v1/flags", headers={"Accept": "application/json"})
    assert read.json()["limited_to"] == {"district": "110105"}
    assert html.escape(account) in keeper.get("/accounts").text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (described(Role.DISTRICT_INSPECTOR, "1", "999999", account="x1"), "district"),
        (described(Role.ENTERPRISE_REPORTER, "1", "911", account="x2"), "uscc"),
        (described(Role.ANALYST, "", account="x3"), "person"),
        (described(Role.ANALYST, "1", account=""), "account"),
        (described(Role.ANALYST, "1", account="x" * 65), "account"),
        ({"account": "x4", "person": "1", "role": "public"}, "role"),
        ({"account": "x5", "person": "1", "role": "emperor"}, "role"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    house: House, keeper: Visitor, sent: dict[str, str], field: str
) -> None:
    answer = keeper.post("/accounts", sent)
    assert answer.status_code == 422
    assert f"#field-{field}" in answer.text
    stored = house.rows("SELECT 1 FROM office.account WHERE account = %s", sent["account"])
    assert stored == []


def test_a_name_is_given_once(house: House, keeper: Visitor) -> None:
    account = house.account()
    house.owner.execute(
        "UPDATE office.account SET disabled_at = now() WHERE account = %s", (account,)
    )
    assert (
        keeper.post("/accounts", described(Role.ANALYST, "7", account=account)).status_code == 409
    )


@pytest.mark.parametrize(
    ("held", "wanted", "status"),
    [
        (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, 409),
        (Role.SYSTEM_ADMIN, Role.QUALITY_SUPERVISOR, 409),
        (Role.BUREAU_PUBLISHER, Role.EXPERT, 409),
        (Role.ENTERPRISE_REPORTER, Role.CENTRE_OFFICER, 409),
        (Role.QUALITY_SUPERVISOR, Role.CENTRE_OFFICER, 200),
        (Role.DISTRICT_INSPECTOR, Role.DISTRICT_INSPECTOR, 200),
    ],
)
def test_one_person_does_not_hold_roles_that_exclude_each_other(
    keeper: Visitor, held: Role, wanted: Role, status: int
) -> None:
    person = f"staff {next(SERIAL)}"
    assert keeper.post("/accounts", described(held, person, account=name())).status_code == 200
    again = keeper.post("/accounts", described(wanted, person, account=name()))
    assert again.status_code == status
    # Nor by way of a role that may stand beside it, changed afterwards.
    third = name()
    keeper.post("/accounts", described(held, f"{person} b", account=third))
    changed = keeper.post("/accounts/of", described(wanted, person, account=third, act="assign"))
    assert changed.status_code == status


def test_a_disabled_account_of_a_person_stands_in_nobodys_way(keeper: Visitor) -> None:
    person, first = f"staff {next(SERIAL)}", name()
    keeper.post("/accounts", described(Role.EXPERT, person, account=first))
    keeper.post("/accounts/of", {"account": first, "act": "disable"})
    sent = described(Role.BUREAU_PUBLISHER, person, account=name())
    assert keeper.post("/accounts", sent).status_code == 200


def test_a_change_of_role_ends_the_sessions_and_holds_at_once(
    house: House, keeper: Visitor
) -> None:
    account, visitor = house.account(Role.ANALYST), house.visitor()
    visitor.sign_in(account)
    sent = described(Role.DISTRICT_INSPECTOR, f"person of {account}", "110105", account=account)
    assert keeper.post("/accounts/of", {**sent, "act": "assign"}).status_code == 200
    assert visitor.reads() == 401
    visitor.sign_in(account)
    read = visitor.http.get("/v1/flags", headers={"Accept": "application/json"})
    assert read.json()["limited_to"] == {"district": "110105"}


def test_a_disabled_account_is_out_at_once_and_for_good(house: House, keeper: Visitor) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    assert keeper.post("/accounts/of", {"account": account, "act": "disable"}).status_code == 200
    assert visitor.reads() == 401
    assert house.visitor().sign_in(account).status_code == 403
    for act in ("invite", "reset", "assign"):
        sent = described(Role.ANALYST, "1", account=account, act=act)
        assert keeper.post("/accounts/of", sent).status_code == 409


def test_a_reset_takes_password_factor_and_sessions_and_gives_a_link(
    house: House, keeper: Visitor
) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    house.set_factor(account)
    page = keeper.post("/accounts/of", {"account": account, "act": "reset"})
    assert visitor.reads() == 401
    assert house.visitor().sign_in(account).status_code == 403
    fields = {"password": PASSWORD, "again": PASSWORD}
    assert house.visitor().post(link_in(page.text), fields).status_code == 303
    assert house.visitor().sign_in(account).status_code == 303


def test_an_invitation_leaves_the_password_until_it_is_used(house: House, keeper: Visitor) -> None:
    account = house.account()
    keeper.post("/accounts/of", {"account": account, "act": "invite"})
    assert house.visitor().sign_in(account).status_code == 303


def test_a_locked_account_is_shown_and_unlocked(house: House, keeper: Visitor) -> None:
    account = house.account()
    for _ in range(6):
        house.visitor().sign_in(account, "wrong wrong wrong")
    page = keeper.get(f"/accounts/of?account={account}").text
    assert "已锁定" in page
    keeper.post("/accounts/of", {"account": account, "act": "unlock"})
    assert house.visitor().sign_in(account).status_code == 303


@pytest.mark.parametrize("act", ["assign", "disable", "reset"])
def test_nobody_does_it_to_their_own_account(house: House, act: str) -> None:
    account, visitor = house.enter(Role.SECURITY_ADMIN)
    sent = described(Role.QUALITY_SUPERVISOR, "1", account=account, act=act)
    assert visitor.post("/accounts/of", sent).status_code == 403
    assert visitor.get("/accounts").status_code == 200
    ((role,),) = house.rows("SELECT role FROM office.account WHERE account = %s", account)
    assert role == Role.SECURITY_ADMIN.value


def test_an_account_that_nobody_uses_is_shown_as_such(house: House, keeper: Visitor) -> None:
    account = house.account()
    house.visitor().sign_in(account)
    page = f"/accounts/of?account={account}"
    assert "90 天未登录" not in keeper.get(page).text
    house.owner.execute(
        "UPDATE office.account SET signed_in_at = %s WHERE account = %s",
        (now() - timedelta(days=91), account),
    )
    assert "90 天未登录" in keeper.get(page).text


@pytest.mark.parametrize("sent", [{}, {"act": "promote"}, {"act": "disable", "account": "none"}])
def test_what_is_no_act_or_no_account_is_refused(keeper: Visitor, sent: dict[str, str]) -> None:
    assert keeper.post("/accounts/of", sent).status_code in {404, 422}
    assert keeper.get("/accounts/of?account=none").status_code == 404


def test_every_act_is_remembered_under_the_name_of_who_did_it(house: House) -> None:
    keeper_name, keeper = house.enter(Role.SECURITY_ADMIN)
    account = house.account()
    for act in ("invite", "unlock", "assign", "reset", "disable"):
        sent = described(Role.ANALYST, f"person of {account}", account=account, act=act)
        assert keeper.post("/accounts/of", sent).status_code == 200
    assert house.entries(keeper_name)[1:] == [
        ("invitation", account, "done"),
        ("unlock", account, "done"),
        ("account-changed", f"{account} analyst centre", "done"),
        ("reset", account, "done"),
        ("account-disabled", account, "done"),
    ]
