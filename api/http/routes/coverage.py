"""`GET /v1/coverage`, `/v1/unvisited`, `/v1/plan-comparisons`: how far supervision and plans reach."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.export.formats import columns
from api.http.caller import Caller, Installed
from api.http.described import a_list
from api.http.lists import listing, page
from api.questions import coverage as reach
from api.questions.queries import Found
from api.questions.questions import CoverageQuestion, PlanComparisonQuestion, UnvisitedQuestion

router = APIRouter(tags=["预警 / watching"])

COVERAGE = columns("district listed:integer visited:integer unvisited:integer")
UNVISITED = columns("uscc name district standing last_visit:day")
COMPARED = columns(
    "uscc name district year:integer filed_on:day revised_on:day planned_sessions:integer "
    "planned_candidates:integer sessions:integer candidates:integer"
)


@router.get(
    "/v1/coverage",
    summary="本年督导覆盖,按区 / enterprises visited this year, by district",
    operation_id="coverage",
    responses=a_list(COVERAGE),
    response_class=Response,
)
def coverage(
    request: Request,
    house: Installed,
    actor: Caller,
    question: Annotated[CoverageQuestion, Query()],
) -> Response:
    """Return counts by district."""
    return page(request, question, reach.coverage(house, actor, question), COVERAGE)


@router.get(
    "/v1/unvisited",
    summary="本年未督导的企业 / enterprises that nobody visited this year",
    operation_id="list_unvisited",
    responses=a_list(UNVISITED),
    response_class=Response,
)
def unvisited(
    request: Request,
    house: Installed,
    actor: Caller,
    question: Annotated[UnvisitedQuestion, Query()],
) -> Response:
    """Return a page of enterprises."""

    def one(asked: UnvisitedQuestion) -> Found:
        return reach.unvisited(house, actor, asked)

    return listing(request, house, question, one, UNVISITED)


@router.get(
    "/v1/plan-comparisons",
    summary="年度计划与实际 / plans beside what was held",
    operation_id="list_plan_comparisons",
    responses=a_list(COMPARED),
    response_class=Response,
)
def compared(
    request: Request,
    house: Installed,
    actor: Caller,
    question: Annotated[PlanComparisonQuestion, Query()],
) -> Response:
    """Return a page of enterprises."""

    def one(asked: PlanComparisonQuestion) -> Found:
        return reach.compared(house, actor, asked)

    return listing(request, house, question, one, COMPARED)
