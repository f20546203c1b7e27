"""`/findings` 问题: what supervision has found, and one finding with its orders and measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.intake.evidence import obtainable
from api.questions.clocks import Asked
from api.questions.gone import gone
from api.questions.late import overdue
from api.questions.policy import Action, decide
from api.questions.problems import not_found
from api.questions.queries import ask_one
from api.questions.questions import AsOf
from api.web.casework.finding_acts import ACTS, MEASURES, OF_MEASURES, offered
from api.web.casework.touched import NOTHING, Touched, touched
from api.web.frame.acting import (
    KEY,
    Form,
    Refusal,
    act,
    attempt,
    new_id,
    new_key,
    sent_on,
    text,
    typed,
)
from api.web.frame.acts import Act
from api.web.frame.choices import Choices, choices
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import framed
from api.web.frame.lists import list_page
from api.web.frame.looking import Looked, Sent, look_or_send
from api.web.frame.reading import read
from api.web.frame.receipt import Filing, filings, may_stamp, stamp
from api.web.frame.rendering import render
from api.web.frame.uploads import keep
from api.web.frame.uploads import sent as sent_files
from domain.finding.measure import OVER
from domain.inspection.asked import asks
from domain.terms.clauses import CLAUSES
from domain.terms.envelope import Actor
from ledger.log.clock import today
from projections.items.cases import STAGES

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPage:
    """One finding and what is due."""

    item: Row
    """The finding as `GET /v1/findings/{id}` gives it."""
    name: str
    """Name of the enterprise."""
    files: frozenset[str]
    """Digests of the evidence that the reader can have."""
    overdue: bool
    """Whether the last order is past its deadline on the day, without a report."""
    acts: Sequence[Act]
    """What the reader may do now."""
    gone: Mapping[str, Row]
    """Key of a flag that it rests on → the flag, where that is no breach any more, or was dismissed."""
    may_stamp: bool
    """Whether the reader may state the day of receipt."""
    stamps: Sequence[Filing]
    """When what the enterprise filed came in."""
    measures: Choices
    """Measures that can still be changed: id and what they are."""
    over: frozenset[str]
    """How a measure stands that can be changed no more."""
    ladder: Sequence[str]
    """Measures that the field suggests."""
    looked: Looked | None
    """What the act that was sent would come to."""
    looked_at: frozenset[str]
    """Slugs of the acts that are looked at before they are done."""
    touched: Touched
    """Sessions held and certificates issued from its day of effect on."""
    key: str
    """Key of the forms."""
    sent: str | None
    """Slug of the form that was sent and refused."""
    refusal: Refusal | None
    """Why it was refused."""
    fresh: Mapping[str, str]
    """What a form begins with."""
    values: Mapping[str, str]
    """What was typed into the form that was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingForm:
    """The form that raises a finding."""

    clauses: Choices
    """Clauses of the notice that may be named as the rule."""
    severities: Choices
    """How heavy it is."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why it was refused."""
    values: Mapping[str, str]
    """What the fields hold."""


@router.get("/findings")
def findings(request: Request, house: Installed, actor: Caller) -> Response:
    """Show how many findings stand where, and a page of them."""
    return list_page(
        request,
        house,
        actor,
        "findings",
        newest="-raised_on",
        past=overdue,
        steps=STAGES["findings"],
        may=("FindingRaised",),
    )


