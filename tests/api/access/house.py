"""People who come to the door: each with a browser's cookies, and a house that they come to."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import httpx2
import psycopg
from pyotp.totp import TOTP

from api.access import (
    accounts,
    administration,
    credentials,
    factor,
    invitations,
    passwords,
    sessions,
)
from api.access.access_log import command_line
from api.installation.wiring import Installation
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now

PASSWORD = "copper lantern 昆明湖 quiet"  # noqa: S105 - of invented people
ANOTHER = "violet anchor 什刹海 humble"
SEATS = {
    Role.QUALITY_SUPERVISOR: "centre",
    Role.CENTRE_OFFICER: "centre",
    Role.BUREAU_PUBLISHER: "bureau",
    Role.DISTRICT_INSPECTOR: "110108",
    Role.EXPERT: "大学",
    Role.ENTERPRISE_REPORTER: "91110000710939135P",
    Role.ANALYST: "centre",
    Role.SECURITY_ADMIN: "centre",
    Role.AUDIT_ADMIN: "centre",
    Role.SYSTEM_ADMIN: "centre",
}
SERIAL = count(1)
MAKER = Actor(account="dudao users", role=Role.SYSTEM_ADMIN, organisation="command-line")


class Visitor:
    """A browser: keeps cookies, says where its requests come from, accepts pages."""

    def __init__(self, base: str, left: list[httpx2.Client], **headers: str) -> None:
        self.left = left
        self.http = httpx2.Client(
            base_url=base,
            timeout=30,
            headers={"Accept": "text/html", "Accept-Language": "zh", "Origin": base, **headers},
        )
        left.append(self.http)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open a page."""
        return self.http.get(path, headers=_named(headers))

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Any:
        """Send a form."""
        return self.http.post(path, data=dict(fields or {}), headers=_named(headers))

    def sign_in(self, account: str, password: str = PASSWORD, code: str = "") -> httpx2.Response:
        """Fill in the form of the sign-in page."""
        fields = {"account": account, "password": password, "code": code}
        return self.http.post("/sign-in", data=fields)

    def reads(self, path: str = "/v1/flags") -> int:
        """Status of a read that needs a name."""
        return self.http.get(path, headers={"Accept": "application/json"}).status_code

    @property
    def token(self) -> str | None:
        """The token that the browser holds."""
        return self.http.cookies.get("dudao-session")

    def holding(self, token: str | None) -> "Visitor":
        """Another browser with that token: somebody who stole it, or the page left open."""
        other = Visitor(str(self.http.base_url).rstrip("/"), self.left)
        other.http.cookies.set("dudao-session", token or "", domain="127.0.0.1")
        return other


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


class House:
    """The installation, how it is reached, and a connection that may change what no page changes."""

    def __init__(self, made: Installation, base: str, owner: psycopg.Connection[Any]) -> None:
        self.made, self.base, self.owner = made, base, owner
        self.gate = made.gate
        self._clients: list[httpx2.Client] = []

    def visitor(self, **headers: str) -> Visitor:
        """Somebody with a fresh browser."""
        return Visitor(self.base, self._clients, **_named(headers))

    def close(self) -> None:
        """Let everybody go."""
        while self._clients:
            self._clients.pop().close()

    def account(self, role: Role = Role.QUALITY_SUPERVISOR, seat: str | None = None) -> str:
        """Store an account with `PASSWORD`; return its name."""
        name = f"{role.value}-{next(SERIAL)}"
        who = Actor(account=name, role=role, organisation=seat or SEATS[role])
        with self.gate.connection() as connection:
            administration.add(connection, MAKER, who, f"person of {name}", self.visit)
        self.owner.execute(
            "INSERT INTO office.credential (account, password) VALUES (%s, %s)", (name, _kept())
        )
        return name

    def inside(self, role: Role = Role.QUALITY_SUPERVISOR, seat: str | None = None) -> Visitor:
        """Somebody of that role who has signed in, without the work that a password makes."""
        account = self.account(role, seat)
        if role in self.gate.policy.factor_for:
            self.set_factor(account)
        with self.gate.connection() as connection:
            held = credentials.find(connection, account)
            assert held is not None
            token = sessions.start(connection, held, "password", self.visit, self.gate.limits)
        visitor = self.visitor()
        visitor.http.cookies.set("dudao-session", token, domain="127.0.0.1")
        return visitor

    @property
    def visit(self) -> Any:
        """A visit on the command line, now."""
        return command_line(now())

    def enter(self, role: Role) -> tuple[str, Visitor]:
        """Somebody of that role who signs in with all that the role needs; the account's name first."""
        account, visitor = self.account(role), self.visitor()
        digits = (
            code(self.set_factor(account), now()) if role in self.gate.policy.factor_for else ""
        )
        assert visitor.sign_in(account, code=digits).status_code == 303
        return account, visitor

    def set_factor(self, account: str) -> bytes:
        """Give the account a second factor whose codes are unused; return its secret."""
        secret = factor.proposed(self.gate.offer_key, account.encode())
        with self.gate.connection() as connection:
            credentials.put_factor(connection, self.gate.factor_key, account, secret, None)
        return secret

    def invitation(self, account: str) -> str:
        """Address of a one-time link, without the host."""
        with self.gate.connection() as connection:
            secret = administration.invite(connection, MAKER, account, self.visit)
        return invitations.address("", secret)

    def new_account(self, role: Role) -> str:
        """Store an account that nobody can sign in to yet."""
        name = f"{role.value}-{next(SERIAL)}"
        with self.gate.connection() as connection:
            who = Actor(account=name, role=role, organisation=SEATS[role])
            accounts.add(connection, who, f"person of {name}")
        return name

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the owner of the database sees."""
        return self.owner.execute(query.encode(), values).fetchall()

    def entries(self, account: str) -> list[tuple[str, str, str]]:
        """Action, object and outcome of what the log says about an account, the oldest first."""
        return self.rows(
            "SELECT action, object, outcome FROM office.access_log WHERE account = %s ORDER BY number",
            account,
        )

    def age_sessions(self, account: str, by: timedelta, column: str = "seen_at") -> None:
        """Let the sessions of an account be older than they are."""
        self.owner.execute(
            f"UPDATE office.session SET {column} = {column} - %s WHERE account = %s".encode(),  # noqa: S608 - a column of ours
            (by, account),
        )


@cache
def _kept() -> str:
    return passwords.hashed(PASSWORD)


def code(secret: bytes, at: datetime, later: int = 0) -> str:
    """The code of a second factor, `later` steps on."""
    return TOTP(factor.text_of(secret)).at(at + timedelta(seconds=30 * later))


def words(html: str) -> str:
    """The words of a page that are the same for everybody: without marks and numbers of requests."""
    plain = re.sub(r"<[^>]*>", " ", html)
    return re.sub(r"\s+", " ", plain)
