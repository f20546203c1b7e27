"""`/docs`, `/docs/shapes`: what the API takes and gives, made from its own description; no script."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from markupsafe import Markup

from api.http.caller import Caller, Installed
from api.web.frame.frame import framed
from api.web.frame.rendering import fragment, render
from api.words.language import Language

router = APIRouter(include_in_schema=False)

Json = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
NOTHING: Json = MappingProxyType({})
"""Stands for a part that is not described."""
BETWEEN = " / "
"""Parts the Chinese of the description from its English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A parameter of an operation, or a member of a shape."""

    name: str
    """What it is called."""
    place: str
    """Where a parameter stands: `path`, `query`, `header`; empty for a member."""
    required: bool
    """Whether it is always there."""
    kind: str
    """What it holds, in a few words."""
    shapes: tuple[str, ...]
    """The shapes that its kind names."""
    said: str
    """What is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedShape:
    """A shape that answers or bodies have."""

    name: str
    """Its name."""
    said: str
    """What is said of it."""
    kind: str
    """What it is, where it is no object."""
    members: Sequence[Member]
    """What it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One status that an operation answers with."""

    status: str
    """The status."""
    said: str
    """What it means."""
    media: tuple[str, ...]
    """In which forms its content comes."""
    kind: str
    """What JSON holds, in a few words."""
    shapes: tuple[str, ...]
    """The shapes that its kind names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address."""

    name: str
    """Its id, which is its place on the page too."""
    method: str
    """GET, POST …"""
    path: str
    """The address."""
    title: str
    """What it does, in a line."""
    said: str
    """What is said of it beyond that."""
    parameters: Sequence[Member]
    """What it takes beside a body."""
    body: Sequence[str]
    """Media types of the body that it takes."""
    bodies: Sequence[DescribedShape]
    """What a JSON body may hold: one of these."""
    answers: Sequence[Answer]
    """What it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Operations of one area."""

    name: str
    """Its name in addresses."""
    title: str
    """What it is called."""
    operations: Sequence[Operation]
    """In the order of the description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePage:
    """The page around it."""

    reference: Markup
    """The reference, filled in."""
    shapes: bool
    """Whether it is that of the shapes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsPage:
    """The reference of the API."""

    title: str
    """Name of the API."""
    version: str
    """Its version."""
    lead: Sequence[str]
    """What is said of it as a whole."""
    groups: Sequence[Group]
    """Every operation, area by area."""
    shapes: Sequence[DescribedShape]
    """Every shape, by name."""


@router.get("/docs")
def show(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the operations, to anyone: they tell nothing that the description does not."""
    return _filled(request, house, actor, shapes=False)


@router.get("/docs/shapes")
def show_shapes(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the shapes of answers and bodies, to anyone."""
    return _filled(request, house, actor, shapes=True)


def _filled(request: Request, house: Installed, actor: Caller, *, shapes: bool) -> Response:
    frame = framed(request, house, actor)
    kept = _kept(request.app)
    asked = (frame.language, shapes)
    if asked not in kept:
        described: Json = request.app.openapi()
        template = "parts/reference_shapes.html" if shapes else "parts/reference.html"
        kept[asked] = fragment(frame.language, template, page(described, frame.language))
    return render(frame, "docs.html", ReferencePage(reference=kept[asked], shapes=shapes))


@lru_cache(maxsize=1)
def _kept(app: FastAPI) -> dict[tuple[Language, bool], Markup]:  # noqa: ARG001 - whose description it is
    """Return both pages of an application in each language, once asked for: half a megabyte."""
    return {}


def page(described: Json, language: Language) -> DocsPage:
    """Return the description of the API as a page shows it."""
    info: Json = described["info"]
    lead = [part for part in str(info.get("description", "")).split("\n\n") if part]
    # Chinese first, English second, as everywhere.
    lead = lead[:1] if language == "zh" else lead[1:]
    schemas: Mapping[str, Json] = described["components"]["schemas"]
    return DocsPage(
        title=info["title"],
        version=info["version"],
        lead=lead,
        groups=list(_groups(described, language)),
        shapes=[_shape(name, schemas[name], language) for name in sorted(schemas)],
    )


def _groups(described: Json, language: Language) -> Iterator[Group]:
    titles = {each["name"]: _said(each["description"], language) for each in described["tags"]}
    by_area: dict[str, list[Operation]] = {name: [] for name in titles}
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method in methods:
                operation: Json = methods[method]
                tags: Sequence[str] = operation.get("tags") or ("other",)
                area = tags[0]
                made = _operation(path, method, operation, language)
                by_area.setdefault(area, []).append(made)
    for name, operations in by_area.items():
        if operations:
            yield Group(name=name, title=titles.get(name, name), operations=operations)


def _operation(path: str, method: str, told: Json, language: Language) -> Operation:
    content: Mapping[str, Json] = told.get("requestBody", NOTHING).get("content", NOTHING)
    json: Json = content.get("application/json", NOTHING).get("schema", NOTHING)
    bodies: Sequence[Json] = json.get("oneOf", [json] if json else [])
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        title=_said(told.get("summary", ""), language),
        said=_said(told.get("description", ""), language),
        parameters=[_parameter(each, language) for each in told.get("parameters", ())],
        body=list(content),
        bodies=[
            _shape(_body_name(each, place, told.get("summary", "")), each, language)
            for place, each in enumerate(bodies)
        ],
        answers=[_answer(str(s), a, language) for s, a in told.get("responses", NOTHING).items()],
    )


