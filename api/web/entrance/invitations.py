"""`/invitations/{secret}` 一次性链接: its holder sets a password, who needs one also a second factor."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.access import joining
from api.access.joining import Joining
from api.access.passwords import KINDS, SHORTEST
from api.access.sign_in import Admitted
from api.http.arrival import require_private, visit
from api.http.caller import Installed
from api.installation.wiring import Installation
from api.questions.policy import ANYONE
from api.web.entrance.entering import Private, let_in, require_same
from api.web.entrance.offered_factor import OfferedFactor, offered
from api.web.frame.acting import Form, Refusal, attempt, text, typed
from api.web.frame.frame import framed
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage:
    """A link that is good."""

    account: str | None
    """The account that it is for; None: it makes the first one."""
    role: str
    """The role of the account."""
    organisation: str
    """Its organisation."""
    paired: bool
    """Whether the code of the other administrator is needed too."""
    required: bool
    """Whether a second factor must be set up."""
    offered: OfferedFactor
    """The second factor that may, or must, be set up."""
    shortest: int
    """Characters that a password has at least."""
    kinds: int
    """Kinds of characters that it has at least; 0: that does not count."""
    values: dict[str, str]
    """What was typed, without secrets."""
    refusal: Refusal | None
    """Why the link was not used."""


def _show(
    request: Request,
    house: Installation,
    secret: str,
    refusal: Refusal | None,
    sent: dict[str, str],
) -> Response:
    arrived = visit(request)
    with house.gate.connection() as connection:
        invitation = joining.opened(connection, secret, arrived.at)
    label = invitation.account or "security administrator"
    page = InvitationPage(
        account=invitation.account,
        role=invitation.role.value,
        organisation=invitation.organisation,
        paired=invitation.code is not None,
        required=joining.needs_factor(house.gate, invitation),
        offered=offered(joining.offered_factor(house.gate, secret), label),
        shortest=SHORTEST,
        kinds=KINDS if house.gate.policy.composed else 0,
        values={name: sent.get(name, "") for name in ("account", "person")},
        refusal=refusal,
    )
    status = refusal.status if refusal else 200
    return render(framed(request, house, ANYONE), "invitation.html", page, status)


@router.get("/invitations/{secret}")
def show(request: Request, house: Installed, secret: str) -> Response:
    """Show what the link is for. Nothing happens by opening it: mail programs open links too."""
    require_private(request, house.settings)
    return _show(request, house, secret, None, {})


@router.post("/invitations/{secret}")
def use(request: Request, house: Installed, came: Private, form: Form, secret: str) -> Response:
    """Use the link."""
    fields = typed(form)
    sent = Joining(
        secret,
        fields.get("password", ""),
        fields.get("code", ""),
        text(form, "account") or "",
        text(form, "person") or "",
        text(form, "pair") or "",
    )

    def join() -> Admitted:
        require_same(form)
        return joining.join(house.gate, sent, visit(request))

    admitted = attempt(join)
    if isinstance(admitted, Refusal):
        return _show(request, house, secret, admitted, fields)
    return let_in(request, house, admitted, came, None)
