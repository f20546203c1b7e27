"""What the holder of an account does with it: password, second factor, sessions."""

from datetime import timedelta
from typing import Any

from psycopg import Connection

from api.access import (
    access_keys,
    access_log,
    credentials,
    factor,
    passwords,
    sessions,
    sign_in,
    token_table,
)
from api.access.access_keys import Issued
from api.access.access_log import Deed, Visit
from api.access.accounts import LONGEST_NAME
from api.access.credentials import Credential
from api.access.exclusions import ADMINISTRATORS
from api.access.gate import Gate
from api.access.sessions import Session
from api.access.sign_in import Admitted, Proof
from domain.terms.decider import Refused
from domain.terms.envelope import Actor


def change_password(
    gate: Gate, session: Session, proof: Proof, password: str, visit: Visit
) -> Admitted:
    """Keep another password; every session ends, and the one that asked goes on under a new token.

    Raises:
        Problem: the proof (the password so far, a code) is wrong, or was too often.
        Refused: the new password is not good enough, or no other than the one so far.
    """
    passwords.require_good(password, session.actor.account, composed=gate.policy.composed)
    credential = sign_in.prove(gate, proof, visit)
    _require_another(password, proof.password)
    with gate.connection() as connection, connection.transaction():
        credentials.put_password(connection, credential.actor.account, password)
        access_log.record(connection, visit, credential.actor, Deed.PASSWORD, "own")
        return _anew(gate, connection, credential, visit)


def _require_another(password: str, before: str) -> None:
    if passwords.normal(password) == passwords.normal(before):
        raise Refused(
            "password-unchanged",
            "新密码与现在的相同",
            "the new password is the one so far",
            "password",
        )


def offered_factor(gate: Gate, session: Session) -> bytes:
    """Return the second factor that is offered in a session."""
    return factor.proposed(gate.offer_key, session.digest)


def set_factor(gate: Gate, session: Session, proof: Proof, code: str, visit: Visit) -> Admitted:
    """Keep the offered second factor once `code` shows that the phone has it.

    Raises:
        Problem: the proof is wrong, or was too often.
        Refused: the code is not the offered factor's.
    """
    secret = offered_factor(gate, session)
    step = factor.step_of(secret, code, visit.at, None)
    if step is None:
        raise Refused(
            "code-wrong",
            "新验证器的验证码不正确；请重新扫描二维码后填写当前 6 位数字",
            "that is not the code of the new authenticator: scan the picture and type the six digits "
            "that it shows now",
            "code",
        )
    credential = sign_in.prove(gate, proof, visit)
    with gate.connection() as connection, connection.transaction():
        credentials.put_factor(connection, gate.factor_key, credential.actor.account, secret, step)
        access_log.record(connection, visit, credential.actor, Deed.FACTOR, "set")
        return _anew(gate, connection, credential, visit)


def remove_factor(gate: Gate, proof: Proof, visit: Visit) -> Admitted:
    """Go on without a second factor.

    Raises:
        Problem: the proof is wrong, or was too often.
        Refused: the role has to have one.
    """
    credential = sign_in.prove(gate, proof, visit)
    if credential.actor.role in gate.policy.factor_for:
        raise Refused(
            "factor-required",
            "此账户必须启用二次验证；换手机请设置新的验证器",
            "this account needs a second factor; for another phone set up a new one",
        )
    with gate.connection() as connection, connection.transaction():
        credentials.put_factor(connection, gate.factor_key, credential.actor.account, None, None)
        access_log.record(connection, visit, credential.actor, Deed.FACTOR, "removed")
        return _anew(gate, connection, credential, visit)


def end_session(gate: Gate, actor: Actor, number: int, visit: Visit) -> bool:
    """End one of the own sessions; return whether there was one."""
    with gate.connection() as connection, connection.transaction():
        ended = sessions.end(connection, actor.account, number)
        if ended:
            access_log.record(connection, visit, actor, Deed.SESSION_END, f"session {number}")
        return ended


def end_everywhere(gate: Gate, actor: Actor, visit: Visit) -> None:
    """End all own sessions."""
    with gate.connection() as connection, connection.transaction():
        sessions.end_all(connection, actor.account)
        access_log.record(connection, visit, actor, Deed.SESSION_END, "all own sessions")


def _anew(
    gate: Gate, connection: Connection[Any], credential: Credential, visit: Visit
) -> Admitted:
    """End every session of the account, and begin one under a new token."""
    epoch = sessions.end_all(connection, credential.actor.account)
    return sign_in.admit(gate, connection, credential._replace(epoch=epoch), "password", visit)


def make_key(  # noqa: PLR0913, PLR0917 - one argument a part of the key
    gate: Gate, session: Session, proof: Proof, name: str, days: int, visit: Visit
) -> Issued:
    """Make a key with which a program acts in the holder's name; one of that name ends.

    Raises:
        Problem: the proof (password, code) is wrong, or was too often.
        Refused: an administrator's account takes its holder, and a key needs a name.
    """
    if session.actor.role in ADMINISTRATORS:
        raise Refused(
            "no-key-for-administrators",
            "管理员账户不能交给程序使用",
            "an administrator's account is for no program",
        )
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused("name-missing", "请填写程序名称", "name the program", "name")
    with gate.connection() as connection:
        credential = credentials.find(connection, session.actor.account)
    if credential is not None and credential.password is not None:
        sign_in.prove(gate, proof, visit)
    with gate.connection() as connection, connection.transaction():
        account, lasts = session.actor.account, timedelta(days=days)
        made = access_keys.issue(
            connection, access_keys.PROGRAM, account, name.strip(), visit.at, lasts
        )
        about = f"{made.key_id} {access_keys.PROGRAM} made"
        access_log.record(connection, visit, session.actor, Deed.KEY, about)
        return made


def revoke_key(gate: Gate, actor: Actor, key_id: str, visit: Visit) -> None:
    """Take back a credential of the own account; one that is not there is none already."""
    with gate.connection() as connection, connection.transaction():
        if access_keys.revoke(connection, actor.account, key_id, visit.at):
            access_log.record(connection, visit, actor, Deed.KEY, f"{key_id} revoked")
        else:
            token_table.revoke(connection, key_id, actor.account, actor, visit)
