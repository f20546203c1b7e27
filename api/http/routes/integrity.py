"""`GET /v1/integrity` and `POST /v1/integrity/verifications`."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response

from api.export.formats import JSON
from api.http.caller import Caller, Installed
from api.http.described import problems
from api.questions.integrity import integrity, start
from api.questions.questions import Question

router = APIRouter(tags=["integrity"])

_ROOT = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": [
        "head",
        "running",
        "verifications",
        "checkpoint",
        "witnesses",
        "alarms",
        "beginnings",
    ],
    "properties": {
        "checkpoint": {"type": ["object", "null"]},
        "witnesses": {"type": "array", "items": {"type": "object"}},
        "alarms": {"type": "array", "items": {"type": "object"}},
        "beginnings": {"type": "array", "items": {"type": "object"}},
        "head": {
            "type": "object",
            "required": ["position", "root", "recorded_at"],
            "properties": {
                "position": {"type": "integer"},
                "root": _ROOT,
                "recorded_at": {"type": ["string", "null"], "format": "date-time"},
            },
        },
        "running": {"type": ["object", "null"]},
        "verifications": {"type": "array", "items": {"type": "object"}},
    },
}
_ANSWER = {"description": "核验情况 / integrity", "content": {JSON: {"schema": _SHAPE}}}


@router.get(
    "/v1/integrity",
    summary="台账是否完整 / is the ledger whole",
    operation_id="get_integrity",
    responses={200: _ANSWER, **problems(401, 403, 422)},
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
    responses={202: _ANSWER, **problems(401, 403, 422)},
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
