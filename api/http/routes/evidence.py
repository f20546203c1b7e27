"""`/v1/evidence/{sha256}`: photos of spot checks, papers of rectification; `…/preview`: a small picture of one."""

import hashlib
import tempfile
from email.message import Message
from typing import IO, Annotated, NoReturn

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.export.formats import JSON
from api.http.answers import held
from api.http.bodies import in_thread
from api.http.caller import Caller, Installed
from api.http.commands import meant_for
from api.http.described import of_now, problems
from api.http.downloads import OCTETS, binary, disposition
from api.intake import evidence, previews
from api.intake.evidence import EXTENSIONS, SIGNATURE_BYTES, Arrived, Media
from api.questions.parameters import Text
from api.questions.policy import Action, decide
from api.questions.problems import Problem, invalid
from api.questions.questions import PreviewQuestion, Question

router = APIRouter(tags=["evidence"])

IN_MEMORY = 1024 * 1024
SAFE = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Whatever a browser takes the bytes for, they run nothing and belong to no site."""
_BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.put(
    "/v1/evidence/{sha256}",
    summary="存入证据原件 / store evidence under the SHA-256 of its bytes",
    operation_id="put_evidence",
    status_code=201,
    responses={
        200: of_now("put_evidence", "已存在 / stored before"),
        201: of_now("put_evidence", "已存入 / stored"),
        **problems(401, 403, 413, 415, 422, 429),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": (
                "原始字节；亦可按自身类型发送 / the original bytes; also by their own type: "
                f"{', '.join(media.value for media in Media)}"
            ),
            "content": {OCTETS: _BINARY},
        }
    },
    response_class=Response,
)
async def put(
    request: Request,
    house: Installed,
    actor: Caller,
    sha256: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Take the original bytes in; the same once more changes nothing."""
    decide(actor, Action.UPLOAD, "evidence")
    meant_for(request.headers, actor)
    wanted = evidence.digest_of(sha256)
    if wanted is None:
        raise invalid(
            "sha256",
            "应为原始字节的 SHA-256,64 位小写十六进制",
            "the SHA-256 of the original bytes in 64 lower-case hexadecimal digits is expected",
        )
    named = _media(request)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        arrived = await _receive(request, file)
        media = named or evidence.media_of(arrived.start) or _unsupported()
        evidence.check(wanted, media, arrived)
        is_new = await in_thread(lambda: evidence.store(house.pool, actor, media, arrived))
    said = {"sha256": sha256, "media_type": media.value, "size": arrived.size}
    return Response(
        orjson.dumps(said),
        status_code=201 if is_new else 200,
        media_type=JSON,
        headers={"Location": f"/v1/evidence/{sha256}"},
    )


def _media(request: Request) -> Media | None:
    """Return what the sender says it is; None: bytes, and how they start says what they are."""
    said = Message()
    said["content-type"] = request.headers.get("content-type", "")
    for media in Media:
        if said.get_content_type() == media.value:
            return media
    if said.get_content_type() == OCTETS:
        return None
    return _unsupported()


def _unsupported() -> NoReturn:
    offered = (*Media, OCTETS)
    raise Problem(
        "unsupported-media-type",
        f"Content-Type 应为 {'、'.join(offered)} 之一",
        f"Content-Type must be one of {', '.join(offered)}",
    )


async def _receive(request: Request, file: IO[bytes]) -> Arrived:
    digest, size, start = hashlib.sha256(), 0, b""
    async for piece in request.stream():
        digest.update(piece)
        size += len(piece)
        if len(start) < SIGNATURE_BYTES:
            start += piece[:SIGNATURE_BYTES]
        file.write(piece)
    return Arrived(digest.digest(), size, start, file)


@router.get(
    "/v1/evidence/{sha256}",
    summary="证据原件 / the original bytes of evidence",
    operation_id="get_evidence",
    responses={
        200: {
            "description": "原件 / the bytes",
            "content": {media.value: _BINARY for media in Media},
        },
        304: {"description": "未变 / not modified"},
        **problems(401, 403, 404, 410, 422),
    },
    response_class=Response,
)
def get(
    request: Request,
    house: Installed,
    actor: Caller,
    sha256: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Return the bytes to who sent them, and to who sees an entry that names them."""
    stored = evidence.find(house, actor, sha256)
    name = f"{sha256[:16]}.{EXTENSIONS[stored.media]}"
    headers = {
        "ETag": f'"{sha256}"',
        # The bytes never change, but who may see them does: a copy is asked about before use.
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie",
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": SAFE,
    }
    if held(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return StreamingResponse(
        evidence.octets(house, stored),
        media_type=stored.media.value,
        headers={**headers, "Content-Length": str(stored.size)},
    )


@router.put(
    "/v1/evidence/{sha256}/preview",
    summary="存入照片的缩略图（非证据） / a small picture of a photo, no evidence",
    operation_id="put_evidence_preview",
    status_code=204,
    responses={
        204: {"description": "已存入 / kept; the first one of each sender stays"},
        **problems(401, 403, 404, 413, 422),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "完整的 JPEG，不超过 64 KiB / a whole JPEG of at most 64 KiB",
            "content": {OCTETS: _BINARY},
        }
    },
    response_class=Response,
)
async def put_preview(
    request: Request,
    house: Installed,
    actor: Caller,
    sha256: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Keep what a list shows of a photo that the caller has sent."""
    decide(actor, Action.UPLOAD, "evidence")
    meant_for(request.headers, actor)
    octets = bytearray()
    async for piece in request.stream():
        octets += piece[: previews.LARGEST + 1 - len(octets)]
    await in_thread(lambda: previews.keep(house.pool, actor, sha256, bytes(octets)))
    return Response(status_code=204)


@router.get(
    "/v1/evidence/{sha256}/preview",
    summary="照片的缩略图 / a small picture of a photo",
    operation_id="get_evidence_preview",
    responses={
        200: {"description": "缩略图 / the picture", "content": binary(Media.JPEG.value)},
        304: {"description": "未变 / not modified"},
        **problems(401, 403, 404, 422),
    },
    response_class=Response,
)
def get_preview(
    request: Request,
    house: Installed,
    actor: Caller,
    sha256: Text,
    question: Annotated[PreviewQuestion, Query()],
) -> Response:
    """Return it to who may see the photo."""
    octets = previews.preview(house, actor, sha256, question.account)
    headers = {
        "ETag": f'"{hashlib.sha256(octets).hexdigest()}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie",
        "Content-Disposition": disposition(f"{sha256[:16]}-preview.jpg"),
        "Content-Security-Policy": SAFE,
    }
    if held(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(octets, media_type=Media.JPEG.value, headers=headers)
