"""`GET /v1/draws` and `/v1/draws/{id}`: fair draws, each with everything to draw it again."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.export.formats import columns
from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_list, a_record
from api.http.lists import page
from api.questions import draws
from api.questions.answers import Listing
from api.questions.parameters import Text
from api.questions.queries import Found
from api.questions.questions import AsOf, Entire

router = APIRouter(tags=["督导 / supervision"])

DRAWS = columns(
    "draw_id stage committed_on:day carried_out_on:day pool:json sample:json actor because:json"
)


@router.get(
    "/v1/draws",
    summary="双随机抽取,最新在前 / fair draws, the latest first",
    operation_id="list_draws",
    responses=a_list(DRAWS),
    response_class=Response,
)
def every(
    request: Request, house: Installed, actor: Caller, question: Annotated[Entire, Query()]
) -> Response:
    """Return all draws in short."""
    standing, items = draws.every(house, actor, question.asked())
    return page(request, question, Found(standing, Listing(items, None), public=False), DRAWS)


@router.get(
    "/v1/draws/{draw_id}",
    summary="一次双随机抽取,可据此复算核对 / one fair draw, to be drawn again by anyone",
    operation_id="get_draw",
    responses=a_record(),
    response_class=Response,
)
def draw(
    request: Request,
    house: Installed,
    actor: Caller,
    draw_id: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return pool, sample, commitment, seed and result, with the entries that hold them."""
    standing, members = draws.one(house, actor, draw_id, question.asked())
    return document(request, standing, members)
