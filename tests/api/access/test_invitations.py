"""One-time links: the first account, and every password that is set without one."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pyotp.totp import TOTP

from api.access import invitations, joining
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import ANOTHER, PASSWORD, House, Visitor

pytestmark = pytest.mark.postgres


def key_in(page: str) -> str:
    """The key of the offered second factor, as it is typed into an authenticator."""
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert found, page
    return found[1].replace(" ", "")


def fields(password: str = PASSWORD, code: str = "", **more: str) -> dict[str, str]:
    return {"password": password, "again": password, "code": code, **more}


def code_for(page: str) -> str:
    return TOTP(key_in(page)).at(now())


def test_a_link_sets_the_password_and_lets_in(house: House) -> None:
    account = house.new_account(Role.ANALYST)
    link, visitor = house.invitation(account), house.visitor()
    page = visitor.get(link)
    assert page.status_code == 200
    assert account in page.text
    answer = visitor.post(link, fields())
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert visitor.reads() == 200
    assert house.visitor().sign_in(account).status_code == 303
    assert house.entries(account)[0] == ("password", "invitation", "done")


def test_it_is_good_once(house: House) -> None:
    link = house.invitation(house.new_account(Role.ANALYST))
    assert house.visitor().post(link, fields()).status_code == 303
    assert house.visitor().get(link).status_code == 404
    again = house.visitor().post(link, fields(ANOTHER))
    assert again.status_code == 404
    assert "set-cookie" not in again.headers


def test_of_two_who_use_it_at_once_one_gets_in(house: House) -> None:
    link = house.invitation(house.new_account(Role.ANALYST))
    visitors = [house.visitor() for _ in range(6)]

    def use(visitor: Visitor) -> int:
        return int(visitor.post(link, fields()).status_code)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(use, visitors)) == [303] + [404] * 5


def test_opening_it_uses_nothing_up(house: House) -> None:
    link = house.invitation(house.new_account(Role.ANALYST))
    first, second = house.visitor().get(link), house.visitor().get(link)
    assert key_in(first.text) == key_in(second.text)
    assert house.visitor().post(link, fields()).status_code == 303


def test_it_ends(house: House) -> None:
    account = house.new_account(Role.ANALYST)
    link = house.invitation(account)
    house.owner.execute(
        "UPDATE office.invitation SET ends_at = ends_at - interval '1 day' WHERE account = %s",
        (account,),
    )
    assert house.visitor().get(link).status_code == 404
    assert house.visitor().post(link, fields()).status_code == 404


def test_another_link_makes_the_one_before_void(house: House) -> None:
    account = house.new_account(Role.ANALYST)
    first, second = house.invitation(account), house.invitation(account)
    assert house.visitor().get(first).status_code == 404
    assert house.visitor().get(second).status_code == 200


@pytest.mark.parametrize("secret", ["x", "a" * 5000, "%00", "督导"])
def test_what_is_no_link_is_not_found(house: House, secret: str) -> None:
    assert house.visitor().get(f"/invitations/{secret}").status_code == 404


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (fields("short"), "password"),
        (fields("password12345"), "password"),
        ({**fields(), "again": ANOTHER}, "again"),
        (fields(code="000000"), "code"),
        ({}, "password"),
    ],
)
def test_a_slip_leaves_the_link_good_and_repeats_no_password(
    house: House, sent: dict[str, str], field: str
) -> None:
    link = house.invitation(house.new_account(Role.ANALYST))
    answer = house.visitor().post(link, sent)
    assert answer.status_code == 422
    assert f'id="fault-{field}"' in answer.text
    assert "set-cookie" not in answer.headers
    assert not sent.get("password") or sent["password"] not in answer.text
    assert house.visitor().post(link, fields()).status_code == 303


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN])
def test_an_administrator_sets_up_a_second_factor_with_it(house: House, role: Role) -> None:
    account = house.new_account(role)
    link, visitor = house.invitation(account), house.visitor()
    page = visitor.get(link).text
    assert visitor.post(link, fields()).status_code == 422
    assert visitor.post(link, fields(code=code_for(page))).status_code == 303
    # From now on nobody gets in without a code, and the one that was used is good no more.
    assert house.visitor().sign_in(account).status_code == 403
    assert house.visitor().sign_in(account, code=code_for(page)).status_code == 403
    later = TOTP(key_in(page)).at(now() + timedelta(seconds=30))
    assert house.visitor().sign_in(account, code=later).status_code == 303


def test_anybody_may_set_up_a_second_factor(house: House) -> None:
    account = house.new_account(Role.EXPERT)
    link, visitor = house.invitation(account), house.visitor()
    page = visitor.get(link).text
    assert visitor.post(link, fields(code=code_for(page))).status_code == 303
    assert house.visitor().sign_in(account).status_code == 403


def test_a_link_to_a_disabled_account_is_none(house: House) -> None:
    account = house.new_account(Role.ANALYST)
    link = house.invitation(account)
    house.owner.execute(
        "UPDATE office.account SET disabled_at = now() WHERE account = %s", (account,)
    )
    assert house.visitor().get(link).status_code == 404


def test_the_database_holds_no_link(house: House) -> None:
    link = house.invitation(house.new_account(Role.ANALYST))
    secret = link.rpartition("/")[2]
    (rows,) = [house.rows("SELECT i::text FROM office.invitation i")]
    assert rows
    assert not [row for row in rows if secret in row[0]]


def test_the_log_names_no_link(house: House) -> None:
    link = house.invitation(house.new_account(Role.ANALYST))
    signed_in = house.inside()
    foreign = signed_in.post(link, fields(), Origin="https://evil.example")
    assert foreign.status_code == 403
    assert link.rpartition("/")[2] not in str(house.rows("SELECT l::text FROM office.access_log l"))


def test_there_is_no_first_link_once_there_are_accounts(house: House) -> None:
    house.account()
    assert joining.first_link(house.gate, now()) is None


def test_a_first_link_of_before_is_void_once_there_are_accounts(house: House) -> None:
    house.account()
    with house.gate.connection() as connection:
        secret = invitations.make(connection, None, "", now(), invitations.FIRST)
    link, visitor = invitations.address("", secret), house.visitor()
    page = visitor.get(link).text
    sent = fields(code=code_for(page), account="intruder", person="0")
    assert visitor.post(link, sent).status_code == 404
    assert house.rows("SELECT 1 FROM office.account WHERE account = 'intruder'") == []
