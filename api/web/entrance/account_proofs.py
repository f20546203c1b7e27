"""`/account/password` and `/account/second-factor`: how the holder of an account proves to be it."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.access import credentials, own_account
from api.access.passwords import KINDS, SHORTEST
from api.access.policy import Demand
from api.access.sessions import Session
from api.access.sign_in import Admitted, Proof
from api.http.arrival import arrival, visit
from api.http.caller import Installed, SignedIn
from api.http.cookies import brought_mark
from api.installation.wiring import Installation
from api.web.entrance.entering import let_in, require_same
from api.web.entrance.offered_factor import OfferedFactor, offered
from api.web.frame.acting import Form, Refusal, attempt, typed
from api.web.frame.frame import framed
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)
CURRENT, OLD_CODE = "current", "old_code"
"""The fields that show that it is the holder who asks: the password so far, a code of the factor so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofsPage:
    """One of the two proofs, to be changed."""

    has_factor: bool
    """Whether a second factor is set."""
    factor_required: bool
    """Whether the role may not do without one."""
    offered: OfferedFactor
    """The second factor that may be set up next."""
    demand: Demand | None
    """What has to be done before anything else."""
    shortest: int
    """Characters that a password has at least."""
    kinds: int
    """Kinds of characters that it has at least; 0: that does not count."""
    refusal: Refusal | None
    """Why nothing was changed."""


def _show(
    request: Request,
    house: Installation,
    session: Session,
    template: str,
    refusal: Refusal | None = None,
) -> Response:
    gate, actor = house.gate, session.actor
    with gate.connection() as connection:
        credential = credentials.find(connection, actor.account)
    page = ProofsPage(
        has_factor=credential is not None and credential.factor is not None,
        factor_required=actor.role in gate.policy.factor_for,
        demand=session.demand,
        offered=offered(own_account.offered_factor(gate, session), actor.account),
        shortest=SHORTEST,
        kinds=KINDS if gate.policy.composed else 0,
        refusal=refusal,
    )
    status = refusal.status if refusal else 200
    return render(framed(request, house, actor), template, page, status)


def _proof(request: Request, house: Installation, session: Session, form: FormData) -> Proof:
    fields = typed(form)
    mark = brought_mark(request.cookies, arrival(request, house.settings))
    return Proof(session.actor.account, fields.get(CURRENT, ""), fields.get(OLD_CODE, ""), mark)


def _done(
    request: Request,
    house: Installation,
    session: Session,
    template: str,
    work: Callable[[], Admitted],
) -> Response:
    """Do what ends every session and gives this one a new token, or show why it was refused."""
    admitted = attempt(work)
    if isinstance(admitted, Refusal):
        return _show(request, house, session, template, admitted)
    return let_in(request, house, admitted, arrival(request, house.settings), "/account")


PASSWORD, FACTOR = "account_password.html", "account_factor.html"


@router.get("/account/password")
def show_password(request: Request, house: Installed, session: SignedIn) -> Response:
    """Show the form for another password."""
    return _show(request, house, session, PASSWORD)


@router.post("/account/password")
def change_password(request: Request, house: Installed, session: SignedIn, form: Form) -> Response:
    """Keep another password."""
    chosen = typed(form).get("password", "")

    def change() -> Admitted:
        require_same(form)
        proof = _proof(request, house, session, form)
        return own_account.change_password(house.gate, session, proof, chosen, visit(request))

    return _done(request, house, session, PASSWORD, change)


@router.get("/account/second-factor")
def show_factor(request: Request, house: Installed, session: SignedIn) -> Response:
    """Show the second factor that is offered."""
    return _show(request, house, session, FACTOR)


@router.post("/account/second-factor")
def set_factor(request: Request, house: Installed, session: SignedIn, form: Form) -> Response:
    """Keep the offered second factor."""
    code, proof = typed(form).get("code", ""), _proof(request, house, session, form)

    def keep() -> Admitted:
        return own_account.set_factor(house.gate, session, proof, code, visit(request))

    return _done(request, house, session, FACTOR, keep)


@router.post("/account/second-factor/remove")
def remove_factor(request: Request, house: Installed, session: SignedIn, form: Form) -> Response:
    """Go on without a second factor."""
    proof = _proof(request, house, session, form)

    def remove() -> Admitted:
        return own_account.remove_factor(house.gate, proof, visit(request))

    return _done(request, house, session, FACTOR, remove)
