"""Who came, what they saw and took away, what was changed and what was refused.

Append-only by privilege and by trigger: the application adds rows, the database gives them number
and time, and nobody changes them. An entry names what was done by its address or account, never
by what was typed.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions.policy import ANYONE
from domain.terms.envelope import Actor
from ledger.log.clock import SHANGHAI

LONGEST = 200
"""Characters kept of an address or object."""


class Deed(StrEnum):
    """What is remembered."""

    SIGN_IN = "sign-in"
    LOCK_OUT = "lock-out"
    UNLOCK = "unlock"
    SIGN_OUT = "sign-out"
    SESSION_END = "session-end"
    PASSWORD = "password"  # noqa: S105 - the name of a deed
    FACTOR = "second-factor"
    BINDING = "identity-bound"
    ACCOUNT_ADDED = "account-added"
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_ASKED = "account-asked"
    ACCOUNT_DECIDED = "account-decided"
    KEY = "access-key"
    INVITATION = "invitation"
    RESET = "reset"
    REVEAL = "reveal"
    LOOK_UP = "look-up"
    MATERIAL = "material"
    EXPORT = "export"
    REFUSAL = "refusal"


class Visit(NamedTuple):
    """One request: when it came, from where, its number, and what the browser says it is."""

    at: datetime
    address: str
    request: str
    agent: str = ""


def command_line(at: datetime) -> Visit:
    """Return the visit of whoever may use the database on this machine."""
    return Visit(at, "local", "")


ADD = """
INSERT INTO office.access_log
    (account, role, organisation, address, action, object, outcome, request_id)
VALUES (%(account)s, %(role)s, %(organisation)s, %(address)s, %(action)s, %(object)s, %(outcome)s,
        %(request_id)s)
"""


def record(  # noqa: PLR0913 - one argument a part of the entry
    connection: Connection[Any],
    visit: Visit,
    actor: Actor,
    deed: Deed,
    about: str,
    *,
    done: bool = True,
) -> None:
    """Add an entry: `actor` did `deed` to `about`, or (not `done`) was refused it."""
    connection.execute(
        ADD,
        {
            "account": actor.account,
            "role": actor.role.value,
            "organisation": actor.organisation,
            "address": visit.address[:LONGEST],
            "action": deed.value,
            "object": about[:LONGEST],
            "outcome": "done" if done else "refused",
            "request_id": visit.request,
        },
    )


class Entry(NamedTuple):
    """One entry, as it is shown and exported."""

    number: int
    at: datetime
    account: str
    role: str
    organisation: str
    address: str
    action: str
    object: str
    outcome: str
    request_id: str


class EntriesWanted(NamedTuple):
    """Which entries are wanted: those that agree with every field that is set. Days are Beijing's."""

    account: str | None = None
    action: str | None = None
    outcome: str | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None
    """Only entries with a smaller number: the page behind one that ended there."""


PAGE = """
SELECT number, at, account, role, organisation, address, action, object, outcome, request_id
  FROM office.access_log
 WHERE (%(account)s::text IS NULL OR account = %(account)s)
   AND (%(action)s::text IS NULL OR action = %(action)s)
   AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
   AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
   AND (%(before)s::bigint IS NULL OR number < %(before)s)
 ORDER BY number DESC LIMIT %(limit)s
"""


def page(connection: Connection[Any], asked: EntriesWanted, limit: int) -> list[Entry]:
    """Return at most `limit` entries, the newest first."""
    values = {
        "account": asked.account,
        "action": asked.action,
        "outcome": asked.outcome,
        "since": _midnight(asked.first) if asked.first else None,
        "until": _midnight(asked.last + timedelta(days=1)) if asked.last else None,
        "before": asked.before,
        "limit": limit,
    }
    return [Entry(*row) for row in connection.execute(PAGE, values)]


def every(connection: Connection[Any], asked: EntriesWanted, chunk: int = 1000) -> Iterator[Entry]:
    """Yield all entries that are asked for, the newest first."""
    while True:
        lines = page(connection, asked, chunk)
        yield from lines
        if len(lines) < chunk:
            return
        asked = asked._replace(before=lines[-1].number)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


def nobody(account: str = "") -> Actor:
    """Return who is named where nobody has signed in: the account that was tried, if it exists."""
    return Actor(account=account or ANYONE.account, role=ANYONE.role, organisation="public")
