"""What anyone may ask: a certificate by its number, whether number and name fit, what the roster came to."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http import bodies
from api.http.answers import document
from api.http.caller import Caller, Installed, Unhurried
from api.http.described import a_record, problems
from api.questions import certificates
from api.questions.parameters import Text
from api.questions.questions import AsOf, Question
from projections.items.operation import MatchItem
from projections.items.records import CertificateLookupItem

router = APIRouter(tags=["public"])


_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}
_LOOKUP = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["certificate_no", "name"],
                "properties": {"certificate_no": _TEXT, "name": _TEXT},
                "additionalProperties": False,
            }
        }
    },
}


@router.get(
    "/v1/certificates/{number:path}",
    summary="按编号查询证书 / one certificate by its number",
    operation_id="get_certificate",
    dependencies=[Unhurried],
    responses=a_record(CertificateLookupItem, 429),
    response_class=Response,
)
def certificate(
    request: Request,
    house: Installed,
    actor: Caller,
    number: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return what the certificate says and whether it holds."""
    answer_basis, item = certificates.by_number(house, actor, number, question.asked())
    return document(request, answer_basis, item, public=True)


@router.post(
    "/v1/certificates/lookup",
    summary="核对编号与姓名 / do number and name belong together",
    operation_id="lookup_certificate",
    dependencies=[Unhurried],
    responses={
        200: a_record(MatchItem)[200],
        **problems(400, 413, 415, 422, 429, 503),
    },
    openapi_extra={"requestBody": _LOOKUP},
    response_class=Response,
)
async def lookup(
    request: Request, house: Installed, actor: Caller, _: Annotated[Question, Query()]
) -> Response:
    """Return yes or no and nothing else."""
    body = await bodies.read_object(request)
    return await bodies.in_thread(lambda: _looked_up(request, house, actor, body))


def _looked_up(
    request: Request, house: Installed, actor: Caller, body: dict[str, object]
) -> Response:
    number = bodies.text(body, "certificate_no", "number")
    name = bodies.text(body, "name")
    bodies.nothing_else(body, {"certificate_no", "number", "name"})
    answer_basis, match = certificates.matches(house, actor, number, name)
    return document(request, answer_basis, {"match": match})
