"""What somebody is held to who has signed in and still owes a second factor or another password."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Request

from api.access.policy import Demand
from api.questions.policy import unauthenticated

FORMS: Mapping[str, str] = MappingProxyType(
    {Demand.FACTOR: "/account/second-factor", Demand.PASSWORD: "/account/password"}
)
"""What is due → the page on which it is done."""
_WORDS = {
    Demand.FACTOR: (
        "此账户必须启用二次验证；请先在“本人账户”中设置",
        "this account needs a second factor: set one up first",
    ),
    Demand.PASSWORD: (
        "密码已到期；请先在“本人账户”中更换",
        "the password is too old: change it first",
    ),
}
_ALWAYS = frozenset(
    {"/sign-in", "/sign-in/demo", "/sign-in/provider", "/sign-in/return", "/sign-out"}
)
"""Ways in and out."""


def require_nothing_due(request: Request, demand: Demand | None) -> None:
    """Refuse everything but what is due, and leaving.

    Raises:
        Problem: 401, the sign-in is not complete; a browser is led to where it is completed, and a
            phone keeps its records for later.
    """
    if demand is None or request.url.path in {FORMS[demand], *_ALWAYS}:
        return
    raise unauthenticated(*_WORDS[demand], demand.value)
