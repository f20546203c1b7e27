"""`/integrity` 核验: is the ledger whole, in words and figures."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.questions.assurance.integrity import MAY_START, integrity, start
from api.web.frame.frame import framed
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityPage:
    """Where the ledger ends and what its verifications said."""

    head: dict[str, Any]
    """Last position, root in hexadecimal, when the last entry was recorded."""
    running: dict[str, Any] | None
    """How far a verification under way has come."""
    last: dict[str, Any] | None
    """The latest verification that came to its end."""
    earlier: list[dict[str, Any]]
    """The ones before it, newest first."""
    behind: int
    """Entries recorded since the last one."""
    checkpoint: dict[str, Any] | None
    """What was signed last, None where nothing was."""
    witnesses: list[dict[str, Any]]
    """Who follows the log, up to where, and when they last said so."""
    alarms: list[dict[str, str]]
    """Why the proofs are weaker than they should be."""
    beginnings: list[dict[str, Any]]
    """After which restores that lost entries the log got another name."""
    may_start: bool
    """Whether the reader may have it done now."""


@router.get("/integrity")
def look(request: Request, house: Installed, actor: Caller) -> Response:
    """Show it."""
    state = integrity(house, actor)
    latest = state["verifications"][0] if state["verifications"] else None
    page = IntegrityPage(
        head=state["head"],
        running=state["running"],
        last=latest,
        earlier=state["verifications"][1:],
        behind=state["head"]["position"] - (latest["position"] if latest else 0),
        checkpoint=state["checkpoint"],
        witnesses=state["witnesses"],
        alarms=state["alarms"],
        beginnings=state["beginnings"],
        may_start=actor.role in MAY_START,
    )
    return render(framed(request, house, actor, twin="/v1/integrity"), "integrity.html", page)


@router.post("/integrity")
def begin(house: Installed, actor: Caller) -> Response:
    """Have the whole ledger verified, and lead back to where its progress is seen."""
    start(house, actor)
    return Response(status_code=303, headers={"Location": "/integrity"})
