"""Every list that is declared, as a route; and the single records of those that have them."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.http.answers import document
from api.http.caller import Caller, Installed
from api.http.described import a_list, a_record
from api.http.following import answer_growing
from api.http.lists import answer_list
from api.intake.evidence import evidence_missing
from api.questions.answered import ANSWERS
from api.questions.declared import LISTS, DeclaredList
from api.questions.gone import gone
from api.questions.parameters import Text
from api.questions.queries import ask_one
from api.questions.questions import AsOf

router = APIRouter()


def list_route(listed: DeclaredList) -> Callable[..., Any]:
    """Return the endpoint of a list, with the parameters that its question and its address have."""

    def read(
        request: Request,
        house: Installed,
        actor: Caller,
        question: Any,  # noqa: ANN401 - the list's own
        **_: str,
    ) -> Response:
        return answer_list(request, house, actor, listed, question)

    async def read_growing(
        request: Request,
        house: Installed,
        actor: Caller,
        question: Any,  # noqa: ANN401 - the list's own
    ) -> Response:
        return await answer_growing(request, house, actor, listed, question)

    endpoint: Callable[..., Any] = read_growing if listed.grows else read
    # The question is a value here, and the address has parts of its own: FastAPI reads a signature.
    kind = Parameter.KEYWORD_ONLY
    own = {
        "request": Request,
        "house": Installed,
        "actor": Caller,
        "question": Annotated[listed.question, Query()],
        **dict.fromkeys(listed.parts, Text),
    }
    parameters = [Parameter(name, kind, annotation=annotation) for name, annotation in own.items()]
    endpoint.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return endpoint


def add_list(to: APIRouter, listed: DeclaredList) -> None:
    """Add the route of a list."""
    to.add_api_route(
        listed.path,
        list_route(listed),
        methods=["GET"],
        summary=f"{listed.summary.zh} / {listed.summary.en}",
        operation_id=listed.operation_id,
        tags=[listed.area],
        responses=a_list(listed),
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
        answer_basis, item = ask_one(house, actor, name, question.asked(), key)
        if name == "findings":
            grounds = gone(house, actor, item, answer_basis.asked)
            return document(request, answer_basis, {**item, "grounds_gone": list(grounds)})
        if name != "inspections":
            return document(request, answer_basis, item)
        missing = evidence_missing(house, item)
        # What has not arrived yet will: until then the answer is of this moment, at any basis.
        kept = answer_basis._replace(pinned=answer_basis.pinned and not missing)
        return document(request, kept, {**item, "evidence_missing": missing})

    router.add_api_route(
        f"/v1/{name}/{{key}}",
        read,
        methods=["GET"],
        summary=summary,
        operation_id=f"get_{name}",
        tags=["reads"],
        responses=a_record(ANSWERS[f"get_{name}"]),
        response_class=Response,
    )


for _listed in LISTS.values():
    add_list(router, _listed)
for _name, _summary in SINGLE:
    _add_one(_name, _summary)


@router.get(
    "/v1/plans/{uscc}/{year}",
    summary="一份年度计划 / one annual plan",
    operation_id="get_plans",
    tags=["reads"],
    responses=a_record(ANSWERS["get_plans"]),
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
    answer_basis, item = ask_one(house, actor, "plans", question.asked(), f"{uscc}/{year}")
    return document(request, answer_basis, item)
