"""What the OpenAPI description says of answers: made from the items and the lists themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from api.export.formats import CSV, JSON, NDJSON, PARQUET, XLSX
from api.questions.answered import OF_NOW
from api.questions.declared import DeclaredList
from api.questions.problems import KINDS, MEDIA_TYPE
from api.words.language import Words
from projections.items.parts import Sentence
from projections.items.shape import PUBLISHED, Field, Kind, Shape, shape_of

Schema = dict[str, Any]
_TYPES: Mapping[Kind, Schema] = MappingProxyType(
    {
        "text": {"type": "string"},
        "day": {"type": "string", "format": "date"},
        "instant": {"type": "string", "format": "date-time"},
        "integer": {"type": "integer"},
        "number": {"type": "number"},
        "boolean": {"type": "boolean"},
        "json": {"type": "object", "additionalProperties": True},
        "any": {},
    }
)
_EXAMPLES: Mapping[Kind, Any] = MappingProxyType(
    {"day": "2025-03-18", "instant": "2026-03-01T04:05:06.000007Z", "integer": 1201}
)
_NULL: Schema = {"type": "null"}
BASIS: Schema = {
    "type": "object",
    "description": "答案的依据时点 / what an answer stands on",
    "required": ["valid_at", "known_at", "position", "rules"],
    "properties": {
        "valid_at": {
            "type": "string",
            "format": "date",
            "description": "业务日期 / day",
            "examples": ["2025-03-18"],
        },
        "known_at": {
            "anyOf": [{"type": "string", "format": "date-time"}, _NULL],
            "description": "入账时间 / as known at",
        },
        "position": {
            "type": "integer",
            "minimum": 0,
            "description": "入账位置 / as known at this position",
            "examples": [5207],
        },
        "rules": {
            "anyOf": [{"type": "string"}, _NULL],
            "description": "当日所用规则及判定程序版本 / rules in force on the day, and the version of the fold",
            "examples": ["2020-3/2"],
        },
        "asked_rules": {
            "type": "string",
            "description": "地址所写明、现已不同的规则及判定程序版本 / rules that the address names, where the "
            "answer stands on others",
            "examples": ["2020-3/1"],
        },
        "defaulted": {
            "type": "array",
            "items": {"type": "string"},
            "description": "给了部分时点时，由系统补上的参数 / parameters that were filled in where some were given",
        },
        "from": {
            "$ref": "#/components/schemas/Basis",
            "description": "比较时起的一侧 / the earlier side of a comparison",
        },
    },
}
PROBLEM: Schema = {
    "type": "object",
    "description": "未能照办的原因（RFC 9457） / why it was not done",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:dudao:problem:invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "examples": [422]},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
        "rule": {"type": "string"},
        "position": {"type": "integer"},
    },
}
FAULT: Schema = {
    "type": "object",
    "description": "一个字段的错误 / what is wrong with one field",
    "required": ["field", "reason"],
    "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
}
_NUMBER: Schema = {"type": "integer", "minimum": 0}
_TEXT: Schema = {"type": "string"}
HEADERS: Mapping[str, Schema] = MappingProxyType(
    {
        "Ledger-Position": {"description": "依据的入账位置 / position", "schema": _NUMBER},
        "ETag": {"description": "内容标记 / strong tag of the bytes", "schema": _TEXT},
        "Cache-Control": {"description": "可保存多久 / how long it holds", "schema": _TEXT},
        "Link": {"description": "下一页等链接 / the next page, the present state", "schema": _TEXT},
        "Memento-Datetime": {
            "description": "所示过去时点（RFC 7089） / the past state that is shown",
            "schema": _TEXT,
        },
        "Dudao-Limited": {"description": "收窄到的范围 / what it is narrowed to", "schema": _TEXT},
        "X-Request-Id": {"description": "请求标识 / id of the request", "schema": _TEXT},
    }
)
"""Headers of answers to questions; `Memento-Datetime`, `Link` and `Dudao-Limited` where they apply."""


def ref(name: str) -> Schema:
    """Return the reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def value(field: Field) -> Schema:
    """Return the schema of what stands in a field."""
    if field.shape is not None:
        one = ref(f"{field.shape.name}InPart" if field.partly else field.shape.name)
    elif field.enumeration is not None:
        one = ref(field.enumeration)
    elif field.values:
        one = {"type": "string", "enum": [*field.values]}
    else:
        one = dict(_TYPES[field.kind])
    whole: Schema = {"type": "array", "items": one} if field.many else one
    said = {"description": _description(field)}
    example = field.example if field.example is not None else _EXAMPLES.get(field.kind)
    if example is not None and not field.many and field.shape is None:
        said["examples"] = [example]  # type: ignore[assignment]
    if field.optional:
        return {"anyOf": [whole, _NULL], **said}
    return whole if "$ref" in whole else {**whole, **said}


