"""`/accounts` 账户: who may come in, in which role; kept by security administrators."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.access import account_requests, administration, invitations, overview
from api.access.account_requests import Act, Wanted
from api.access.accounts import organisation_of
from api.access.administration import RequestedOrDone
from api.access.overview import Line
from api.http.arrival import published_origin, visit
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions.policy import Action, decide
from api.questions.problems import invalid, not_found
from api.web.frame.acting import Form, Refusal, attempt, text, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import framed
from api.web.frame.rendering import render
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from ledger.reference import authorities

router = APIRouter(include_in_schema=False)
ROLES = tuple(role for role in Role if role is not Role.PUBLIC)
DIGITS = 18
"""Of the number of a request, at most."""


class Made(NamedTuple):
    """What came of an act on an account, to be shown once."""

    account: str
    link: str | None = None
    """Address of a one-time link."""
    number: int | None = None
    """A request that waits for another administrator."""
    code: str | None = None
    """The half of the link to come that whoever asked hands over."""
    half_with: str | None = None
    """Which administrator has the other half of the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPage:
    """All accounts, and the form for another."""

    lines: Sequence[Line]
    """The accounts, enabled ones first."""
    roles: Choices
    """What an account may be."""
    values: dict[str, str]
    """What was typed."""
    refusal: Refusal | None
    """Why nothing was done."""
    made: Made | None
    """What was just made and is shown once."""
    requests: Sequence[account_requests.Request]
    """What waits for another administrator, and what was decided lately."""
    at: datetime
    """When it was looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAccountPage:
    """One account, and what can be done with it."""

    line: Line
    """The account."""
    own: bool
    """Whether it is the reader's own, which others look after."""
    roles: Choices
    """What an account may be."""
    values: dict[str, str]
    """What was typed."""
    refusal: Refusal | None
    """Why nothing was done."""
    made: Made | None
    """What was just made and is shown once."""


def _described(form: FormData, account: str, act: Act) -> Wanted:
    """Return what is asked for an account, and who holds it, as the form describes them."""
    chosen = text(form, "role") or ""
    if chosen not in {role.value for role in ROLES}:
        raise invalid("role", "请选择角色", "choose a role")
    person = text(form, "person")
    if person is None:
        raise invalid("person", "请填写持有人的工号或姓名", "name the holder: staff number or name")
    role, seat = Role(chosen), text(form, "organisation")
    known = frozenset(authorities())
    organisation = organisation_of(role, seat, None, None, known)
    return Wanted(act, account, role.value, organisation, person)


def _show_all(  # noqa: PLR0913 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    refusal: Refusal | None = None,
    *,
    values: dict[str, str] | None = None,
    made: Made | None = None,
) -> Response:
    frame = framed(request, house, actor)
    at = now()
    with house.gate.connection() as connection:
        lines = overview.lines(house.gate, connection, at)
        requests = account_requests.listed(connection)
    page = AccountsPage(
        lines=lines,
        roles=choices(frame.language, "role", [role.value for role in ROLES]),
        values=values or {},
        refusal=refusal,
        made=made,
        requests=requests,
        at=at,
    )
    return render(frame, "accounts.html", page, refusal.status if refusal else 200)


@router.get("/accounts")
def show_all(request: Request, house: Installed, actor: Caller) -> Response:
    """Show all accounts."""
    decide(actor, Action.READ, "accounts")
    return _show_all(request, house, actor)


