"""What proves that somebody is the holder of an account: a password, and a second factor if set."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from api.access import factor, passwords
from api.access.sealing import seal, unseal
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role


class Credential(NamedTuple):
    """The proof that belongs to an account which is not disabled.

    `epoch` is the account's when this was read: a session begun with it ends with that epoch.
    """

    actor: Actor
    epoch: int
    password: str | None
    factor: bytes | None
    factor_step: int | None


FIND = """
SELECT a.account, a.role, a.organisation, a.epoch, c.password, c.factor, c.factor_step
  FROM office.account a LEFT JOIN office.credential c ON c.account = a.account
 WHERE a.account = %(account)s AND a.disabled_at IS NULL
"""


def find(connection: Connection[Any], account: str) -> Credential | None:
    """Return the proof of an account; None if there is no such account, or it is disabled."""
    row: Any = connection.execute(FIND, {"account": account}).fetchone()
    if row is None:
        return None
    name, role, organisation, *rest = row
    return Credential(Actor(account=name, role=Role(role), organisation=organisation), *rest)


PUT = """
INSERT INTO office.credential (account, password) VALUES (%(account)s, %(password)s)
ON CONFLICT (account) DO UPDATE SET password = excluded.password, changed_at = clock_timestamp()
"""


def put_password(connection: Connection[Any], account: str, password: str) -> None:
    """Keep a password, after `passwords.require_good` let it pass."""
    connection.execute(PUT, {"account": account, "password": passwords.hashed(password)})


RENEW = "UPDATE office.credential SET password = %(password)s WHERE account = %(account)s"


def renew_password(connection: Connection[Any], account: str, password: str) -> None:
    """Keep the same password in another form."""
    connection.execute(RENEW, {"account": account, "password": passwords.hashed(password)})


PUT_FACTOR = """
UPDATE office.credential SET factor = %(factor)s, factor_step = %(step)s
 WHERE account = %(account)s
"""


def put_factor(
    connection: Connection[Any], key: bytes, account: str, secret: bytes | None, step: int | None
) -> None:
    """Keep the secret of a second factor whose code of `step` was used; None takes it away."""
    sealed = None if secret is None else seal(key, secret, account)
    connection.execute(PUT_FACTOR, {"account": account, "factor": sealed, "step": step})


SEALED = "SELECT account, factor FROM office.credential WHERE factor IS NOT NULL ORDER BY account"
RESEAL = "UPDATE office.credential SET factor = %(factor)s WHERE account = %(account)s"


def reseal_factors(connection: Connection[Any], old: bytes, new: bytes) -> int:
    """Seal every second factor anew; return how many there are. One that no longer opens stays.

    Its holder could not use it before either, and asks for a one-time link.
    """
    renewed = 0
    for account, sealed in connection.execute(SEALED).fetchall():
        secret = unseal(old, sealed, account)
        if secret is not None:
            values = {"factor": seal(new, secret, account), "account": account}
            renewed += connection.execute(RESEAL, values).rowcount
    return renewed


USE_STEP = """
UPDATE office.credential SET factor_step = %(step)s
 WHERE account = %(account)s AND (factor_step IS NULL OR factor_step < %(step)s)
"""


def use_code(
    connection: Connection[Any], key: bytes, credential: Credential, code: str, at: datetime
) -> bool:
    """Return whether the code is the second factor's of now, and was not used before."""
    if credential.factor is None:
        return True
    secret = unseal(key, credential.factor, credential.actor.account)
    if secret is None:
        return False
    step = factor.step_of(secret, code, at, credential.factor_step)
    if step is None:
        return False
    values = {"account": credential.actor.account, "step": step}
    return connection.execute(USE_STEP, values).rowcount == 1


ANY_KEPT = """
SELECT EXISTS (SELECT FROM office.credential WHERE account = %(account)s)
    OR EXISTS (SELECT FROM office.account WHERE account = %(account)s AND subject IS NOT NULL)
"""


def any_kept(connection: Connection[Any], account: str) -> bool:
    """Return whether anybody has proved to be the holder of the account so far."""
    return connection.execute(ANY_KEPT, {"account": account}).fetchone() == (True,)


FORGET = "DELETE FROM office.credential WHERE account = %(account)s"


def forget(connection: Connection[Any], account: str) -> None:
    """Take password and second factor away: nobody signs in until a link was used."""
    connection.execute(FORGET, {"account": account})
