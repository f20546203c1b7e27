"""`/inspections` 督导: who was sent where, what they saw, and the form that sends them (四)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.intake.device_records import LARGEST, Said, chains, measured, statements
from api.intake.evidence import Media, evidence_missing, find, obtainable, octets
from api.intake.previews import Preview, previewed
from api.questions.lists import VIEWS
from api.questions.parameters import LARGEST_PAGE
from api.questions.policy import Action, decide
from api.questions.problems import invalid
from api.questions.queries import ask, ask_one
from api.questions.questions import AsOf
from api.web.casework.people import Person, picked, recusal
from api.web.casework.people import inspectors as inspectors_of
from api.web.frame.acting import Form, Refusal, act, attempt, new_id, new_key, sent_on, text, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import framed
from api.web.frame.lists import list_page
from api.web.frame.reading import read
from api.web.frame.rendering import render
from domain.inspection.asked import RAISING
from domain.inspection.inspection import KINDS
from domain.permissions import MAY
from domain.terms.envelope import Actor, Recorded
from domain.terms.vocabulary import Mode
from ledger import codec
from ledger.log.clock import today
from projections.items.cases import STAGES

router = APIRouter(include_in_schema=False)
EVENT = "InspectionDispatched"
LONGEST = timedelta(days=60)
"""How long a session is looked back for that was going on when it was visited."""
INSPECTORS = 4
"""Inspectors that a form offers room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionPage:
    """One inspection: who was sent, and every record made on the spot."""

    item: Row
    """The inspection as `GET /v1/inspections/{id}` gives it."""
    name: str
    """Name of the enterprise."""
    files: frozenset[str]
    """Digests of the evidence that the reader can have."""
    previews: frozenset[Preview]
    """The small pictures that there are of the photos, each with who sent it."""
    recorders: Mapping[int, str]
    """Position of a record → the account that recorded it, whose small pictures are shown."""
    accuracy: Mapping[str, int]
    """Digest of a photo → how exact its place is, in metres, as its device has sealed it."""
    missing: Sequence[str]
    """Digests of the evidence whose bytes have not arrived."""
    devices: Mapping[str, Sequence[Said]]
    """What the chain of each device lacks."""
    may_raise: bool
    """Whether the reader may raise a finding from it."""
    raising: str
    """Scale of the answers that ask for a finding."""
    may_record: bool
    """Whether the reader may record a spot check."""
    sessions: Mapping[int, Sequence[Row]]
    """Record of the reader's own authority that names no session → those of its day, one of which was seen."""
    key: str
    """Key of the form that names it."""
    refusal: Refusal | None
    """Why it was refused."""
    values: Mapping[str, str]
    """What its fields hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchForm:
    """The form that sends inspectors to an enterprise."""

    kinds: Choices
    """Kinds of inspection that the notice knows."""
    people: Sequence[Person]
    """Who may be sent."""
    room: int
    """Inspectors that the form offers room for."""
    minimum: int
    """Inspectors that an inspection needs at least [C]."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why it was refused."""
    values: Mapping[str, str]
    """What the fields hold."""


@router.get("/inspections")
def inspections(request: Request, house: Installed, actor: Caller) -> Response:
    """Show how many inspections stand where, and a page of them."""
    return list_page(
        request,
        house,
        actor,
        "inspections",
        newest="-dispatched_on",
        steps=STAGES["inspections"],
        may=(EVENT, "InspectionDrawn"),
    )


