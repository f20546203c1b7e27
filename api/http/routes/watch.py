"""`GET /v1/overview`, `/v1/backlog`, `/v1/late`, `/v1/flags/{key}/explanation`: what is watched."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.export.formats import columns
from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_list, a_record
from api.http.lists import listing, page
from api.questions import flag_explained
from api.questions import late as arrivals
from api.questions import overview as overviewing
from api.questions.parameters import Text
from api.questions.queries import Found
from api.questions.questions import AsOf, BacklogQuestion, LateQuestion, OverviewQuestion

router = APIRouter(tags=["预警 / watching"])

BACKLOG = columns(
    "code breaches:integer days_7:integer days_30:integer days_90:integer older:integer backfilled:integer "
    "unreviewed:integer undecided:integer undecided_unreviewed:integer"
)
LATE = columns(
    "position:integer type days_late:integer valid_from:day recorded_at subject district actor:json "
    "reason document_no stream version:integer data:json"
)


@router.get(
    "/v1/backlog",
    summary="疑点按检查与已知时长计数 / flags counted by check and age",
    operation_id="backlog",
    responses=a_list(BACKLOG),
    response_class=Response,
)
def backlog(
    request: Request,
    house: Installed,
    actor: Caller,
    question: Annotated[BacklogQuestion, Query()],
) -> Response:
    """Return counts by check."""
    found = arrivals.backlog(house, actor, question)
    return page(request, question, found, BACKLOG)


@router.get(
    "/v1/overview",
    summary="总览 / the overview",
    operation_id="overview",
    responses=a_record(),
    response_class=Response,
)
def overview(
    request: Request,
    house: Installed,
    actor: Caller,
    question: Annotated[OverviewQuestion, Query()],
) -> Response:
    """Return what waits, what ends soon, what is overdue, what came late, what changed."""
    standing, found = overviewing.overview(house, actor, question)
    return document(request, standing, found)


@router.get(
    "/v1/late",
    summary="滞后入账的记录,最新在前 / entries long after their day, newest first",
    operation_id="list_late",
    responses=a_list(LATE),
    response_class=Response,
)
def late(
    request: Request, house: Installed, actor: Caller, question: Annotated[LateQuestion, Query()]
) -> Response:
    """Return a page of entries; it may be short and still have a `next`."""

    def one(asked: LateQuestion) -> Found:
        return arrivals.late(house, actor, asked)

    return listing(request, house, question, one, LATE)


@router.get(
    "/v1/flags/{key}/explanation",
    summary="一条疑点的来龙去脉 / why a flag says what it says, then and now",
    operation_id="explain_flag",
    responses=a_record(),
    response_class=Response,
)
def explanation(
    request: Request,
    house: Installed,
    actor: Caller,
    key: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return the flag with its course, its facts, its clause and the evidence of its place."""
    standing, found = flag_explained.explained(house, actor, key, question.asked())
    return document(request, standing, found)
