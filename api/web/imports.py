"""`/imports` 导入: a file is looked at first, then taken; what is refused comes back as a list to mend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from api.http.caller import Caller, Installed
from api.http.routes import imports as routes_imports
from api.intake.operations import Operation, Stage
from api.intake.sheets.forms import FORMS
from api.intake.sheets.heads import Form as SheetForm
from api.questions.policy import Action, decide
from api.questions.problems import Problem
from api.web.frame.acting import Form, text
from api.web.frame.frame import framed
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)
SHOWN = 50
"""Refused lines on the page; the error list has all of them."""
RECENT = 20
"""Imports in the list of those that were."""
WORKING = frozenset({Stage.QUEUED, Stage.RUNNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportsPage:
    """The form for a file, and the reader's latest imports."""

    recent: Sequence[Operation]
    """The latest imports of the reader."""
    refusal: Problem | None
    """Why the file was not taken."""
    forms: Sequence[SheetForm] = FORMS
    """The sheets that can be downloaded empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    """One import: its progress, its counts, what was refused."""

    operation: Operation
    """The import."""
    working: bool
    """Whether it is still under way."""
    rejects: Sequence[Mapping[str, Any]]
    """The first refused lines with their reasons."""
    marked: bool
    """Whether the sheet can be had with its faults marked."""


@router.get("/imports")
def imports(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form and the latest imports."""
    decide(actor, Action.IMPORT, "imports")
    page = ImportsPage(recent=house.operations.of(actor)[:RECENT], refusal=None)
    return render(framed(request, house, actor), "imports.html", page)


@router.post("/imports")
def preview(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Take the file, have it rehearsed, and lead to where that is seen."""
    decide(actor, Action.IMPORT, "imports")
    upload = form.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        refusal = Problem("invalid", "请选择一个文件", "choose a file")
        page = ImportsPage(recent=house.operations.of(actor)[:RECENT], refusal=refusal)
        return render(framed(request, house, actor), "imports.html", page, refusal.status)
    assessment = text(form, "assessment")
    try:
        operation = routes_imports.begin(house, actor, upload, preview=True, assessment=assessment)
    except Problem as refusal:
        page = ImportsPage(recent=house.operations.of(actor)[:RECENT], refusal=refusal)
        return render(framed(request, house, actor), "imports.html", page, refusal.status)
    return Response(status_code=303, headers={"Location": f"/imports/{operation.id}"})


@router.get("/imports/{import_id}")
def one(request: Request, house: Installed, actor: Caller, import_id: str) -> Response:
    """Show how far it has come and what it came to."""
    operation = routes_imports.own(house, actor, import_id)
    page = ImportPage(
        operation=operation,
        working=operation.stage in WORKING,
        rejects=house.operations.refused(operation, SHOWN),
        marked=house.operations.keeps(operation),
    )
    frame = framed(request, house, actor, twin=f"/v1/imports/{import_id}")
    return render(frame, "import.html", page)


@router.post("/imports/{import_id}/confirmation")
def confirm(house: Installed, actor: Caller, import_id: str) -> Response:
    """Carry out what was previewed; sent twice, it is carried out once."""
    house.operations.confirm(routes_imports.own(house, actor, import_id))
    return Response(status_code=303, headers={"Location": f"/imports/{import_id}"})


@router.post("/imports/{import_id}/discarding")
def discard(house: Installed, actor: Caller, import_id: str) -> Response:
    """Give up what was previewed."""
    house.operations.discard(routes_imports.own(house, actor, import_id))
    return Response(status_code=303, headers={"Location": "/imports"})
