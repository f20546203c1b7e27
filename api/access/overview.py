"""All accounts at a glance, as a security administrator looks after them."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from api.access import attempts
from api.access.gate import Gate

STALE = timedelta(days=90)
"""An account that nobody has signed in to for this long is asked about (GB/T 22239 8.1.4.2 c)."""


class Line(NamedTuple):
    """One account."""

    account: str
    role: str
    organisation: str
    person: str | None
    created_at: datetime
    disabled_at: datetime | None
    signed_in_at: datetime | None
    has_password: bool
    has_factor: bool
    bound: bool
    """Whether it belongs to a subject at the identity provider."""
    invited: bool
    """Whether a one-time link is good for it."""
    sessions: int
    locked: bool
    stale: bool


LINES = """
SELECT a.account, a.role, a.organisation, a.person, a.created_at, a.disabled_at, a.signed_in_at,
       c.account IS NOT NULL, c.factor IS NOT NULL, a.subject IS NOT NULL,
       EXISTS (SELECT FROM office.invitation i WHERE i.account = a.account AND i.ends_at > %(at)s),
       (SELECT count(*) FROM office.session s
         WHERE s.account = a.account AND s.epoch = a.epoch
           AND s.ends_at > %(at)s AND s.seen_at > %(idle_since)s)
  FROM office.account a LEFT JOIN office.credential c ON c.account = a.account
 WHERE %(account)s::text IS NULL OR a.account = %(account)s
 ORDER BY a.disabled_at IS NOT NULL, a.account
"""


def lines(
    gate: Gate, connection: Connection[Any], at: datetime, account: str | None = None
) -> list[Line]:
    """Return every account, or the one of that name; the enabled ones first, by name."""
    values = {"at": at, "idle_since": at - gate.limits.idle, "account": account}
    rows = connection.execute(LINES, values).fetchall()
    locked = attempts.locked(connection, gate.bounds, at)
    return [
        Line._make((*row, gate.tried(row[0], "").account in locked, _is_stale(row, at)))
        for row in rows
    ]


def _is_stale(row: tuple[Any, ...], at: datetime) -> bool:
    created_at, disabled_at, signed_in_at = row[4:7]
    return disabled_at is None and (signed_in_at or created_at) < at - STALE
