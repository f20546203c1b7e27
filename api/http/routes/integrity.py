"""`GET /v1/integrity` and `POST /v1/integrity/verifications`."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from api.export.formats import JSON
from api.http.caller import Caller, Installed
from api.http.described import of_now, problems
from api.questions.assurance.integrity import integrity, start
from api.questions.questions import Question

router = APIRouter(tags=["integrity"])


@router.get(
    "/v1/integrity",
    summary="台账是否完整 / is the ledger whole",
    operation_id="get_integrity",
    responses={200: of_now("get_integrity"), **problems(401, 403, 422)},
    response_class=Response,
)
def look(house: Installed, actor: Caller, _: Annotated[Question, Query()]) -> Response:
    """Return where the ledger ends and what the last verifications said."""
    return Response(orjson.dumps(integrity(house, actor)), media_type=JSON)


@router.post(
    "/v1/integrity/verifications",
    summary="发起一次全面核验 / verify the whole ledger now",
    operation_id="post_verification",
    status_code=202,
    responses={202: of_now("post_verification"), **problems(401, 403, 422)},
    response_class=Response,
)
def begin(house: Installed, actor: Caller, _: Annotated[Question, Query()]) -> Response:
    """Begin in the background, unless one is under way already."""
    start(house, actor)
    return Response(
        orjson.dumps(integrity(house, actor)),
        status_code=202,
        media_type=JSON,
        headers={"Location": "/v1/integrity"},
    )
