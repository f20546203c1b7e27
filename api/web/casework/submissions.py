"""`/applications/new`: an enterprise applies, with its five materials (五, 六(一))."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions.policy import Action, decide
from api.questions.problems import invalid
from api.web.casework.scope_fields import LINES, dictionary_in_force, written
from api.web.frame.acting import (
    Form,
    Refusal,
    act,
    attempt,
    new_id,
    new_key,
    sent_on,
    text,
    ticked,
    typed,
)
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import framed
from api.web.frame.receipt import may_stamp, stamp
from api.web.frame.rendering import render
from api.web.frame.rooms import asked_for_more, grown, room
from api.web.frame.uploads import keep, sent
from domain.application.submission import window_of
from domain.terms.envelope import Actor
from domain.terms.vocabulary import MaterialKind
from ledger.log.clock import today

router = APIRouter(include_in_schema=False)
EVENT = "ApplicationSubmitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionForm:
    """The form of an application."""

    own: str | None
    """USCC of the reporter's own enterprise; None: the code is typed."""
    may_stamp: bool
    """Whether the reader may state the day of receipt."""
    windows: Sequence[str]
    """Windows that are open or coming."""
    materials: Choices
    """The five materials."""
    methods: Choices
    """Methods of assessment."""
    levels: Choices
    """The eight levels by rank."""
    room: int
    """Lines of scope that the form offers."""
    values: Mapping[str, str]
    """What the fields hold."""
    ticked: Mapping[str, frozenset[str]]
    """Boxes that are ticked, by field."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why nothing was recorded."""


@router.get("/applications/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show an empty form."""
    window = window_of(today())
    values = {
        "application_id": new_id(f"app-{window}"),
        "window": window,
        "valid_from": today().isoformat(),
    }
    return _page(request, house, actor, values, {}, None)


@router.post("/applications/new")
def submit(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """File the application; its materials are kept first, under their digests."""
    application_id = text(form, "application_id") or ""
    if asked_for_more(form) is not None:
        values = grown(typed(form), "scope", LINES)
        return _page(request, house, actor, values, ticked(form), None)

    def work() -> int | None:
        own = decide(actor, Action.RECORD, EVENT).rows.uscc
        body = {
            "application_id": application_id,
            "uscc": own or text(form, "uscc"),
            "window": text(form, "window"),
            "scope": written(form, "scope", dictionary_in_force(house)),
            "methods": [str(each) for each in form.getlist("methods")],
            "own_method": text(form, "own_method"),
            "materials": _materials(house, actor, form),
            "valid_from": text(form, "valid_from"),
            **stamp(form, actor),
        }
        return act(house, actor, form, EVENT, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        return _page(request, house, actor, typed(form), ticked(form), done)
    return sent_on(f"/applications/{application_id}", done)


def _materials(house: Installation, actor: Actor, form: FormData) -> list[dict[str, Any]]:
    materials: list[dict[str, Any]] = []
    for kind in MaterialKind:
        field = f"materials.{kind.value}"
        files = sent(form, field)
        if not files:
            raise invalid(field, "缺少这份材料（五）", "this material is missing (五)")
        for file in files:
            kept = keep(house, actor, file, field)
            materials.append(
                {"kind": kind, "file_name": kept["file_name"], "sha256": kept["sha256"]}
            )
    return materials


def _windows(day: date) -> list[str]:
    first = window_of(day)
    year, month = first.split("-")
    return [first, f"{year}-10" if month == "05" else f"{int(year) + 1}-05"]


def _page(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    ticked: Mapping[str, frozenset[str]],
    refusal: Refusal | None,
) -> Response:
    own = decide(actor, Action.RECORD, EVENT).rows.uscc
    frame = framed(request, house, actor)
    page = SubmissionForm(
        own=own,
        may_stamp=may_stamp(actor),
        windows=_windows(today()),
        materials=choices(frame.language, "material"),
        methods=choices(frame.language, "method"),
        levels=choices(frame.language, "level"),
        room=room(values, "scope", LINES),
        values=values,
        ticked=ticked,
        key=new_key(),
        refusal=refusal,
    )
    return render(frame, "submission.html", page, refusal.status if refusal else 200)
