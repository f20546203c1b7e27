"""Who asks, and what every request must keep to: one value for each parameter, none unknown."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.access import access_keys, access_log, sessions, token_table
from api.access.access_keys import Held
from api.access.access_log import Deed, Visit
from api.access.sessions import Session
from api.access.table_links import KnownBy
from api.access.tokens import BadToken, Claims, read
from api.http.arrival import arrival, require_own, visit
from api.http.obligations import require_nothing_due
from api.installation.wiring import Installation
from api.questions.policy import ANYONE, unauthenticated
from api.questions.problems import Fault, Problem
from domain.terms.envelope import Actor
from ledger.log.clock import now, today


async def installation(request: Request) -> Installation:
    """Return what the application was made with."""
    house: Installation = request.app.state.installation
    return house


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
        actor = await _bearer(request, house, header)
    else:
        actor = session.actor if session else ANYONE
    # A page that says a problem is made after the endpoint has failed, and still greets its reader;
    # what is refused or taken away is remembered under the same name.
    request.state.actor, request.state.session = actor, session
    if session is not None:
        require_own(request, house.settings)
        require_nothing_due(request, session.demand)
    return actor


Caller = Annotated[Actor, Depends(caller)]


_SCOPED = {
    ("PUT", "/v1/evidence/"): access_keys.PUT_EVIDENCE,
    ("POST", "/v1/commands/SpotCheckRecorded"): access_keys.POST_SEALED,
}
"""Method and start of the path → what a key must be good for; nothing else is open to one."""


async def _keyed(request: Request, house: Installation, token: str) -> Actor:
    """Return who a key speaks for, if it is good for what is asked.

    Raises:
        Problem: 401, it is none or holds no more; 403, it is good for something else.
    """

    def find() -> Held | None:
        with house.gate.connection() as connection:
            access_key = access_keys.find(connection, token, now())
            if access_key is not None and token_table.first_of_day(
                connection, access_key.key_id, now()
            ):
                about = f"{access_key.key_id} {access_key.purpose} used"
                access_log.record(connection, visit(request), access_key.actor, Deed.KEY, about)
            return access_key

    used_key = await run_in_threadpool(find)
    if used_key is None:
        raise unauthenticated(
            "凭据无效、已到期或已撤销；请登录后继续",
            "the credential is not valid, has ended or was taken back: sign in to go on",
        )
    asked = (request.method, request.url.path)
    needed = {
        scope
        for (method, start), scope in _SCOPED.items()
        if asked[0] == method and asked[1].startswith(start)
    }
    if access_keys.EVERYTHING not in used_key.scope and (
        not needed or not needed <= used_key.scope
    ):
        raise Problem(
            "forbidden",
            "此凭据只用于上传已保存的现场记录及其证据",
            "this credential only sends records that were sealed on the spot, and their evidence",
            rule="credential-scope",
        )
    request.state.held = used_key
    return used_key.actor


def key_of(request: Request) -> Held | None:
    """Return the key under which a request came; None if it came by a sign-in or a token."""
    access_key: Held | None = getattr(request.state, "held", None)
    return access_key


def credential_of(request: Request) -> KnownBy | None:
    """Return by what its caller is known: whatever is made for them there ends with it."""
    if (access_key := key_of(request)) is not None:
        return KnownBy("key", access_key.key_id, access_key.ends_at)
    claims: Claims | None = getattr(request.state, "claims", None)
    if claims is not None:
        return KnownBy("token", claims.token_id, claims.ends_at)
    session: Session | None = getattr(request.state, "session", None)
    return None if session is None else KnownBy("session", session.digest.hex(), None)


async def _bearer(request: Request, house: Installation, header: str) -> Actor:
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer" and token.strip().startswith(access_keys.PREFIX):
        return await _keyed(request, house, token.strip())
    try:
        given = token.strip() if scheme.lower() == "bearer" else ""
        claims = read(house.key, given, now(), house.earlier_keys)
    except (BadToken, ValueError, KeyError):
        raise unauthenticated(
            "令牌无效或已过期；请用 dudao token 重新签发",
            "the token is not valid or has expired; issue another with dudao token",
        ) from None
    if house.accounts.stale:
        await run_in_threadpool(house.accounts.refresh)
    admitted = house.accounts.admits(claims.actor, claims.token_id)
    if admitted and claims.earlier:
        admitted = await run_in_threadpool(_stands, house, claims)
    if not admitted:
        raise unauthenticated(
            "账户已停用或已变更，或令牌已撤销",
            "the account is disabled or was changed, or the token was taken back",
        )
    if house.accounts.first_of(claims.token_id, today()):
        await run_in_threadpool(_note, house, claims, visit(request))
    request.state.claims = claims
    return claims.actor


def _stands(house: Installation, claims: Claims) -> bool:
    with house.gate.connection() as connection:
        return token_table.stands(connection, claims)


def _note(house: Installation, claims: Claims, arrived: Visit) -> None:
    with house.gate.connection() as connection:
        token_table.used(connection, claims, arrived)


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
        "此处须登录后办理，令牌无效",
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
        arrived = visit(request)
        house.gate.require_patience(arrived.address, arrived.at)


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
