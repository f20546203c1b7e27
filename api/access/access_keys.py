"""Credentials that are no person's sign-in: made for one purpose, good for what their scope names.

`dudaok1.<key id>.<secret>`: the database keeps the digest of the secret. Such a key speaks for an
account and may do no more than its scope, whatever the account may; it ends with its days, when it
is taken back, and whenever the account's sessions end (another epoch).
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from api.access.sealing import digest, new_secret
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role

PREFIX = "dudaok1."
ID_BYTES = 9

FIELD_DEVICE = "field-device"
"""A phone sends what was sealed there after its owner's sign-in has ended."""
PUT_EVIDENCE = "evidence:put"
POST_SEALED = "spot-check:post-sealed"
PROGRAM = "program"
"""A program asks and sends in its owner's name, wherever no sign-in is needed."""
EVERYTHING = "everything"
SCOPES = {FIELD_DEVICE: (PUT_EVIDENCE, POST_SEALED), PROGRAM: (EVERYTHING,)}
"""Purpose → all that it may do."""
DAYS = {FIELD_DEVICE: timedelta(days=14), PROGRAM: timedelta(days=90)}
"""Purpose → how long it lasts at most; a device asks for another whenever its owner is signed in."""


class Held(NamedTuple):
    """A key that holds: which, for whom, what it may, and until when."""

    key_id: str
    purpose: str
    scope: frozenset[str]
    holder: str
    actor: Actor
    ends_at: datetime


class ShownKey(NamedTuple):
    """A key as the owner of its account sees it."""

    key_id: str
    purpose: str
    scope: tuple[str, ...]
    holder: str
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None


REVOKE_OF_HOLDER = """
UPDATE office.access_key SET revoked_at = %(at)s
 WHERE account = %(account)s AND purpose = %(purpose)s AND holder = %(holder)s
   AND revoked_at IS NULL
"""
ISSUE = """
INSERT INTO office.access_key
    (key_id, purpose, scope, account, epoch, holder, digest, made_at, ends_at)
SELECT %(key_id)s, %(purpose)s, %(scope)s, account, epoch, %(holder)s, %(digest)s, %(at)s,
       %(ends_at)s
  FROM office.account WHERE account = %(account)s AND disabled_at IS NULL
"""


class Issued(NamedTuple):
    """A new key; nobody can read `token` again."""

    key_id: str
    token: str
    ends_at: datetime


def issue(  # noqa: PLR0913, PLR0917 - one argument a part of the key
    connection: Connection[Any],
    purpose: str,
    account: str,
    holder: str,
    at: datetime,
    lasts: timedelta | None = None,
) -> Issued:
    """Make a key of the account for the holder; the one that it had for this purpose ends."""
    secret, key_id = new_secret(), secrets.token_hex(ID_BYTES)
    ends_at = at + min(lasts or DAYS[purpose], DAYS[purpose])
    values = {
        "key_id": key_id,
        "purpose": purpose,
        "scope": list(SCOPES[purpose]),
        "account": account,
        "holder": holder,
        "digest": digest(secret),
        "at": at,
        "ends_at": ends_at,
    }
    with connection.transaction():
        connection.execute(REVOKE_OF_HOLDER, values)
        connection.execute(ISSUE, values)
    return Issued(key_id, f"{PREFIX}{key_id}.{secret}", ends_at)


FIND = """
SELECT k.purpose, k.scope, k.holder, k.digest, a.account, a.role, a.organisation, k.ends_at
  FROM office.access_key k JOIN office.account a ON a.account = k.account
 WHERE k.key_id = %(key_id)s AND k.revoked_at IS NULL AND k.ends_at > %(at)s
   AND k.epoch = a.epoch AND a.disabled_at IS NULL
"""
USED = """
UPDATE office.access_key SET used_at = %(at)s
 WHERE key_id = %(key_id)s AND (used_at IS NULL OR used_at < %(at)s - interval '30 seconds')
"""


def find(connection: Connection[Any], token: str, at: datetime) -> Held | None:
    """Return what a token is the key to; None if it holds no more, or never did."""
    key_id, _, secret = token.removeprefix(PREFIX).partition(".")
    values = {"key_id": key_id, "at": at}
    row: Any = connection.execute(FIND, values).fetchone()
    if row is None:
        return None
    purpose, scope, holder, kept, account, role, organisation, ends_at = row
    if not hmac.compare_digest(digest(secret), kept):
        return None
    connection.execute(USED, values)
    actor = Actor(account=account, role=Role(role), organisation=organisation)
    return Held(key_id, purpose, frozenset(scope), holder, actor, ends_at)


def holds(connection: Connection[Any], key_id: str, at: datetime) -> bool:
    """Return whether a key holds, for who has something that was made with it."""
    return connection.execute(FIND, {"key_id": key_id, "at": at}).fetchone() is not None


OF_ACCOUNT = """
SELECT k.key_id, k.purpose, k.scope, k.holder, k.made_at, k.ends_at, k.used_at
  FROM office.access_key k JOIN office.account a ON a.account = k.account
 WHERE k.account = %(account)s AND k.revoked_at IS NULL AND k.ends_at > %(at)s
   AND k.epoch = a.epoch
 ORDER BY k.made_at DESC, k.key_id
"""


def of_account(connection: Connection[Any], account: str, at: datetime) -> list[ShownKey]:
    """Return the keys of an account that hold, the newest first."""
    rows = connection.execute(OF_ACCOUNT, {"account": account, "at": at})
    return [ShownKey(row[0], row[1], tuple(row[2]), *row[3:]) for row in rows]


REVOKE = """
UPDATE office.access_key SET revoked_at = %(at)s
 WHERE account = %(account)s AND key_id = %(key_id)s AND revoked_at IS NULL
"""


def revoke(connection: Connection[Any], account: str, key_id: str, at: datetime) -> bool:
    """Take a key of the account back; return whether there was one."""
    values = {"account": account, "key_id": key_id, "at": at}
    return connection.execute(REVOKE, values).rowcount > 0
