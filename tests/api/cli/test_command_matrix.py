"""Every command of the terminal: who it asks as, and that the policy decides there too (role × command × district)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import typer

from api.cli.main import app
from api.installation import wiring
from api.installation.every_list import EVERY_LIST
from api.installation.wiring import LOCAL, Installation
from api.questions.policy import Action, decide
from api.questions.problems import Problem
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.desk import Desk
from tests.api.questions.test_isolation import ROLES, Town
from tests.api.questions.test_matrix import READS

pytestmark = pytest.mark.postgres

ASKS = MappingProxyType({"report": "enterprises", "bundle": "events", "template": "enterprises"})
"""Commands beside the lists that ask as somebody → the row of the policy that they go by."""
MORE = frozenset({"bundle"})
"""Commands for those alone who see every row and every person."""
OFFLINE = frozenset({"witness", "keys show", "keys backup", "keys restore"})
"""Commands that open no ledger: they have files of their own."""
AS_SAID = frozenset({"import", "erase"})
"""Commands that record: as whoever each line says, judged like any command; as who is named."""
OPERATES = frozenset(
    {
        "analysts admit", "analysts dismiss", "analysts list", "backup", "catalogue add",
        "catalogue preview", "catalogue show", "checkpoint", "clock", "demo", "doctor",
        "export", "init", "keys rotate", "migrate", "projections rebuild", "replay", "restore", "saved add",
        "saved follow", "saved remove", "saved seen", "serve", "signer", "token", "users add",
        "users disable", "users invite", "users list", "users reset",
        "users revoke-token", "users tokens", "users unlock", "verify", "what-if",
    }
)  # fmt: skip
"""Commands of who holds the database and the keys: nobody's rows are hidden from them (docs/trust.md)."""


def commands(group: typer.Typer, before: str = "") -> Iterator[str]:
    for each in group.registered_commands:
        assert each.callback is not None
        name = each.name or each.callback.__name__.replace("_", "-")
        yield f"{before}{name}"
    for under in group.registered_groups:
        assert under.typer_instance is not None
        yield from commands(under.typer_instance, f"{before}{under.name} ")


def test_every_command_stands_in_one_table() -> None:
    lists = {each.command for each in EVERY_LIST.values()}
    tables = [lists, set(ASKS), OFFLINE, AS_SAID, OPERATES]
    assert sorted(commands(app)) == sorted(name for table in tables for name in table)


def test_the_terminal_asks_as_who_sees_everything() -> None:
    for row in ("enterprises", "events", "tables", "what-if"):
        grant = decide(LOCAL, Action.READ, row)
        assert (grant.rows.everything, grant.persons) == (True, True)


@pytest.fixture(scope="module")
def town(desk: Desk) -> Town:
    return Town(desk)


Run = Callable[..., str | int]


@pytest.fixture
def run(
    house: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command as if somebody else were at the terminal; return what it said, or the refusal."""

    def as_(actor: Actor, *arguments: str) -> str | int:
        @contextmanager
        def caught_up() -> Iterator[tuple[Installation, Actor]]:
            yield house, actor

        monkeypatch.setattr(wiring, "caught_up", caught_up)
        capsys.readouterr()
        try:
            app([*arguments], standalone_mode=False)
        except Problem as problem:
            return problem.status
        return capsys.readouterr().out

    return as_


def asking(actor: dict[str, Any]) -> Actor:
    return Actor(
        account=actor["account"], role=Role(actor["role"]), organisation=actor["organisation"]
    )


def allowed(actor: Actor, row: str | tuple[Action, str]) -> bool:
    action, resource = (Action.READ, row) if isinstance(row, str) else row
    try:
        decide(actor, action, resource)
    except Problem:
        return False
    return True


@pytest.mark.parametrize("role", [name for name in ROLES if name != "nobody"])
def test_every_command_that_asks_goes_by_the_policy(
    town: Town, run: Run, tmp_path: Path, role: str
) -> None:
    given = town.actor(role)
    assert given is not None
    actor, wrong = asking(given), []
    asked: dict[str, list[str]] = {
        name: [*each.command.split(), *(town.there for _ in each.parts), "--format", "json"]
        for name, each in EVERY_LIST.items()
    }
    out = str(tmp_path / "out")
    asked |= {
        "report": ["report", town.there, "-o", out],
        "bundle": ["bundle", town.there, "-o", out],
        "template": ["template", "certificates", "-o", out, "--uscc", town.there],
    }
    for name, arguments in asked.items():
        row = ASKS.get(name) or READS[EVERY_LIST[name].path]
        said = run(actor, *arguments)
        open_to_anyone = row == "open"
        if (said in {401, 403}) == (open_to_anyone or allowed(actor, row)) and not (
            name in MORE and said == 403
        ):
            wrong.append((name, said if isinstance(said, int) else 200, row))
        sees_there = actor.role in {
            Role.QUALITY_SUPERVISOR, Role.CENTRE_OFFICER, Role.BUREAU_PUBLISHER, Role.ANALYST,
        }  # fmt: skip
        if isinstance(said, str) and not (sees_there or open_to_anyone):
            assert town.numbers[town.there] not in said, name
            assert town.there not in said, name
    assert wrong == []


def test_the_terminal_reads_every_question_what_if_and_nobody_else_does_by_a_name(
    desk: Desk, run: Run
) -> None:
    analyst = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}
    asked = desk.post("/v1/what-if", {"rules": {"edition": "假如"}}, analyst).json()
    while desk.get(f"/v1/what-if/{asked['id']}", analyst).json()["stage"] in {"queued", "running"}:
        pass
    questions = run(LOCAL, "what-ifs", "--json")
    assert asked["id"] in str(questions)
    answer = run(LOCAL, "what-if-roster", asked["id"], "--format", "ndjson", "--limit", "1")
    assert isinstance(answer, str)
    named = Actor(account=LOCAL.account, role=LOCAL.role, organisation=LOCAL.organisation)
    assert asked["id"] not in str(run(named, "what-ifs", "--json"))
    assert run(named, "what-if-roster", asked["id"]) == 404
