"""The first start of an installation: no default account, one link; and the accounts of a demonstration."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.access import accounts, administration, demo_accounts, joining, sign_in
from api.access.access_log import command_line
from api.access.account_requests import Act, Wanted
from api.access.accounts import ACCOUNTS
from api.access.joining import Joining
from api.access.sign_in import Proof
from api.installation.opening import SOURCES
from api.installation.settings import Settings
from api.installation.wiring import Installation
from api.questions.problems import Problem
from domain.terms.decider import Refused
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger import guards
from ledger.log.clock import now
from ledger.migrate import migrate
from tests.api.access.house import MAKER, PASSWORD, code
from tests.postgres import Server

pytestmark = pytest.mark.postgres
_number = count(1)


@pytest.fixture(scope="module")
def blank(server: Server) -> str:
    """A database in which every migration has run, to be copied."""
    name = "dudao_first"
    server.drop(name)
    with psycopg.connect(server.create(name, "template0").owner) as connection:
        migrate(connection, SOURCES)
    return name


@pytest.fixture
def empty(server: Server, blank: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation in which nothing has happened."""
    name = f"dudao_first_{next(_number)}"
    server.drop(name)
    addresses = server.create(name, blank)
    given = {
        "database_url": addresses.app,
        "data": tmp_path,
    }
    with Installation(Settings.model_validate(given), connections=8) as made:
        yield made
    server.drop(name)


def first(house: Installation, secret: str, account: str = "root-of-trust") -> Joining:
    offered = joining.offered_factor(house.gate, secret)
    return Joining(secret, PASSWORD, code(offered, now()), account, "0001")


def test_the_first_link_makes_a_security_administrator_with_a_second_factor(
    empty: Installation,
) -> None:
    secret = joining.first_link(empty.gate, now())
    assert secret is not None
    admitted = joining.join(empty.gate, first(empty, secret), command_line(now()))
    assert admitted.actor.role is Role.SECURITY_ADMIN
    with empty.gate.connection() as connection:
        (stored,) = accounts.listed(connection)
    assert (stored.account, stored.role, stored.person) == (
        "root-of-trust",
        "security_admin",
        "0001",
    )
    assert joining.first_link(empty.gate, now()) is None
    proof = Proof("root-of-trust", PASSWORD)
    with pytest.raises(Problem):
        sign_in.with_password(empty.gate, proof, command_line(now()))


def test_the_first_administrator_acts_alone_until_there_was_another(empty: Installation) -> None:
    secret = joining.first_link(empty.gate, now()) or ""
    keeper = joining.join(empty.gate, first(empty, secret), command_line(now())).actor
    visit = command_line(now())

    def asked(account: str, role: Role, person: str) -> administration.RequestedOrDone:
        wanted = Wanted(Act.ADD, account, role.value, "centre", person)
        with empty.gate.connection() as connection:
            return administration.ask(connection, keeper, wanted, visit)

    # Another account of the same person makes no second one.
    assert asked("first-2", Role.SECURITY_ADMIN, "No. 0001").secret
    assert asked("second", Role.SECURITY_ADMIN, "0002").secret
    later = asked("analyst-1", Role.ANALYST, "0003")
    assert (later.secret, later.number is None) == (None, False)
    # Nor is it enough again once the other one is gone.
    with empty.gate.connection() as connection:
        administration.disable(connection, keeper, "second", visit)
        with pytest.raises(Refused):
            administration.invite(connection, keeper, "first-2", visit)
    assert asked("analyst-2", Role.ANALYST, "0004").secret is None
    # Whoever runs the machine can, and is named.
    with empty.gate.connection() as connection:
        new = Actor(account="third", role=Role.SECURITY_ADMIN, organisation="centre")
        administration.add(connection, MAKER, new, "0005", visit)


def test_another_start_makes_another_link_and_the_one_before_void(empty: Installation) -> None:
    before = joining.first_link(empty.gate, now())
    after = joining.first_link(empty.gate, now())
    assert before
    assert after
    with pytest.raises(Problem) as raised:
        joining.join(empty.gate, first(empty, before), command_line(now()))
    assert raised.value.status == 404
    joining.join(empty.gate, first(empty, after), command_line(now()))


def test_no_first_account_without_a_name_or_a_second_factor(empty: Installation) -> None:
    secret = joining.first_link(empty.gate, now()) or ""
    for slip in (
        first(empty, secret, account=""),
        first(empty, secret, account=" root "),
        first(empty, secret)._replace(code=""),
        first(empty, secret)._replace(password="x" * 20),
    ):
        with pytest.raises(Refused):
            joining.join(empty.gate, slip, command_line(now()))
    joining.join(empty.gate, first(empty, secret), command_line(now()))


