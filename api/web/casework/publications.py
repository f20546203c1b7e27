"""`/publications/new`: the bureau publishes a batch of the roster (六(三))."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions.lists import VIEWS
from api.questions.policy import Action, decide
from api.questions.problems import Fault
from api.questions.queries import Found, ask
from api.questions.questions import ApplicationsQuestion
from api.web.frame.acting import Form, Refusal, attempt, new_key, sent_on, text, typed
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import framed
from api.web.frame.looking import Looked, Sent, look_or_send
from api.web.frame.rendering import render
from domain.terms.envelope import Actor
from domain.terms.intervals import years_after
from ledger.log.clock import today

router = APIRouter(include_in_schema=False)
EVENT = "RosterPublished"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationPage:
    """What is confirmed and not yet published, and the form that publishes it."""

    waiting: Sequence[Row]
    """Applications as `GET /v1/applications` gives them."""
    names: Mapping[str, str]
    """Names of their enterprises by USCC."""
    looked: Looked | None
    """What the publication would change."""
    more: bool
    """Whether more are waiting than the form shows: they go into a further batch."""
    years: int
    """For how many years a listing holds at most."""
    ticked: frozenset[str]
    """Applications that are ticked."""
    values: Mapping[str, str]
    """What the fields hold."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why nothing was published."""


@router.get("/publications/new")
def publication(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form."""
    return _page(request, house, actor, None, None)


@router.post("/publications/new")
def publish(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Publish what is ticked, as one act: all of it or nothing; what it changes is shown first."""
    waiting = _waiting(house, actor).page.items
    ticked = set(map(str, form.getlist("application")))
    entries = [
        {
            "uscc": item["uscc"],
            "application_id": item["application_id"],
            "scope": item["confirmed_scope"],
            "valid_from": text(form, "valid_from"),
            "valid_to": text(form, "valid_to"),
        }
        for item in waiting
        if item["application_id"] in ticked
    ]
    body = {
        "batch": text(form, "batch"),
        "published_on": text(form, "published_on"),
        "entries": entries,
        "document_no": text(form, "document_no"),
    }
    done = attempt(lambda: look_or_send(house, actor, form, EVENT, lambda: body))
    if isinstance(done, Refusal):
        chosen = [n for n, item in enumerate(waiting) if item["application_id"] in ticked]
        errors = tuple(_at_its_box(fault, chosen) for fault in done.errors)
        return _page(request, house, actor, form, done._replace(errors=errors))
    if isinstance(done, Sent):
        return sent_on("/roster", done.position)
    return _page(request, house, actor, form, None, done)


def _at_its_box(fault: Fault, chosen: Sequence[int]) -> Fault:
    """Return a fault of an entry with the line of its box: boxes left empty made no entry."""
    row, _, rest = fault.field.partition(".")
    number, _, part = rest.partition(".")
    if row != "entries" or not number.isdecimal():
        return fault
    return Fault(f"entries.{chosen[int(number)]}.{part}", fault.reason)


def _waiting(house: Installation, actor: Actor) -> Found:
    question = ApplicationsQuestion.model_validate({"stage": "confirmed", "limit": 1000})
    return ask(house, actor, VIEWS["applications"], question)


def _page(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    form: FormData | None,
    refusal: Refusal | None,
    looked: Looked | None = None,
) -> Response:
    decide(actor, Action.RECORD, EVENT)
    answer = _waiting(house, actor)
    waiting, answer_basis = answer.page.items, answer.answer_basis
    years = house.rule_set(answer_basis.day, answer_basis.position).listing_years
    day = today()
    fresh: dict[str, Any] = {
        "batch": f"{day.year}-",
        "published_on": day.isoformat(),
        "valid_from": day.isoformat(),
        "valid_to": years_after(day, years).isoformat(),
    }
    page = PublicationPage(
        waiting=waiting,
        names=names_at(house, answer_basis, [item["uscc"] for item in waiting]),
        more=answer.page.next is not None,
        looked=looked,
        years=years,
        ticked=frozenset(
            (item["application_id"] for item in waiting)
            if form is None
            else map(str, form.getlist("application"))
        ),
        values=fresh if form is None else typed(form),
        key=new_key(),
        refusal=refusal,
    )
    status = refusal.status if refusal else 200
    return render(framed(request, house, actor), "publication.html", page, status)
