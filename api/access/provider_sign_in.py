"""From an identity that the provider vouches for to the account that is held here.

Who somebody is there is the provider and its subject, never a name: names are given away, and
whoever administers the provider could give out that of an administrator here. The first time, the
holder shows with the account's own password and second factor that the account is theirs (a one-time
link sets both); from then on the subject alone leads to the account.
"""

from api.access import access_log, accounts, credentials, notices
from api.access.access_log import Deed, Visit
from api.access.gate import Gate
from api.access.notices import Notice
from api.access.provider import Identity
from api.access.sign_in import Admitted, admit
from api.questions.problems import Problem
from domain.terms.decider import Refused


def with_provider(gate: Gate, identity: Identity, visit: Visit) -> Admitted | None:
    """Return a session for the account that the identity is bound to; None: it is bound to none.

    Raises:
        Problem: 403, that account is disabled.
    """
    with gate.connection() as connection:
        account = accounts.of_subject(connection, identity.subject)
        if account is None:
            return None
        credential = credentials.find(connection, account)
        if credential is not None:
            return admit(gate, connection, credential, "provider", visit)
        access_log.record(
            connection, visit, access_log.nobody(account), Deed.SIGN_IN, "provider", done=False
        )
    raise Problem(
        "sign-in-failed",
        "统一身份认证已确认您的身份，但这里没有与之对应的可用账户；请联系安全管理员",
        "the identity provider knows you, but no account here belongs to you: ask a security "
        "administrator",
    )


def bind(gate: Gate, admitted: Admitted, subject: str, visit: Visit) -> None:
    """Bind the account of whoever has just shown its password and second factor.

    Raises:
        Refused: the account belongs to another identity, or the identity to another account.
    """
    account = admitted.actor.account
    with gate.connection() as connection, connection.transaction():
        if accounts.bound_to(connection, account) == subject:
            return
        if not accounts.bind(connection, account, subject):
            raise Refused(
                "already-bound",
                "该账户或该统一身份已另有绑定；请由安全管理员重置后再绑定",
                "this account or this identity is bound already: a security administrator resets it first",
            )
        access_log.record(connection, visit, admitted.actor, Deed.BINDING, account)
        notices.add(connection, account, Notice.BOUND, account, visit.at)
