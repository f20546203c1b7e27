"""Stored accounts: role and organisation of whoever is given tokens, and who is disabled.

A token for a name that is not stored is good as it is (scripts, trials); a stored name binds the
token to its role and organisation, and disabling it ends its tokens within `FRESH` seconds.
"""

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection, errors
from psycopg_pool import ConnectionPool

from api.access.persons import folded
from domain.permissions import CENTRE, SEATS
from domain.terms.alike import skeleton
from domain.terms.decider import Refused
from domain.terms.envelope import Actor
from domain.terms.identifiers import is_uscc
from domain.terms.vocabulary import Role
from ledger import roles
from ledger.migrate import Source

ACCOUNTS = Source(
    "api", Path(__file__).parent / "sql", owners=MappingProxyType({"office": roles.OWNER})
)
MOST_NOTED = 10_000
"""Tokens whose use a process has in mind; beyond that it begins anew, and remembers some twice."""
FRESH = 2.0
"""Seconds for which a server process goes on with what it knows of disabled accounts."""

_SEATS = {**SEATS, Role.PUBLIC: "public"}


class Account(NamedTuple):
    """A stored account."""

    account: str
    role: str
    organisation: str
    created_at: datetime
    disabled_at: datetime | None
    person: str | None
    """Staff number or name of whoever holds it; accounts of one person share it."""
    signed_in_at: datetime | None


def organisation_of(
    role: Role,
    organisation: str | None,
    district: str | None,
    uscc: str | None,
    known: frozenset[str],
) -> str:
    """Return the organisation that goes with `role`; `known` are the codes of the authorities.

    Raises:
        Refused: the one that the role needs is missing or wrong.
    """
    if role is Role.DISTRICT_INSPECTOR:
        chosen = district or organisation or ""
        if chosen not in known:
            raise Refused(
                "unknown-district",
                f"区级督导员须给出 --district，取值：{'、'.join(sorted(known))}",
                f"a district inspector needs --district, one of {', '.join(sorted(known))}",
                "district",
            )
        return chosen
    if role is Role.ENTERPRISE_REPORTER:
        chosen = uscc or organisation or ""
        if not is_uscc(chosen):
            raise Refused(
                "invalid-uscc",
                "企业申报员须给出 --uscc，且校验位正确",
                "an enterprise reporter needs --uscc with a right check character",
                "uscc",
            )
        return chosen
    return _SEATS.get(role) or organisation or CENTRE


LONGEST_NAME = 64


def require_name(account: str) -> None:
    """Refuse what cannot be the name of an account.

    Raises:
        Refused: it is empty, too long, has blanks around it, or cannot be printed.
    """
    if account != account.strip() or not account.isprintable() or not account:
        raise Refused(
            "account-invalid",
            "账户名不能为空，前后不能有空格，不能含控制字符",
            "an account's name is not empty, without blanks around it or control characters",
            "account",
        )
    if len(account) > LONGEST_NAME:
        raise Refused(
            "account-invalid",
            f"账户名最多 {LONGEST_NAME} 个字符",
            f"an account's name has at most {LONGEST_NAME} characters",
            "account",
        )


LIST = """
SELECT account, role, organisation, created_at, disabled_at, person, signed_in_at
  FROM office.account ORDER BY account
"""


def listed(connection: Connection[Any]) -> list[Account]:
    """Return all accounts by name."""
    return [Account(*row) for row in connection.execute(LIST)]


ONE = """
SELECT account, role, organisation, created_at, disabled_at, person, signed_in_at
  FROM office.account WHERE account = %(account)s
"""


def find(connection: Connection[Any], account: str) -> Account | None:
    """Return the account of that name."""
    row = connection.execute(ONE, {"account": account}).fetchone()
    return Account(*row) if row else None


ANY = "SELECT EXISTS (SELECT FROM office.account)"


def any_stored(connection: Connection[Any]) -> bool:
    """Return whether there is any account yet."""
    return connection.execute(ANY).fetchone() == (True,)


ADD = """
INSERT INTO office.account (account, role, organisation, person)
VALUES (%(account)s, %(role)s, %(organisation)s, %(person)s)
"""


def add(connection: Connection[Any], actor: Actor, person: str | None = None) -> None:
    """Store an account, held by `person` (staff number or name).

    Raises:
        Refused: the name is taken, or cannot be one.
    """
    require_name(actor.account)
    values = {
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
        "person": person,
    }
    try:
        with connection.transaction():
            connection.execute(ADD, values)
    except errors.UniqueViolation:
        raise Refused(
            "account-exists",
            f"账户 {actor.account} 已存在",
            f"account {actor.account} exists already",
            "account",
        ) from None


