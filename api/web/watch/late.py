"""`/late` 滞后入账的记录: the entries that came long after their day, the list behind the overview."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.questions import late as arrivals
from api.questions.questions import LateQuestion
from api.web.frame.choices import Choices
from api.web.frame.frame import FILES, framed
from api.web.frame.lists import Shown, at_most, shown
from api.web.frame.reading import read
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)
DELAYS = (7, 30, 90, 365)
"""Days of delay that are offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePage:
    """Entries that came long after their day."""

    list: Shown
    """The entries as `GET /v1/late` gives them."""
    days: int
    """More than so many days late."""
    delays: Choices
    """Days of delay that are offered."""


@router.get("/late")
def late(request: Request, house: Installed, actor: Caller) -> Response:
    """Show what came late."""
    question, reading = read(request, LateQuestion)
    answer = arrivals.late(house, actor, at_most(question))
    frame = framed(request, house, actor, answer.answer_basis, twin="/v1/late", formats=FILES)
    page = LatePage(
        list=shown(frame, house, reading, answer, offers={"type": "event"}, whose="subject"),
        days=question.days,
        delays=[(str(days), str(days)) for days in sorted({*DELAYS, question.days})],
    )
    return render(frame, "late.html", page, reading.status)
