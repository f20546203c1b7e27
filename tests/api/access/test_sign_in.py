"""Signing in with a password: who gets in, what the others are told, and what is remembered."""

import logging
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from api.access import sessions
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import ANOTHER, PASSWORD, House, code, words

pytestmark = pytest.mark.postgres


def test_the_right_password_opens_what_the_role_may_see(house: House) -> None:
    visitor = house.visitor()
    assert visitor.reads() == 401
    answer = visitor.sign_in(house.account())
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert visitor.reads() == 200


def test_the_cookie_is_for_no_script_and_no_other_site(house: House) -> None:
    answer = house.visitor().sign_in(house.account())
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("dudao-session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "expires" not in cookie.lower()
    assert "strict-transport-security" not in answer.headers


def test_behind_a_proxy_that_speaks_https_the_cookie_is_bound_to_it(house: House) -> None:
    visitor = house.visitor(X_Forwarded_Proto="https")
    origin = house.base.replace("http:", "https:")
    account = house.account()
    fields = {"account": account, "password": PASSWORD}
    answer = visitor.post("/sign-in", fields, Origin=origin, X_Forwarded_Proto="https")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-dudao=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    # The cookie of https is none on plain http, where anybody could have set it.
    token = cookie.split("=", 1)[1].split(";")[0]
    plain = house.visitor()
    plain.http.cookies.set("__Host-dudao", token, domain="127.0.0.1")
    assert plain.reads() == 401


def test_no_password_is_taken_over_plain_http_from_another_machine(house: House) -> None:
    account = house.account()
    fields = {"account": account, "password": PASSWORD}
    host = {"Host": "dudao.example", "Origin": "http://dudao.example"}
    answer = house.visitor().http.post("/sign-in", data=fields, headers=host)
    assert answer.status_code == 403
    assert "https" in answer.text
    assert "set-cookie" not in answer.headers


def test_nobody_learns_which_part_was_wrong(house: House) -> None:
    known, disabled, unset = house.account(), house.account(), house.new_account(Role.ANALYST)
    factored = house.account()
    house.set_factor(factored)
    house.owner.execute(
        "UPDATE office.account SET disabled_at = now() WHERE account = %s", (disabled,)
    )
    visitor = house.visitor()
    answers = {
        name: visitor.sign_in(account, password)
        for name, account, password in (
            ("wrong password", known, ANOTHER),
            ("no such account", "nobody-of-that-name", PASSWORD),
            ("disabled", disabled, PASSWORD),
            ("no password yet", unset, PASSWORD),
            ("no code", factored, PASSWORD),
            ("empty", "", ""),
        )
    }
    assert {answer.status_code for answer in answers.values()} == {403}
    said = {words(answer.text.replace(f'value="{a}"', "")) for a, answer in answers.items()}
    assert len(said) == 1
    assert all("set-cookie" not in answer.headers for answer in answers.values())


def test_after_five_wrong_ones_the_right_one_is_refused_for_all_accounts_alike(
    house: House,
) -> None:
    account, visitor = house.account(), house.visitor()
    for name in (account, "another-nobody"):
        for _ in range(5):
            assert visitor.sign_in(name, ANOTHER).status_code == 403
    real, none = visitor.sign_in(account), visitor.sign_in("another-nobody")
    assert real.status_code == none.status_code == 429
    assert words(real.text) == words(none.text)
    assert real.headers.get("set-cookie") is None
    deeds = [entry[::2] for entry in house.entries(account)]
    assert deeds == [("sign-in", "refused")] * 5 + [("lock-out", "done")]


def test_a_lock_is_over_after_its_time(house: House) -> None:
    account, visitor = house.account(), house.visitor()
    for _ in range(6):
        visitor.sign_in(account, ANOTHER)
    assert visitor.sign_in(account).status_code == 429
    house.owner.execute("UPDATE office.attempt SET since = since - interval '15 minutes'")
    assert visitor.sign_in(account).status_code == 303


def test_a_second_factor_is_asked_for_and_its_code_is_good_once(house: House) -> None:
    account = house.account()
    secret = house.set_factor(account)
    current = code(secret, now())
    assert house.visitor().sign_in(account).status_code == 403
    assert house.visitor().sign_in(account, code="000000").status_code == 403
    assert house.visitor().sign_in(account, ANOTHER, current).status_code == 403
    assert house.visitor().sign_in(account, PASSWORD, current).status_code == 303
    assert house.visitor().sign_in(account, PASSWORD, current).status_code == 403


def test_the_secret_of_a_second_factor_is_sealed(house: House) -> None:
    account = house.account()
    secret = house.set_factor(account)
    ((sealed,),) = house.rows("SELECT factor FROM office.credential WHERE account = %s", account)
    assert secret not in bytes(sealed)
    other = house.account()
    house.set_factor(other)
    # The sealed secret of one account does not open for another.
    house.owner.execute(
        "UPDATE office.credential SET factor = %s WHERE account = %s", (sealed, other)
    )
    assert house.visitor().sign_in(other, PASSWORD, code(secret, now())).status_code == 403


@pytest.mark.parametrize(
    ("following", "where"),
    [
        ("/roster?district=110105", "/roster?district=110105"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/%0d%0aX: y", "/%0d%0aX: y"),
        ("/\r\nX-Evil: y", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_is_led_on_within_the_site_alone(house: House, following: str, where: str) -> None:
    fields = {"account": house.account(), "password": PASSWORD, "next": following}
    answer = house.visitor().post("/sign-in", fields)
    assert answer.headers["location"] == where
    assert "x-evil" not in answer.headers


def test_signing_in_again_gives_a_new_token_and_ends_the_old_one(house: House) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    old = visitor.token
    visitor.sign_in(account)
    assert visitor.token != old
    assert visitor.holding(old).reads() == 401


def test_a_token_that_was_planted_before_is_not_taken_over(house: House) -> None:
    visitor = house.visitor()
    visitor.http.cookies.set("dudao-session", "planted", domain="127.0.0.1")
    answer = visitor.sign_in(house.account())
    assert "planted" not in answer.headers["set-cookie"]
    assert visitor.holding("planted").reads() == 401


def test_signing_out_ends_the_session_and_keeps_field_records(house: House) -> None:
    visitor = house.inside()
    token = visitor.token
    answer = visitor.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert 'dudao-session="";' in answer.headers["set-cookie"]
    assert visitor.holding(token).reads() == 401


def test_the_database_holds_no_token(house: House) -> None:
    visitor = house.inside()
    rows = house.rows("SELECT s::text FROM office.session s")
    assert rows
    assert visitor.token
    assert not [row for row in rows if visitor.token in row[0]]


def test_an_account_has_so_many_sessions_and_the_oldest_ends(house: House) -> None:
    account = house.account()
    visitors = [house.visitor() for _ in range(6)]
    for visitor in visitors:
        assert visitor.sign_in(account).status_code == 303
    assert [visitor.reads() for visitor in visitors] == [401] + [200] * 5


@pytest.mark.parametrize(
    ("column", "by", "status"),
    [
        ("seen_at", timedelta(minutes=14), 200),
        ("seen_at", timedelta(minutes=15), 401),
        ("ends_at", timedelta(hours=7, minutes=59), 200),
        ("ends_at", timedelta(hours=8), 401),
    ],
)
def test_a_session_ends_when_idle_and_at_the_end_of_its_day(
    house: House, column: str, by: timedelta, status: int
) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    house.age_sessions(account, by, column)
    assert visitor.reads() == status


def test_use_keeps_a_session_alive(house: House) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    for _ in range(3):
        house.age_sessions(account, timedelta(minutes=10))
        assert visitor.reads() == 200


def test_over_means_401_for_what_is_recorded_and_the_sign_in_for_pages(house: House) -> None:
    visitor = house.visitor()
    visitor.http.cookies.set("dudao-session", "of yesterday", domain="127.0.0.1")
    headers = {"Idempotency-Key": "k", "Accept": "application/json"}
    answer = visitor.http.post("/v1/inspections", json={}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    page = visitor.get("/accounts")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2Faccounts")
    assert visitor.get("/roster").status_code == 200


def test_a_session_and_a_token_are_answered_by_the_same_policy(house: House) -> None:
    inspector = house.inside(Role.DISTRICT_INSPECTOR, "110105")
    answer = inspector.http.get("/v1/flags", headers={"Accept": "application/json"})
    assert answer.json()["limited_to"] == {"district": "110105"}
    reporter = house.inside(Role.ENTERPRISE_REPORTER)
    assert reporter.reads("/v1/draws") == 403


def test_a_useless_token_is_not_made_good_by_a_cookie(house: House) -> None:
    visitor = house.inside()
    headers = {"Authorization": "Bearer nonsense", "Accept": "application/json"}
    assert visitor.http.get("/v1/flags", headers=headers).status_code == 401


def test_passwords_stand_in_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account = house.account()
    house.visitor().sign_in(account)
    house.visitor().sign_in(account, ANOTHER)
    house.visitor().post("/sign-in", {"account": account, "password": ANOTHER}, Origin="null")
    assert PASSWORD not in caplog.text
    assert ANOTHER not in caplog.text
    for (row,) in house.rows("SELECT l::text FROM office.access_log l"):
        assert PASSWORD not in row
        assert ANOTHER not in row


def test_a_password_kept_with_other_parameters_is_kept_anew(house: House) -> None:
    account = house.account()
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    house.owner.execute(
        "UPDATE office.credential SET password = %s WHERE account = %s", (weak, account)
    )
    assert house.visitor().sign_in(account).status_code == 303
    ((kept,),) = house.rows("SELECT password FROM office.credential WHERE account = %s", account)
    assert "m=19456,t=2,p=1" in kept
    assert house.visitor().sign_in(account).status_code == 303


def test_sessions_are_counted_for_the_system_administrator(house: House) -> None:
    def signed_in() -> int:
        with house.gate.connection() as connection:
            return sessions.count(connection, house.gate.limits, now())

    before = signed_in()
    house.inside()
    assert signed_in() == before + 1
