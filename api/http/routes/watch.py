"""`GET /v1/overview`, `/v1/backlog`, `/v1/late`, `/v1/flags/{key}/explanation`: what is watched."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_record
from api.questions import flag_explained
from api.questions import overview as overviewing
from api.questions.parameters import Text
from api.questions.questions import AsOf, OverviewQuestion
from projections.items.records import FlagExplainedItem, OverviewItem

router = APIRouter(tags=["watching"])


@router.get(
    "/v1/overview",
    summary="总览 / the overview",
    operation_id="overview",
    responses=a_record(OverviewItem),
    response_class=Response,
)
def overview(
    request: Request,
    house: Installed,
    actor: Caller,
    question: Annotated[OverviewQuestion, Query()],
) -> Response:
    """Return what waits, what ends soon, what is overdue, what came late, what changed."""
    answer_basis, members = overviewing.overview(house, actor, question)
    return document(request, answer_basis, members)


@router.get(
    "/v1/flags/{key}/explanation",
    summary="一条疑点的来龙去脉 / why a flag says what it says, then and now",
    operation_id="explain_flag",
    responses=a_record(FlagExplainedItem),
    response_class=Response,
)
def explanation(
    request: Request,
    house: Installed,
    actor: Caller,
    key: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return the flag with its history, its facts, its clause and the evidence of its place."""
    answer_basis, item = flag_explained.explained(house, actor, key, question.asked())
    return document(request, answer_basis, item)
