"""`/applications` 申报: the pipeline from submission to receipt, and one application with what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.intake import evidence
from api.intake.evidence import Media
from api.questions.clocks import Asked
from api.questions.policy import READS, Action, decide
from api.questions.problems import not_found
from api.questions.queries import ask_one
from api.questions.questions import AsOf
from api.web.casework.application_acts import ACTS, EXPERTS, HEADINGS, offered, with_people
from api.web.casework.materials import SHOWN
from api.web.casework.people import Person
from api.web.casework.people import experts as experts_of
from api.web.casework.scope_fields import all_ticked, chosen
from api.web.casework.score_drafts import (
    DRAFT,
    SHEETS,
    draft_of,
    forget_draft,
    keep_draft,
    own_sheet,
)
from api.web.frame.acting import Form, Refusal, act, attempt, new_key, sent_on, text, typed
from api.web.frame.acts import Act
from api.web.frame.frame import framed
from api.web.frame.lists import list_page
from api.web.frame.looking import STEP, Looked, Sent, look_or_send
from api.web.frame.reading import read
from api.web.frame.receipt import Filing, filings, may_stamp, stamp
from api.web.frame.rendering import render
from domain.application.progress import ENDED
from domain.terms.envelope import Actor
from domain.terms.guards import FILINGS
from ledger.log.clock import today
from ledger.log.entry import instant_text
from projections.items.cases import STAGES
from projections.views import roster
from projections.views.basis import Basis

router = APIRouter(include_in_schema=False)

STEPS = tuple(stage for stage in STAGES["applications"] if stage not in ENDED)
"""The way of an application, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationPage:
    """One application with the steps that it took and what may be done."""

    item: Row
    """The application as `GET /v1/applications/{id}` gives it."""
    name: str
    """Name of the enterprise."""
    kind: str | None
    """Its kind, which says whether the district is heard first; None if it is not known."""
    steps: Sequence[tuple[str, bool]]
    """The way of this application: stage, and whether it has been reached."""
    acts: Sequence[Act]
    """What the reader may do now."""
    materials: Mapping[str, Media]
    """Digests of the materials that the reader may open, and what each is."""
    shown: frozenset[Media]
    """Kinds that a browser opens by itself."""
    experts: Sequence[Person]
    """Who may be assigned as an expert."""
    headings: Sequence[str]
    """The five headings of a score sheet."""
    room: int
    """Experts that the form offers room for."""
    points: int
    """Points that a heading has at most [C]."""
    pass_mark: int
    """The mean to be reached [C]."""
    key: str
    """Key of the forms."""
    may_stamp: bool
    """Whether the reader may state the day of receipt."""
    filings: frozenset[str]
    """Events that are filed with an authority."""
    stamps: Sequence[Filing]
    """When what was filed came in."""
    looked: Looked | None
    """What the act that was sent would come to."""
    drafted_at: str | None
    """When the reader kept a draft of their score sheet; None: there is none."""
    looked_at: frozenset[str]
    """Slugs of the acts that are looked at before they are done."""
    left_out: Sequence[Row]
    """What was recommended and would not be confirmed."""
    sent: str | None
    """Slug of the act whose form was sent and refused."""
    refusal: Refusal | None
    """Why it was refused."""
    fresh: Mapping[str, str]
    """What a form begins with."""
    values: Mapping[str, str]
    """What was typed into the form that was sent."""
    ticked: frozenset[str]
    """Boxes of the scope that are ticked."""


