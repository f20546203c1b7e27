"""`GET /v1/enterprises/{uscc}` with its scope, standing, timeline, units and history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import enterprises, issued, timelines, units
from api.answers import document, listing
from api.caller import Caller, Installed
from api.described import a_list, a_record
from api.formats import columns
from api.questions import AsOf, HistoryQuestion, Listed, SessionsQuestion, Text

router = APIRouter(tags=["企业 / enterprises"])

SCOPE = columns("valid_from valid_to standing scope:json because:json")
STANDING = columns("standing batch valid_from valid_to listed_from listed_to because:json")
ISSUED = columns(
    "assessment_id uscc occupation:json level held_from candidates:integer certificates:integer "
    "position:integer"
)
UNITS = columns("unit_uscc unit_name covered_from because:json")
HISTORY = columns(
    "position:integer stream version:integer type recorded_at valid_from subject district actor:json "
    "reason document_no data:json"
)


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
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return what the enterprise may certify, stretch by stretch."""
    found = enterprises.scope_intervals(house, actor, uscc, question)
    return listing(request, found.standing, found.page, SCOPE, public=False)


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
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return where the enterprise stands, stretch by stretch."""
    found = enterprises.standing_intervals(house, actor, uscc, question)
    return listing(request, found.standing, found.page, STANDING, public=False)


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
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return the subsidiaries and branches for which it answers."""
    found = units.units(house, actor, uscc, question)
    return listing(request, found.standing, found.page, UNITS, public=False)


@router.get(
    "/v1/enterprises/{uscc}/certificates",
    summary="各场认定活动的发证数 / how many certificates each session came to",
    operation_id="get_issued",
    responses=a_list(ISSUED),
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
    asked = SessionsQuestion.model_construct(**dict(question), uscc=uscc)
    found = issued.by_session(house, actor, asked)
    return listing(request, found.standing, found.page, ISSUED, public=False)


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
    found = enterprises.history(house, actor, uscc, question)
    return listing(request, found.standing, found.page, HISTORY, public=False)
