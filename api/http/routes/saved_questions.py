"""`/v1/saved-questions`: lists with their filters under a name, each its owner's alone."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from api.export.formats import JSON
from api.http.bodies import in_thread, nothing_else, read_object
from api.http.caller import Caller, Installed
from api.http.described import of_now, problems
from api.http.routes.lists import add_list
from api.installation import saved_questions
from api.installation.digest import DIGEST
from api.installation.saved_questions import (
    LONGEST_ADDRESS,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    SAVED,
)
from api.questions.parameters import Text
from api.questions.policy import Action, decide
from api.questions.problems import invalid
from api.questions.questions import Question

router = APIRouter(tags=["watching"])

_MEMBERS = {
    "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
    "description": {"type": "string", "maxLength": LONGEST_DESCRIPTION},
    "address": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_ADDRESS,
        "description": "列表的地址，如 /v1/flags?code=S1；含 position 的固定不变 / address of a list; with a position "
        "it never changes",
    },
}
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "properties": _MEMBERS,
                "required": ["name", "address"],
                "additionalProperties": False,
            }
        }
    },
}


add_list(router, SAVED)
add_list(router, DIGEST)


@router.post(
    "/v1/saved-questions",
    summary="保存一个问题 / save a question",
    operation_id="save_question",
    status_code=201,
    responses={
        201: of_now("save_question", "已保存 / saved"),
        **problems(400, 401, 403, 404, 409, 415, 422),
    },
    openapi_extra={"requestBody": _BODY},
    response_class=Response,
)
async def save(request: Request, house: Installed, actor: Caller) -> Response:
    """Keep the address of a list under a name; its present answer counts as seen."""
    decide(actor, Action.READ, "saved-questions")
    body = await read_object(request)
    nothing_else(body, _MEMBERS)
    given = {name: _text(body, name) for name in _MEMBERS}
    saved = await in_thread(lambda: saved_questions.save(house, actor, **given))

    return Response(orjson.dumps(saved), status_code=201, media_type=JSON)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if isinstance(value, str):
        return value
    raise invalid(name, "应为文本", "must be text")


@router.post(
    "/v1/saved-questions/{id}/seen",
    summary="已看过现在的答案 / the present answer was seen",
    operation_id="look_at_question",
    responses={200: of_now("look_at_question"), **problems(401, 403, 404, 422)},
    response_class=Response,
)
def acknowledge(
    house: Installed,
    actor: Caller,
    id: Text,  # noqa: A002 - the name in the address
    _: Annotated[Question, Query()],
) -> Response:
    """Take the present answer as seen."""
    return Response(orjson.dumps(saved_questions.looked(house, actor, id)), media_type=JSON)


@router.delete(
    "/v1/saved-questions/{id}",
    summary="删除保存的问题 / forget a question",
    operation_id="forget_question",
    responses={200: of_now("forget_question"), **problems(401, 403, 404, 422)},
    response_class=Response,
)
def forget(
    house: Installed,
    actor: Caller,
    id: Text,  # noqa: A002 - the name in the address
    _: Annotated[Question, Query()],
) -> Response:
    """Forget it."""
    return Response(orjson.dumps(saved_questions.forget(house, actor, id)), media_type=JSON)
