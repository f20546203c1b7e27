"""`POST /v1/imports` and what became of it."""

import os
import shutil
from pathlib import Path
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from api import formats
from api.access import Action, decide
from api.bodies import in_thread
from api.caller import Caller, Installed
from api.described import problems
from api.formats import JSON, NDJSON
from api.operations import Operation, Stage
from api.problems import Problem
from api.queries import missing
from api.questions import Question, Text
from domain.envelope import Actor

router = APIRouter(tags=["导入 / imports"])

PIECE = 1024 * 1024
_OPERATION = {
    "description": "导入任务 / the operation",
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "required": ["id", "stage"],
                "properties": {
                    "id": {"type": "string"},
                    "stage": {"type": "string", "enum": list(Stage)},
                    **{
                        name: {"type": "integer"}
                        for name in ("done", "whole", "lines", "taken", "known", "refused")
                    },
                    "rejects": {"type": "array", "items": {"type": "object"}},
                },
            }
        },
    },
}


@router.post(
    "/v1/imports",
    summary="导入文件:NDJSON、XLSX、CSV / import a file",
    operation_id="post_import",
    status_code=202,
    responses={202: _OPERATION, **problems(400, 401, 403, 413, 415, 422)},
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
    request: Request, house: Installed, actor: Caller, _: Annotated[Question, Query()]
) -> Response:
    """Take the file in and begin; each line is decided as if its actor were the caller."""
    decide(actor, Action.IMPORT, "imports")
    form = await _form(request)
    try:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise Problem("invalid", "缺少文件字段 file", "the field file is missing")
        operation, path = house.operations.new(upload.filename or "", actor)
        await in_thread(lambda: _store(upload, path))
    finally:
        await form.close()
    await in_thread(lambda: house.operations.enqueue(operation))
    address = f"/v1/imports/{operation.id}"
    return Response(
        orjson.dumps(_shown(operation, [])),
        status_code=202,
        media_type=JSON,
        headers={"Location": address},
    )


async def _form(request: Request) -> FormData:
    """Return the form, its files on disk.

    Raises:
        Problem: 415 for what is no form, 400 for a broken one.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Problem(
            "unsupported-media-type",
            "请以 multipart/form-data 上传,字段名 file",
            "upload as multipart/form-data with the field file",
        )
    try:
        return await request.form(max_files=1, max_fields=10)
    except (MultiPartException, HTTPException, ValueError):
        raise Problem("malformed-request", "上传内容无法读取", "the form cannot be read") from None


def _store(upload: UploadFile, path: Path) -> None:
    """Copy the upload, which the form parser holds in a file already; holders' names may be in it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(upload.file, file, PIECE)


@router.get(
    "/v1/imports/{import_id}",
    summary="导入进度与被拒的行 / progress, counts and refused lines",
    operation_id="get_import",
    responses={200: _OPERATION, **problems(401, 403, 404, 406, 422)},
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
    decide(actor, Action.IMPORT, "imports")
    operation = house.operations.find(import_id)
    if operation is None or not _is_own(operation, actor):
        raise missing()
    media = formats.negotiate(request.headers.get("accept", ""), (JSON, NDJSON))
    if media == NDJSON:
        lines = cast("list[dict[str, Any]]", house.operations.refused(operation, None))
        return Response(formats.ndjson(lines), media_type=NDJSON)
    rejects = [_without_input(line) for line in house.operations.refused(operation)]
    return Response(orjson.dumps(_shown(operation, rejects)), media_type=JSON)


def _is_own(operation: Operation, actor: Actor) -> bool:
    return operation.actor == actor


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
