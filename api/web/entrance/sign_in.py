"""`/sign-in` 登录, through a password or the identity provider, and `/sign-out`."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.access import demo_accounts, sign_in
from api.access.provider import Identity, Provider
from api.access.provider_sign_in import bind, with_provider
from api.access.sign_in import Admitted, Proof
from api.http.arrival import arrival, published_origin, require_private, visit
from api.http.caller import Caller, Installed
from api.http.cookies import (
    brought_mark,
    brought_provider,
    give_provider,
    take_provider,
    take_session,
)
from api.installation.wiring import Installation
from api.questions.problems import not_found
from api.web.entrance.entering import Private, let_in
from api.web.frame.acting import Form, Refusal, attempt, text
from api.web.frame.frame import framed
from api.web.frame.rendering import render
from domain.terms.envelope import Actor

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The way in."""

    refusal: Refusal | None
    """Why nobody was let in."""
    values: dict[str, str]
    """What was typed, without secrets."""
    following: str
    """Where to go afterwards."""
    provider: bool
    """Whether there is an identity provider to sign in through."""
    demo: tuple[Actor, ...]
    """The accounts of a demonstration, each with a button."""
    binding: str | None
    """The name at the identity provider of whoever is to be bound to an account here."""


def _show(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    refusal: Refusal | None,
    sent: dict[str, str],
    binding: str | None = None,
) -> Response:
    with house.gate.connection() as connection:
        demo = demo_accounts.listed(connection)
    page = SignInPage(
        refusal=refusal,
        values={"account": sent.get("account", "")},
        following=sent.get("next", ""),
        provider=house.provider is not None,
        demo=tuple(demo),
        binding=binding,
    )
    status = refusal.status if refusal else 200
    return render(framed(request, house, actor), "sign_in.html", page, status)


@router.get("/sign-in")
def show(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form."""
    return _show(request, house, actor, None, dict(request.query_params))


@router.post("/sign-in")
def enter(request: Request, house: Installed, actor: Caller, came: Private, form: Form) -> Response:
    """Let in whoever shows the right password."""
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    # A password is taken as it was typed: blanks may belong to it.
    proof = Proof(
        text(form, "account") or "",
        fields.get("password", ""),
        fields.get("code", ""),
        brought_mark(request.cookies, came),
    )
    binding = fields.get("binding") or None

    def work() -> Admitted:
        if binding is None:
            return sign_in.with_password(house.gate, proof, visit(request))
        subject = _provider(house).vouched(
            brought_provider(request.cookies, came), visit(request).at
        )
        proved = sign_in.with_password(house.gate, proof, visit(request))
        bind(house.gate, proved, subject, visit(request))
        return proved

    admitted = attempt(work)
    if isinstance(admitted, Refusal):
        return _show(request, house, actor, admitted, fields, binding)
    _leave_old(request, house)
    answer = let_in(request, house, admitted, came, text(form, "next"))
    if binding is not None:
        take_provider(answer, came)
    return answer


@router.post("/sign-in/demo")
def enter_demo(
    request: Request,
    house: Installed,
    actor: Caller,  # noqa: ARG001 - a session that is there is found by it
    came: Private,
    form: Form,
) -> Response:
    """Let in as one of a demonstration's accounts."""
    account = text(form, "account") or ""
    admitted = demo_accounts.with_click(house.gate, account, visit(request))
    _leave_old(request, house)
    return let_in(request, house, admitted, came, text(form, "next"))


def _leave_old(request: Request, house: Installation) -> None:
    """End the session that this browser had until now: it begins another."""
    session = getattr(request.state, "session", None)
    if session is not None:
        sign_in.sign_out(house.gate, session, visit(request))


def _provider(house: Installation) -> Provider:
    if house.provider is None:
        raise not_found("没有设置统一身份认证", "no identity provider is set")
    return house.provider


def _return_address(request: Request, house: Installation) -> str:
    return f"{published_origin(request, house.settings)}/sign-in/return"


@router.get("/sign-in/provider")
def leave(request: Request, house: Installed) -> Response:
    """Send the browser to the identity provider."""
    came = require_private(request, house.settings)
    following = request.query_params.get("next", "")[:500]
    leaving = _provider(house).leave(_return_address(request, house), following, visit(request).at)
    answer = Response(status_code=303, headers={"Location": leaving.location})
    give_provider(answer, came, leaving.cookie)
    return answer


@router.get("/sign-in/return")
def come_back(request: Request, house: Installed, actor: Caller) -> Response:
    """Let in whoever the identity provider vouches for."""
    came = require_private(request, house.settings)
    arrived = visit(request)
    sealed = brought_provider(request.cookies, came)

    def admitted() -> tuple[Admitted | None, Identity]:
        identity = _provider(house).come_back(
            _return_address(request, house), sealed, dict(request.query_params), arrived.at
        )
        return with_provider(house.gate, identity, arrived), identity

    outcome = attempt(admitted)
    if isinstance(outcome, Refusal):
        answer = _show(request, house, actor, outcome, {})
    elif outcome[0] is None:
        identity = outcome[1]
        sent = {"next": identity.following}
        answer = _show(request, house, actor, None, sent, identity.account)
        give_provider(answer, came, _provider(house).unbound(identity, arrived.at))
        return answer
    else:
        _leave_old(request, house)
        answer = let_in(request, house, outcome[0], came, outcome[1].following)
    take_provider(answer, came)
    return answer


@router.post("/sign-out")
def leave_for_good(
    request: Request,
    house: Installed,
    actor: Caller,  # noqa: ARG001 - the session is found by it
) -> Response:
    """End the session."""
    session = getattr(request.state, "session", None)
    if session is not None:
        sign_in.sign_out(house.gate, session, visit(request))
    answer = Response(status_code=303, headers={"Location": "/sign-in"})
    take_session(answer, arrival(request, house.settings))
    return answer