def _body_name(schema: Json, place: int, summary: str) -> str:
    """Return which event a body records: it says so itself, or it is the one that its place stands for."""
    if "$ref" in schema:
        return _kind(schema)
    const = schema.get("properties", NOTHING).get("type", NOTHING).get("const")
    names = summary.split(" · ")
    return str(const or (names[place] if place < len(names) and BETWEEN not in summary else ""))


def _parameter(told: Json, language: Language) -> Member:
    schema: Json = told.get("schema", NOTHING)
    said = told.get("description") or schema.get("description") or ""
    return Member(
        name=told["name"],
        place=told["in"],
        required=bool(told.get("required")),
        kind=_kind(schema),
        shapes=_named(schema),
        said=_said(said, language),
    )


def _answer(status: str, told: Json, language: Language) -> Answer:
    content: Mapping[str, Json] = told.get("content", NOTHING)
    schema: Json = next(
        (each.get("schema", NOTHING) for m, each in content.items() if "json" in m), NOTHING
    )
    return Answer(
        status=status,
        said=_said(told.get("description", ""), language),
        media=tuple(content),
        kind=_kind(schema) if schema else "",
        shapes=_named(schema),
    )


def _shape(name: str, schema: Json, language: Language) -> DescribedShape:
    required = set(schema.get("required", ()))
    members = [
        Member(
            name=member,
            place="",
            required=member in required,
            kind=_kind(inner),
            shapes=_named(inner),
            said=_said(inner.get("description") or inner.get("title") or "", language),
        )
        for member, inner in schema.get("properties", NOTHING).items()
    ]
    return DescribedShape(
        name=name,
        said=_said(schema.get("description", ""), language),
        kind="" if members else _kind(schema),
        members=members,
    )


def _said(text: str, language: Language) -> str:
    """Return the part of a text in two languages that the reader reads; a text in one as it is."""
    zh, between, en = text.partition(BETWEEN)
    return en if between and language == "en" else zh


MOST_VALUES = 12
"""Values of a closed vocabulary that are listed in a line."""


def _kind(schema: Json) -> str:
    """Return what a schema holds, in a few words of JSON Schema; a shape by its name."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        values = [str(each) for each in schema["enum"]]
        rest = " …" if len(values) > MOST_VALUES else ""
        return " | ".join(values[:MOST_VALUES]) + rest
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return " | ".join(dict.fromkeys(map(_kind, schema[choice])))
    kinds: str | Sequence[str] = schema.get("type", "any")
    said = kinds if isinstance(kinds, str) else " | ".join(kinds)
    if "items" in schema:
        return f"{said} of {_kind(schema['items'])}"
    form = schema.get("format")
    return f"{said} ({form})" if form else said


def _named(schema: Json) -> tuple[str, ...]:
    """Return the shapes that a schema names."""
    return tuple(dict.fromkeys(_references(schema)))


def _references(schema: Json) -> Iterator[str]:
    if "$ref" in schema:
        yield str(schema["$ref"]).rpartition("/")[2]
    for choice in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(choice, ()):
            yield from _references(part)
    if "items" in schema:
        yield from _references(schema["items"])
