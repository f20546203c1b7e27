"""`/saved-questions` 保存的问题: the reader's own, whether their answers have changed, and a form for a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.access.saved_questions import MOST
from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation import saved_questions
from api.installation.wiring import Installation
from api.questions.problems import Problem
from api.web.frame.acting import Form, text, typed
from api.web.frame.frame import FILES, framed
from api.web.frame.rendering import render
from domain.terms.envelope import Actor

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuestionsPage:
    """The reader's questions, and a form."""

    saved: Sequence[Row]
    """As `GET /v1/saved-questions` gives them."""
    most: int
    """So many may be kept."""
    values: Mapping[str, str]
    """What was typed, or led here."""
    refusal: Problem | None
    """Why it was not saved."""


@router.get("/saved-questions")
def every(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the reader's questions; `address` is what the form is filled with."""
    given = {"address": request.query_params.get("address", "")}
    return _page(request, house, actor, given, None)


def _page(
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    refusal: Problem | None,
) -> Response:
    page = SavedQuestionsPage(
        saved=saved_questions.every(house, actor), most=MOST, values=values, refusal=refusal
    )
    frame = framed(
        request,
        house,
        actor,
        twin="/v1/saved-questions",
        own=("address",),
        formats=FILES,
        entire=True,
    )
    return render(frame, "saved_questions.html", page, 200 if refusal is None else refusal.status)


@router.post("/saved-questions")
def save(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Save a question; a refused form comes back as it was typed."""
    given = {name: text(form, name) or "" for name in ("name", "description", "address")}
    try:
        saved_questions.save(house, actor, **given)
    except Problem as refusal:
        if refusal.code not in {"invalid", "conflict"}:
            raise
        return _page(request, house, actor, typed(form), refusal)
    return _back()


@router.post("/saved-questions/{id_}/seen")
def acknowledge(house: Installed, actor: Caller, id_: str) -> Response:
    """Take the present answer as seen."""
    saved_questions.looked(house, actor, id_)
    return _back()


@router.post("/saved-questions/{id_}/removal")
def forget(house: Installed, actor: Caller, id_: str) -> Response:
    """Forget a question."""
    saved_questions.forget(house, actor, id_)
    return _back()


def _back() -> Response:
    return Response(status_code=303, headers={"Location": "/saved-questions"})