def test_of_many_who_use_it_at_once_one_becomes_the_first(empty: Installation) -> None:
    secret = joining.first_link(empty.gate, now()) or ""

    def attempt(number: int) -> bool:
        try:
            joining.join(
                empty.gate, first(empty, secret, f"claimant-{number}"), command_line(now())
            )
        except Problem:
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(attempt, range(5))) == 1
    with empty.gate.connection() as connection:
        assert len(accounts.listed(connection)) == 1


def test_a_demonstration_has_one_account_a_role_and_a_second_start_makes_nothing(
    empty: Installation,
) -> None:
    password = demo_accounts.prepare(empty.gate, now())
    assert password is not None
    with empty.gate.connection() as connection:
        stored = accounts.listed(connection)
        listed = demo_accounts.listed(connection)
    assert {each.role for each in stored} == {r.value for r in Role if r is not Role.PUBLIC}
    assert listed == list(demo_accounts.SAMPLE)
    assert demo_accounts.prepare(empty.gate, now()) == password
    with empty.gate.connection() as connection:
        assert accounts.listed(connection) == stored
    proof = Proof("supervisor-1", password)
    admitted = sign_in.with_password(empty.gate, proof, command_line(now()))
    assert admitted.actor.role is Role.QUALITY_SUPERVISOR


def test_one_click_is_enough_for_an_account_of_the_demonstration_and_for_no_other(
    empty: Installation,
) -> None:
    demo_accounts.prepare(empty.gate, now())
    visit = command_line(now())
    for actor in demo_accounts.SAMPLE:
        assert demo_accounts.with_click(empty.gate, actor.account, visit).actor == actor
    other = demo_accounts.SAMPLE[0]
    with empty.gate.connection() as connection:
        accounts.add(connection, replace(other, account="real-person"), "0002")
    with pytest.raises(Problem) as raised:
        demo_accounts.with_click(empty.gate, "real-person", visit)
    assert raised.value.status == 404


def test_an_installation_with_accounts_of_its_own_is_never_made_a_demonstration(
    empty: Installation,
) -> None:
    with empty.gate.connection() as connection:
        accounts.add(connection, demo_accounts.SAMPLE[0], "0003")
    assert demo_accounts.prepare(empty.gate, now()) is None
    with empty.gate.connection() as connection:
        assert demo_accounts.listed(connection) == []
    with pytest.raises(Problem):
        demo_accounts.with_click(empty.gate, "supervisor-1", command_line(now()))


def test_a_door_that_somebody_adds_is_refused_or_named(empty: Installation, server: Server) -> None:
    demo_accounts.prepare(empty.gate, now())
    mine, other = (replace(demo_accounts.SAMPLE[0], account=each) for each in ("mine", "other"))
    with empty.gate.connection() as connection:
        assert guards.differences(connection, [ACCOUNTS]) == []
        accounts.add(connection, mine, "0007")
        accounts.add(connection, other, "0008")
        mark = {"account": mine.account, "rank": 99}
        with (
            pytest.raises(psycopg.DatabaseError, match="accounts of people"),
            connection.transaction(),
        ):
            connection.execute(demo_accounts.MARK, mark)
        add = "INSERT INTO office.demo (account, rank) VALUES (%(account)s, %(rank)s)"
        with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
            connection.execute(add, mark)
    name = conninfo_to_dict(empty.database.addresses.app)["dbname"]
    with psycopg.connect(make_conninfo(server.superuser, dbname=name)) as superuser:
        superuser.execute(add, mark)
    with empty.gate.connection() as connection:
        (named,) = guards.differences(connection, [ACCOUNTS])
    assert named.startswith("+ demonstration account mine: nobody recorded")


def test_the_accounts_of_the_demonstration_stand_in_the_sample_year() -> None:
    folder = Path(__file__).parents[3] / "examples" / "sample_year"
    text = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.ndjson")))
    with_history = [a for a in demo_accounts.SAMPLE if a.role not in _WITHOUT_HISTORY]
    for actor in with_history:
        line = (
            f'"account":"{actor.account}","role":"{actor.role.value}",'
            f'"organisation":"{actor.organisation}"'
        )
        assert line in text, actor


_WITHOUT_HISTORY = {Role.ANALYST, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN}
"""Roles that record nothing."""
