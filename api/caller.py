"""Who asks, and what every request must keep to: one value for each parameter, none unknown."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.access import ANYONE, unauthenticated
from api.problems import Fault, Problem
from api.tokens import BadToken, verify
from api.wiring import Installation
from domain.envelope import Actor
from ledger.clock import now


async def installation(request: Request) -> Installation:
    """Return what the application was made with."""
    found: Installation = request.app.state.installation
    return found


Installed = Annotated[Installation, Depends(installation)]


async def caller(request: Request) -> Actor:
    """Return who the bearer token speaks for; without a token, anyone.

    Raises:
        Problem: 401, the token is not good.
    """
    header = request.headers.get("authorization")
    if header is None:
        return ANYONE
    scheme, _, token = header.partition(" ")
    house: Installation = request.app.state.installation
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
    # A page that says a problem is made after the endpoint has failed, and still greets its reader.
    request.state.actor = actor
    return actor


Caller = Annotated[Actor, Depends(caller)]


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
