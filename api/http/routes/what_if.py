"""`POST /v1/what-if`, how far it is, what it came to: suppositions about the whole city."""

from typing import Annotated, Any, cast

import msgspec
import orjson
from fastapi import APIRouter, Query, Request, Response

from api.export.formats import JSON, PARQUET
from api.http.bodies import in_thread, read
from api.http.caller import Caller, Installed
from api.http.described import a_record, of_now, problems
from api.http.downloads import binary, disposition
from api.http.lists import Pieces
from api.http.negotiation import negotiate
from api.http.routes.lists import add_list
from api.installation import what_if_answers
from api.installation.what_if_answers import WHAT_IF_LISTS, basis_of, own, shown
from api.installation.what_if_store import Asked, CatalogueAsked, Job
from api.questions.clocks import Asked as Clocks
from api.questions.clocks import parse_day, parse_instant, parse_position
from api.questions.parameters import Text
from api.questions.policy import Action, decide
from api.questions.problems import Problem, Unclear, invalid
from api.questions.queries import settle
from api.questions.questions import Question
from projections.items.records import WhatIfItem

router = APIRouter(tags=["changes"])

_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "properties": {
                    "rules": {
                        "type": "object",
                        "description": "规则，视为各日有效 / a rule set, as if in force on every day",
                    },
                    "catalogue": {
                        "type": "object",
                        "description": "已收录的目录，视为采用 / a stored catalogue, as if adopted",
                        "required": ["sha256", "valid_from"],
                        "properties": {
                            "sha256": {"type": "string"},
                            "valid_from": {"type": "string", "format": "date"},
                            "valid_to": {"type": "string", "format": "date"},
                            "edition": {"type": "string"},
                        },
                    },
                    "suppositions": {
                        "description": "假设的记录，NDJSON 文本或对象数组 / lines as for an import, as NDJSON "
                        "or as objects",
                        "anyOf": [
                            {"type": "string"},
                            {"type": "array", "items": {"type": "object"}},
                        ],
                    },
                    "valid_at": {"type": "string", "format": "date"},
                    "known_at": {"type": "string", "format": "date-time"},
                    "position": {"type": "integer", "minimum": 0},
                },
            }
        }
    },
}
MEMBERS = ("rules", "catalogue", "suppositions", "valid_at", "known_at", "position")


@router.post(
    "/v1/what-if",
    summary="假如：换规则、换目录或假设若干记录，重算全市；不入账 / what would be if; nothing is recorded",
    operation_id="post_what_if",
    status_code=202,
    responses={
        202: of_now("post_what_if", "推演任务 / the question"),
        **problems(400, 401, 403, 404, 415, 422, 429, 503),
    },
    openapi_extra={"requestBody": _BODY},
    response_class=Response,
)
async def ask(request: Request, house: Installed, actor: Caller) -> Response:
    """Take the question in and begin; ask at its address how far it is."""
    decide(actor, Action.READ, "what-if")
    members = _members(await read(request))
    asked, clocks = _asked(members), _clocks(members)

    def begin() -> Job:
        basis = settle(house, clocks).basis
        return house.what_ifs.ask(actor, asked, basis.position, basis.valid_at)

    job = await in_thread(begin)
    return Response(
        orjson.dumps(shown(job)),
        status_code=202,
        media_type=JSON,
        headers={"Location": f"/v1/what-if/{job.id}"},
    )


def _members(raw: bytes) -> dict[str, Any]:
    """Return the members of the body; each line and the rules are read again by their own gates."""
    try:
        members: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Problem("malformed-request", "不是 JSON", "this is no JSON") from None
    if not isinstance(members, dict):
        raise invalid("", "应为 JSON 对象", "a JSON object is expected")
    given = cast("dict[str, Any]", members)
    for name in given:
        if name not in MEMBERS:
            raise invalid(name[:60], "没有这个字段", "there is no such field")
    return {name: value for name, value in given.items() if value is not None}


def _asked(members: dict[str, Any]) -> Asked:
    rules = members.get("rules")
    try:
        catalogue = (
            msgspec.convert(members["catalogue"], CatalogueAsked)
            if "catalogue" in members
            else None
        )
    except msgspec.ValidationError:
        raise invalid(
            "catalogue",
            "应含 sha256、valid_from，可含 valid_to、edition",
            "an object with sha256 and valid_from, and perhaps valid_to and edition",
        ) from None
    return Asked(
        rules=None if rules is None else orjson.dumps(rules).decode(),
        catalogue=catalogue,
        suppositions=_text(members.get("suppositions")),
    )


def _text(given: object) -> str | None:
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, list):
        lines = cast("list[object]", given)
        return "\n".join(orjson.dumps(each).decode() for each in lines)
    raise invalid("suppositions", "应为 NDJSON 文本或数组", "NDJSON as text, or a list")


def _clocks(members: dict[str, Any]) -> Clocks:
    read_as = {"valid_at": parse_day, "known_at": parse_instant, "position": parse_position}
    clocks: dict[str, Any] = {}
    for name, parse in read_as.items():
        if name in members:
            try:
                clocks[name] = parse(str(members[name]))
            except Unclear as error:
                raise invalid(name, error.zh, error.en) from None
    return Clocks(**clocks)


for _listed in WHAT_IF_LISTS:
    add_list(router, _listed)


@router.get(
    "/v1/what-if/{id}",
    summary="推演的进度与结果 / how far it is, and what it came to",
    operation_id="get_what_if",
    responses=a_record(WhatIfItem),
    response_class=Response,
)
def one(
    request: Request,
    house: Installed,
    actor: Caller,
    id: Text,  # noqa: A002 - the name in the address
    _: Annotated[Question, Query()],
) -> Response:
    """Return one question; as long as it is under way, what it came to so far."""
    job = own(house, actor, id)
    negotiate(request.headers.get("accept", ""), (JSON,))
    body = {"basis": basis_of(house, job).basis, **shown(job)}
    return Response(orjson.dumps(body), media_type=JSON)


@router.delete(
    "/v1/what-if/{id}",
    summary="取消推演；已完成的删除 / cancel a question, or forget one that has ended",
    operation_id="delete_what_if",
    responses={
        200: of_now("delete_what_if", "推演任务 / the question"),
        **problems(401, 403, 404, 422),
    },
    response_class=Response,
)
def give_up(
    house: Installed,
    actor: Caller,
    id: Text,  # noqa: A002 - the name in the address
    _: Annotated[Question, Query()],
) -> Response:
    """Let go of a question."""
    job = house.what_ifs.give_up(own(house, actor, id))
    return Response(orjson.dumps(shown(job)), media_type=JSON)


@router.get(
    "/v1/what-if/{id}/tables/{name}.parquet",
    summary="假设下的数据表 / a table as it would be",
    operation_id="get_what_if_table",
    responses={
        200: {"description": "文件 / the file", "content": binary(PARQUET)},
        **problems(401, 403, 404, 409, 422),
    },
    response_class=Response,
)
def table(
    house: Installed,
    actor: Caller,
    id: Text,  # noqa: A002 - the name in the address
    name: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Return all rows of a list on the day, as they would be; names of people for who sees them."""
    job = own(house, actor, id)
    audience = decide(actor, Action.READ, "what-if").audience
    made = (piece for piece in what_if_answers.table(house, job, name, audience))
    head = next(made, b"")
    named = disposition(f"what-if-{name}-{job.valid_at}-{job.position}.parquet")
    headers = {"Cache-Control": "private, no-cache", "Content-Disposition": named}
    return Pieces(head, made, media_type=PARQUET, headers=headers)
