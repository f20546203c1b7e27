"""`/catalogues` 目录: reference data as files; brought in, looked at, and adopted by an authority."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from api.http.caller import Caller, Installed
from api.installation import catalogues
from api.installation.wiring import Installation
from api.questions.policy import Action, decide
from api.questions.problems import Fault, Problem, invalid
from api.questions.queries import settle
from api.questions.questions import AsOf, CataloguesQuestion
from api.web.frame.acting import Form, Refusal, act, attempt, new_key, sent_on, text, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import FILES, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.intervals import Days
from ledger.gate.days import not_a_day

router = APIRouter(include_in_schema=False)
EVENT = "CatalogueAdopted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguesPage:
    """Every catalogue that is held, and the form that brings one in."""

    items: Sequence[Mapping[str, Any]]
    """Catalogues as `GET /v1/catalogues` gives them."""
    faults: Sequence[Fault]
    """Filters that could not be understood."""
    states: Choices
    """What became of a file."""
    kinds: Choices
    """Kinds of catalogues."""
    may_add: bool
    """Whether the reader may bring one in."""
    refusal: Refusal | None
    """Why the file was not taken."""
    values: Mapping[str, str]
    """What the fields hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePage:
    """One catalogue: its adoptions, what one more would change, and the form for it."""

    item: Mapping[str, Any]
    """The catalogue as `GET /v1/catalogues/{sha256}` gives it."""
    preview: Mapping[str, Any] | None
    """What the adoption asked for would change; None before it is asked for."""
    may_adopt: bool
    """Whether the reader may adopt it now."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why it was refused."""
    values: Mapping[str, str]
    """What the fields hold."""


@router.get("/catalogues")
def every(request: Request, house: Installed, actor: Caller) -> Response:
    """Show what is held."""
    return _all(request, house, actor, {}, None)


@router.post("/catalogues")
def add(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Check a file and store it; lead to where it can be looked at and adopted."""
    decide(actor, Action.RECORD, EVENT)
    upload = form.get("file")

    def work() -> str:
        if not isinstance(upload, UploadFile) or not upload.filename:
            raise invalid("file", "请选择一个文件", "choose a file")
        kind = catalogues.kind_of(text(form, "kind") or "")
        raw = upload.file.read(catalogues.MOST_BYTES + 1)
        return catalogues.add(house, actor, kind, upload.filename, raw).sha256

    done = attempt(work)
    if isinstance(done, Refusal):
        return _all(request, house, actor, typed(form), done)
    return Response(status_code=303, headers={"Location": f"/catalogues/{done}"})


def _all(
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    refusal: Refusal | None,
) -> Response:
    question, reading = read(request, CataloguesQuestion)
    answer = catalogues.listed(house, actor, question)
    frame = framed(
        request,
        house,
        actor,
        answer.answer_basis,
        twin="/v1/catalogues",
        formats=FILES,
        entire=True,
    )
    page = CataloguesPage(
        items=answer.page.items,
        faults=reading.faults,
        states=choices(frame.language, "catalogue_state"),
        kinds=choices(frame.language, "catalogue"),
        may_add=frame.now and actor.role in MAY[EVENT],
        refusal=refusal,
        values=values,
    )
    return render(frame, "catalogues.html", page, refusal.status if refusal else reading.status)


@router.get("/catalogues/{sha256}")
def one(request: Request, house: Installed, actor: Caller, sha256: str) -> Response:
    """Show one catalogue; with a first day asked for, what its adoption would change."""
    values = {
        name: request.query_params[name]
        for name in ("edition", "valid_from", "valid_to")
        if request.query_params.get(name)
    }
    return _one(request, house, actor, sha256, values, None)


@router.post("/catalogues/{sha256}")
def adopt(request: Request, house: Installed, actor: Caller, sha256: str, form: Form) -> Response:
    """Adopt it: from its first day on, verdicts follow it."""

    def work() -> int | None:
        with_kind = catalogues.one(house, house.ends().head, sha256)
        body = {
            "kind": with_kind.kind.value,
            "edition": text(form, "edition"),
            "valid_from": text(form, "valid_from"),
            "valid_to": text(form, "valid_to"),
            "sha256": sha256,
            "reason": text(form, "reason"),
            "document_no": text(form, "document_no"),
        }
        return act(house, actor, form, EVENT, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        return _one(request, house, actor, sha256, typed(form), done)
    return sent_on(f"/catalogues/{sha256}", done)


def _one(  # noqa: PLR0913, PLR0917 - who asks, for what, and what they typed
    request: Request,
    house: Installation,
    actor: Actor,
    sha256: str,
    values: Mapping[str, str],
    refusal: Refusal | None,
) -> Response:
    grant = decide(actor, Action.READ, "catalogues")
    question, reading = read(request, AsOf)
    settled = settle(house, question.asked())
    catalogue = catalogues.named_for(catalogues.one(house, settled.basis.position, sha256), grant)
    twin = f"/v1/catalogues/{sha256}"
    frame = framed(
        request,
        house,
        actor,
        settled.answer_basis,
        twin=twin,
        own=("edition", "valid_from", "valid_to"),
    )
    preview: Mapping[str, Any] | None = None
    if refusal is None and values.get("valid_from"):
        shown = attempt(lambda: _preview(house, actor, settled.basis.position, catalogue, values))
        if isinstance(shown, Refusal):
            refusal = shown
        else:
            preview = shown
    page = CataloguePage(
        item=catalogues.shown(catalogue),
        preview=preview,
        may_adopt=frame.now and actor.role in MAY[EVENT],
        key=new_key(),
        refusal=refusal,
        values=values,
    )
    return render(frame, "catalogue.html", page, refusal.status if refusal else reading.status)


def _preview(
    house: Installation,
    actor: Actor,
    position: int,
    catalogue: catalogues.Catalogue,
    values: Mapping[str, str],
) -> Mapping[str, Any]:
    if not decide(actor, Action.READ, "flags").rows.everything:
        raise Problem(
            "forbidden",
            "预览涉及全部企业，您的角色只能查看其中一部分",
            "a preview looks at every enterprise; your role sees only some",
        )
    end = values.get("valid_to")
    days = Days(_day("valid_from", values["valid_from"]), _day("valid_to", end) if end else None)
    supposed = catalogues.SupposedAdoption(catalogue.sha256, values.get("edition", ""), days)
    return catalogues.shown_preview(
        catalogues.preview(house, position, supposed, most=catalogues.ENTRIES_HERE)
    )


def _day(field: str, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise invalid(field, *not_a_day(said)) from None
