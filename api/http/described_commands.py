"""What the OpenAPI description says of commands: schemas made from the readers of their bodies."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema

from api.http.described import problems, ref
from domain.registry import EVENTS
from ledger.gate.schema import GIVEN_FAMILY, schema
from projections.items.shape import shape_of

_DAY = {"type": "string", "format": "date"}
_BESIDE: dict[str, dict[str, Any]] = {
    "valid_from": {**_DAY, "description": "业务日期；数据中已有日期时可省略 / day in the world"},
    "reason": {"type": "string", "maxLength": 4000},
    "document_no": {"type": "string", "maxLength": 200},
}
# The category C exists in PostgreSQL and Rust, not in the regular expressions of JSON Schema.
_CATEGORY = re.compile(r"\\p\{")

HEADERS: list[dict[str, Any]] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "同键同内容重发得到首次的回答 / the same key and body repeat the first answer",
        "schema": {"type": "string", "minLength": 1, "maxLength": 100},
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": (
            '读取该事物时的 ETag、流的版本（如 "3"）或 *；此后已有变化则 412，并列出变化 / the ETag of what '
            'was read, the version of the stream, like "3", or *: 412 with what changed since'
        ),
        "schema": {"type": "string", "maxLength": 1000},
    },
]
RECORDED: dict[str, Any] = {
    "type": "object",
    "description": "入账结果 / what was recorded",
    "required": ["position", "positions", "stream", "version", "recorded_at", "leaf", "flags"],
    "properties": {
        "position": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "positions": {"type": "array", "items": {"type": "integer"}},
        "stream": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "version": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "recorded_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        "leaf": {
            "anyOf": [{"type": "string"}, {"type": "null"}],
            "description": "首条记录的叶哈希，作回执留存 / leaf hash of the first entry, a receipt",
        },
        "flags": {"type": "array", "items": ref("FlagItem")},
        "request_id": {
            "type": "string",
            "description": "待批准编号，仅 202 / the request, of 202",
        },
        "note": ref("Sentence"),
        "warnings": {
            "type": "array",
            "items": ref("Fault"),
            "description": (
                "须留意之处，如设备记录缺号、场次重复上报 / "
                "what to look at: a gap in a device's records, a session reported twice"
            ),
        },
        "evidence_missing": {
            "type": "array",
            "items": {"type": "string"},
            "description": (
                "仅现场记录：此刻尚未收到原件的证据 / of a spot check: evidence whose bytes "
                "have not arrived at the moment of the answer"
            ),
        },
    },
}


def answers(*also: int, instead: type | None = None) -> dict[int | str, dict[str, Any]]:
    """Return the description of the answers to a command; `also`: more problems.

    `instead`: what is answered where what was sent is no command.
    """
    recorded = ref("Recorded")
    content = {"application/json": {"schema": recorded}}
    made = recorded if instead is None else {"anyOf": [recorded, ref(shape_of(instead).name)]}
    new = {"application/json": {"schema": made}}
    return {
        200: {"description": "没有变化，未新增记录 / nothing changed", "content": content},
        201: {"description": "已入账；flags 为由此提出的疑点 / recorded", "content": new},
        202: {
            "description": "已作为申请入账，办理前不生效 / asked for, no effect yet",
            "content": content,
        },
        **problems(400, 401, 403, *also, 409, 412, 413, 415, 422, 503),
    }


def body(names: Sequence[str]) -> dict[str, Any]:
    """Return the description of a body for one of these events; the first is the default."""
    schemas = [
        _with_type(name, chosen=position > 0, alone=len(names) == 1)
        for position, name in enumerate(names)
    ]
    whole = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    return {"required": True, "content": {"application/json": {"schema": whole}}}


def _with_type(name: str, *, chosen: bool, alone: bool) -> dict[str, Any]:
    schema = data(name)
    properties = {**schema["properties"]}
    for beside, described in _BESIDE.items():
        properties.setdefault(beside, described)
    required = [*schema.get("required", ())]
    if not alone:
        properties["type"] = {"type": "string", "const": name}
    if chosen:
        required.append("type")
    return {**schema, "properties": properties, "required": required}


@cache
def data(name: str) -> dict[str, Any]:
    """Return the JSON Schema of an event's data as a command gives it; its records by reference."""
    schema = _whole(name)
    properties = {field: _referred(each) for field, each in schema["properties"].items()}
    return {**schema, "properties": properties}


def given() -> dict[str, dict[str, Any]]:
    """Return the records inside events' data by the name of their component."""
    schemas: dict[str, dict[str, Any]] = {}
    for name in EVENTS:
        for member in _whole(name)["properties"].values():
            schemas.update(_records(member))
    return schemas


@cache
def _whole(name: str) -> dict[str, Any]:
    made = GenerateJsonSchema().generate(schema(EVENTS[name].cls, GIVEN_FAMILY))
    return {**cast("dict[str, Any]", _clean(made)), "title": name, "additionalProperties": False}


def _name(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """Return the name of the component that a record is; None for what is no record."""
    if not isinstance(value, dict) or "properties" not in value:
        return None
    title: object = cast("dict[str, Any]", value).get("title")
    return f"Given{title}" if isinstance(title, str) else None


def _referred(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a schema with references in place of the records in it."""
    name = _name(value)
    if name is not None:
        return ref(name)
    if isinstance(value, list):
        return [_referred(each) for each in cast("Sequence[Any]", value)]
    if isinstance(value, dict):
        return {key: _referred(each) for key, each in cast("dict[str, Any]", value).items()}
    return value


def _records(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - any JSON value
    """Yield the records of a schema by name, with references in place of those in them."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        name = _name(members)
        if name is not None:
            yield (
                name,
                {key: _referred(member) for key, member in members.items() if key != "title"},
            )
        for member in members.values():
            yield from _records(member)
    elif isinstance(value, list):
        for member in cast("Sequence[Any]", value):
            yield from _records(member)


def _clean(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a schema without what other validators cannot read."""
    if isinstance(value, list):
        return [_clean(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, Any]", value)
    kept = {
        name: _clean(each)
        for name, each in members.items()
        if not (name == "anyOf" and each is None)
        and not (name == "pattern" and isinstance(each, str) and _CATEGORY.search(each))
        # A name and a default that repeat the property say nothing.
        and not (name == "title" and "properties" not in members)
        and not (name == "default" and each is None)
    }
    if kept.get("type") == "object" and "properties" in kept:
        kept.setdefault("additionalProperties", False)
    return kept
