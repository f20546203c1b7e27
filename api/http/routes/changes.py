"""`GET /v1/diff`, `/v1/stats`, `/v1/events` and single entries."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_record
from api.questions import entry_context, feed
from api.questions.parameters import Text
from api.questions.questions import AsOf, Question
from projections.items.entries import EntryItem
from projections.items.records import EntryContextItem

router = APIRouter(tags=["changes"])


@router.get(
    "/v1/events/{position}/context",
    summary="一个事件的前后、更正、疑点与哈希 / what stands around one event",
    operation_id="get_event_context",
    responses=a_record(EntryContextItem),
    response_class=Response,
)
def context(
    request: Request,
    house: Installed,
    actor: Caller,
    position: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return one entry with its neighbours, its corrections, the flags it raised, its leaf."""
    answer_basis, item = entry_context.in_context(house, actor, position, question.asked())
    return document(request, answer_basis, item)


@router.get(
    "/v1/events/{position}",
    summary="一个事件 / one event",
    operation_id="get_event",
    responses=a_record(EntryItem),
    response_class=Response,
)
def event(
    request: Request,
    house: Installed,
    actor: Caller,
    position: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Return one entry."""
    answer_basis, item = feed.event(house, actor, position)
    return document(request, answer_basis, item)
