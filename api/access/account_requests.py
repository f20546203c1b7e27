"""Account acts of weight: one security administrator asks, another one decides, and both are named.

A role, a link to set another password, a reset let somebody be somebody. Whoever could do one of
them alone could be anybody. A link that follows from a request has two halves: who decided sees the
address, who asked has the code, and its holder needs both.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from psycopg import Connection

from api.access.persons import folded
from domain.terms.alike import skeleton
from domain.terms.decider import Refused
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.vault.vault import same_name

LASTS = timedelta(days=7)
"""How long a request can be decided."""
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 10
SHOWN = 50


class Act(StrEnum):
    """What takes two."""

    ADD = "add"
    ASSIGN = "assign"
    INVITE = "invite"
    RESET = "reset"


class Wanted(NamedTuple):
    """What is asked for; role, organisation and holder where a role is given."""

    act: Act
    account: str
    role: str | None = None
    organisation: str | None = None
    person: str | None = None

    @property
    def actor(self) -> Actor:
        """Who the account would be."""
        role = Role(self.role or "")
        return Actor(account=self.account, role=role, organisation=self.organisation or "")


class Request(NamedTuple):
    """A request with what became of it."""

    number: int
    wanted: Wanted
    code: bytes
    asked_by: str
    asked_at: datetime
    taken: bool | None
    decided_by: str | None
    decided_at: datetime | None

    def waits(self, at: datetime) -> bool:
        """Return whether it can be decided."""
        return self.taken is None and at < self.asked_at + LASTS


def new_code() -> str:
    """Return the half of a link that whoever asks hands over: read out, typed from paper."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def digest_of(code: str) -> bytes:
    """Return a code as it is kept: people type it in whatever case and spacing."""
    return hashlib.sha256(same_name(code).encode()).digest()


ASK = """
INSERT INTO office.account_request
       (act, account, role, organisation, person, code, asked_by, asked_at)
VALUES (%(act)s, %(account)s, %(role)s, %(organisation)s, %(person)s, %(code)s, %(by)s, %(at)s)
RETURNING number
"""


def ask(connection: Connection[Any], wanted: Wanted, code: str, asked_by: str, at: datetime) -> int:
    """Keep a request; return its number."""
    values = {**wanted._asdict(), "act": wanted.act.value, "by": asked_by, "at": at}
    row: Any = connection.execute(ASK, {**values, "code": digest_of(code)}).fetchone()
    return int(row[0])


LISTED = """
SELECT r.number, r.act, r.account, r.role, r.organisation, r.person, r.code, r.asked_by, r.asked_at,
       d.taken, d.decided_by, d.decided_at
  FROM office.account_request r LEFT JOIN office.account_decision d ON d.number = r.number
 WHERE %(number)s::bigint IS NULL OR r.number = %(number)s
 ORDER BY d.number IS NOT NULL, r.number DESC LIMIT %(limit)s
"""


def listed(connection: Connection[Any], number: int | None = None) -> list[Request]:
    """Return the requests: those that wait first, then the latest decisions."""
    values = {"number": number, "limit": SHOWN}
    return [_request(row) for row in connection.execute(LISTED, values)]


def _request(row: tuple[Any, ...]) -> Request:
    number, act, account, role, organisation, person, *rest = row
    return Request(number, Wanted(Act(act), account, role, organisation, person), *rest)


DECIDE = """
INSERT INTO office.account_decision (number, taken, decided_by, decided_at)
VALUES (%(number)s, %(taken)s, %(by)s, %(at)s)
"""


def decide(
    connection: Connection[Any], number: int, *, taken: bool, decided_by: str, at: datetime
) -> None:
    """Keep what became of a request."""
    values = {"number": number, "taken": taken, "by": decided_by, "at": at}
    connection.execute(DECIDE, values)


HELD_BY = "SELECT person FROM office.account WHERE account = %(account)s"


def person_of(connection: Connection[Any], account: str) -> str:
    """Return who holds an account, folded; where nobody is known, a person of its own."""
    row = connection.execute(HELD_BY, {"account": account}).fetchone()
    return f"account {skeleton(account)}" if row is None or not row[0] else folded(row[0])


KEEPERS = "SELECT account FROM office.account WHERE role = %(role)s"


def alone(connection: Connection[Any], administrator: Actor) -> bool:
    """Return whether nobody but this person has ever kept accounts here: then one is enough.

    Disabled ones count: nobody comes to act alone by taking the others away.
    """
    rows = connection.execute(KEEPERS, {"role": Role.SECURITY_ADMIN.value}).fetchall()
    persons = {person_of(connection, account) for (account,) in rows}
    return persons <= {person_of(connection, administrator.account)}


def require_another(connection: Connection[Any], request: Request, administrator: Actor) -> None:
    """Refuse who may not decide: whoever asked, and whom it is about, by any account of theirs.

    Raises:
        Refused: it takes another person.
    """
    own = person_of(connection, administrator.account)
    about = {person_of(connection, request.wanted.account)}
    if request.wanted.person:
        about.add(folded(request.wanted.person))
    if own == person_of(connection, request.asked_by):
        raise Refused(
            "same-person",
            "申请与批准须为两人；请由另一名安全管理员批准",
            "who asks does not decide: another security administrator has to",
        )
    if own in about:
        raise Refused(
            "own-account",
            "不能批准涉及本人账户的申请；请由另一名安全管理员批准",
            "nobody decides about their own account: another security administrator has to",
        )
