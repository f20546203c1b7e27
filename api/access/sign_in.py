"""Signing in with a password, and whatever else ends in a session.

An account that does not exist, a wrong password and a wrong code are answered alike, in words and
in time. Account, password and code are asked for together: no answer tells which of them was right.
"""

from typing import Any, NamedTuple

from psycopg import Connection

from api.access import access_log, attempts, credentials, notices, passwords, sessions
from api.access.access_log import Deed, Visit
from api.access.credentials import Credential
from api.access.gate import Gate
from api.access.sessions import Session, Way
from api.questions.problems import Problem
from domain.terms.envelope import Actor


class Proof(NamedTuple):
    """What somebody shows to be let in."""

    account: str
    password: str
    code: str = ""
    mark: str = ""
    """What the browser keeps of those who have signed in there."""

    def __repr__(self) -> str:
        """Return no secret: a proof may end up in a log."""
        return "Proof(…)"


class Admitted(NamedTuple):
    """Somebody who was let in, and the token of their session."""

    actor: Actor
    token: str
    news: bool = False
    """Whether others did something to the account since the last sign-in."""


def wrong() -> Problem:
    """Return the one answer to every wrong proof."""
    return Problem(
        "sign-in-failed",
        "账户、密码或验证码不正确；启用了二次验证的账户须填写当前验证码，用过的验证码须等下一个",
        "account, password or code is wrong; with a second factor the current code is needed, and a "
        "code is good once",
    )


def locked(gate: Gate) -> Problem:
    """Return the answer to a try that is not looked at."""
    minutes = int(gate.bounds.lock.total_seconds() // 60)
    return Problem(
        "too-many-attempts",
        f"尝试次数过多，请 {minutes} 分钟后再试，或请安全管理员解锁",
        f"too many attempts: try again in {minutes} minutes, or ask a security administrator",
        headers={"Retry-After": str(minutes * 60)},
    )


def with_password(gate: Gate, proof: Proof, visit: Visit) -> Admitted:
    """Return a session for whoever shows the right proof.

    Raises:
        Problem: 403 for a wrong proof, 429 after too many.
    """
    credential = prove(gate, proof, visit)
    with gate.connection() as connection:
        return admit(gate, connection, credential, "password", visit)


def prove(gate: Gate, proof: Proof, visit: Visit) -> Credential:
    """Return whose proof it is.

    Raises:
        Problem: 403 for a wrong proof, 429 after too many.
    """
    tried = gate.tried(proof.account, visit.address, proof.mark)
    with gate.connection() as connection:
        standing = attempts.begin(connection, tried, gate.bounds, visit.at)
        if not standing.allowed:
            raise locked(gate)
        credential = credentials.find(connection, proof.account)
    good = passwords.verify(credential.password if credential else None, proof.password)
    with gate.connection() as connection:
        if (
            credential
            and good
            and credentials.use_code(connection, gate.factor_key, credential, proof.code, visit.at)
        ):
            attempts.forgive(connection, tried)
            _renew(connection, credential, proof.password)
            return credential
        who = credential.actor if credential else access_log.nobody()
        access_log.record(connection, visit, who, Deed.SIGN_IN, "password", done=False)
        if standing.last:
            access_log.record(connection, visit, who, Deed.LOCK_OUT, "password")
    raise wrong()


def _renew(connection: Connection[Any], credential: Credential, password: str) -> None:
    """Keep the password with today's parameters if it was kept with others; it grows no younger."""
    if credential.password is not None and passwords.outdated(credential.password):
        credentials.renew_password(connection, credential.actor.account, password)


def admit(
    gate: Gate, connection: Connection[Any], credential: Credential, way: Way, visit: Visit
) -> Admitted:
    """Begin a session for whoever has shown to be the holder of an account."""
    with connection.transaction():
        news = way != "invitation" and notices.any_new(connection, credential.actor.account)
        token = sessions.start(connection, credential, way, visit, gate.limits)
        access_log.record(connection, visit, credential.actor, Deed.SIGN_IN, way)
    return Admitted(credential.actor, token, news)


def sign_out(gate: Gate, session: Session, visit: Visit) -> None:
    """End the session."""
    with gate.connection() as connection, connection.transaction():
        sessions.end(connection, session.actor.account, session.number)
        access_log.record(connection, visit, session.actor, Deed.SIGN_OUT, "own session")