CHANGE = """
UPDATE office.account SET role = %(role)s, organisation = %(organisation)s, person = %(person)s
 WHERE account = %(account)s AND disabled_at IS NULL
"""


def change(connection: Connection[Any], actor: Actor, person: str | None) -> bool:
    """Give an account another role, organisation or holder; return whether it is an enabled one."""
    values = {
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
        "person": person,
    }
    return connection.execute(CHANGE, values).rowcount == 1


DISABLE = """
UPDATE office.account SET disabled_at = clock_timestamp()
 WHERE account = %(account)s AND disabled_at IS NULL RETURNING account
"""


def disable(connection: Connection[Any], account: str) -> bool:
    """Disable an account for good; return whether it was enabled."""
    return connection.execute(DISABLE, {"account": account}).fetchone() is not None


BIND = """
UPDATE office.account SET subject = %(subject)s
 WHERE account = %(account)s AND disabled_at IS NULL AND subject IS NULL
"""
UNBIND = "UPDATE office.account SET subject = NULL WHERE account = %(account)s"
SUBJECT = "SELECT subject FROM office.account WHERE account = %(account)s"


def bound_to(connection: Connection[Any], account: str) -> str | None:
    """Return the subject at the identity provider that an account belongs to, if any yet."""
    row = connection.execute(SUBJECT, {"account": account}).fetchone()
    return row[0] if row else None


OF_SUBJECT = "SELECT account FROM office.account WHERE subject = %(subject)s"


def of_subject(connection: Connection[Any], subject: str) -> str | None:
    """Return the account that belongs to a subject at the identity provider."""
    row = connection.execute(OF_SUBJECT, {"subject": subject}).fetchone()
    return row[0] if row else None


def bind(connection: Connection[Any], account: str, subject: str) -> bool:
    """Bind an account to a subject at the identity provider; return whether it was free."""
    try:
        with connection.transaction():
            return connection.execute(BIND, {"account": account, "subject": subject}).rowcount == 1
    except errors.UniqueViolation:
        return False


def unbind(connection: Connection[Any], account: str) -> None:
    """Let the account be bound anew by whoever shows its password and second factor."""
    connection.execute(UNBIND, {"account": account})


BOUND = "SELECT account, role, organisation, disabled_at IS NOT NULL FROM office.account"


HOLDERS = "SELECT account, person FROM office.account WHERE person IS NOT NULL"


class Holders:
    """Who holds which account, at most `FRESH` seconds old: the `PersonOf` of the domain."""

    def __init__(
        self, pool: ConnectionPool[Connection[Any]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._read = float("-inf")
        self._persons: dict[str, str] = {}

    def __call__(self, account: str) -> str:
        """Return the person, folded; an account of which nobody is known is a person of its own.

        Accounts are folded too: one name in other letters is no second person.
        """
        if self._clock() - self._read > FRESH:
            with self._pool.connection() as connection:
                rows = connection.execute(HOLDERS).fetchall()
            self._persons = {skeleton(name): f"person {folded(person)}" for name, person in rows}
            self._read = self._clock()
        return self._persons.get(skeleton(account), f"account {skeleton(account)}")


REVOKED = """
SELECT token_id FROM office.token WHERE revoked_at IS NOT NULL AND ends_at > clock_timestamp()
"""


class Register:
    """What a server process knows of the stored accounts, at most `FRESH` seconds old."""

    def __init__(
        self, pool: ConnectionPool[Connection[Any]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._read = float("-inf")
        self._accounts: dict[str, tuple[str, str, bool]] = {}
        self._revoked: frozenset[str] = frozenset()
        self._noted: dict[str, date] = {}

    @property
    def stale(self) -> bool:
        """Whether it is time to read the accounts again."""
        return self._clock() - self._read > FRESH

    def refresh(self) -> None:
        """Read the accounts."""
        with self._pool.connection() as connection:
            rows = connection.execute(BOUND).fetchall()
            self._revoked = frozenset(name for (name,) in connection.execute(REVOKED))
        self._accounts = {name: (role, seat, off) for name, role, seat, off in rows}
        self._read = self._clock()

    def admits(self, actor: Actor, token_id: str) -> bool:
        """Return whether a token is good: not taken back, its account not disabled nor of another role."""
        stored = self._accounts.get(actor.account)
        unchanged = stored is None or stored == (actor.role.value, actor.organisation, False)
        return unchanged and token_id not in self._revoked

    def first_of(self, token_id: str, day: date) -> bool:
        """Return whether this process sees the token for the first time on that day."""
        if self._noted.get(token_id) == day:
            return False
        if len(self._noted) >= MOST_NOTED:
            self._noted.clear()
        self._noted[token_id] = day
        return True
