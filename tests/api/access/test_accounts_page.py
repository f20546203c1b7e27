"""账户: what security administrators do, what they may not do, and who else may not."""

import html
import re
from datetime import timedelta

import httpx2
import psycopg
import pytest
from psycopg import errors

from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import PASSWORD, SEATS, SERIAL, House

pytestmark = pytest.mark.postgres


class Keepers:
    """Two security administrators who have signed in: one asks, the other decides."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.asks, self.decides = (house.inside(Role.SECURITY_ADMIN) for _ in range(2))

    def get(self, path: str) -> httpx2.Response:
        return self.asks.get(path)

    def post(self, path: str, sent: dict[str, str]) -> httpx2.Response:
        """Ask, and have it decided where it takes two; the answer to whoever did the last of it."""
        asked = self.asks.post(path, sent)
        waits = "待另一名安全管理员批准" in asked.text and asked.status_code == 200
        return self.settle(sent["account"]) if waits else asked

    def settle(self, account: str, decision: str = "taken") -> httpx2.Response:
        sent = {"number": self.number(account), "decision": decision}
        return self.decides.post("/accounts/requests", sent)

    def number(self, account: str) -> str:
        query = "SELECT max(number) FROM office.account_request WHERE account = %s"
        ((number,),) = self.house.rows(query, account)
        return str(number)


@pytest.fixture
def keeper(house: House) -> Keepers:
    """Who keeps the accounts."""
    return Keepers(house)


def code_in(page: str) -> str:
    found = re.search(r"<code>([A-Z0-9]{10})</code>", page)
    assert found, page
    return found[1]


def described(role: Role, person: str, seat: str | None = None, **more: str) -> dict[str, str]:
    fields = {"role": role.value, "organisation": seat or SEATS.get(role, ""), "person": person}
    return {**fields, **more}


def name() -> str:
    return f"新账户 {next(SERIAL)} <b>&"


def link_in(page: str) -> str:
    found = re.search(r"<code>http://[^/]+(/invitations/[^<]+)</code>", page)
    assert found, page
    return found[1]


def test_a_new_account_comes_with_a_link_that_is_shown_once(house: House, keeper: Keepers) -> None:
    account = name()
    sent = described(Role.DISTRICT_INSPECTOR, "0101", "110105", account=account)
    asked = keeper.asks.post("/accounts", sent)
    assert "/invitations/" not in asked.text
    page = keeper.settle(account)
    assert page.status_code == 200
    link = link_in(page.text)
    for who in (keeper.asks, keeper.decides):
        assert link not in who.get("/accounts").text
    visitor = house.visitor()
    fields = {"password": PASSWORD, "again": PASSWORD, "pair": code_in(asked.text).lower()}
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
    house: House, keeper: Keepers, sent: dict[str, str], field: str
) -> None:
    answer = keeper.post("/accounts", sent)
    assert answer.status_code == 422
    assert f"#field-{field}" in answer.text
    stored = house.rows("SELECT 1 FROM office.account WHERE account = %s", sent["account"])
    assert stored == []


def test_a_name_is_given_once(house: House, keeper: Keepers) -> None:
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
    keeper: Keepers, held: Role, wanted: Role, status: int
) -> None:
    person = f"staff {next(SERIAL)}"
    assert keeper.post("/accounts", described(held, person, account=name())).status_code == 200
    again = keeper.post("/accounts", described(wanted, person, account=name()))
    assert again.status_code == status
    # Nor by way of a role that may stand beside it, changed afterwards.
    third = name()
    keeper.post("/accounts", described(held, f"another {next(SERIAL)}", account=third))
    changed = keeper.post("/accounts/of", described(wanted, person, account=third, act="assign"))
    assert changed.status_code == status


def test_a_disabled_account_of_a_person_stands_in_nobodys_way(keeper: Keepers) -> None:
    person, first = f"staff {next(SERIAL)}", name()
    keeper.post("/accounts", described(Role.EXPERT, person, account=first))
    keeper.post("/accounts/of", {"account": first, "act": "disable"})
    sent = described(Role.BUREAU_PUBLISHER, person, account=name())
    assert keeper.post("/accounts", sent).status_code == 200


def test_a_change_of_role_ends_the_sessions_and_holds_at_once(
    house: House, keeper: Keepers
) -> None:
    account, visitor = house.account(Role.ANALYST), house.visitor()
    visitor.sign_in(account)
    sent = described(Role.DISTRICT_INSPECTOR, f"person of {account}", "110105", account=account)
    assert keeper.post("/accounts/of", {**sent, "act": "assign"}).status_code == 200
    assert visitor.reads() == 401
    visitor.sign_in(account)
    read = visitor.http.get("/v1/flags", headers={"Accept": "application/json"})
    assert read.json()["limited_to"] == {"district": "110105"}


def test_a_disabled_account_is_out_at_once_and_for_good(house: House, keeper: Keepers) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    assert keeper.post("/accounts/of", {"account": account, "act": "disable"}).status_code == 200
    assert visitor.reads() == 401
    assert house.visitor().sign_in(account).status_code == 403
    for act in ("invite", "reset", "assign"):
        sent = described(Role.ANALYST, "1", account=account, act=act)
        assert keeper.post("/accounts/of", sent).status_code == 409


def test_a_reset_takes_password_factor_and_sessions_and_gives_a_link(
    house: House, keeper: Keepers
) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    house.set_factor(account)
    asked = keeper.asks.post("/accounts/of", {"account": account, "act": "reset"})
    assert visitor.reads() == 200
    page = keeper.settle(account)
    assert visitor.reads() == 401
    assert house.visitor().sign_in(account).status_code == 403
    fields = {"password": PASSWORD, "again": PASSWORD, "pair": code_in(asked.text)}
    assert house.visitor().post(link_in(page.text), fields).status_code == 303
    assert house.visitor().sign_in(account).status_code == 303


def test_an_invitation_leaves_the_password_until_it_is_used(house: House, keeper: Keepers) -> None:
    account = house.account()
    keeper.post("/accounts/of", {"account": account, "act": "invite"})
    assert house.visitor().sign_in(account).status_code == 303


def test_a_locked_account_is_shown_and_unlocked(house: House, keeper: Keepers) -> None:
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


def test_an_account_that_nobody_uses_is_shown_as_such(house: House, keeper: Keepers) -> None:
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
def test_what_is_no_act_or_no_account_is_refused(keeper: Keepers, sent: dict[str, str]) -> None:
    assert keeper.post("/accounts/of", sent).status_code in {404, 422}
    assert keeper.get("/accounts/of?account=none").status_code == 404


def test_every_act_is_remembered_under_the_names_of_who_did_it(house: House) -> None:
    asking, keeper = house.enter(Role.SECURITY_ADMIN)
    deciding, other = house.enter(Role.SECURITY_ADMIN)
    account = house.account()
    query = "SELECT max(number) FROM office.account_request WHERE account = %s"
    numbers: list[str] = []
    for act in ("invite", "unlock", "assign", "reset", "disable"):
        sent = described(Role.ANALYST, f"person of {account}", account=account, act=act)
        assert keeper.post("/accounts/of", sent).status_code == 200
        if act in {"invite", "assign", "reset"}:
            ((number,),) = house.rows(query, account)
            numbers.append(number)
            sent = {"number": str(number), "decision": "taken"}
            assert other.post("/accounts/requests", sent).status_code == 200
    one, two, three = numbers
    assert house.entries(asking)[1:] == [
        ("account-asked", f"{one} invite {account}", "done"),
        ("unlock", account, "done"),
        ("account-asked", f"{two} assign {account}", "done"),
        ("account-asked", f"{three} reset {account}", "done"),
        ("account-disabled", account, "done"),
    ]
    assert house.entries(deciding)[1:] == [
        ("invitation", account, "done"),
        ("account-decided", f"{one} invite {account} taken", "done"),
        ("account-changed", f"{account} analyst centre", "done"),
        ("account-decided", f"{two} assign {account} taken", "done"),
        ("reset", account, "done"),
        ("account-decided", f"{three} reset {account} taken", "done"),
    ]


ACTS = ("invite", "reset", "assign")


@pytest.mark.parametrize("act", ACTS)
def test_nothing_happens_before_another_person_decides(house: House, act: str) -> None:
    asking, keeper = house.enter(Role.SECURITY_ADMIN)
    # The same person once more, in other letters and by another account.
    ((person,),) = house.rows("SELECT person FROM office.account WHERE account = %s", asking)
    twin, again = house.enter(Role.SECURITY_ADMIN)
    house.owner.execute(
        "UPDATE office.account SET person = %s WHERE account = %s",
        (f" {person.upper()}　", twin),
    )
    account = house.account()
    visitor = house.visitor()
    visitor.sign_in(account)
    sent = described(Role.ANALYST, f"person of {account}", account=account, act=act)
    assert keeper.post("/accounts/of", sent).status_code == 200
    query = "SELECT max(number) FROM office.account_request WHERE account = %s"
    ((number,),) = house.rows(query, account)
    decision = {"number": str(number), "decision": "taken"}
    for same in (keeper, again):
        assert same.post("/accounts/requests", decision).status_code == 409
    assert visitor.reads() == 200
    assert house.rows("SELECT 1 FROM office.invitation WHERE account = %s", account) == []
    third = house.inside(Role.SECURITY_ADMIN)
    assert third.post("/accounts/requests", decision).status_code == 200
    assert third.post("/accounts/requests", decision).status_code == 404


def test_nobody_decides_about_an_account_that_is_theirs(house: House, keeper: Keepers) -> None:
    account, own = house.enter(Role.SECURITY_ADMIN)
    keeper.asks.post("/accounts/of", {"account": account, "act": "reset"})
    decision = {"number": keeper.number(account), "decision": "taken"}
    assert own.post("/accounts/requests", decision).status_code == 403
    assert keeper.settle(account, "refused").status_code == 200
    assert own.get("/accounts").status_code == 200


def test_who_asked_takes_it_back_alone(house: House, keeper: Keepers) -> None:
    account = house.account(Role.ANALYST)
    page = keeper.asks.post("/accounts/of", {"account": account, "act": "reset"}).text
    assert "待另一名安全管理员批准" in page
    sent = {"number": keeper.number(account), "decision": "refused"}
    listed = keeper.asks.get("/accounts").text
    assert "撤回" in listed
    assert keeper.asks.post("/accounts/requests", sent).status_code == 200
    assert "已撤回" in keeper.asks.get("/accounts").text
    again = keeper.decides.post("/accounts/requests", {**sent, "decision": "taken"})
    assert "没有这项待批准的申请" in again.text
    told = [
        object_
        for (object_,) in house.rows(
            "SELECT object FROM office.access_log WHERE action = 'account-decided' AND object LIKE %s",
            f"% {account} %",
        )
    ]
    assert [each.split()[-2:] for each in told] == [["taken", "back"]]


def test_a_link_says_who_has_its_other_half(house: House, keeper: Keepers) -> None:
    account = house.account(Role.ANALYST)
    page = keeper.post("/accounts/of", {"account": account, "act": "invite"}).text
    assert "另一半是核对码" in page
    query = "SELECT asked_by FROM office.account_request WHERE account = %s"
    ((asked_by,),) = house.rows(query, account)
    assert asked_by in page


def test_neither_half_of_a_link_is_enough(house: House, keeper: Keepers) -> None:
    account = house.account()
    asked = keeper.asks.post("/accounts/of", {"account": account, "act": "invite"})
    page = keeper.settle(account)
    assert code_in(asked.text) not in page.text
    link = link_in(page.text)
    fields = {"password": PASSWORD, "again": PASSWORD}
    for pair in ("", "AAAAAAAAAA"):
        assert house.visitor().post(link, {**fields, "pair": pair}).status_code == 409
    right = {**fields, "pair": code_in(asked.text)}
    assert house.visitor().post(link, right).status_code == 303


def test_the_holder_sees_what_was_replaced_at_the_next_sign_in(
    house: House, keeper: Keepers
) -> None:
    account = house.account()
    assert house.visitor().sign_in(account).headers["location"] == "/"
    keeper.post("/accounts/of", {"account": account, "act": "invite"})
    visitor = house.visitor()
    assert visitor.sign_in(account).headers["location"] == "/account"
    shown = visitor.get("/account").text
    assert "生成了设置密码的链接" in shown
    assert house.visitor().sign_in(account).headers["location"] == "/"


def test_a_request_is_good_for_a_week(house: House, keeper: Keepers) -> None:
    account = house.account()
    keeper.asks.post("/accounts/of", {"account": account, "act": "reset"})
    house.owner.execute("ALTER TABLE office.account_request DISABLE TRIGGER refuse_change")
    house.owner.execute(
        "UPDATE office.account_request SET asked_at = asked_at - interval '8 days' WHERE account = %s",
        (account,),
    )
    house.owner.execute("ALTER TABLE office.account_request ENABLE ALWAYS TRIGGER refuse_change")
    assert keeper.settle(account).status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE office.account_request SET asked_by = 'x'",
        "DELETE FROM office.account_decision",
        "TRUNCATE office.account_notice",
        "UPDATE office.verification SET root = sha256('')",
        "DELETE FROM office.verification",
        "UPDATE office.draw_seed SET seed = seed",
        "UPDATE office.evidence_piece SET octets = ''",
        "UPDATE office.evidence_upload SET account = 'x'",
        "TRUNCATE office.evidence CASCADE",
    ],
)
def test_not_even_the_owner_rewrites_what_was_said(house: House, statement: str) -> None:
    with pytest.raises(psycopg.DatabaseError) as raised:
        house.owner.execute(statement.encode())
    assert raised.value.sqlstate == "LG002"


def test_the_application_takes_back_nothing_that_was_asked_or_decided(house: House) -> None:
    for table in ("account_request", "account_decision", "account_notice"):
        with house.gate.connection() as connection:
            for statement in (f"DELETE FROM office.{table}", f"TRUNCATE office.{table}"):  # noqa: S608 - tables of ours
                with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(statement.encode())
