"""`/account` 本人账户: what is set up, and the own sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.access import access_keys, credentials, notices, own_account, sessions, token_table
from api.access.access_keys import Issued
from api.access.exclusions import ADMINISTRATORS
from api.access.sessions import Session, ShownSession
from api.access.sign_in import Proof
from api.http.arrival import arrival, visit
from api.http.caller import Installed, SignedIn
from api.http.cookies import take_session
from api.installation.wiring import Installation
from api.questions.problems import invalid
from api.web.frame.acting import Form, Refusal, attempt, text, typed
from api.web.frame.frame import framed
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)
DIGITS = 18
"""Of the number of a session, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """The reader's own account."""

    own: int
    """Number of the session in which the page is read."""
    sessions: Sequence[ShownSession]
    """All sessions of the account, the newest first."""
    notices: Sequence[notices.GivenNotice]
    """What others did to the account lately, the newest first."""
    keys: Sequence[access_keys.ShownKey]
    """Credentials of devices and programs that act in the name of the account."""
    tokens: Sequence[token_table.Listed]
    """Tokens that were signed for the account on the server."""
    may_key: bool
    """Whether the account may be used by a program."""
    made: Issued | None
    """A key that was just made: it is shown once."""
    refusal: Refusal | None
    """Why none was made."""
    has_password: bool
    """Whether there is a password; an account of the identity provider has none."""
    has_factor: bool
    """Whether a second factor is set."""


@router.get("/account")
def show(request: Request, house: Installed, session: SignedIn) -> Response:
    """Show the own account."""
    return _show(request, house, session)


def _show(
    request: Request, house: Installation, session: Session, made: Issued | Refusal | None = None
) -> Response:
    gate, account = house.gate, session.actor.account
    with gate.connection() as connection:
        credential = credentials.find(connection, account)
        own = sessions.of_account(connection, account, gate.limits, visit(request).at)
        tokens = token_table.listed(connection, visit(request).at, account)
        told = notices.of_account(connection, account, visit(request).at)
        keys = access_keys.of_account(connection, account, visit(request).at)
    page = AccountPage(
        own=session.number,
        sessions=own,
        notices=told,
        keys=keys,
        has_password=credential is not None and credential.password is not None,
        has_factor=credential is not None and credential.factor is not None,
        tokens=tokens,
        may_key=session.actor.role not in ADMINISTRATORS,
        made=None if isinstance(made, Refusal) else made,
        refusal=made if isinstance(made, Refusal) else None,
    )
    status = made.status if isinstance(made, Refusal) else 200
    return render(framed(request, house, session.actor), "account.html", page, status)


@router.post("/account/keys")
def make_key(request: Request, house: Installed, session: SignedIn, form: Form) -> Response:
    """Make a key for a program, and show it once."""
    fields = typed(form)
    days = fields.get("days", "")
    lasts = int(days) if days.isascii() and days.isdecimal() and len(days) < DIGITS else 0
    proof = Proof(session.actor.account, fields.get("current", ""), fields.get("code", ""))
    name = fields.get("name", "")

    def make() -> Issued:
        if not 1 <= lasts <= access_keys.DAYS[access_keys.PROGRAM].days:
            raise invalid("days", "有效期为 1 至 90 天", "from 1 to 90 days")
        return own_account.make_key(house.gate, session, proof, name, lasts, visit(request))

    return _show(request, house, session, attempt(make))


@router.post("/account/sessions/end")
def end_session(request: Request, house: Installed, session: SignedIn, form: Form) -> Response:
    """End one of the own sessions."""
    number = text(form, "number") or ""
    if number.isascii() and number.isdecimal() and len(number) <= DIGITS:
        own_account.end_session(house.gate, session.actor, int(number), visit(request))
    return Response(status_code=303, headers={"Location": "/account"})


@router.post("/account/keys/revoke")
def revoke_key(request: Request, house: Installed, session: SignedIn, form: Form) -> Response:
    """Take back the credential of a device."""
    own_account.revoke_key(house.gate, session.actor, text(form, "key_id") or "", visit(request))
    return Response(status_code=303, headers={"Location": "/account"})


@router.post("/account/sessions/end-all")
def end_everywhere(request: Request, house: Installed, session: SignedIn) -> Response:
    """End all own sessions, this one too."""
    own_account.end_everywhere(house.gate, session.actor, visit(request))
    answer = Response(status_code=303, headers={"Location": "/sign-in"})
    take_session(answer, arrival(request, house.settings))
    return answer
