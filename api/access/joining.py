"""What a one-time link is for: its holder sets a password, who needs one also a second factor."""

import hmac
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from api.access import (
    access_log,
    account_requests,
    accounts,
    credentials,
    exclusions,
    factor,
    invitations,
    notices,
    passwords,
)
from api.access.access_log import Deed, Visit
from api.access.gate import Gate
from api.access.invitations import Invitation
from api.access.notices import Notice
from api.access.sealing import digest
from api.access.sign_in import Admitted, admit
from api.questions.problems import Problem, not_found
from domain.terms.decider import Refused
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role


class Joining(NamedTuple):
    """What the holder of a link typed. `account` and `person` count for the first account only."""

    secret: str
    password: str
    code: str = ""
    account: str = ""
    person: str = ""
    pair: str = ""
    """What the other administrator handed over, where two made the link."""

    def __repr__(self) -> str:
        """Return no secret."""
        return "Joining(…)"


def opened(connection: Connection[Any], secret: str, at: datetime) -> Invitation:
    """Return the link of that secret.

    Raises:
        Problem: 404, it is used, over, or none.
    """
    invitation = invitations.find(connection, secret, at)
    if invitation is None:
        raise _gone()
    return invitation


def _gone() -> Problem:
    return not_found(
        "此链接无效、已使用或已过期；请向安全管理员（首次启动时重启服务）索取新链接",
        "this link is used, over, or none: ask a security administrator for another (at the very "
        "first start: start the server again)",
    )


def first_link(gate: Gate, at: datetime) -> str | None:
    """Return the secret of a link that makes the first account; None once there are accounts."""
    with gate.connection() as connection:
        if accounts.any_stored(connection):
            return None
        return invitations.make(connection, None, "", at, invitations.FIRST)


def needs_factor(gate: Gate, invitation: Invitation) -> bool:
    """Return whether the account cannot be set up without a second factor."""
    return invitation.role in gate.policy.factor_for


def offered_factor(gate: Gate, secret: str) -> bytes:
    """Return the second factor that goes with a link."""
    return factor.proposed(gate.offer_key, digest(secret))


def join(gate: Gate, typed: Joining, visit: Visit) -> Admitted:
    """Use the link: keep the password and the second factor, and begin a session.

    Raises:
        Problem: 404, the link is not good.
        Refused: the password, the code or the account's name is not.
    """
    with gate.connection() as connection:
        invitation = opened(connection, typed.secret, visit.at)
    _require_pair(invitation, typed)
    account = invitation.account or typed.account
    passwords.require_good(typed.password, account, composed=gate.policy.composed)
    step = _step(gate, invitation, typed, visit.at)
    with gate.connection() as connection, connection.transaction():
        if not invitations.take(connection, typed.secret):
            raise _gone()
        if invitation.account is None:
            _first_account(connection, typed, visit)
        credentials.put_password(connection, account, typed.password)
        secret = None if step is None else offered_factor(gate, typed.secret)
        credentials.put_factor(connection, gate.factor_key, account, secret, step)
        credential = credentials.find(connection, account)
        if credential is None:
            raise _gone()
        access_log.record(connection, visit, credential.actor, Deed.PASSWORD, "invitation")
        notices.add(connection, account, Notice.JOINED, invitation.made_by or account, visit.at)
        return admit(gate, connection, credential, "invitation", visit)


def _require_pair(invitation: Invitation, typed: Joining) -> None:
    if invitation.code is not None and not hmac.compare_digest(
        invitation.code, account_requests.digest_of(typed.pair)
    ):
        raise Refused(
            "pair-wrong",
            "核对码不正确：链接由批准人交给您，核对码由申请人交给您，两者缺一不可",
            "the pairing code is wrong: one administrator gave you the link, the one who asked for it "
            "gives you the code, and it takes both",
            "pair",
        )


def _step(gate: Gate, invitation: Invitation, typed: Joining, at: datetime) -> int | None:
    """Return the step of the code that proves the second factor; None where none is set up."""
    if not typed.code.strip() and not needs_factor(gate, invitation):
        return None
    step = factor.step_of(offered_factor(gate, typed.secret), typed.code, at, None)
    if step is None:
        raise Refused(
            "code-wrong",
            "验证码不正确：请用验证器扫描二维码，再填写其当前显示的 6 位数字；并核对手机时间",
            "the code is wrong: scan the picture with an authenticator and type the six digits that "
            "it shows now; check the clock of the phone",
            "code",
        )
    return step


def _first_account(connection: Connection[Any], typed: Joining, visit: Visit) -> None:
    """Store the first security administrator.

    Raises:
        Problem: 404, there are accounts by now.
    """
    exclusions.lock(connection)
    if accounts.any_stored(connection):
        raise _gone()
    actor = Actor(account=typed.account, role=Role.SECURITY_ADMIN, organisation="centre")
    accounts.add(connection, actor, typed.person or typed.account)
    access_log.record(connection, visit, actor, Deed.ACCOUNT_ADDED, actor.account)
