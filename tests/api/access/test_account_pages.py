"""The own account: password, second factor, sessions."""

import re
from datetime import timedelta

import pytest
from pyotp.totp import TOTP

from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import ANOTHER, PASSWORD, House, Visitor, code
from tests.api.access.test_invitations import key_in
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR

pytestmark = pytest.mark.postgres


def signed_in(house: House, role: Role = Role.CENTRE_OFFICER) -> tuple[str, Visitor]:
    account, visitor = house.account(role), house.visitor()
    assert visitor.sign_in(account).status_code == 303
    return account, visitor


def new_password(current: str = PASSWORD, chosen: str = ANOTHER, **more: str) -> dict[str, str]:
    return {"current": current, "password": chosen, "again": chosen, **more}


def test_another_password_ends_every_session_and_renews_this_one(house: House) -> None:
    account, visitor = signed_in(house)
    elsewhere = house.visitor()
    elsewhere.sign_in(account)
    old = visitor.token
    answer = visitor.post("/account/password", new_password())
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert visitor.reads() == 200
    assert visitor.token != old
    assert visitor.holding(old).reads() == 401
    assert elsewhere.reads() == 401
    assert house.visitor().sign_in(account).status_code == 403
    assert house.visitor().sign_in(account, ANOTHER).status_code == 303


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (new_password(current=ANOTHER), 403),
        (new_password(chosen="short"), 422),
        (new_password(chosen="dudao-2026-beijing"), 422),
        ({**new_password(), "again": PASSWORD}, 422),
        ({}, 422),
    ],
)
def test_it_stays_as_it_is_after_a_slip(house: House, sent: dict[str, str], status: int) -> None:
    account, visitor = signed_in(house)
    answer = visitor.post("/account/password", sent)
    assert answer.status_code == status
    assert ANOTHER not in answer.text
    assert visitor.reads() == 200
    assert house.visitor().sign_in(account).status_code == 303


def test_guessing_the_password_in_a_stolen_session_is_bounded(house: House) -> None:
    _, visitor = signed_in(house)
    tries = [
        visitor.post("/account/password", new_password(current=f"guess number {n}")).status_code
        for n in range(6)
    ]
    assert tries == [403] * 5 + [429]


def test_a_second_factor_is_set_once_the_phone_has_shown_a_code(house: House) -> None:
    account, visitor = signed_in(house)
    key = key_in(visitor.get("/account/second-factor").text)
    assert key == key_in(visitor.get("/account/second-factor").text)
    wrong = visitor.post("/account/second-factor", {"code": "000000", "current": PASSWORD})
    assert wrong.status_code == 422
    assert house.visitor().sign_in(account).status_code == 303
    current = TOTP(key).at(now())
    answer = visitor.post("/account/second-factor", {"code": current, "current": PASSWORD})
    assert answer.status_code == 303
    assert house.visitor().sign_in(account).status_code == 403
    later = TOTP(key).at(now() + timedelta(seconds=30))
    assert house.visitor().sign_in(account, code=later).status_code == 303
    assert key_in(visitor.get("/account/second-factor").text) != key


def test_changing_and_removing_it_needs_a_code_of_it(house: House) -> None:
    account = house.account(Role.CENTRE_OFFICER)
    secret = house.set_factor(account)
    visitor = house.visitor()
    visitor.sign_in(account, code=code(secret, now()))
    remove = "/account/second-factor/remove"
    assert visitor.post(remove, {"current": PASSWORD}).status_code == 403
    assert visitor.post("/account/password", new_password()).status_code == 403
    later = code(secret, now(), 1)
    sent = {"current": PASSWORD, "old_code": later}
    assert visitor.post(remove, sent).status_code == 303
    assert house.visitor().sign_in(account).status_code == 303


def test_an_administrator_does_not_do_without(house: House) -> None:
    account = house.account(Role.AUDIT_ADMIN)
    secret = house.set_factor(account)
    visitor = house.visitor()
    visitor.sign_in(account, code=code(secret, now()))
    sent = {"current": PASSWORD, "old_code": code(secret, now(), 1)}
    answer = visitor.post("/account/second-factor/remove", sent)
    assert answer.status_code == 409
    assert house.visitor().sign_in(account).status_code == 403


def numbers(page: str) -> list[str]:
    return re.findall(r'name="number" value="(\d+)"', page)


def test_one_sees_the_own_sessions_and_ends_them(house: House) -> None:
    account, visitor = signed_in(house)
    elsewhere = house.visitor(User_Agent="an old <b>phone</b>")
    elsewhere.sign_in(account)
    page = visitor.get("/account").text
    assert "an old &lt;b&gt;phone&lt;/b&gt;" in page
    (other,) = numbers(page)
    assert visitor.post("/account/sessions/end", {"number": other}).status_code == 303
    assert elsewhere.reads() == 401
    assert visitor.reads() == 200


def test_nobody_ends_the_session_of_somebody_else(house: House) -> None:
    account, visitor = signed_in(house)
    stranger = house.inside()
    ((number,),) = house.rows("SELECT number FROM office.session WHERE account = %s", account)
    for sent in (str(number), "-1", "x", "9" * 40, ""):
        assert stranger.post("/account/sessions/end", {"number": sent}).status_code == 303
    assert visitor.reads() == 200


def test_signing_out_everywhere_leaves_no_session(house: House) -> None:
    account, visitor = signed_in(house)
    elsewhere = house.visitor()
    elsewhere.sign_in(account)
    answer = visitor.post("/account/sessions/end-all")
    assert answer.headers["location"] == "/sign-in"
    assert visitor.holding(visitor.token).reads() == 401
    assert elsewhere.reads() == 401


def test_the_page_needs_a_session_and_not_a_token(house: House) -> None:
    assert house.visitor().get("/account").headers["location"] == "/sign-in?next=%2Faccount"
    desk = Desk(house.base, house.made.key)
    with desk.http:
        assert desk.get("/account", SUPERVISOR).status_code == 403
