"""`GET /v1/requests`, `/v1/requests/{id}` and its decision: acts that wait for a second person."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.http import bodies, commands
from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_record
from api.http.described_commands import HEADERS, answers, body
from api.questions import requests
from api.questions.parameters import Text
from api.questions.policy import Action, decide
from api.questions.questions import AsOf, Question
from ledger.log import clock
from projections.items.entries import RequestItem

router = APIRouter(tags=["approvals"])


@router.get(
    "/v1/requests/{request_id}",
    summary="一个待批准的事项 / one request",
    operation_id="get_request",
    responses=a_record(RequestItem),
    response_class=Response,
)
def one(
    request: Request,
    house: Installed,
    actor: Caller,
    request_id: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return one request, and what became of it."""
    answer_basis, item = requests.request(house, actor, request_id, question.asked())
    return document(request, answer_basis, item)


@router.post(
    "/v1/requests/{request_id}/decision",
    summary="批准或退回 / take a request, or refuse it",
    operation_id="post_request_decision",
    responses=answers(404),
    status_code=201,
    openapi_extra={"requestBody": body(("ActDecided",)), "parameters": HEADERS},
    response_class=Response,
)
async def decision(
    request: Request,
    house: Installed,
    actor: Caller,
    request_id: Text,
    _: Annotated[Question, Query()],
) -> Response:
    """Carry the act out in the name of who asked, or say why not."""
    at = requests.correction_of(request_id)
    name = "ActDecided" if at is None else "CorrectionDecided"
    decide(actor, Action.RECORD, name)  # before anything that was sent is looked at
    commands.meant_for(request.headers, actor)
    await bodies.in_thread(lambda: requests.require(house, actor, request_id))
    raw = await bodies.read(request)
    about: tuple[tuple[str, Any], ...] = (("request_id", request_id),)
    if at is not None:
        about = (("position", at), ("valid_from", clock.today().isoformat()))
    headers = commands.headers(request.headers)._replace(about=about)
    return await bodies.in_thread(lambda: commands.record(house, actor, (name,), raw, headers))
