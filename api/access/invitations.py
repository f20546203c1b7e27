"""One-time links by which the holder of an account sets its password; only their digest is kept."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from api.access.sealing import digest, new_secret
from domain.terms.vocabulary import Role

FIRST = timedelta(hours=1)
"""How long the link that makes the first account is good."""
LASTS = timedelta(days=1)
"""How long any other link is good unless said otherwise."""
LONGEST = timedelta(days=7)


class Invitation(NamedTuple):
    """A link that is good: for an account, or (`account` None) to make the first one of all."""

    account: str | None
    role: Role
    organisation: str
    made_by: str
    ends_at: datetime
    code: bytes | None = None
    """Digest of what the other administrator hands over; None: the link alone will do."""


VOID = "DELETE FROM office.invitation WHERE account IS NOT DISTINCT FROM %(account)s"
MAKE = """
INSERT INTO office.invitation (digest, account, made_by, ends_at, code)
VALUES (%(digest)s, %(account)s, %(made_by)s, %(ends_at)s, %(code)s)
"""


def make(  # noqa: PLR0913, PLR0917 - one argument a part of the link
    connection: Connection[Any],
    account: str | None,
    made_by: str,
    at: datetime,
    lasts: timedelta,
    code: bytes | None = None,
) -> str:
    """Return the secret of a new link; an earlier one of the account is void.

    `code`: digest of the second half, where two administrators made the link.
    """
    secret = new_secret()
    values = {
        "digest": digest(secret),
        "account": account,
        "made_by": made_by,
        "ends_at": at + lasts,
        "code": code,
    }
    with connection.transaction():
        connection.execute(VOID, values)
        connection.execute(MAKE, values)
    return secret


FIND = """
SELECT i.account, a.role, a.organisation, i.made_by, i.ends_at, i.code
  FROM office.invitation i LEFT JOIN office.account a ON a.account = i.account
 WHERE i.digest = %(digest)s AND i.ends_at > %(at)s AND a.disabled_at IS NULL
"""
TAKE = "DELETE FROM office.invitation WHERE digest = %(digest)s"


def find(connection: Connection[Any], secret: str, at: datetime) -> Invitation | None:
    """Return the link of that secret while it is good."""
    row: Any = connection.execute(FIND, {"digest": digest(secret), "at": at}).fetchone()
    if row is None:
        return None
    account, role, organisation, made_by, ends_at, code = row
    if account is None:
        role, organisation = Role.SECURITY_ADMIN, "centre"
    return Invitation(account, Role(role), organisation, made_by, ends_at, code)


def take(connection: Connection[Any], secret: str) -> bool:
    """Use the link up; return whether it was still there: of two who use it, one gets in."""
    return connection.execute(TAKE, {"digest": digest(secret)}).rowcount == 1


def address(base: str, secret: str) -> str:
    """Return the link."""
    return f"{base.rstrip('/')}/invitations/{secret}"
