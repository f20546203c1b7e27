"""`GET /v1/enterprises/{uscc}/report.pdf`: the supervision report as of any basis."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import answer
from api.http.caller import Caller, Installed
from api.http.described import problems
from api.http.downloads import disposition
from api.http.negotiation import negotiate
from api.questions.parameters import Text
from api.reports.question import ReportQuestion

router = APIRouter(tags=["企业 / enterprises"])

PDF = "application/pdf"
VIEWED = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""What a browser's own viewer of PDF needs on the page that it makes around the document."""


@router.get(
    "/v1/enterprises/{uscc}/report.pdf",
    summary="督导报告(PDF) / supervision report",
    operation_id="get_report",
    responses={
        200: {
            "description": "督导报告 / the report",
            "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
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

    negotiate(request.headers.get("accept", ""), (PDF,))
    made = reports.report(house, request.app.state.typesetter(), actor, uscc, question)
    headers = {
        "Content-Disposition": disposition(made.file_name, shown=True),
        "Content-Security-Policy": VIEWED,
    }
    return answer(request, made.standing, made.pdf, PDF, headers=headers, public=False)
