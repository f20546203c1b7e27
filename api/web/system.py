"""`/system` 系统: how the installation does; for system administrators. No business data."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Request, Response

from api.access import sessions
from api.http.caller import Caller, Installed
from api.installation.doctor import Finding, examine
from api.questions.policy import Action, decide
from api.web.frame.frame import framed
from api.web.frame.rendering import render
from ledger.log.clock import now

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPage:
    """How the installation does."""

    findings: Sequence[Finding]
    """What `dudao doctor` finds."""
    position: int
    """The last position of the ledger."""
    behind: int
    """Entries that the views have not taken up yet."""
    following: bool
    """Whether this process keeps the views up to date, or stands by to."""
    sessions: int
    """People who are signed in."""
    dudao: str | None
    """Version of the program; None when it runs from its sources."""
    python: str
    """Version of Python."""
    database: str
    """Version of PostgreSQL."""
    size: int
    """Bytes of the database."""
    connections: int
    """Connections of this process that are open, and how many there may be."""
    most_connections: int
    """How many there may be."""


def _own_version() -> str | None:
    try:
        return version("dudao")
    except PackageNotFoundError:
        return None


SIZE = "SELECT pg_database_size(current_database())"


@router.get("/system")
def show(request: Request, house: Installed, actor: Caller) -> Response:
    """Show how the installation does."""
    decide(actor, Action.READ, "system")
    ends, pool = house.ends(), house.pool.get_stats()
    with house.gate.connection() as connection:
        signed_in = sessions.count(connection, house.gate.limits, now())
        size = connection.execute(SIZE).fetchone() or (0,)
        server = connection.info.server_version
    page = SystemPage(
        # What takes a look at every entry is asked by the verification, and by `dudao doctor`.
        findings=list(examine(house, traces=False)),
        position=ends.head,
        behind=ends.head - ends.followed,
        following=house.following,
        sessions=signed_in,
        dudao=_own_version(),
        python=platform.python_version(),
        database=f"{server // 10_000}.{server % 10_000}",
        size=int(size[0]),
        connections=pool.get("pool_size", 0),
        most_connections=pool.get("pool_max", 0),
    )
    return render(framed(request, house, actor), "system.html", page)
