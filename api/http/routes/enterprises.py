"""`GET /v1/enterprises/{uscc}` with its scope, standing, timeline, units and history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_record
from api.questions import enterprises, timelines
from api.questions.parameters import Text
from api.questions.questions import AsOf
from projections.items.records import EnterpriseItem, TimelineItem

router = APIRouter(tags=["enterprises"])


@router.get(
    "/v1/enterprises/{uscc}",
    summary="企业概况 / one enterprise with its standing",
    operation_id="get_enterprise",
    responses=a_record(EnterpriseItem),
    response_class=Response,
)
def enterprise(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return profile, standing and scope on the day."""
    answer_basis, profile = enterprises.one(house, actor, uscc, question.asked())
    return document(request, answer_basis, profile)


@router.get(
    "/v1/enterprises/{uscc}/timeline",
    summary="范围、认定与督导的时间轴 / scope, sessions and spot checks over all days",
    operation_id="get_timeline",
    responses=a_record(TimelineItem),
    response_class=Response,
)
def timeline(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return what the enterprise might do and did, occupation by occupation."""
    answer_basis, item = timelines.timeline(house, actor, uscc, question.asked())
    return document(request, answer_basis, item)
