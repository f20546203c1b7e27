"""The table of tokens: whom each was signed for, when it was used, whether it was taken back.

A token proves itself by its signature. The table lets one be found, seen in use and taken back before its
time; whoever has the key could sign one that is not in it, whose use is remembered as such.
"""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from api.access import access_log
from api.access.access_log import Deed, Visit
from api.access.tokens import Claims
from domain.terms.envelope import Actor
from ledger.log.clock import SHANGHAI


class Listed(NamedTuple):
    """One token, as its holder and the administrators see it."""

    token_id: str
    account: str
    role: str
    organisation: str
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


ADD = """
INSERT INTO office.token (token_id, account, role, organisation, made_at, ends_at)
VALUES (%(token_id)s, %(account)s, %(role)s, %(organisation)s, %(made_at)s, %(ends_at)s)
"""


def add(connection: Connection[Any], claims: Claims, maker: Actor, visit: Visit) -> None:
    """Keep a token that was just signed, and who had it signed."""
    values = {
        "token_id": claims.token_id,
        "account": claims.actor.account,
        "role": claims.actor.role.value,
        "organisation": claims.actor.organisation,
        "made_at": claims.issued_at,
        "ends_at": claims.ends_at,
    }
    with connection.transaction():
        connection.execute(ADD, values)
        about = f"token {claims.token_id} for {claims.actor.account} {claims.actor.role.value}"
        access_log.record(connection, visit, maker, Deed.KEY, about)


FIRST = """
INSERT INTO office.first_use (credential, day) VALUES (%(credential)s, %(day)s)
ON CONFLICT (credential) DO UPDATE SET day = excluded.day WHERE first_use.day < excluded.day
"""


def first_of_day(connection: Connection[Any], credential: str, at: datetime) -> bool:
    """Return whether a token or a key is used for the first time that day, on whichever server."""
    values = {"credential": credential, "day": at.astimezone(SHANGHAI).date()}
    return connection.execute(FIRST, values).rowcount == 1


USED = "UPDATE office.token SET used_at = %(at)s WHERE token_id = %(token_id)s"


def used(connection: Connection[Any], claims: Claims, visit: Visit) -> None:
    """Remember that a token is in use; once a day is enough."""
    values = {"at": visit.at, "token_id": claims.token_id}
    with connection.transaction():
        if not first_of_day(connection, claims.token_id, visit.at):
            return
        known = connection.execute(USED, values).rowcount == 1
        about = f"token {claims.token_id} used{'' if known else ', not in the table'}"
        access_log.record(connection, visit, claims.actor, Deed.KEY, about)


HOLDS = """
SELECT FROM office.token
 WHERE token_id = %(token_id)s AND account = %(account)s AND role = %(role)s
   AND organisation = %(organisation)s AND ends_at >= %(ends_at)s AND revoked_at IS NULL
"""


def stands(connection: Connection[Any], claims: Claims) -> bool:
    """Return whether a token stands on the table as it says, and was not taken back.

    Asked of what a key of before has signed: whoever has that key signs nothing new with it.
    """
    values = {
        "token_id": claims.token_id,
        "account": claims.actor.account,
        "role": claims.actor.role.value,
        "organisation": claims.actor.organisation,
        "ends_at": claims.ends_at,
    }
    return connection.execute(HOLDS, values).fetchone() is not None


REVOKE = """
UPDATE office.token SET revoked_at = %(at)s
 WHERE token_id = %(token_id)s AND revoked_at IS NULL
   AND (%(account)s::text IS NULL OR account = %(account)s)
"""


def revoke(
    connection: Connection[Any], token_id: str, account: str | None, maker: Actor, visit: Visit
) -> bool:
    """Take a token back (of that account, if one is named); return whether there was one."""
    values = {"token_id": token_id, "account": account, "at": visit.at}
    with connection.transaction():
        if connection.execute(REVOKE, values).rowcount == 0:
            return False
        access_log.record(connection, visit, maker, Deed.KEY, f"token {token_id} revoked")
        return True


LIST = """
SELECT token_id, account, role, organisation, made_at, ends_at, used_at, revoked_at
  FROM office.token
 WHERE ends_at > %(at)s AND (%(account)s::text IS NULL OR account = %(account)s)
 ORDER BY made_at DESC, token_id
"""


def listed(connection: Connection[Any], at: datetime, account: str | None = None) -> list[Listed]:
    """Return the tokens whose days are not over, the newest first."""
    rows = connection.execute(LIST, {"at": at, "account": account})
    return [Listed(*row) for row in rows]
