"""Who asks, and what every request must keep to: one value for each parameter, none unknown."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.access import sessions
from api.access.sessions import Session
from api.access.tokens import BadToken, verify
from api.http.arrival import arrival, require_own, visit
from api.http.obligations import require_nothing_due
from api.installation.wiring import Installation
from api.questions.policy import ANYONE, unauthenticated
from api.questions.problems import Fault, Problem
from domain.terms.envelope import Actor
from ledger.log.clock import now


async def installation(request: Request) -> Installation:
    """Return what the application was made with."""
    found: Installation = request.app.state.installation
    return found


Installed = Annotated[Installation, Depends(installation)]


async def caller(request: Request) -> Actor:
    """Return who the bearer token or the session speaks for; without either, anyone.

    A session that is over speaks for anyone: what needs a name is then answered with 401.

    Raises:
        Problem: 401, the token is not good, or something is due before anything else; 403, another
            site made the browser send a change.
    """
    house: Installation = request.app.state.installation
    header = request.headers.get("authorization")
    session = None if header is not None else await _session(request, house)
    if header is not None:
        actor = await _bearer(house, header)
    else:
        actor = session.actor if session else ANYONE
    # A page that says a problem is made after the endpoint has failed, and still greets its reader;
    # what is refused or taken away is remembered under the same name.
    request.state.actor, request.state.session = actor, session
    if session is not None:
        require_own(request, house.settings)
        require_nothing_due(request, session.due)
    return actor


Caller = Annotated[Actor, Depends(caller)]


async def _bearer(house: Installation, header: str) -> Actor:
    scheme, _, token = header.partition(" ")
    try:
        actor = verify(house.key, token.strip() if scheme.lower() == "bearer" else "", now())
    except (BadToken, ValueError, KeyError):
        raise unauthenticated(
            "令牌无效或已过期;请用 dudao token 重新签发",
            "the token is not valid or has expired; issue another with dudao token",
        ) from None
    if house.accounts.stale:
        await run_in_threadpool(house.accounts.refresh)
    if not house.accounts.admits(actor):
        raise unauthenticated("账户已停用或已变更", "the account is disabled or was changed")
    return actor


async def _session(request: Request, house: Installation) -> Session | None:
    """Return the session whose token the browser sent, as long as it holds."""
    token = request.cookies.get(arrival(request, house.settings).cookie)
    if not token:
        return None

    def find() -> Session | None:
        with house.gate.connection() as connection:
            return sessions.find(connection, token, house.gate.limits, house.gate.policy, now())

    return await run_in_threadpool(find)


async def signed_in(request: Request, actor: Caller) -> Session:
    """Return the session of a person who signed in.

    Raises:
        Problem: 401, nobody has; 403, it is a program with a token.
    """
    session: Session | None = getattr(request.state, "session", None)
    if session is not None:
        return session
    if actor == ANYONE:
        raise unauthenticated("请先登录", "sign in first")
    raise Problem(
        "forbidden",
        "此处须登录后办理,令牌无效",
        "this needs somebody who is signed in, not a token",
        rule="session-needed",
    )


SignedIn = Annotated[Session, Depends(signed_in)]


def unhurried(request: Request, house: Installed, actor: Caller) -> None:
    """Let a stranger look one certificate up; who has a name is known by it.

    Raises:
        Problem: 429, too many came from this address lately.
    """
    if actor == ANYONE:
        seen = visit(request)
        house.gate.require_patience(seen.address, seen.at)


Unhurried = Depends(unhurried)


async def single_valued(request: Request) -> None:
    """Refuse a parameter that stands twice: which of the two counts would be a guess."""
    names = [name for name, _ in request.query_params.multi_items()]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        reason = "参数重复 / given more than once"
        raise Problem(
            "invalid",
            "有参数出现多次",
            "a parameter is given more than once",
            errors=[Fault(name[:40], reason) for name in doubled[:10]],
        )
