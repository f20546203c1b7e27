"""What the OpenAPI description says of answers: the same tables that make them."""

from collections.abc import Sequence
from typing import Any

from api.export.formats import CSV, JSON, NDJSON, PARQUET, XLSX, Column
from api.questions.problems import KINDS, MEDIA_TYPE

BASIS: dict[str, Any] = {
    "type": "object",
    "title": "Basis",
    "required": ["valid_at", "known_at", "position", "rules"],
    "properties": {
        "valid_at": {"type": "string", "format": "date"},
        "known_at": {"type": ["string", "null"], "format": "date-time"},
        "position": {"type": "integer", "minimum": 0},
        "rules": {"type": ["string", "null"]},
    },
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
        "rule": {"type": "string"},
        "position": {"type": "integer"},
    },
}
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": ["string", "null"]},
    "day": {"type": ["string", "null"], "format": "date"},
    "integer": {"type": ["integer", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "json": {},
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of the problems with these statuses."""
    titles = dict(reversed([*KINDS.values()]))
    return {
        status: {
            "description": titles[status],
            "content": {MEDIA_TYPE: {"schema": PROBLEM}},
        }
        for status in statuses
    }


def an_item(shape: Sequence[Column]) -> dict[str, Any]:
    """Return the schema of an item with these columns."""
    return {"type": "object", "properties": {c.name: _KINDS[c.kind] for c in shape}}


def a_list(shape: Sequence[Column], *also: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of an answer that is a list, in all its forms; `also`: more problems."""
    whole = {
        "type": "object",
        "required": ["basis", "items", "next"],
        "properties": {
            "basis": BASIS,
            "items": {"type": "array", "items": an_item(shape)},
            "next": {"type": ["string", "null"]},
            "limited_to": {"type": "object"},
            "note": {"type": "object"},
        },
    }
    return {
        200: {
            "description": "一页;all=true 时为整个列表 / one page; with all=true the whole list",
            "content": {
                JSON: {"schema": whole},
                NDJSON: {"schema": {"type": "string"}},
                CSV: {"schema": {"type": "string"}},
                PARQUET: {"schema": {"type": "string", "format": "binary"}},
                XLSX: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        304: {"description": "未变 / not modified"},
        **problems(401, 403, *also, 406, 422, 503),
    }


def a_record(schema: dict[str, Any] | None = None, *also: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of an answer that is one record; `also`: more problems."""
    properties = {"basis": BASIS, **(schema or {}).get("properties", {})}
    whole = {"type": "object", "required": ["basis"], "properties": properties}
    return {
        200: {"description": "一条记录 / one record", "content": {JSON: {"schema": whole}}},
        304: {"description": "未变 / not modified"},
        **problems(401, 403, 404, 406, 422, *also, 503),
    }
