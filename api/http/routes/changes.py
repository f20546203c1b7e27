"""`GET /v1/diff`, `/v1/stats`, `/v1/events` and single entries."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_list, a_record
from api.http.lists import listing, page
from api.questions import diff as changes
from api.questions import entry_context, feed
from api.questions.paging import BY_POSITION
from api.questions.parameters import Text
from api.questions.queries import Found
from api.questions.questions import AsOf, DiffQuestion, EventsQuestion, Question, StatsQuestion
from api.questions.shapes import DIFF, HISTORY, STATS, stats_shape

router = APIRouter(tags=["比较与事件 / changes and events"])


@router.get(
    "/v1/diff",
    summary="两个时点之间的差异及其原因 / what differs between two bases, and why",
    operation_id="diff",
    responses=a_list(DIFF),
    response_class=Response,
)
def diff(
    request: Request, house: Installed, actor: Caller, question: Annotated[DiffQuestion, Query()]
) -> Response:
    """Return a page of lines."""

    def one(asked: DiffQuestion) -> Found:
        return changes.diff(house, actor, asked)

    return listing(request, house, question, one, DIFF)


@router.get(
    "/v1/stats",
    summary="统计 / counts",
    operation_id="stats",
    responses=a_list(STATS),
    response_class=Response,
)
def stats(
    request: Request, house: Installed, actor: Caller, question: Annotated[StatsQuestion, Query()]
) -> Response:
    """Return counts."""
    found = changes.stats(house, actor, question)
    return page(request, question, found, stats_shape(question.by))


@router.get(
    "/v1/events",
    summary="按入账顺序的全部事件 / events in order of position",
    operation_id="list_events",
    responses=a_list(HISTORY),
    response_class=Response,
)
def events(
    request: Request, house: Installed, actor: Caller, question: Annotated[EventsQuestion, Query()]
) -> Response:
    """Return a page of entries; `next` is the `after` of the page behind it."""

    def one(asked: EventsQuestion) -> Found:
        return feed.events(house, actor, asked)

    return listing(request, house, question, one, HISTORY, paging=BY_POSITION)


@router.get(
    "/v1/events/{position}/context",
    summary="一个事件的前后、更正、疑点与哈希 / what stands around one event",
    operation_id="get_event_context",
    responses=a_record(),
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
    standing, found = entry_context.around(house, actor, position, question.asked())
    return document(request, standing, found)


@router.get(
    "/v1/events/{position}",
    summary="一个事件 / one event",
    operation_id="get_event",
    responses=a_record(),
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
    standing, item = feed.event(house, actor, position)
    return document(request, standing, item)
