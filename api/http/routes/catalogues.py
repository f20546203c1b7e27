"""`/v1/catalogues`: reference data as files, what an adoption would change, and the adoption itself."""

from collections.abc import Sequence
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.datastructures import FormData, UploadFile

from api.export.formats import JSON
from api.http import commands
from api.http.answers import document
from api.http.bodies import in_thread
from api.http.caller import Caller, Installed
from api.http.described import a_record, problems
from api.http.described_commands import HEADERS, answers
from api.http.downloads import OCTETS, disposition
from api.http.routes.lists import add_list
from api.installation import catalogues
from api.installation.catalogues import CATALOGUES
from api.questions.answered import OF_NOW
from api.questions.parameters import Day, Text
from api.questions.policy import Action, decide
from api.questions.problems import Problem, invalid
from api.questions.queries import settle
from api.questions.questions import AsOf
from domain.terms.intervals import Days
from projections.items.entries import CatalogueItem
from projections.items.records import PreviewItem

router = APIRouter(tags=["catalogues"])

FILES = {
    "application/octet-stream",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/geo+json",
}
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


class PreviewQuestion(AsOf):
    """An adoption to be looked at."""

    edition: str = Field("", max_length=100, description="版本名称 / name of the edition")
    valid_from: Day = Field(description="拟生效日 / first day of the adoption")
    valid_to: Day | None = Field(None, description="拟失效日（不含） / first day after it")
    uscc: str = Field(
        "",
        max_length=4000,
        description="只看这些企业，以逗号分隔 / only these, separated by commas",
    )


add_list(router, CATALOGUES)


