"""`/`: the public start page for who is not signed in; others are led to where their work is."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.questions.comparing.roster_changes import LATELY, lately
from api.questions.problems import Fault
from api.questions.questions import RosterChangesQuestion
from api.web.frame.frame import framed
from api.web.frame.navigation import home
from api.web.frame.reading import read
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)
ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """What anyone may look up, and what changed lately on the roster."""

    faults: tuple[Fault, ...]
    """What could not be understood of the address."""
    changes: Sequence[Row]
    """As `GET /v1/roster/changes` gives them."""
    next: str | None
    """Cursor of the page behind this one."""
    days: int
    """How many days back."""


@router.get("/")
def start(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the public start page, or lead a signed-in reader to their first area."""
    own = home(actor)
    if own is not None:
        return Response(status_code=303, headers={"Location": own})
    question, reading = read(request, RosterChangesQuestion)
    answer = lately(house, actor, question.model_copy(update={"limit": ROWS}))
    frame = framed(request, house, actor, answer.answer_basis, twin="/v1/roster/changes")
    page = StartPage(
        faults=reading.faults,
        changes=answer.page.items,
        next=answer.page.next,
        days=LATELY.days,
    )
    return render(frame, "start.html", page, reading.status)
