"""Answers held against the description: what is said without being declared, or declared and not said."""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2
import jsonschema_rs

from api.installation.every_list import EVERY_LIST
from api.questions.answered import ANSWERS, OF_NOW
from api.web.app import describe
from projections.items.shape import shape_of

DESCRIPTION: dict[str, Any] = describe().openapi()
PROBLEM = "application/problem+json"


@cache
def _personal() -> dict[str, frozenset[str]]:
    """Component → members that who sees everything is always answered, and not everybody."""
    items = (
        *(row for listed in EVERY_LIST.values() for row in listed.rows),
        *ANSWERS.values(),
        *OF_NOW.values(),
    )
    shapes = (shape for item in items for shape in shape_of(item).records())
    return {
        shape.name: frozenset(f.name for f in shape.fields if f.see is not None and not f.sometimes)
        for shape in shapes
    }


def _closed(name: str, value: Any, *, people: bool) -> Any:
    """The schema without room for what it does not name."""
    if isinstance(value, list):
        return [_closed("", each, people=people) for each in value]
    if not isinstance(value, dict):
        return value
    closed = {key: _closed("", each, people=people) for key, each in value.items()}
    if isinstance(value.get("properties"), dict):
        closed.setdefault("additionalProperties", False)
        if people:
            closed["required"] = sorted({*value.get("required", ()), *_personal().get(name, ())})
    return closed


@cache
def _components(*, people: bool) -> dict[str, Any]:
    schemas = DESCRIPTION["components"]["schemas"]
    return {name: _closed(name, each, people=people) for name, each in schemas.items()}


@cache
def _checker(schema: str, *, people: bool) -> Any:
    whole = _closed("", json.loads(schema), people=people)
    whole["components"] = {"schemas": _components(people=people)}
    return jsonschema_rs.validator_for(whole)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """How an address is told to be of a path; paths without parts first."""
    paths = sorted(DESCRIPTION["paths"], key=lambda path: (path.count("{"), -len(path)))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in paths]


def path_of(address: str) -> str | None:
    """The described path that an address is of; None where it is a page."""
    bare = urlsplit(address).path
    return next((path for pattern, path in _patterns() if pattern.fullmatch(bare)), None)


def undescribed(answer: httpx2.Response, *, people: bool = False) -> list[str]:
    """Where a JSON answer departs from its description; `people`: who asked sees those.

    Of problems and of answers in other forms nothing is said, nor of addresses without description.
    """
    path = path_of(str(answer.request.url))
    media = answer.headers.get("content-type", "").partition(";")[0]
    if path is None or media != "application/json" or not answer.is_success:
        return []
    operation = DESCRIPTION["paths"][path].get(answer.request.method.lower())
    if operation is None:
        return []
    where = f"{answer.request.method} {path} {answer.status_code}"
    described = operation["responses"].get(str(answer.status_code), {})
    schema = described.get("content", {}).get(media, {}).get("schema")
    if schema is None:
        return [f"{where}: is not described"]
    checker = _checker(json.dumps(schema, sort_keys=True), people=people)
    return [f"{where}: {_said(error)}" for error in checker.iter_errors(answer.json())][:5]


def _said(error: Any) -> str:
    return f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"


def hold(answers: Iterable[httpx2.Response]) -> None:
    """Let nothing be answered that is not described."""
    assert [line for answer in answers for line in undescribed(answer)] == []
