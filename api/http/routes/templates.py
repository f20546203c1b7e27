"""`GET /v1/templates`: the sheets that are imported, empty, with what an enterprise may choose."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.export.formats import XLSX
from api.http.caller import Caller, Installed
from api.http.described import problems
from api.http.downloads import binary, disposition, sent_as
from api.http.routes.lists import add_list
from api.intake.sheets.empty_sheets import TEMPLATES
from api.intake.sheets.offers import offered
from api.questions.parameters import Text
from api.questions.questions import Question

router = APIRouter(tags=["imports"])


class TemplateQuestion(Question):
    """For whom a template is."""

    uscc: Text | None = Field(
        None,
        description="为哪家企业：下拉列表取其确认范围 / whose confirmed scope the lists offer",
    )


add_list(router, TEMPLATES)


@router.get(
    "/v1/templates/{name}.xlsx",
    summary="空表，带下拉列表 / a sheet to fill in, with lists to choose from",
    operation_id="get_template",
    responses={
        200: {"description": "空表 / the sheet", "content": binary(XLSX)},
        **problems(401, 403, 404, 422, 503),
    },
    response_class=Response,
)
def one(
    request: Request,
    house: Installed,
    actor: Caller,
    name: Text,
    question: Annotated[TemplateQuestion, Query()],
) -> Response:
    """Return the template; a reporter's offers their own scope, another's that of `uscc`."""
    file_name, content = offered(house, actor, name, question.uscc)
    headers = {"Content-Disposition": disposition(file_name)}
    return Response(content, media_type=sent_as(request, XLSX), headers=headers)
