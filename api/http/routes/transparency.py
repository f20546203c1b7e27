"""`/log/…`: checkpoint, tiles and keys in the formats of C2SP tlog-tiles; and proofs of entries."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.http.answers import FOR_EVER
from api.http.caller import Caller, Installed
from api.http.described import problems
from api.questions.assurance import transparency
from api.questions.parameters import Text
from api.questions.questions import Question

router = APIRouter(tags=["log"])

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
SECONDS = "public, max-age=2"
"""A checkpoint is replaced by the next one; in between many may ask."""


def _answer(media: str, *also: int) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "string"} if media == TEXT else {"type": "string", "format": "binary"}
    described = {
        "description": "见 c2sp.org / see c2sp.org",
        "content": {media.partition(";")[0]: {"schema": schema}},
    }
    return {200: described, **problems(404, 422, *also)}


@router.get(
    "/log/checkpoint",
    summary="最新检查点 / latest checkpoint (tlog-checkpoint)",
    operation_id="get_checkpoint",
    responses=_answer(TEXT),
    response_class=Response,
)
def checkpoint(house: Installed, _: Annotated[Question, Query()]) -> Response:
    """Return the latest checkpoint that was signed, with its cosignatures."""
    return Response(
        transparency.checkpoint(house), media_type=TEXT, headers={"Cache-Control": SECONDS}
    )


@router.get(
    "/log/verifier-key",
    summary="日志公钥 / keys that the checkpoints are verified with",
    operation_id="get_verifier_keys",
    responses=_answer(TEXT),
    response_class=Response,
)
def verifier_key(house: Installed, _: Annotated[Question, Query()]) -> Response:
    """Return them one a line. Whoever verifies takes them from elsewhere, and compares."""
    return Response(
        transparency.verifier_keys(house), media_type=TEXT, headers={"Cache-Control": SECONDS}
    )


@router.get(
    "/log/tile/{level}/{number:path}",
    summary="树的散列块或记录原文 / tile of hashes, or of entries (tlog-tiles)",
    operation_id="get_tile",
    responses=_answer(BYTES, 401, 403),
    response_class=Response,
)
def tile(
    house: Installed, actor: Caller, level: Text, number: Text, _: Annotated[Question, Query()]
) -> Response:
    """Return hashes to anybody, entries (`level` is `entries`) to who may see all of them."""
    wanted = transparency.parse(level, number)
    if wanted.level is None:
        content, scope = transparency.entry_bundle(house, actor, wanted), "private"
    else:
        content, scope = transparency.tile(house, wanted), "public"
    headers = {"Cache-Control": f"{scope}, {FOR_EVER}", "Vary": "Authorization, Cookie"}
    if scope == "public":
        del headers["Vary"]
    return Response(content, media_type=BYTES, headers=headers)


@router.get(
    "/v1/events/{position}/proof",
    summary="一条记录的收据 / proof that an entry is in the log (tlog-proof)",
    operation_id="get_event_proof",
    responses=_answer(TEXT, 401, 403, 503),
    response_class=Response,
)
def proof(
    house: Installed, actor: Caller, position: Text, _: Annotated[Question, Query()]
) -> Response:
    """Return a file to keep: it is verified without this installation."""
    made = transparency.receipt(house, actor, position)
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}"',
        "Cache-Control": "private, no-cache",
    }
    return Response(made.content, media_type=TEXT, headers=headers)
