"""`/plans/compared` 谁还没报备: who filed no plan, and what was held otherwise than planned (六(四))."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.questions import coverage as reach
from api.questions.questions import PlanComparisonQuestion
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import FILES, framed
from api.web.frame.lists import Shown, at_most, shown
from api.web.frame.reading import read
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparisonPage:
    """Enterprises with what they planned and what they held."""

    year: int
    """Which year."""
    plan: str
    """Which are shown: `missing`, `filed`, or empty for all."""
    plans: Choices
    """What `plan` may be."""
    list: Shown
    """The enterprises, a page of them."""


@router.get("/plans/compared")
def compared(request: Request, house: Installed, actor: Caller) -> Response:
    """Show who filed no plan; with `plan=filed` or all, what was held beside what was planned."""
    question, reading = read(request, PlanComparisonQuestion)
    # The page is asked who is missing; `plan=` (empty) asks for all.
    plan = question.plan if "plan" in request.query_params else "missing"
    wanted = at_most(question).model_copy(update={"plan": plan})
    answer = reach.compared(house, actor, wanted)
    frame = framed(
        request,
        house,
        actor,
        answer.answer_basis,
        twin="/v1/plan-comparisons",
        formats=FILES,
        beside={"plan": plan} if plan else None,
    )
    page = PlanComparisonPage(
        year=question.year or answer.answer_basis.day.year,
        plan=plan or "",
        plans=choices(frame.language, "plan_state"),
        list=shown(frame, house, reading, answer),
    )
    return render(frame, "plan_comparisons.html", page, reading.status)