@router.get(
    "/v1/catalogues/{sha256}",
    summary="一个目录及其采用情况 / one catalogue and its adoptions",
    operation_id="get_catalogue",
    responses=a_record(CatalogueItem),
    response_class=Response,
)
def one(
    request: Request,
    house: Installed,
    actor: Caller,
    sha256: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return what is known of one file."""
    grant = decide(actor, Action.READ, "catalogues")
    answer_basis = settle(house, question.asked())
    catalogue = catalogues.named_for(
        catalogues.one(house, answer_basis.basis.position, sha256), grant
    )
    return document(request, answer_basis.answer_basis, catalogues.shown(catalogue))


@router.get(
    "/v1/catalogues/{sha256}/file",
    summary="目录文件原样 / the file as it was brought in",
    operation_id="get_catalogue_file",
    responses={
        200: {"description": "文件 / the file", "content": {OCTETS: _BINARY}},
        **problems(401, 403, 404, 422),
    },
    response_class=Response,
)
def file(house: Installed, actor: Caller, sha256: Text) -> Response:
    """Return the bytes; their SHA-256 is their address."""
    grant = decide(actor, Action.READ, "catalogues")
    raw = catalogues.octets(house, sha256)
    catalogue = catalogues.named_for(catalogues.one(house, house.ends().head, sha256), grant)
    headers = {
        "ETag": f'"{sha256}"',
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(catalogue.file_name),
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(raw, media_type="application/octet-stream", headers=headers)


@router.get(
    "/v1/catalogues/{sha256}/preview",
    summary="若采用会改变哪些结论；不入账 / what an adoption would change; nothing is recorded",
    operation_id="preview_catalogue",
    responses=a_record(PreviewItem),
    response_class=Response,
)
def preview(
    request: Request,
    house: Installed,
    actor: Caller,
    sha256: Text,
    question: Annotated[PreviewQuestion, Query()],
) -> Response:
    """Fold the chosen enterprises as things stand and as if it were adopted, and compare."""
    require_all_rows(actor)
    answer_basis = settle(house, question.asked())
    supposed = catalogues.SupposedAdoption(
        sha256,
        question.edition,
        Days(question.valid_from, question.valid_to),
        tuple(filter(None, question.uscc.split(","))),
    )
    flips = catalogues.preview(
        house, answer_basis.basis.position, supposed, most=catalogues.ENTRIES_HERE
    )
    return document(request, answer_basis.answer_basis, dict(catalogues.shown_preview(flips)))


def require_all_rows(actor: Caller) -> None:
    """Refuse a preview to who sees only some of the enterprises: it counts over all of them.

    Raises:
        Problem: 401, 403.
    """
    if not decide(actor, Action.READ, "flags").rows.everything:
        raise Problem(
            "forbidden",
            "预览涉及全部企业，您的角色只能查看其中一部分",
            "a preview looks at every enterprise; your role sees only some",
            rule="role-not-allowed",
        )


_ADD = {
    "required": True,
    "description": (
        "文件；亦可按自身类型发送 / the file; also by its own type: "
        f"{', '.join(sorted(FILES - {OCTETS}))}"
    ),
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["kind", "file"],
                "properties": {
                    "kind": {"type": "string"},
                    "file": {"type": "string", "format": "binary"},
                },
            }
        },
        JSON: {"schema": {"type": "object", "additionalProperties": True}},
        OCTETS: _BINARY,
    },
}


@router.post(
    "/v1/catalogues",
    summary="收录目录文件，或按摘要采用 / bring a file in, or adopt one by its digest",
    operation_id="post_catalogues",
    responses=answers(instead=OF_NOW["post_catalogues"]),
    status_code=201,
    openapi_extra={"requestBody": _ADD, "parameters": HEADERS},
    response_class=Response,
)
async def add(request: Request, house: Installed, actor: Caller) -> Response:
    """Check and store a file; a JSON object without `content` is the command `CatalogueAdopted`.

    A file comes as multipart (`kind`, `file`), as it is with `?kind=…&file_name=…`, or in a JSON
    object (`kind`, `content`, `file_name`).
    """
    commands.meant_for(request.headers, actor)
    decide(actor, Action.RECORD, "CatalogueAdopted")
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said == "multipart/form-data":
        async with request.form(max_files=1, max_fields=10) as form:
            return await _from_form(house, actor, form)
    raw = await request.body()
    kind = request.query_params.get("kind")
    if kind is None and said == JSON:
        return await _from_json(request, house, actor, raw)
    if said != JSON and said not in FILES:
        offered = sorted({JSON, "multipart/form-data", *FILES})
        raise Problem(
            "unsupported-media-type",
            f"Content-Type 应为 {'、'.join(offered)} 之一",
            f"Content-Type must be one of {', '.join(offered)}",
        )
    name = request.query_params.get("file_name", "")
    return await in_thread(lambda: _store(house, actor, kind or "", name, raw))


async def _from_form(house: Installed, actor: Caller, form: FormData) -> Response:
    upload, kind = form.get("file"), form.get("kind")
    if not isinstance(upload, UploadFile) or not isinstance(kind, str):
        raise invalid("file", "需要 kind 和 file 两个字段", "the fields kind and file are needed")
    raw = await upload.read(catalogues.MOST_BYTES + 1)
    name = upload.filename or ""
    return await in_thread(lambda: _store(house, actor, kind, name, raw))


async def _from_json(request: Request, house: Installed, actor: Caller, raw: bytes) -> Response:
    members = _members(raw)
    content = members.get("content")
    if content is None:
        conditions = commands.headers(request.headers)
        names: Sequence[str] = ("CatalogueAdopted",)
        return await in_thread(lambda: commands.record(house, actor, names, raw, conditions))
    octets = content.encode() if isinstance(content, str) else orjson.dumps(content)
    kind, name = str(members.get("kind") or ""), str(members.get("file_name") or "")
    return await in_thread(lambda: _store(house, actor, kind, name, octets))


def _members(raw: bytes) -> dict[str, Any]:
    """Return the members of a JSON object; a command is read again by the one strict parser.

    Not by that one here: the lines of a file are what it would take out of a text.
    """
    try:
        members: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {}
    return cast("dict[str, Any]", members) if isinstance(members, dict) else {}


def _store(house: Installed, actor: Caller, kind: str, name: str, raw: bytes) -> Response:
    added = catalogues.add(house, actor, catalogues.kind_of(kind), name, raw)
    body = {
        "sha256": added.sha256,
        "kind": added.kind.value,
        "file_name": added.file_name,
        "rows": added.rows,
        "notes": list(added.notes),
    }
    headers = {"Location": f"/v1/catalogues/{added.sha256}"}
    return Response(orjson.dumps(body), status_code=201, media_type=JSON, headers=headers)
