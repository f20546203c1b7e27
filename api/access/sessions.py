"""Sessions of signed-in people: an opaque token in a cookie, its digest and its limits here.

A session ends when it was idle, when its day is over, when the person ends it, and at once when
the account is disabled, its role, password or second factor changes: each of these begins a new
epoch of the account, and a session of an earlier epoch is none.
"""

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

from psycopg import Connection

from api.access.access_log import Visit
from api.access.credentials import Credential
from api.access.policy import Demand, Policy, Proofs
from api.access.sealing import digest, new_secret
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role

Way: TypeAlias = Literal["password", "provider", "demo", "invitation"]

NOTED = timedelta(seconds=30)
"""A session is marked as used at most this often: a page with its parts is one use."""
AGENT_LENGTH = 200


class Limits(NamedTuple):
    """How long a session lasts and how many one account has at a time."""

    idle: timedelta
    whole: timedelta
    at_once: int


class Session(NamedTuple):
    """A session that holds. `demand`: what its holder has to do before anything else."""

    number: int
    actor: Actor
    digest: bytes
    demand: Demand | None = None


class ShownSession(NamedTuple):
    """A session as its owner sees it."""

    number: int
    started_at: datetime
    seen_at: datetime
    address: str
    agent: str
    way: str


END_OLD = """
DELETE FROM office.session WHERE number IN (
    SELECT number FROM office.session WHERE ends_at <= %(at)s OR seen_at <= %(idle_since)s
     LIMIT 100 FOR UPDATE SKIP LOCKED)
"""
END_SURPLUS = """
DELETE FROM office.session WHERE number IN (
    SELECT number FROM office.session WHERE account = %(account)s
     ORDER BY number DESC OFFSET %(kept)s)
"""
START = """
INSERT INTO office.session
    (digest, account, epoch, started_at, seen_at, ends_at, address, agent, way)
VALUES (%(digest)s, %(account)s, %(epoch)s, %(at)s, %(at)s, %(ends_at)s, %(address)s, %(agent)s,
        %(way)s)
"""
SIGNED_IN = "UPDATE office.account SET signed_in_at = %(at)s WHERE account = %(account)s"


def start(
    connection: Connection[Any], credential: Credential, way: Way, visit: Visit, limits: Limits
) -> str:
    """Begin a session of the account, in the epoch in which its proof was read; return its token.

    Beyond the bound the oldest sessions end.
    """
    token, at, account = new_secret(), visit.at, credential.actor.account
    connection.execute(END_OLD, {"at": at, "idle_since": at - limits.idle})
    with connection.transaction():
        connection.execute(SIGNED_IN, {"account": account, "at": at})
        connection.execute(END_SURPLUS, {"account": account, "kept": limits.at_once - 1})
        connection.execute(
            START,
            {
                "digest": digest(token),
                "account": account,
                "epoch": credential.epoch,
                "at": at,
                "ends_at": at + limits.whole,
                "address": visit.address,
                "agent": visit.agent[:AGENT_LENGTH],
                "way": way,
            },
        )
    return token


# Whoever came through the provider has proved as much as it asks for, and a demonstration has open
# doors: nothing is due of either.
FIND = """
SELECT s.number, a.account, a.role, a.organisation, s.seen_at, s.started_at,
       c.factor IS NOT NULL, c.changed_at
  FROM office.session s JOIN office.account a ON a.account = s.account
  LEFT JOIN office.credential c ON c.account = a.account
       AND s.way IN ('password', 'invitation')
       AND NOT EXISTS (SELECT FROM office.demo d WHERE d.account = a.account)
 WHERE s.digest = %(digest)s AND s.epoch = a.epoch AND a.disabled_at IS NULL
   AND s.ends_at > %(at)s AND s.seen_at > %(idle_since)s
"""
SEEN = "UPDATE office.session SET seen_at = %(at)s WHERE number = %(number)s AND seen_at < %(at)s"


def find(
    connection: Connection[Any], token: str, limits: Limits, policy: Policy, at: datetime
) -> Session | None:
    """Return the session of a token, now used again; None if it holds no more, or never did."""
    key = digest(token)
    values = {"digest": key, "at": at, "idle_since": at - limits.idle}
    row: Any = connection.execute(FIND, values).fetchone()
    if row is None:
        return None
    number, account, role, organisation, seen_at, began, has_factor, changed_at = row
    if at - seen_at > NOTED:
        connection.execute(SEEN, {"number": number, "at": at})
    actor = Actor(account=account, role=Role(role), organisation=organisation)
    demand = None
    if changed_at is not None:
        demand = policy.demand(actor.role, Proofs(has_factor, changed_at), began)
    return Session(number, actor, key, demand)


def holds(connection: Connection[Any], key: bytes, limits: Limits, at: datetime) -> bool:
    """Return whether the session of that digest holds, without using it."""
    values = {"digest": key, "at": at, "idle_since": at - limits.idle}
    return connection.execute(FIND, values).fetchone() is not None


END = "DELETE FROM office.session WHERE account = %(account)s AND number = %(number)s"


def end(connection: Connection[Any], account: str, number: int) -> bool:
    """End one session of the account; return whether there was one."""
    values = {"account": account, "number": number}
    return connection.execute(END, values).rowcount > 0


# Deleting alone would miss a session that is just being made by a sign-in of before.
NEW_EPOCH = """
UPDATE office.account SET epoch = epoch + 1 WHERE account = %(account)s RETURNING epoch
"""
END_ALL = "DELETE FROM office.session WHERE account = %(account)s"


def end_all(connection: Connection[Any], account: str) -> int:
    """End all sessions of the account at once, also those being made; return its new epoch."""
    with connection.transaction():
        row: Any = connection.execute(NEW_EPOCH, {"account": account}).fetchone()
        connection.execute(END_ALL, {"account": account})
    return int(row[0])


OF_ACCOUNT = """
SELECT s.number, s.started_at, s.seen_at, s.address, s.agent, s.way
  FROM office.session s JOIN office.account a ON a.account = s.account
 WHERE s.account = %(account)s AND s.epoch = a.epoch
   AND s.ends_at > %(at)s AND s.seen_at > %(idle_since)s
 ORDER BY s.number DESC
"""


def of_account(
    connection: Connection[Any], account: str, limits: Limits, at: datetime
) -> list[ShownSession]:
    """Return the sessions of an account that hold, the newest first."""
    values = {"account": account, "at": at, "idle_since": at - limits.idle}
    return [ShownSession(*row) for row in connection.execute(OF_ACCOUNT, values)]


COUNT = """
SELECT count(*) FROM office.session s JOIN office.account a ON a.account = s.account
 WHERE s.epoch = a.epoch AND a.disabled_at IS NULL
   AND s.ends_at > %(at)s AND s.seen_at > %(idle_since)s
"""


def count(connection: Connection[Any], limits: Limits, at: datetime) -> int:
    """Return how many sessions hold."""
    values = {"at": at, "idle_since": at - limits.idle}
    row: Any = connection.execute(COUNT, values).fetchone()
    return int(row[0])
