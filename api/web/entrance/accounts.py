"""`/accounts` 账户: who may come in, in which role; kept by security administrators."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.access import administration, invitations, overview
from api.access.accounts import organisation_of
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
    link: str | None
    """A one-time link that was just made: it is shown once."""
    link_for: str | None
    """The account that it is for."""


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
    link: str | None
    """A one-time link that was just made: it is shown once."""


def _described(form: FormData, account: str) -> tuple[Actor, str]:
    """Return the account and its holder as the form describes them."""
    chosen = text(form, "role") or ""
    if chosen not in {role.value for role in ROLES}:
        raise invalid("role", "请选择角色", "choose a role")
    person = text(form, "person")
    if person is None:
        raise invalid("person", "请填写持有人的工号或姓名", "name the holder: staff number or name")
    role, seat = Role(chosen), text(form, "organisation")
    known = frozenset(authorities())
    found = organisation_of(role, seat, None, None, known)
    return Actor(account=account, role=role, organisation=found), person


def _show_all(  # noqa: PLR0913 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    refusal: Refusal | None = None,
    *,
    values: dict[str, str] | None = None,
    link: tuple[str, str] | None = None,
) -> Response:
    frame = framed(request, house, actor)
    with house.gate.connection() as connection:
        lines = overview.lines(house.gate, connection, now())
    page = AccountsPage(
        lines=lines,
        roles=choices(frame.language, "role", [role.value for role in ROLES]),
        values=values or {},
        refusal=refusal,
        link=link[1] if link else None,
        link_for=link[0] if link else None,
    )
    return render(frame, "accounts.html", page, refusal.status if refusal else 200)


@router.get("/accounts")
def show_all(request: Request, house: Installed, actor: Caller) -> Response:
    """Show all accounts."""
    decide(actor, Action.READ, "accounts")
    return _show_all(request, house, actor)


@router.post("/accounts")
def add(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Store an account and show the link by which its holder comes in."""
    decide(actor, Action.ADMINISTER, "accounts")
    account, seen = text(form, "account") or "", visit(request)

    def make() -> str:
        new, person = _described(form, account)
        origin = published_origin(request, house.settings)
        with house.gate.connection() as connection, connection.transaction():
            administration.add(connection, actor, new, person, seen)
            secret = administration.invite(connection, actor, account, seen)
        return invitations.address(origin, secret)

    link = attempt(make)
    if isinstance(link, Refusal):
        return _show_all(request, house, actor, link, values=typed(form))
    return _show_all(request, house, actor, link=(account, link))


def _show_one(  # noqa: PLR0913 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    account: str,
    refusal: Refusal | None = None,
    *,
    values: dict[str, str] | None = None,
    link: str | None = None,
) -> Response:
    frame = framed(request, house, actor)
    with house.gate.connection() as connection:
        found = overview.lines(house.gate, connection, now(), account)
    if not found:
        raise not_found("没有这个账户", "there is no such account")
    (line,) = found
    stored = {"role": line.role, "organisation": line.organisation, "person": line.person or ""}
    page = OneAccountPage(
        line=line,
        own=account == actor.account,
        roles=choices(frame.language, "role", [role.value for role in ROLES]),
        values=values or stored,
        refusal=refusal,
        link=link,
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
    link = attempt(act)
    if isinstance(link, Refusal):
        return _show_one(request, house, actor, account, link, values=typed(form))
    return _show_one(request, house, actor, account, link=link)


def _acts(
    request: Request, house: Installation, actor: Actor, form: FormData, account: str
) -> dict[str, Callable[[], str | None]]:
    """Return what can be done with an account; what makes a link returns its address."""
    gate, seen = house.gate, visit(request)

    def assign() -> None:
        new, person = _described(form, account)
        with gate.connection() as connection:
            administration.change(connection, actor, new, person, seen)

    def disable() -> None:
        with gate.connection() as connection:
            administration.disable(connection, actor, account, seen)

    def invite() -> str:
        origin = published_origin(request, house.settings)
        with gate.connection() as connection:
            secret = administration.invite(connection, actor, account, seen)
        return invitations.address(origin, secret)

    def reset() -> str:
        origin = published_origin(request, house.settings)
        with gate.connection() as connection:
            secret = administration.reset(connection, actor, account, seen)
        return invitations.address(origin, secret)

    def unlock() -> None:
        with gate.connection() as connection:
            administration.unlock(gate, connection, actor, account, seen)

    return {
        "assign": assign,
        "disable": disable,
        "invite": invite,
        "reset": reset,
        "unlock": unlock,
    }
