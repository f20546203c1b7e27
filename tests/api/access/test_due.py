"""What a role must have before it does anything: a second factor, and (`mlps3`) a password of late."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from pyotp.totp import TOTP

from api.access import administration, demo_accounts, sign_in
from api.access.access_log import command_line
from api.access.exclusions import ADMINISTRATORS
from api.access.policy import Demand, Policy, Proofs
from api.access.sign_in import Proof
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.conftest import served
from tests.api.access.house import MAKER, PASSWORD, SEATS, House, Visitor, code
from tests.api.access.test_invitations import code_for, fields, key_in

pytestmark = pytest.mark.postgres

FACTOR, RENEWAL = "/account/second-factor", "/account/password"
GOOD = "Violet anchor 4 什刹海"
HOMES = {
    Role.SECURITY_ADMIN: "/accounts",
    Role.AUDIT_ADMIN: "/access-log",
    Role.SYSTEM_ADMIN: "/system",
}


def entered(house: House, role: Role) -> tuple[str, Visitor]:
    """Somebody who signs in with a password alone."""
    account, visitor = house.account(role), house.visitor()
    assert visitor.sign_in(account).status_code == 303
    return account, visitor


def set_up(visitor: Visitor, password: str = PASSWORD) -> str:
    """Set up the second factor that is offered; return its key."""
    key = key_in(visitor.get(FACTOR).text)
    answer = visitor.post(FACTOR, {"code": TOTP(key).at(now()), "current": password})
    assert answer.status_code == 303, answer.text
    return key


def asked(visitor: Visitor, path: str) -> tuple[int, str]:
    """How a program is answered, and by which rule."""
    answer = visitor.http.get(path, headers={"Accept": "application/json"})
    kind = answer.headers["content-type"]
    return answer.status_code, answer.json().get("rule", "") if "problem" in kind else ""


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_without_one_does_nothing_but_set_it_up(house: House, role: Role) -> None:
    account, visitor = entered(house, role)
    for path in (HOMES[role], "/", "/roster", "/account", RENEWAL, "/certificates"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (303, FACTOR), path
    assert asked(visitor, "/v1/roster") == (401, "second-factor-due")
    page = visitor.get(FACTOR)
    assert "此账户必须启用二次验证，启用后方可继续" in page.text
    assert f'href="{HOMES[role]}"' not in page.text
    key = set_up(visitor)
    assert visitor.get(HOMES[role]).status_code == 200
    assert "启用后方可继续" not in visitor.get(FACTOR).text
    # The next sign-in asks for it.
    assert house.visitor().sign_in(account).status_code == 403
    later = TOTP(key).at(now() + timedelta(seconds=30))
    assert house.visitor().sign_in(account, code=later).status_code == 303


def test_what_is_sent_meanwhile_is_not_carried_out(house: House) -> None:
    _, visitor = entered(house, Role.SECURITY_ADMIN)
    victim = house.account()
    answer = visitor.post("/accounts/of", {"account": victim, "act": "disable"})
    assert answer.status_code == 401
    assert house.visitor().sign_in(victim).status_code == 303


def test_one_may_leave_without_setting_it_up(house: House) -> None:
    _, visitor = entered(house, Role.AUDIT_ADMIN)
    assert visitor.get("/sign-in").status_code == 200
    assert visitor.post("/sign-out").headers["location"] == "/sign-in"


def test_whoever_becomes_an_administrator_needs_one_from_then_on(house: House) -> None:
    account, visitor = entered(house, Role.ANALYST)
    assert visitor.reads() == 200
    new = Actor(account=account, role=Role.AUDIT_ADMIN, organisation="centre")
    with house.gate.connection() as connection:
        administration.change(connection, MAKER, new, None, house.visit)
    assert visitor.reads() == 401
    assert visitor.sign_in(account).status_code == 303
    assert visitor.get("/access-log").headers["location"] == FACTOR


def test_other_roles_go_on_without_one(house: House) -> None:
    for role in SEATS.keys() - ADMINISTRATORS:
        _, visitor = entered(house, role)
        assert visitor.get("/roster").status_code == 200


@pytest.fixture(scope="module")
def open_mlps3(open_house: House) -> Iterator[House]:
    """The same installation, served by a process that keeps to `mlps3`."""
    settings = open_house.made.settings.model_copy(update={"sign_in_profile": "mlps3"})
    with served(settings, open_house.owner) as made:
        yield made


@pytest.fixture
def mlps3(open_mlps3: House) -> Iterator[House]:
    yield open_mlps3
    open_mlps3.close()


@pytest.mark.parametrize("role", SEATS)
def test_under_mlps3_everybody_needs_one(mlps3: House, role: Role) -> None:
    account, visitor = entered(mlps3, role)
    assert visitor.get("/roster").headers["location"] == FACTOR
    key = set_up(visitor)
    assert visitor.get("/roster").status_code == 200
    assert mlps3.visitor().sign_in(account).status_code == 403
    later = TOTP(key).at(now() + timedelta(seconds=30))
    remove = {"current": PASSWORD, "old_code": later}
    assert visitor.post(f"{FACTOR}/remove", remove).status_code == 409


def test_under_mlps3_a_link_is_not_used_without_one(mlps3: House) -> None:
    link, visitor = mlps3.invitation(mlps3.new_account(Role.EXPERT)), mlps3.visitor()
    page = visitor.get(link).text
    assert "此账户必须启用二次验证" in page
    assert visitor.post(link, fields(GOOD)).status_code == 422
    assert visitor.post(link, fields(GOOD, code_for(page))).status_code == 303


def test_under_mlps3_a_password_is_composed(mlps3: House) -> None:
    link, visitor = mlps3.invitation(mlps3.new_account(Role.EXPERT)), mlps3.visitor()
    page = visitor.get(link).text
    assert "其他字符中的至少 3 类" in page
    refused = visitor.post(link, fields(PASSWORD, code_for(page)))
    assert refused.status_code == 422
    assert 'id="fault-password"' in refused.text
    assert visitor.post(link, fields(GOOD, code_for(page))).status_code == 303


def old_password(house: House, account: str, days: int) -> None:
    house.owner.execute(
        "UPDATE office.credential SET changed_at = now() - make_interval(days => %s)"
        " WHERE account = %s",
        (days, account),
    )


def test_under_mlps3_an_old_password_is_changed_before_anything_else(mlps3: House) -> None:
    account, visitor = mlps3.enter(Role.CENTRE_OFFICER)
    secret = mlps3.set_factor(account)
    old_password(mlps3, account, 90)
    # It has ended a moment ago, and the session began before.
    assert visitor.get("/roster").status_code == 200
    again = mlps3.visitor()
    assert again.sign_in(account, code=code(secret, now())).status_code == 303
    assert again.get("/roster").headers["location"] == RENEWAL
    assert asked(again, "/v1/flags") == (401, "password-due")
    assert "密码已到期" in again.get(RENEWAL).text
    sent = {"current": PASSWORD, "password": GOOD, "again": GOOD}
    answer = again.post(RENEWAL, {**sent, "old_code": code(secret, now(), 1)})
    assert answer.status_code == 303, answer.text
    assert again.get("/roster").status_code == 200
    assert asked(again, "/v1/flags") == (200, "")


def test_a_password_of_89_days_is_good(mlps3: House) -> None:
    account = mlps3.account(Role.ANALYST)
    secret = mlps3.set_factor(account)
    old_password(mlps3, account, 89)
    visitor = mlps3.visitor()
    visitor.sign_in(account, code=code(secret, now()))
    assert visitor.get("/roster").status_code == 200


def test_a_password_that_is_kept_anew_grows_no_younger(mlps3: House) -> None:
    account = mlps3.account(Role.ANALYST)
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    mlps3.owner.execute(
        "UPDATE office.credential SET password = %s WHERE account = %s", (weak, account)
    )
    old_password(mlps3, account, 91)
    kept = "SELECT password, changed_at FROM office.credential WHERE account = %s"
    ((_, before),) = mlps3.rows(kept, account)
    mlps3.visitor().sign_in(account)
    ((password, after),) = mlps3.rows(kept, account)
    assert password != weak
    assert after == before


def test_a_new_password_is_another_one(house: House) -> None:
    _, visitor = entered(house, Role.ANALYST)
    same = {"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    answer = visitor.post(RENEWAL, same)
    assert answer.status_code == 422
    assert "新密码与现在的相同" in answer.text
    assert visitor.reads() == 200


START = datetime.fromisoformat("2026-11-01T08:00:00+08:00")


@pytest.mark.parametrize(
    ("factor", "days", "due"),
    [
        (False, 0, Demand.FACTOR),
        (False, 90, Demand.FACTOR),
        (True, 89, None),
        (True, 90, Demand.PASSWORD),
    ],
)
def test_the_second_factor_comes_first_and_a_password_ends_on_its_day(
    days: int, due: Demand | None, *, factor: bool
) -> None:
    policy = Policy(frozenset({Role.EXPERT}), composed=True, lasts=timedelta(days=90))
    proofs = Proofs(factor, START - timedelta(days=days))
    assert policy.demand(Role.EXPERT, proofs, START) is due


def test_nothing_is_due_of_a_demonstration(mlps3: House) -> None:
    security = next(a for a in demo_accounts.SAMPLE if a.role is Role.SECURITY_ADMIN)
    chosen = mlps3.account(security.role)
    mlps3.owner.execute("INSERT INTO office.demo (account, rank) VALUES (%s, 1)", (chosen,))
    try:
        visitor = mlps3.visitor()
        assert visitor.sign_in(chosen).status_code == 303
        assert visitor.get("/accounts").status_code == 200
        with_click = mlps3.visitor()
        assert with_click.post("/sign-in/demo", {"account": chosen}).status_code == 303
        assert with_click.get("/accounts").status_code == 200
    finally:
        mlps3.owner.execute("DELETE FROM office.demo")


def test_nothing_is_due_of_whom_the_provider_vouches_for(mlps3: House) -> None:
    account = mlps3.account(Role.SYSTEM_ADMIN)
    proof = Proof(account, PASSWORD)
    with mlps3.gate.connection() as connection:
        held = sign_in.prove(mlps3.gate, proof, command_line(now()))
        admitted = sign_in.admit(mlps3.gate, connection, held, "provider", command_line(now()))
    visitor = mlps3.visitor().holding(admitted.token)
    assert visitor.get("/system").status_code == 200
