"""How fast strangers may ask about certificates: some at once, then one every few seconds.

Counted per address and across all processes, in one statement. Each look-up moves the time at which
the address has paid for all of them on by one step; who is too many steps ahead waits.
"""

import math
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions.problems import Problem


class RateLimit(NamedTuple):
    """So many at once, and from then on one every `step`."""

    at_once: int
    step: timedelta


FORGET_PAID = """
DELETE FROM office.pace WHERE key IN (
    SELECT key FROM office.pace WHERE due <= %(at)s LIMIT 100 FOR UPDATE SKIP LOCKED)
"""
TAKE = """
INSERT INTO office.pace AS p (key, due) VALUES (%(key)s, %(at)s + %(step)s)
ON CONFLICT (key) DO UPDATE SET due = greatest(p.due, %(at)s) + %(step)s
 WHERE greatest(p.due, %(at)s) + %(step)s <= %(at)s + %(ahead)s
RETURNING due
"""
DUE = "SELECT due FROM office.pace WHERE key = %(key)s"


def take(
    connection: Connection[Any], key: bytes, pace: RateLimit, at: datetime
) -> timedelta | None:
    """Take one step under `key`; None if that was allowed, else how long to wait for the next one."""
    ahead = pace.step * pace.at_once
    values = {"key": key, "at": at, "step": pace.step, "ahead": ahead}
    connection.execute(FORGET_PAID, values)
    if connection.execute(TAKE, values).fetchone() is not None:
        return None
    # The row is there, unless somebody else has found it paid off in between.
    due: datetime = (connection.execute(DUE, values).fetchone() or (at + ahead,))[0]
    return due + pace.step - ahead - at


def too_fast(wait: timedelta) -> Problem:
    """Return the answer to a look-up that comes too early."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    return Problem(
        "too-many-attempts",
        f"查询过于频繁，请 {seconds} 秒后再试",
        f"too many look-ups: try again in {seconds} seconds",
        headers={"Retry-After": str(seconds)},
    )