@router.post("/accounts")
def add(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Ask for an account; its holder comes in by the link that follows."""
    decide(actor, Action.ADMINISTER, "accounts")
    account = text(form, "account") or ""

    def make() -> Made:
        return _ask(request, house, actor, _described(form, account, Act.ADD))

    made = attempt(make)
    if isinstance(made, Refusal):
        return _show_all(request, house, actor, made, values=typed(form))
    return _show_all(request, house, actor, made=made)


def _ask(request: Request, house: Installation, actor: Actor, wanted: Wanted) -> Made:
    """Ask for what takes two; where there has only ever been one administrator, it is done."""
    origin = published_origin(request, house.settings)
    with house.gate.connection() as connection:
        asked = administration.ask(connection, actor, wanted, visit(request))
    return _made(wanted.account, origin, asked)


def _made(account: str, origin: str, asked: RequestedOrDone) -> Made:
    link = None if asked.secret is None else invitations.address(origin, asked.secret)
    return Made(account, link, asked.number, asked.code)


@router.post("/accounts/requests")
def decide_request(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Carry out what another administrator asked for, or send it back."""
    decide(actor, Action.ADMINISTER, "accounts")
    number, taken = text(form, "number") or "", text(form, "decision") == "taken"
    if not (number.isascii() and number.isdecimal() and len(number) <= DIGITS):
        raise invalid("number", "没有这项申请", "there is no such request")

    def carry_out() -> Made:
        origin = published_origin(request, house.settings)
        with house.gate.connection() as connection:
            decided = administration.decide(
                connection, actor, int(number), taken=taken, visit=visit(request)
            )
        made = _made(decided.wanted.account, origin, RequestedOrDone(secret=decided.secret))
        return made._replace(half_with=decided.asked_by)

    made = attempt(carry_out)
    if isinstance(made, Refusal):
        return _show_all(request, house, actor, made)
    return _show_all(request, house, actor, made=made)


def _show_one(  # noqa: PLR0913 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    account: str,
    refusal: Refusal | None = None,
    *,
    values: dict[str, str] | None = None,
    made: Made | None = None,
) -> Response:
    frame = framed(request, house, actor)
    with house.gate.connection() as connection:
        lines = overview.lines(house.gate, connection, now(), account)
    if not lines:
        raise not_found("没有这个账户", "there is no such account")
    (line,) = lines
    stored = {"role": line.role, "organisation": line.organisation, "person": line.person or ""}
    page = OneAccountPage(
        line=line,
        own=account == actor.account,
        roles=choices(frame.language, "role", [role.value for role in ROLES]),
        values=values or stored,
        refusal=refusal,
        made=made,
    )
    return render(frame, "account_of.html", page, refusal.status if refusal else 200)


@router.get("/accounts/of")
def show_one(request: Request, house: Installed, actor: Caller) -> Response:
    """Show one account; its name stands in the query, for it may hold any character."""
    decide(actor, Action.READ, "accounts")
    return _show_one(request, house, actor, request.query_params.get("account", ""))


@router.post("/accounts/of")
def change(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Do one thing with one account."""
    decide(actor, Action.ADMINISTER, "accounts")
    account = text(form, "account") or ""
    acts = _acts(request, house, actor, form, account)
    act = acts.get(text(form, "act") or "")
    if act is None:
        raise invalid("act", "没有这个操作", "there is no such act")
    made = attempt(act)
    if isinstance(made, Refusal):
        return _show_one(request, house, actor, account, made, values=typed(form))
    return _show_one(request, house, actor, account, made=made)


def _acts(
    request: Request, house: Installation, actor: Actor, form: FormData, account: str
) -> dict[str, Callable[[], Made | None]]:
    """Return what can be done with an account; some of it is asked for (`account_requests`)."""
    gate, arrived = house.gate, visit(request)

    def assign() -> Made:
        return _ask(request, house, actor, _described(form, account, Act.ASSIGN))

    def disable() -> None:
        with gate.connection() as connection:
            administration.disable(connection, actor, account, arrived)

    def invite() -> Made:
        return _ask(request, house, actor, Wanted(Act.INVITE, account))

    def reset() -> Made:
        return _ask(request, house, actor, Wanted(Act.RESET, account))

    def unlock() -> None:
        with gate.connection() as connection:
            administration.unlock(gate, connection, actor, account, arrived)

    return {
        "assign": assign,
        "disable": disable,
        "invite": invite,
        "reset": reset,
        "unlock": unlock,
    }
