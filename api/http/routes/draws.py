"""`GET /v1/draws` and `/v1/draws/{id}`: fair draws, each with everything to draw it again."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_record
from api.questions import draws
from api.questions.parameters import Text
from api.questions.questions import AsOf
from projections.items.records import DrawRecordItem

router = APIRouter(tags=["supervision"])


@router.get(
    "/v1/draws/{draw_id}",
    summary="一次双随机抽取，可据此复算核对 / one fair draw, to be drawn again by anyone",
    operation_id="get_draw",
    responses=a_record(DrawRecordItem),
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
    answer_basis, members = draws.one(house, actor, draw_id, question.asked())
    return document(request, answer_basis, members)
