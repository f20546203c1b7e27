"""`POST /v1/imports` and what became of it."""

from pathlib import Path
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from api.export import formats
from api.export.formats import CSV, JSON, MEDIA, NDJSON, XLSX
from api.http.bodies import in_thread
from api.http.caller import Caller, Installed
from api.http.described import of_now, problems
from api.http.downloads import binary, disposition, sent_as
from api.http.negotiation import negotiate
from api.installation.wiring import Installation
from api.intake.error_list import error_list
from api.intake.operations import Operation
from api.questions.parameters import Text
from api.questions.policy import Action, decide
from api.questions.problems import Problem, from_invalid
from api.questions.queries import missing
from api.questions.questions import Question
from domain.terms.envelope import Actor
from ledger.gate.faults import Invalid
from ledger.gate.text import require_plain

router = APIRouter(tags=["imports"])

MOST_LISTED = 100_000
"""Lines of an error list: a sheet takes a million, and nobody mends so many by hand."""


class ImportQuestion(Question):
    """How a file is taken."""

    preview: bool = Field(
        False,  # noqa: FBT003 - pydantic's own order of arguments
        description="先预览，确认后再办理 / rehearse it, and wait for a confirmation",
    )
    assessment: Text | None = Field(
        None,
        description="证书上传表各行所属的认定活动 / the session of all rows of a certificate upload",
    )


@router.post(
    "/v1/imports",
    summary="导入文件：NDJSON、XLSX、CSV / import a file",
    operation_id="post_import",
    status_code=202,
    responses={202: of_now("post_import"), **problems(400, 401, 403, 413, 415, 422)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                }
            },
        }
    },
    response_class=Response,
)
async def start(
    request: Request, house: Installed, actor: Caller, asked: Annotated[ImportQuestion, Query()]
) -> Response:
    """Take the file in and begin; each line is decided as if its actor were the caller."""
    decide(actor, Action.IMPORT, "imports")
    form = await _form(request)
    try:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise Problem("invalid", "缺少文件字段 file", "the field file is missing")
        operation = await in_thread(
            lambda: begin(house, actor, upload, preview=asked.preview, assessment=asked.assessment)
        )
    finally:
        await form.close()
    address = f"/v1/imports/{operation.id}"
    return Response(
        orjson.dumps(_shown(operation, [])),
        status_code=202,
        media_type=JSON,
        headers={"Location": address},
    )


def begin(
    house: Installation,
    actor: Actor,
    upload: UploadFile,
    *,
    preview: bool,
    assessment: str | None = None,
) -> Operation:
    """Take an uploaded file in and have it imported, or rehearsed where it is to be looked at first.

    Raises:
        Problem: 422, its name holds what no text may hold.
    """
    try:
        name = require_plain(upload.filename or "", "file")
    except Invalid as error:
        raise from_invalid(error) from None
    return house.operations.take_in(
        name, actor, upload.file, preview=preview, assessment_id=assessment
    )


async def _form(request: Request) -> FormData:
    """Return the form, its files on disk.

    Raises:
        Problem: 415 for what is no form, 400 for a broken one.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Problem(
            "unsupported-media-type",
            "请以 multipart/form-data 上传，字段名 file",
            "upload as multipart/form-data with the field file",
        )
    try:
        return await request.form(max_files=1, max_fields=10)
    except (MultiPartException, HTTPException, ValueError):
        raise Problem("malformed-request", "上传内容无法读取", "the form cannot be read") from None


@router.get(
    "/v1/imports/{import_id}",
    summary="导入进度与被拒的行 / progress, counts and refused lines",
    operation_id="get_import",
    responses={200: of_now("get_import"), **problems(401, 403, 404, 406, 422)},
    response_class=Response,
)
def look(
    request: Request,
    house: Installed,
    actor: Caller,
    import_id: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Return how far it has come; as NDJSON, every refused line with what was sent."""
    operation = own(house, actor, import_id)
    media = negotiate(request.headers.get("accept", ""), (JSON, NDJSON))
    if media == NDJSON:
        lines = cast("list[dict[str, Any]]", house.operations.refused(operation, None))
        return Response(formats.ndjson(lines), media_type=NDJSON)
    rejects = [_without_input(line) for line in house.operations.refused(operation)]
    return Response(orjson.dumps(_shown(operation, rejects)), media_type=JSON)


