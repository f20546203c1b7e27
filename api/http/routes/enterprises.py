"""`GET /v1/enterprises/{uscc}` with its scope, standing, timeline, units and history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_list, a_record
from api.http.lists import listing, page
from api.questions import enterprises, issued, timelines, units
from api.questions.parameters import Text
from api.questions.queries import Found
from api.questions.questions import AsOf, Entire, HistoryQuestion, Listed, SessionsQuestion
from api.questions.shapes import HISTORY, ISSUED, SCOPE, STANDING, UNITS

router = APIRouter(tags=["企业 / enterprises"])


@router.get(
    "/v1/enterprises/{uscc}",
    summary="企业概况 / one enterprise with its standing",
    operation_id="get_enterprise",
    responses=a_record(),
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
    standing, profile = enterprises.one(house, actor, uscc, question.asked())
    return document(request, standing, profile)


@router.get(
    "/v1/enterprises/{uscc}/scope",
    summary="确认范围的各个区间 / scope over time",
    operation_id="get_scope",
    responses=a_list(SCOPE, 404),
    response_class=Response,
)
def scope(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    question: Annotated[Entire, Query()],
) -> Response:
    """Return what the enterprise may certify, stretch by stretch."""
    found = enterprises.scope_intervals(house, actor, uscc, question)
    return page(request, question, found, SCOPE)


@router.get(
    "/v1/enterprises/{uscc}/standing",
    summary="名单状态的各个区间 / standing over time",
    operation_id="get_standing",
    responses=a_list(STANDING, 404),
    response_class=Response,
)
def standing(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    question: Annotated[Entire, Query()],
) -> Response:
    """Return where the enterprise stands, stretch by stretch."""
    found = enterprises.standing_intervals(house, actor, uscc, question)
    return page(request, question, found, STANDING)


@router.get(
    "/v1/enterprises/{uscc}/timeline",
    summary="范围、认定与督导的时间轴 / scope, sessions and spot checks over all days",
    operation_id="get_timeline",
    responses=a_record(),
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
    standing, found = timelines.timeline(house, actor, uscc, question.asked())
    return document(request, standing, found)


@router.get(
    "/v1/enterprises/{uscc}/units",
    summary="当日纳入的所属单位 / units covered on the day",
    operation_id="get_units",
    responses=a_list(UNITS, 404),
    response_class=Response,
)
def covered(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    question: Annotated[Entire, Query()],
) -> Response:
    """Return the subsidiaries and branches for which it answers."""
    return page(request, question, units.units(house, actor, uscc, question), UNITS)


@router.get(
    "/v1/enterprises/{uscc}/certificates",
    summary="各场认定活动的发证数 / how many certificates each session came to",
    operation_id="get_issued",
    responses=a_list(ISSUED, 404),
    response_class=Response,
)
def issued_by_session(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    question: Annotated[Listed, Query()],
) -> Response:
    """Return the sessions of the enterprise with the number of their certificates."""

    def one(asked: Listed) -> Found:
        of_it = SessionsQuestion.model_construct(**dict(asked), uscc=uscc)
        return issued.by_session(house, actor, of_it)

    return listing(request, house, question, one, ISSUED)


@router.get(
    "/v1/enterprises/{uscc}/history",
    summary="该企业的全部记录,最新在前 / every entry about it, newest first",
    operation_id="get_history",
    responses=a_list(HISTORY, 404),
    response_class=Response,
)
def history(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    question: Annotated[HistoryQuestion, Query()],
) -> Response:
    """Return a page of its entries."""

    def one(asked: HistoryQuestion) -> Found:
        return enterprises.history(house, actor, uscc, asked)

    return listing(request, house, question, one, HISTORY)