def _description(field: Field) -> str:
    zh, en = field.head
    return f"{zh}（不含） / {en}, not included" if field.until else f"{zh} / {en}"


def component(shape: Shape) -> Schema:
    """Return the schema of a record; what everybody always sees is required.

    Of a record that the public is answered, that is what was published.
    """
    published = any(field.see is PUBLISHED for field in shape.fields)
    required = [f.name for f in shape.fields if f.always and (f.see is PUBLISHED or not published)]
    return {
        "type": "object",
        "description": f"{shape.zh} / {shape.en}",
        "required": required,
        "properties": {field.name: value(field) for field in shape.fields},
    }


def components(
    lists: Iterable[DeclaredList], records: Iterable[type], of_now: Iterable[type]
) -> dict[str, Schema]:
    """Return the schemas of all answers: a page of each list, single records, and all that is in them.

    `of_now`: records that stand on no basis.

    Raises:
        ValueError: two shapes would have one name.
    """
    declared = [*lists]
    single = dict.fromkeys(records)
    items = (*(row for each in declared for row in each.rows), *single, *of_now, Sentence)
    schemas: dict[str, Schema] = {"Basis": BASIS, "Problem": PROBLEM, "Fault": FAULT}
    for record in (inner for item in items for inner in shape_of(item).records()):
        schemas[record.name] = component(record)
        for field in record.fields:
            if field.partly and field.shape is not None:
                part = {**component(field.shape), "required": ["position"]}
                schemas[f"{field.shape.name}InPart"] = part
            if field.enumeration is not None:
                schemas[field.enumeration] = {"type": "string", "enum": [*field.values]}
    answers = {page_name(each): _page(each) for each in declared}
    answers.update((answer_name(item), _answer(item)) for item in single)
    twice = schemas.keys() & answers.keys()
    if twice:
        raise ValueError(f"two shapes are called {', '.join(sorted(twice))}")
    return dict(sorted({**schemas, **answers}.items()))


def page_name(listed: DeclaredList) -> str:
    """Return the name of the component that is a page of the list."""
    return "".join(part.capitalize() for part in listed.name.split("-")) + "Page"


def _rows(items: Sequence[type]) -> Schema:
    """Return the schema of a row; of several kinds with the member that tells which it is, where there is one."""
    if len(items) == 1:
        return ref(shape_of(items[0]).name)
    shapes = [shape_of(item) for item in items]
    told = {each.name: dict(_marks(each)) for each in shapes}
    schema: Schema = {"anyOf": [ref(each.name) for each in shapes]}
    for mark in told[shapes[0].name]:
        if not all(mark in marks for marks in told.values()):
            continue
        mapping = {told[each.name][mark]: ref(each.name)["$ref"] for each in shapes}
        if len(mapping) == len(shapes):
            return {**schema, "discriminator": {"propertyName": mark, "mapping": mapping}}
    return schema


