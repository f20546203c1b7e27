"""`POST /v1/…`: one path for each kind of act or fact, and one for any event by its name."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http import bodies, commands
from api.http.caller import Caller, Installed, key_of
from api.http.command_paths import PATHS
from api.http.described_commands import HEADERS, answers, body
from api.questions.parameters import Text
from api.questions.problems import not_found
from api.questions.questions import Question
from domain.registry import EVENTS

router = APIRouter(tags=["commands"])

Endpoint = Callable[..., Awaitable[Response]]


def _endpoint(names: Sequence[str]) -> Endpoint:
    async def record(
        request: Request, house: Installed, actor: Caller, _: Annotated[Question, Query()]
    ) -> Response:
        commands.meant_for(request.headers, actor)
        raw = await bodies.read(request)
        headers = commands.headers(request.headers)
        device_key = key_of(request)
        if device_key is not None:
            await bodies.in_thread(
                lambda: commands.require_sealed(house, device_key, raw, headers.key)
            )
        return await bodies.in_thread(lambda: commands.record(house, actor, names, raw, headers))

    return record


for _path, _names in PATHS.items():
    router.add_api_route(
        f"/v1/{_path}",
        _endpoint(_names),
        methods=["POST"],
        summary=" · ".join(_names),
        operation_id=f"post_{_path.replace('-', '_')}",
        responses=answers(),
        status_code=201,
        openapi_extra={"requestBody": body(_names), "parameters": HEADERS},
        response_class=Response,
    )


@router.post(
    "/v1/commands/{name}",
    summary="按事件名办理 / any event by its name",
    operation_id="post_command",
    responses=answers(404),
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        "parameters": HEADERS,
    },
    response_class=Response,
)
async def command(
    request: Request,
    house: Installed,
    actor: Caller,
    name: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Record an event, or refuse it."""
    if name not in EVENTS:
        raise not_found(
            "没有这种事件；可用的名称见 /openapi.json",
            "there is no such event; /openapi.json has their names",
        )
    return await _endpoint((name,))(request, house, actor, None)
