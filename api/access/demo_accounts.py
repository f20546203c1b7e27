"""The accounts of a demonstration: one a role, named as in the sample year.

Whoever reaches the server of a demonstration may be any of them with one click. An installation
that has accounts of its own is never made one.
"""

import base64
from datetime import datetime
from typing import Any

from psycopg import Connection

from api.access import access_log, accounts, credentials, exclusions
from api.access.access_log import Deed, Visit, command_line
from api.access.gate import Gate
from api.access.sign_in import Admitted, admit
from api.questions.problems import not_found
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role

SAMPLE = (
    Actor(account="supervisor-1", role=Role.QUALITY_SUPERVISOR, organisation="centre"),
    Actor(account="centre-1", role=Role.CENTRE_OFFICER, organisation="centre"),
    Actor(account="bureau-1", role=Role.BUREAU_PUBLISHER, organisation="bureau"),
    Actor(account="inspector-110108-1", role=Role.DISTRICT_INSPECTOR, organisation="110108"),
    Actor(
        account="reporter-91110101MA0EX0018K",
        role=Role.ENTERPRISE_REPORTER,
        organisation="91110101MA0EX0018K",
    ),
    Actor(account="expert-02", role=Role.EXPERT, organisation="示例评估单位2"),
    Actor(account="analyst-1", role=Role.ANALYST, organisation="centre"),
    Actor(account="security-1", role=Role.SECURITY_ADMIN, organisation="centre"),
    Actor(account="audit-1", role=Role.AUDIT_ADMIN, organisation="centre"),
    Actor(account="system-1", role=Role.SYSTEM_ADMIN, organisation="centre"),
)
NAMES = tuple(actor.account for actor in SAMPLE)

LISTED = """
SELECT a.account, a.role, a.organisation
  FROM office.demo d JOIN office.account a ON a.account = d.account
 WHERE a.disabled_at IS NULL ORDER BY d.rank
"""
MARK = "SELECT office.open_door(%(account)s, %(rank)s::smallint)"


def password(gate: Gate) -> str:
    """Return the password of all of them: another in each installation, the same at every start."""
    text = base64.b32encode(gate.demo_key[:10]).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def listed(connection: Connection[Any]) -> list[Actor]:
    """Return the accounts that anybody may be; none unless this is a demonstration."""
    rows = connection.execute(LISTED).fetchall()
    return [Actor(account=a, role=Role(role), organisation=seat) for a, role, seat in rows]


def prepare(gate: Gate, at: datetime) -> str | None:
    """Make the accounts at the first start; return their password, None if this is no demonstration."""
    with gate.connection() as connection, connection.transaction():
        exclusions.lock(connection)
        if not accounts.any_stored(connection):
            _make(connection, password(gate), command_line(at))
        return password(gate) if listed(connection) else None


def _make(connection: Connection[Any], chosen: str, visit: Visit) -> None:
    maker = Actor(account="dudao demo", role=Role.SYSTEM_ADMIN, organisation="command-line")
    for rank, actor in enumerate(SAMPLE):
        accounts.add(connection, actor, f"演示 {actor.account}")
        credentials.put_password(connection, actor.account, chosen)
        connection.execute(MARK, {"account": actor.account, "rank": rank})
        about = f"{actor.account} {actor.role.value} {actor.organisation}"
        access_log.record(connection, visit, maker, Deed.ACCOUNT_ADDED, about)


def with_click(gate: Gate, account: str, visit: Visit) -> Admitted:
    """Return a session of a demonstration's account.

    Raises:
        Problem: 404, this is no demonstration, or there is no such account in it.
    """
    with gate.connection() as connection:
        known = {actor.account for actor in listed(connection)}
        credential = credentials.find(connection, account) if account in known else None
        if credential is None:
            raise not_found("没有这个演示账户", "there is no such demonstration account")
        return admit(gate, connection, credential, "demo", visit)