def _marks(shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield the members that have one value alone, which no other kind of row need have."""
    for field in shape.fields:
        if len(field.values) == 1 and not field.many:
            yield field.name, field.values[0]


def _page(listed: DeclaredList) -> Schema:
    return {
        "type": "object",
        "description": f"{listed.summary.zh} / {listed.summary.en}",
        "required": ["basis", "items", "next"],
        "properties": {
            "basis": ref("Basis"),
            "items": {"type": "array", "items": _rows(listed.rows)},
            "next": {
                "anyOf": [{"type": "string"}, _NULL],
                "description": "下一页的 cursor，没有则为 null / `cursor` of the next page",
            },
            "limited_to": {"type": "object", "additionalProperties": {"type": "string"}},
            "note": ref("Sentence"),
        },
    }


def problems(*statuses: int) -> dict[int | str, Schema]:
    """Return the description of the problems with these statuses."""
    titles = dict(reversed([*KINDS.values()]))
    return {
        status: {
            "description": f"{titles[status]} / {HTTPStatus(status).phrase.lower()}",
            "headers": {"X-Request-Id": HEADERS["X-Request-Id"]},
            "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
        }
        for status in statuses
    }


def a_list(listed: DeclaredList) -> dict[int | str, Schema]:
    """Return the description of an answer that is a list, in all its forms."""
    return {
        200: {
            "description": "一页；all=true 时为整个列表 / one page; with all=true the whole list",
            "headers": dict(HEADERS),
            "content": {
                JSON: {"schema": ref(page_name(listed))},
                NDJSON: {"schema": {"type": "string"}},
                CSV: {"schema": {"type": "string"}},
                PARQUET: {"schema": {"type": "string", "format": "binary"}},
                XLSX: {"schema": {"type": "string", "format": "binary"}},
                **(_STREAM if listed.grows else {}),
            },
        },
        304: {"description": "未变 / not modified"},
        **problems(401, 403, *listed.also, 406, 422, 503),
    }


_STREAM: Schema = {
    "text/event-stream": {
        "schema": {
            "type": "string",
            "description": "每个事件一条，id 为其位置；断开后以 Last-Event-ID 续传 / an event for each entry, its "
            "position as id; goes on behind Last-Event-ID",
        }
    }
}


def a_record(item: type, *also: int) -> dict[int | str, Schema]:
    """Return the description of an answer that is one record with its basis; `also`: more problems."""
    return {
        200: {
            "description": "一条记录 / one record",
            "headers": dict(HEADERS),
            "content": {JSON: {"schema": ref(answer_name(item))}},
        },
        304: {"description": "未变 / not modified"},
        **problems(401, 403, 404, 406, 422, *also, 503),
    }


def of_now(operation: str, said: str = "此刻 / of the moment") -> Schema:
    """Return the description of an answer that stands on no basis, of the operation with that id."""
    content = {JSON: {"schema": ref(shape_of(OF_NOW[operation]).name)}}
    return {
        "description": said,
        "headers": {"X-Request-Id": HEADERS["X-Request-Id"]},
        "content": content,
    }


def answer_name(item: type) -> str:
    """Return the name of the component that is one record with its basis."""
    return f"{item.__name__.removesuffix('Item')}Answer"


def _answer(item: type) -> Schema:
    whole = component(shape_of(item))
    return {
        **whole,
        "required": ["basis", *whole["required"]],
        "properties": {"basis": ref("Basis"), **whole["properties"]},
    }


AREAS: Mapping[str, Words] = MappingProxyType(
    {
        "reads": Words("查询", "lists and records"),
        "enterprises": Words("企业", "one enterprise"),
        "changes": Words("比较与事件", "comparisons, counts and entries"),
        "watching": Words("疑点", "what is watched"),
        "supervision": Words("督导", "draws"),
        "on-site": Words("现场", "what a phone takes along"),
        "approvals": Words("待批准", "acts of two persons"),
        "commands": Words("办理", "what is recorded"),
        "public": Words("公众查询", "what anyone may look up"),
        "catalogues": Words("目录", "reference data as files"),
        "tables": Words("数据表", "tables in two times, for analysts"),
        "imports": Words("导入", "files brought in"),
        "evidence": Words("证据", "evidence by its digest"),
        "integrity": Words("核验", "whether the ledger is whole"),
        "log": Words("透明日志", "the transparency log: checkpoint and tiles"),
        "operation": Words("运行", "health and metrics"),
    }
)
"""Tags of operations."""
