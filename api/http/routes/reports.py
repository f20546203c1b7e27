"""`GET /v1/enterprises/{uscc}/report.pdf` and `/bundle`: papers about one enterprise."""

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.http.answers import answer
from api.http.caller import Caller, Installed
from api.http.described import problems
from api.http.downloads import OCTETS, binary, disposition, sent_as
from api.http.negotiation import negotiate
from api.questions.parameters import Text
from api.questions.questions import Question
from api.reports.question import DocumentQuestion, ReportQuestion
from api.reports.words import Words

router = APIRouter(tags=["enterprises"])

PDF = "application/pdf"
VIEWED = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""What a browser's own viewer of PDF needs on the page that it makes around the document."""


@router.get(
    "/v1/enterprises/{uscc}/report.pdf",
    summary="督导报告（PDF） / supervision report",
    operation_id="get_report",
    responses={
        200: {
            "description": "督导报告 / the report",
            "content": binary(PDF),
        },
        304: {"description": "未变 / not modified"},
        **problems(401, 403, 404, 406, 422, 503),
    },
    response_class=Response,
)
def report(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    question: Annotated[ReportQuestion, Query()],
) -> Response:
    """Return the report; the same basis gives the same bytes."""
    from api.reports import report as reports  # noqa: PLC0415 - typst takes 0.2 s to load

    media = negotiate(request.headers.get("accept", ""), (PDF, OCTETS))
    made = reports.report(house, request.app.state.typesetter(), actor, uscc, question)
    headers = {
        "Content-Disposition": disposition(made.file_name, shown=True),
        "Content-Security-Policy": VIEWED,
    }
    return answer(request, made.answer_basis, made.pdf, media, headers=headers, public=False)


@router.get(
    "/v1/events/{position}/document.pdf",
    summary="公文（PDF）：回执、通知、决定、公告、记录表 / the act on paper",
    operation_id="get_document",
    responses={
        200: {"description": "公文 / the document", "content": binary(PDF)},
        304: {"description": "未变 / not modified"},
        **problems(401, 403, 404, 406, 422, 503),
    },
    response_class=Response,
)
def document(
    request: Request,
    house: Installed,
    actor: Caller,
    position: Text,
    question: Annotated[DocumentQuestion, Query()],
) -> Response:
    """Return the document of an act, as known when it was recorded: the same for ever."""
    from api.reports import documents  # noqa: PLC0415 - typst takes 0.2 s to load

    media = negotiate(request.headers.get("accept", ""), (PDF, OCTETS))
    words = Words(question.lang)
    made = documents.document(house, request.app.state.typesetter(), actor, position, words)
    headers = {
        "Content-Disposition": disposition(made.file_name, shown=True),
        "Content-Security-Policy": VIEWED,
    }
    return answer(request, made.answer_basis, made.pdf, media, headers=headers, public=False)


ZIP = "application/zip"


@router.get(
    "/v1/enterprises/{uscc}/bundle",
    summary="证据包 / evidence bundle, verified without this installation",
    operation_id="get_bundle",
    responses={
        200: {
            "description": "证据包 / the bundle",
            "content": binary(ZIP),
        },
        **problems(401, 403, 404, 422, 503),
    },
    response_class=Response,
)
def bundle(
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Return every entry about an enterprise with its proof, and the evidence, in one file."""
    from api.reports import bundles  # noqa: PLC0415 - typst takes 0.2 s to load

    # A temporary file: evidence may be larger than memory; it is gone when it has been sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    try:
        name = bundles.write(house, request.app.state.typesetter(), actor, uscc, file)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    headers = {
        "Content-Disposition": disposition(name),
        "Content-Length": str(size),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_pieces(file), media_type=sent_as(request, ZIP), headers=headers)


PIECE = 256 * 1024


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
