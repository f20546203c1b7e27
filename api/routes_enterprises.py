"""`GET /v1/enterprises/{uscc}` with its scope, standing and history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import enterprises
from api.access import Action, decide
from api.answers import document
from api.caller import Caller, Installed
from api.described import a_list, a_record
from api.formats import columns
from api.lists import listing, page
from api.queries import Found, missing, settle, within
from api.questions import AsOf, Entire, HistoryQuestion, Text
from projections import roster

router = APIRouter(tags=["企业 / enterprises"])

SCOPE = columns("valid_from:day valid_to:day standing scope:json because:json")
STANDING = columns(
    "standing batch valid_from:day valid_to:day listed_from:day listed_to:day because:json"
)
HISTORY = columns(
    "position:integer stream version:integer type recorded_at valid_from:day subject district actor:json "
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
    grant = decide(actor, Action.READ, "enterprises")
    settled = settle(house, question.asked())
    with house.reading() as connection:
        found = roster.one(connection, settled.basis, uscc)
    profile = None if found is None else within(found, grant.rows)
    if profile is None:
        raise missing()
    ahead = house.rule_set(settled.basis.valid_at, settled.basis.position).early_warning_days
    warning = enterprises.warning(profile, settled.basis.valid_at, ahead)
    return document(request, settled.standing, {**profile, "warning": warning})


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
