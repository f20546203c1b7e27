"""`/coverage` 督导覆盖: which enterprises nobody visited this year, by district (四)."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.questions import coverage as reach
from api.questions.questions import CoverageQuestion, UnvisitedQuestion
from api.web.frame.frame import FILES, framed
from api.web.frame.lists import Shown, at_most, shown
from api.web.frame.reading import read
from api.web.frame.rendering import render
from domain.permissions import MAY

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePage:
    """How far the checks of the year reach."""

    year: int
    """The year of the day that is shown."""
    districts: Sequence[Row]
    """Counts by district as `GET /v1/coverage` gives them."""
    list: Shown
    """Enterprises that were not visited, a page of them."""
    may_dispatch: bool
    """Whether the reader may send inspectors."""


@router.get("/coverage")
def coverage(request: Request, house: Installed, actor: Caller) -> Response:
    """Show how many enterprises were visited this year, and who was not."""
    question, reading = read(request, UnvisitedQuestion)
    answer = reach.unvisited(house, actor, at_most(question))
    asked = answer.answer_basis.asked
    counted = CoverageQuestion.model_construct(
        uscc=None, district=None, valid_at=asked.valid_at, position=asked.position
    )
    districts = reach.coverage(house, actor, counted).page.items
    frame = framed(request, house, actor, answer.answer_basis, twin="/v1/unvisited", formats=FILES)
    page = CoveragePage(
        year=answer.answer_basis.day.year,
        districts=districts,
        list=shown(frame, house, reading, answer),
        may_dispatch=frame.now and actor.role in MAY["InspectionDispatched"],
    )
    return render(frame, "coverage.html", page, reading.status)
