"""`GET /v1/roster`, `/v1/flags` … and their single records: one route for each row of a table."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from psycopg import Connection

from api.answers import document
from api.caller import Caller, Installed
from api.described import a_list, a_record, an_item
from api.lists import listing
from api.queries import Found, ask, ask_one
from api.questions import AsOf, Text
from api.views import VIEWS, ListView
from projections import cases, flags, sessions
from projections.basis import Basis

router = APIRouter(tags=["查询 / reads"])

Item = dict[str, Any] | None
OneReader = Callable[[Connection[Any], Basis, str], Item]


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


class One(NamedTuple):
    """A route to one record."""

    view: ListView
    read: OneReader
    summary: str


def _case(kind: str) -> OneReader:
    return lambda conn, basis, key: cases.one(conn, basis, kind, key)


ONES = (
    One(VIEWS["flags"], flags.one, "一条疑点 / one flag"),
    One(VIEWS["assessments"], sessions.one, "一次认定活动 / one session"),
    One(VIEWS["applications"], _case("applications"), "一份申报 / one application"),
    One(VIEWS["inspections"], _case("inspections"), "一次督导 / one inspection"),
    One(VIEWS["findings"], _case("findings"), "一个问题 / one finding"),
)


def _add_one(one: One) -> None:
    def read(
        request: Request,
        house: Installed,
        actor: Caller,
        key: Text,
        question: Annotated[AsOf, Query()],
    ) -> Response:
        standing, item = ask_one(
            house, actor, one.view, question.asked(), lambda conn, basis: one.read(conn, basis, key)
        )
        return document(request, standing, item)

    router.add_api_route(
        f"/v1/{one.view.name}/{{key}}",
        read,
        methods=["GET"],
        summary=one.summary,
        operation_id=f"get_{one.view.name}",
        responses=a_record(an_item(one.view.shape)),
        response_class=Response,
    )


for _view in VIEWS.values():
    _add_list(_view)
for _one in ONES:
    _add_one(_one)


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
    standing, item = ask_one(
        house,
        actor,
        VIEWS["plans"],
        question.asked(),
        lambda conn, basis: cases.one(conn, basis, "plans", f"{uscc}/{year}"),
    )
    return document(request, standing, item)
