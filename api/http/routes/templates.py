"""`GET /v1/templates`: the sheets that are imported, empty, with what an enterprise may choose."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.export.formats import JSON, XLSX
from api.http.caller import Caller, Installed
from api.http.described import of_now, problems
from api.http.downloads import binary, disposition, sent_as
from api.intake.sheets.forms import FORMS
from api.intake.sheets.offers import offered
from api.questions.parameters import Text
from api.questions.policy import Action, decide
from api.questions.questions import Question

router = APIRouter(tags=["imports"])


class TemplateQuestion(Question):
    """For whom a template is."""

    uscc: Text | None = Field(
        None,
        description="为哪家企业：下拉列表取其确认范围 / whose confirmed scope the lists offer",
    )


@router.get(
    "/v1/templates",
    summary="可下载的空表 / the sheets to fill in",
    operation_id="get_templates",
    responses={
        200: of_now("get_templates"),
        **problems(401, 403, 422),
    },
    response_class=Response,
)
def listed(actor: Caller, _: Annotated[Question, Query()]) -> Response:
    """Return the forms with their columns."""
    decide(actor, Action.IMPORT, "imports")
    items = [
        {
            "name": form.name,
            "title": {"zh": form.zh, "en": form.en},
            "columns": form.heads,
            "further": form.further,
            "address": f"/v1/templates/{form.name}.xlsx",
        }
        for form in FORMS
    ]
    return Response(orjson.dumps({"items": items}), media_type=JSON)


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
