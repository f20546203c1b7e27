"""`GET /v1/roster`, `/v1/flags` … and their single records: one route for each row of a table."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_list, a_record, an_item
from api.http.lists import listing
from api.intake.evidence import evidence_missing
from api.questions.lists import VIEWS, ListView
from api.questions.parameters import Text
from api.questions.queries import Found, ask, ask_one
from api.questions.questions import AsOf

router = APIRouter(tags=["查询 / reads"])


def _add_list(view: ListView) -> None:
    def read(request: Request, house: Installed, actor: Caller, question: Any) -> Response:  # noqa: ANN401 - the view's own
        def page(asked: Any) -> Found:  # noqa: ANN401 - the view's own
            return ask(house, actor, view, asked)

        return listing(request, house, question, page, view.shape)

    # The type of the question is a value here; FastAPI reads it from the annotations.
    read.__annotations__["question"] = Annotated[view.question, Query()]
    router.add_api_route(
        f"/v1/{view.name}",
        read,
        methods=["GET"],
        summary=view.summary,
        operation_id=f"list_{view.name}",
        responses=a_list(view.shape),
        response_class=Response,
    )


SINGLE = (
    ("flags", "一条疑点 / one flag"),
    ("assessments", "一次认定活动 / one session"),
    ("applications", "一份申报 / one application"),
    ("inspections", "一次督导 / one inspection"),
    ("findings", "一个问题 / one finding"),
    ("complaints", "一件投诉 / one complaint"),
    ("registers", "一家企业的登记 / the registers of one enterprise"),
)
"""Lists whose records stand at an address of their own, and what such a record is called."""


def _add_one(name: str, summary: str) -> None:
    def read(
        request: Request,
        house: Installed,
        actor: Caller,
        key: Text,
        question: Annotated[AsOf, Query()],
    ) -> Response:
        standing, item = ask_one(house, actor, name, question.asked(), key)
        if name != "inspections":
            return document(request, standing, item)
        missing = evidence_missing(house, item)
        # What has not arrived yet will: until then the answer is of this moment, at any basis.
        kept = standing._replace(pinned=standing.pinned and not missing)
        return document(request, kept, {**item, "evidence_missing": missing})

    router.add_api_route(
        f"/v1/{name}/{{key}}",
        read,
        methods=["GET"],
        summary=summary,
        operation_id=f"get_{name}",
        responses=a_record(_described(name)),
        response_class=Response,
    )


def _described(name: str) -> dict[str, Any]:
    """Return the schema of a single record."""
    item = an_item(VIEWS[name].shape)
    if name == "inspections":
        digests = {"type": "array", "items": {"type": "string"}}
        item["properties"]["evidence_missing"] = digests
    return item


for _view in VIEWS.values():
    _add_list(_view)
for _name, _summary in SINGLE:
    _add_one(_name, _summary)


@router.get(
    "/v1/plans/{uscc}/{year}",
    summary="一份年度计划 / one annual plan",
    operation_id="get_plans",
    responses=a_record(an_item(VIEWS["plans"].shape)),
    response_class=Response,
)
def plan(  # noqa: PLR0913, PLR0917 - one argument a parameter
    request: Request,
    house: Installed,
    actor: Caller,
    uscc: Text,
    year: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return the plan of one enterprise for one year."""
    standing, item = ask_one(house, actor, "plans", question.asked(), f"{uscc}/{year}")
    return document(request, standing, item)
