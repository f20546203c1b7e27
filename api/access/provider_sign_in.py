"""From an identity that the provider vouches for to the account that is held here."""

from typing import Any

from psycopg import Connection

from api.access import access_log, accounts, credentials
from api.access.access_log import Deed, Visit
from api.access.gate import Gate
from api.access.provider import Identity
from api.access.sign_in import Admitted, admit
from api.questions.problems import Problem


def with_provider(gate: Gate, identity: Identity, visit: Visit) -> Admitted:
    """Return a session for the account that the identity names.

    The first sign-in binds the account to the provider's subject; from then on the same name with
    another subject (a name that was given to somebody else) is refused until an administrator
    resets the account.

    Raises:
        Problem: 403, there is no such account, or it is bound to somebody else.
    """
    with gate.connection() as connection:
        held = credentials.find(connection, identity.account)
        if held is not None and _is_bound(connection, identity):
            return admit(gate, connection, held, "provider", visit)
        who = held.actor if held else access_log.nobody()
        access_log.record(connection, visit, who, Deed.SIGN_IN, "provider", done=False)
    raise Problem(
        "sign-in-failed",
        "统一身份认证已确认您的身份,但这里没有与之对应的可用账户;请联系安全管理员",
        "the identity provider knows you, but no account here belongs to you: ask a security "
        "administrator",
    )


def _is_bound(connection: Connection[Any], identity: Identity) -> bool:
    bound = accounts.bound_to(connection, identity.account)
    if bound is None:
        return accounts.bind(connection, identity.account, identity.subject)
    return bound == identity.subject