@router.get("/findings/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form; `uscc`, `flags`, `assessments`, `certificates`, `inspection_id` may be given."""
    given = dict(request.query_params)
    day = today().isoformat()
    values = {
        "finding_id": new_id(f"fd-{day}"),
        "valid_from": day,
        "severity": "major",
        **given,
    }
    return _form(request, house, actor, values, None)


@router.post("/findings/new")
def raise_finding(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Raise the finding."""
    one = ("finding_id", "uscc", "kind", "severity", "rule", "statement", "inspection_id")
    many = ("assessments", "certificates", "flags")
    body: dict[str, Any] = {
        **{name: text(form, name) for name in one},
        **{name: (text(form, name) or "").replace(",", " ").split() for name in many},
        "valid_from": text(form, "valid_from"),
        "document_no": text(form, "document_no"),
    }
    done = attempt(lambda: act(house, actor, form, "FindingRaised", body))
    if isinstance(done, Refusal):
        return _form(request, house, actor, typed(form), done)
    return sent_on(f"/findings/{body['finding_id']}", done)


def _form(
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    refusal: Refusal | None,
) -> Response:
    decide(actor, Action.RECORD, "FindingRaised")
    frame = framed(request, house, actor)
    english = frame.language == "en"
    page = FindingForm(
        clauses=[
            (number, f"{number} {clause.en}" if english else f"{clause.printed} {clause.zh}")
            for number, clause in CLAUSES.items()
        ],
        severities=choices(frame.language, "severity"),
        key=new_key(),
        refusal=refusal,
        values=values,
    )
    return render(frame, "finding_form.html", page, refusal.status if refusal else 200)


@router.get("/findings/{finding_id}")
def finding(request: Request, house: Installed, actor: Caller, finding_id: str) -> Response:
    """Show one finding."""
    return _one(request, house, actor, finding_id, None, None, None)


@router.post("/findings/{finding_id}/{slug}")
def carry_out(  # noqa: PLR0913, PLR0917 - one argument a parameter
    request: Request, house: Installed, actor: Caller, finding_id: str, slug: str, form: Form
) -> Response:
    """Carry out what a form of the page asks for."""
    asked = ACTS.get(slug)
    if asked is None:
        raise not_found("没有这种办理", "there is no such act")
    item = ask_one(house, actor, "findings", Asked(), finding_id)[1]

    def made() -> dict[str, Any]:
        body = {
            "finding_id": finding_id,
            "valid_from": text(form, "valid_from"),
            "document_no": text(form, "document_no"),
            **asked.body(form, item, actor),
        }
        if slug == "report":
            body |= stamp(form, actor)
            body["evidence"] = [
                keep(house, actor, file, "evidence") for file in sent_files(form, "evidence")
            ]
        return body

    def work() -> Sent | Looked:
        if slug in LOOKED_AT:
            return look_or_send(house, actor, form, asked.event, made)
        return Sent(act(house, actor, form, asked.event, made()))

    done = attempt(work)
    if isinstance(done, Sent):
        return sent_on(f"/findings/{finding_id}", done.position)
    refusal, looked = (done, None) if isinstance(done, Refusal) else (None, done)
    return _one(request, house, actor, finding_id, slug, refusal, form, looked)


LOOKED_AT = frozenset({"measure", *OF_MEASURES})
"""Acts of which the effect is shown before they are done (0232)."""


def _one(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    finding_id: str,
    sent: str | None,
    refusal: Refusal | None,
    form: FormData | None,
    looked: Looked | None = None,
) -> Response:
    question, reading = read(request, AsOf)
    answer_basis, item = ask_one(house, actor, "findings", question.asked(), finding_id)
    names = names_at(house, answer_basis, [item["uscc"]])
    frame = framed(
        request, house, actor, answer_basis, subject=item["uscc"], twin=f"/v1/findings/{finding_id}"
    )
    day = today()
    deadline = day + timedelta(days=house.rule_set(day, answer_basis.position).rectification_days)
    fresh = {
        "valid_from": day.isoformat(),
        "effective_from": day.isoformat(),
        "due_on": _asked_for(house, actor, item) or deadline.isoformat(),
    }
    page = FindingPage(
        item=item,
        name=names.get(item["uscc"]) or item["uscc"],
        files=obtainable(house, actor, _files(item)),
        overdue=bool(overdue(house, answer_basis, [item])),
        acts=offered(item, actor) if frame.now else (),
        gone=gone(house, actor, item, answer_basis.asked),
        may_stamp=may_stamp(actor),
        stamps=filings(house, item["because"]),
        measures=[
            (each["measure_id"], f"{each['kind']} {each['effective_from']}")
            for each in item["measures"]
            if each["stands"] not in OVER
        ],
        over=OVER,
        ladder=MEASURES,
        looked=looked,
        looked_at=LOOKED_AT,
        touched=(
            touched(house, actor, item["uscc"], text(form, "effective_from"))
            if looked and form is not None
            else NOTHING
        ),
        # A measure is named by the key of its form: what was looked at keeps it.
        key=(text(form, KEY) if looked and form is not None else None) or new_key(),
        sent=sent,
        refusal=refusal,
        fresh=fresh,
        values=fresh if form is None else typed(form),
    )
    return render(frame, "finding.html", page, refusal.status if refusal else reading.status)


def _asked_for(house: Installation, actor: Actor, item: Row) -> str | None:
    """Return the deadline that the inspector asked for on the spot, if the finding is from there."""
    if item["inspection_id"] is None:
        return None
    there = attempt(partial(ask_one, house, actor, "inspections", Asked(), item["inspection_id"]))
    if isinstance(there, Refusal):  # none, or not for this reader
        return None
    answers = (each for check in there[1]["spot_checks"] for each in check["checklist"])
    asked = (each["value"] for each in answers if asks(each, item["kind"]))
    return next(asked, None)


def _files(item: Row) -> list[str]:
    reports = [order["report"] for order in item["orders"] if order["reported"]]
    return [file["sha256"] for report in reports for file in report["evidence"]]
