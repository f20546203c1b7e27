"""`GET /v1/field/list`: what a phone takes along to where there is no signal."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_record
from api.questions.questions import Question
from api.questions.visits import today

router = APIRouter(tags=["现场 / on site"])


@router.get(
    "/v1/field/list",
    summary="现场清单:派给本人而未记录的督导,与本区企业 / dispatches to the caller without a record, and enterprises",
    operation_id="get_field_list",
    responses=a_record(),
    response_class=Response,
)
def field_list(
    request: Request, house: Installed, actor: Caller, _: Annotated[Question, Query()]
) -> Response:
    """Return the list of the day of the caller."""
    found = today(house, actor)
    return document(request, found.standing, found.members)