@router.get("/applications")
def applications(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the pipeline: how many applications stand where, and a page of them."""
    return list_page(
        request,
        house,
        actor,
        "applications",
        newest="-submitted_on",
        steps=STAGES["applications"],
        may=("ApplicationSubmitted", "RosterPublished"),
    )


@router.get("/applications/{application_id}")
def application(request: Request, house: Installed, actor: Caller, application_id: str) -> Response:
    """Show one application."""
    return _one(request, house, actor, application_id, None, None)


@router.post("/applications/{application_id}/{slug}")
def carry_out(  # noqa: PLR0913, PLR0917 - one argument a parameter
    request: Request,
    house: Installed,
    actor: Caller,
    application_id: str,
    slug: str,
    form: Form,
) -> Response:
    """Carry out what a form of the page asks for."""
    asked = ACTS.get(slug)
    if asked is None:
        raise not_found("没有这种办理", "there is no such act")
    item = ask_one(house, actor, "applications", Asked(), application_id)[1]
    body = {
        "application_id": application_id,
        "valid_from": text(form, "valid_from"),
        "reason": text(form, "reason"),
        "document_no": text(form, "document_no"),
        **(stamp(form, actor) if asked.event in FILINGS else {}),
    }

    def made() -> dict[str, Any]:
        whole = body | asked.body(form, item, actor)
        return (
            with_people(form, whole, experts_of(house))
            if asked.event == "ExpertsAssigned"
            else whole
        )

    def work() -> Sent | Looked:
        if slug in SHEETS and text(form, STEP) == DRAFT:
            decide(actor, Action.RECORD, asked.event)
            keep_draft(house, actor, application_id, form)
            return Sent(None)
        if slug in LOOKED_AT:
            return look_or_send(house, actor, form, asked.event, made)
        done = Sent(act(house, actor, form, asked.event, made()))
        if slug in SHEETS:
            forget_draft(house, actor, application_id)
        return done

    done = attempt(work)
    if isinstance(done, Sent):
        return sent_on(f"/applications/{application_id}", done.position)
    refusal, looked = (done, None) if isinstance(done, Refusal) else (None, done)
    return _one(request, house, actor, application_id, slug, refusal, form, looked)


LOOKED_AT = frozenset({"confirmation"})
"""Acts of which the effect is shown before they are done (0232)."""


def _one(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    application_id: str,
    sent: str | None,
    refusal: Refusal | None,
    form: FormData | None = None,
    looked: Looked | None = None,
) -> Response:
    question, reading = read(request, AsOf)
    answer_basis, item = ask_one(house, actor, "applications", question.asked(), application_id)
    basis = Basis(answer_basis.day, answer_basis.position)
    with house.reading() as connection:
        firm = roster.one(connection, basis, item["uscc"])
    frame = framed(
        request,
        house,
        actor,
        answer_basis,
        subject=item["uscc"],
        twin=f"/v1/applications/{application_id}",
    )
    rules = house.rule_set(basis.valid_at, basis.position)
    draft = draft_of(house, actor, application_id) if frame.now else None
    fresh = {
        "valid_from": today().isoformat(),
        **_assigned(item),
        **own_sheet(item, actor),
        **(draft.fields if draft else {}),
    }
    whole = item["recommended_scope"] if item["recommended"] else item["scope"]
    page = ApplicationPage(
        item=item,
        name=firm["name"] if firm else item["uscc"],
        kind=firm["kind"] if firm else None,
        steps=_course(item),
        acts=offered(item, firm["kind"] if firm else None, actor) if frame.now else (),
        materials=(
            evidence.materials(house, item) if "materials" in READS.get(actor.role, ()) else {}
        ),
        shown=SHOWN,
        experts=experts_of(house),
        headings=HEADINGS,
        room=EXPERTS,
        points=rules.points_per_heading,
        pass_mark=rules.pass_mark,
        key=new_key(),
        may_stamp=may_stamp(actor),
        filings=FILINGS,
        stamps=filings(house, item["because"]),
        looked=looked,
        looked_at=LOOKED_AT,
        drafted_at=None if draft is None else instant_text(draft.kept_at),
        left_out=_left_out(item, form) if looked and form is not None else (),
        sent=sent,
        refusal=refusal,
        fresh=fresh,
        values=fresh if form is None else typed(form),
        ticked=frozenset(all_ticked(whole) if form is None else map(str, form.getlist("scope"))),
    )
    status = refusal.status if refusal else reading.status
    return render(frame, "application.html", page, status)


def _left_out(item: Row, form: FormData) -> Sequence[Row]:
    """Return what was recommended and is not ticked, level by level."""
    ticked = {
        (each["edition"], each["name"], each["trade"], level)
        for each in chosen(form, "scope", item["recommended_scope"])
        for level in each["levels"]
    }
    rest = (
        {
            **each,
            "levels": [
                level
                for level in each["levels"]
                if (each["edition"], each["name"], each["trade"], level) not in ticked
            ],
        }
        for each in item["recommended_scope"]
    )
    return [each for each in rest if each["levels"]]


def _assigned(item: Row) -> dict[str, str]:
    """Return the fields of an assignment as they stand: who is sent again replaces whom it leaves out."""
    return {
        f"experts.{n}.expert_id": expert["expert_id"] for n, expert in enumerate(item["experts"])
    }


def _course(item: Row) -> list[tuple[str, bool]]:
    """Return the way of an application; one that was turned down ends there."""
    reached = {
        "submitted": True,
        "opinion_given": item["opinion"] is not None,
        "accepted": item["accepted_on"] is not None,
        "experts_assigned": bool(item["experts"]),
        "scoring": bool(item["scores"]),
        "concluded": item["recommended"] is not None,
        "confirmed": item["confirmed_on"] is not None,
        "published": bool(item["published"]),
        "receipt_issued": item["receipt_no"] is not None,
    }
    if item["stage"] in ENDED:
        return [(step, True) for step in STEPS if reached[step]] + [(item["stage"], True)]
    return [(step, reached[step]) for step in STEPS]