@router.post(
    "/v1/imports/{import_id}/confirmation",
    summary="按预览办理导入 / carry out what was previewed",
    operation_id="confirm_import",
    status_code=202,
    responses={202: of_now("confirm_import"), **problems(401, 403, 404, 409, 422)},
    response_class=Response,
)
def confirm(
    house: Installed, actor: Caller, import_id: Text, _: Annotated[Question, Query()]
) -> Response:
    """Carry out an import whose preview was looked at."""
    operation = own(house, actor, import_id)
    if not house.operations.confirm(operation):
        raise not_waiting()
    return Response(orjson.dumps(_shown(operation, [])), status_code=202, media_type=JSON)


@router.delete(
    "/v1/imports/{import_id}",
    summary="放弃预览过的导入 / give up what was previewed",
    operation_id="discard_import",
    responses={200: of_now("discard_import"), **problems(401, 403, 404, 409, 422)},
    response_class=Response,
)
def discard(
    house: Installed, actor: Caller, import_id: Text, _: Annotated[Question, Query()]
) -> Response:
    """Forget the file of an import that waits for its confirmation."""
    operation = own(house, actor, import_id)
    if not house.operations.discard(operation):
        raise not_waiting()
    return Response(orjson.dumps(_shown(operation, [])), media_type=JSON)


@router.get(
    "/v1/imports/{import_id}/errors.xlsx",
    summary="错误清单：原始行与错误说明 / the refused rows with the reasons",
    operation_id="get_import_errors",
    responses={
        200: {"description": "文件 / the file", "content": binary(XLSX)},
        **problems(401, 403, 404, 422),
    },
    response_class=Response,
)
def errors(
    request: Request,
    house: Installed,
    actor: Caller,
    import_id: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Return the refused lines as a sheet that can be mended and imported again."""
    operation = own(house, actor, import_id)
    made = error_list(house.operations.refused(operation, MOST_LISTED))
    stem = Path(operation.file_name).stem
    headers = {"Content-Disposition": disposition(f"{stem}-错误清单.xlsx")}
    return Response(made, media_type=sent_as(request, XLSX), headers=headers)


@router.get(
    "/v1/imports/{import_id}/marked",
    summary="标出错误的原表 / the sheet as it was uploaded, with its faults marked",
    operation_id="get_import_marked",
    responses={
        200: {"description": "文件 / the file", "content": binary(XLSX)},
        **problems(401, 403, 404, 422),
    },
    response_class=Response,
)
def marked(
    request: Request,
    house: Installed,
    actor: Caller,
    import_id: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Return the user's own workbook: faulty cells coloured, a column behind says what is wrong."""
    operation = own(house, actor, import_id)
    made = house.operations.marked(operation)
    if made is None:
        raise missing()
    ending, content = made
    name = f"{Path(operation.file_name).stem}-已标注{ending}"
    headers = {"Content-Disposition": disposition(name)}
    media = XLSX if ending == ".xlsx" else MEDIA[CSV]
    return Response(content, media_type=sent_as(request, media), headers=headers)


def own(house: Installation, actor: Actor, import_id: str) -> Operation:
    """Return an import of the caller's.

    Raises:
        Problem: 403 for who imports nothing, 404 for what is not theirs.
    """
    decide(actor, Action.IMPORT, "imports")
    operation = house.operations.find(import_id)
    if operation is None or operation.actor != actor:
        raise missing()
    return operation


def not_waiting() -> Problem:
    """Return the problem of an import that does not wait for a confirmation."""
    return Problem(
        "conflict",
        "这次导入不在等待确认：可能已办理或已放弃",
        "this import does not wait for a confirmation: it was carried out or given up",
    )


def _without_input(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "input"}


def _shown(operation: Operation, rejects: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": operation.id,
        "file_name": operation.file_name,
        "stage": operation.stage,
        "asked_at": operation.asked_at,
        "done": operation.done,
        "whole": operation.whole,
        "lines": operation.lines,
        "taken": operation.taken,
        "known": operation.known,
        "refused": operation.refused,
        "notes": operation.notes,
        "errors": operation.errors,
        "rejects": rejects,
    }