@router.get("/inspections/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form; `uscc`, `kind` and inspectors may be given."""
    day = today().isoformat()
    values = {
        "inspection_id": new_id(f"ins-{day}"),
        "valid_from": day,
        "kind": KINDS[0],
        **dict(request.query_params),
    }
    return _form(request, house, actor, values, None)


@router.post("/inspections/new")
def dispatch(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Send the inspectors."""
    names = ("inspection_id", "kind", "uscc", "document_no", "valid_from")

    def work() -> int | None:
        body = {name: text(form, name) for name in names} | {
            "inspectors": _sent(house, actor, form)
        }
        return act(house, actor, form, EVENT, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        return _form(request, house, actor, typed(form), done)
    return sent_on(f"/inspections/{text(form, 'inspection_id')}", done)


def _sent(house: Installation, actor: Actor, form: FormData) -> list[dict[str, Any]]:
    """Return the inspectors: the people chosen, with the card that is theirs and what they declared."""
    people = inspectors_of(house, actor)
    inspectors: list[dict[str, Any]] = []
    for n in range(INSPECTORS):
        field = f"inspectors.{n}"
        account = text(form, f"{field}.account")
        if account is None:
            continue
        person = picked(people, account, f"{field}.account")
        row = {
            "account": person.account,
            "name": person.name,
            "card_no": text(form, f"{field}.card_no") or person.card_no,
            "recusal_declared": recusal(form, f"{field}.recusal", person.name),
        }
        inspectors.append({name: value for name, value in row.items() if value is not None})
    return inspectors


def _form(
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    refusal: Refusal | None,
) -> Response:
    decide(actor, Action.RECORD, EVENT)
    frame = framed(request, house, actor)
    page = DispatchForm(
        people=inspectors_of(house, actor),
        kinds=choices(frame.language, "inspection"),
        room=INSPECTORS,
        minimum=house.rule_set(today(), house.ends().head).inspectors_minimum,
        key=new_key(),
        refusal=refusal,
        values=values,
    )
    status = refusal.status if refusal else 200
    return render(frame, "inspection_form.html", page, status)


@router.get("/inspections/{inspection_id}")
def inspection(request: Request, house: Installed, actor: Caller, inspection_id: str) -> Response:
    """Show one inspection."""
    return _inspection(request, house, actor, inspection_id, {}, None)


@router.post("/inspections/{inspection_id}/session")
def name_session(
    request: Request, house: Installed, actor: Caller, inspection_id: str, form: Form
) -> Response:
    """Name the session that a visit saw: a correction of the record, its own authority's (0241)."""
    position, session = text(form, "position") or "", text(form, "assessment_id")

    def work() -> int | None:
        if session is None:
            raise invalid(
                "assessment_id", "请选择所见的认定活动", "choose the session that was seen"
            )
        body = {
            "valid_from": text(form, "valid_from"),
            "position": int(position) if position.isdecimal() else position,
            "fields": {"assessment_id": session},
            "reason": text(form, "reason"),
        }
        return act(house, actor, form, "RecordCorrected", body, f"-{position}")

    done = attempt(work)
    if isinstance(done, Refusal):
        return _inspection(request, house, actor, inspection_id, typed(form), done)
    return sent_on(f"/inspections/{quote(inspection_id, safe='')}", done)


def _inspection(  # noqa: PLR0913, PLR0917 - a page and its form
    request: Request,
    house: Installation,
    actor: Actor,
    inspection_id: str,
    values: Mapping[str, str],
    refusal: Refusal | None,
) -> Response:
    question, reading = read(request, AsOf)
    answer_basis, item = ask_one(house, actor, "inspections", question.asked(), inspection_id)
    names = names_at(house, answer_basis, [item["uscc"]])
    frame = framed(
        request,
        house,
        actor,
        answer_basis,
        subject=item["uscc"],
        twin=f"/v1/inspections/{inspection_id}",
    )
    named = [file for check in item["spot_checks"] for file in check["evidence"]]
    files = obtainable(house, actor, [file["sha256"] for file in named])
    entries = _records(house, item)
    mine = frame.now and actor.role in MAY["SpotCheckRecorded"]
    page = InspectionPage(
        item=item,
        name=names.get(item["uscc"]) or item["uscc"],
        files=files,
        previews=previewed(house, files),
        recorders={position: each.actor.account for position, each in entries.items()},
        accuracy=_accuracy(house, actor, named, files),
        missing=evidence_missing(house, item),
        devices=_devices(house, item),
        may_raise=frame.now and actor.role in MAY["FindingRaised"],
        raising=RAISING,
        may_record=mine,
        sessions=_sessions(house, actor, item, entries) if mine else {},
        key=new_key(),
        refusal=refusal,
        values=values,
    )
    return render(frame, "inspection.html", page, refusal.status if refusal else reading.status)


def _sessions(
    house: Installation, actor: Actor, item: Row, entries: Mapping[int, Recorded[Any]]
) -> dict[int, Sequence[Row]]:
    """Return, for each record of the reader's authority that names no session, those of its day."""
    by_position: dict[int, Sequence[Row]] = {}
    for check in item["spot_checks"]:
        recorded = entries.get(check["position"])
        if check["assessment_id"] or recorded is None:
            continue
        if recorded.actor.organisation == actor.organisation:
            sessions = _held_on(house, actor, item["uscc"], date.fromisoformat(check["seen_on"]))
            by_position |= {check["position"]: sessions} if sessions else {}
    return by_position


def _held_on(house: Installation, actor: Actor, uscc: str, day: date) -> Sequence[Row]:
    """Return the sessions on the spot that were going on that day."""
    asked = {"uscc": uscc, "from": str(day - LONGEST), "to": str(day), "limit": LARGEST_PAGE}
    view = VIEWS["assessments"]
    rows = ask(house, actor, view, view.question.model_validate(asked)).page.items
    return [
        row for row in rows if row["mode"] == Mode.ON_SITE and row["held_to"] >= day.isoformat()
    ]


def _accuracy(
    house: Installation, actor: Actor, named: Sequence[Row], files: frozenset[str]
) -> dict[str, int]:
    """Return how exact the places of the photos are, from the records of the devices."""
    metres_of: dict[str, int] = {}
    for file in named:
        if file["media_type"] == Media.DEVICE_RECORD and file["sha256"] in files:
            stored = find(house, actor, file["sha256"])
            if stored.size <= LARGEST:
                metres_of |= measured(b"".join(octets(house, stored)))
    return metres_of


def _records(house: Installation, item: Row) -> dict[int, Recorded[Any]]:
    """Return the entries of the spot checks."""
    entries = house.log.at([check["position"] for check in item["spot_checks"]])
    return {entry.position: codec.legible(entry) for entry in entries}


def _devices(house: Installation, item: Row) -> dict[str, Sequence[Said]]:
    """Return what is to be said of the devices that the records were made on."""
    named = {check["device_id"] for check in item["spot_checks"] if "device_id" in check}
    with house.reading() as connection:
        by_device = chains(connection, named)
    return {device: statements(device, chain) for device, chain in by_device.items()}
