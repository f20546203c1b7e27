"""How often somebody may try: counted per account and per address, across all processes.

A try is counted before the password is looked at, and taken back when it was right: of a hundred
guesses sent at once no more are looked at than of a hundred sent one after the other. What is
counted is the name that was typed, whether such an account exists or not.
"""

import hmac
import ipaddress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection


class Bounds(NamedTuple):
    """How many wrong tries are taken, and for how long none is taken after the last of them."""

    account: int
    address: int
    lock: timedelta


class Keys(NamedTuple):
    """Under what a try is counted: digests, since people type passwords into the wrong field."""

    account: bytes
    address: bytes


LINE = 64
"""Bits of an IPv6 address that one line has in common: behind it everybody chooses addresses freely."""


def line_of(address: str) -> str:
    """Return what is counted as one address: an IPv4 address, or all of one IPv6 line."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, LINE), strict=False))


def keys(key: bytes, account: str, address: str, device: str | None = None) -> Keys:
    """Return under what tries of `account` from `address` are counted.

    `device`: a browser in which the account's holder has signed in before. It is counted by itself:
    a stranger who locks the account locks himself out, and not the holder.
    """
    about = f"account {account}" if device is None else f"device {device} account {account}"
    return Keys(hmac.digest(key, about.encode(), "sha256"), of_address(key, address))


def of_address(key: bytes, address: str) -> bytes:
    """Return under what is counted what comes from `address`."""
    return hmac.digest(key, f"address {line_of(address)}".encode(), "sha256")


class Admission(NamedTuple):
    """Whether a try may be looked at, and whether it is the last that may."""

    allowed: bool
    last: bool


# A counter stands still once it is past its bound: the lock ends `lock` after the last try that
# was looked at, however often somebody knocks in between.
COUNT = """
INSERT INTO office.attempt AS a (key, tries, since) VALUES (%(key)s, 1, %(at)s)
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN a.since <= %(over)s THEN 1 ELSE least(a.tries, %(bound)s) + 1 END,
    since = CASE WHEN a.since <= %(over)s OR a.tries < %(bound)s THEN %(at)s ELSE a.since END
RETURNING tries
"""
FORGET_OLD = """
DELETE FROM office.attempt WHERE key IN (
    SELECT key FROM office.attempt WHERE since <= %(over)s LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


def begin(connection: Connection[Any], tried: Keys, bounds: Bounds, at: datetime) -> Admission:
    """Count a try; return whether it may be looked at."""
    over = at - bounds.lock
    # Each by itself: held together, the locks of two tries could wait for each other.
    connection.execute(FORGET_OLD, {"over": over})
    address = _count(connection, tried.address, bounds.address, at, over)
    if address > bounds.address:
        # Else whoever is locked out could go on to lock the accounts of others.
        return Admission(allowed=False, last=False)
    account = _count(connection, tried.account, bounds.account, at, over)
    if account > bounds.account:
        # Else an impatient one would lock the whole office out.
        connection.execute(FORGIVE, {"address": tried.address})
        return Admission(allowed=False, last=False)
    return Admission(allowed=True, last=account == bounds.account or address == bounds.address)


def _count(
    connection: Connection[Any], key: bytes, bound: int, at: datetime, over: datetime
) -> int:
    values = {"key": key, "bound": bound, "at": at, "over": over}
    row: Any = connection.execute(COUNT, values).fetchone()
    return int(row[0])


FORGIVE = "UPDATE office.attempt SET tries = greatest(tries - 1, 0) WHERE key = %(address)s"
CLEAR = "DELETE FROM office.attempt WHERE key = %(account)s"


def forgive(connection: Connection[Any], tried: Keys) -> None:
    """Take back a try that was right: the account starts afresh, the address keeps its wrong ones."""
    connection.execute(FORGIVE, {"address": tried.address})
    clear(connection, tried)


def clear(connection: Connection[Any], tried: Keys) -> bool:
    """Let an account try again; return whether tries were counted against it."""
    return connection.execute(CLEAR, {"account": tried.account}).rowcount > 0


LOCKED = "SELECT key FROM office.attempt WHERE tries >= %(bound)s AND since > %(over)s"


def locked(connection: Connection[Any], bounds: Bounds, at: datetime) -> frozenset[bytes]:
    """Return the keys of accounts for which no try is looked at now."""
    values = {"bound": bounds.account, "over": at - bounds.lock}
    return frozenset(bytes(row[0]) for row in connection.execute(LOCKED, values))
