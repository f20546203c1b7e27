"""`/field` 现场: the page that a phone keeps, and the form for whoever has no script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.intake import field_devices
from api.intake.device_records import Device
from api.questions.policy import Action, decide
from api.questions.problems import Fault, Problem
from api.questions.visits import SPOT_CHECK, visits
from api.web.field import checklist
from api.web.field.offline import VERSION_HEADER, version
from api.web.field.phone_page import SIGNATURES, field_page, spoken
from api.web.field.record import ROWS, event_of, faults, field_of, photo_fields, titled
from api.web.frame.acting import Form, Refusal, act, attempt, new_key, sent_on, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import Frame, framed
from api.web.frame.rendering import render
from api.web.frame.uploads import keep, sent
from domain.terms.envelope import Actor
from ledger.log.clock import now, today
from ledger.log.entry import instant_text

router = APIRouter(include_in_schema=False)


@router.get("/field")
def field(request: Request, house: Installed, actor: Caller) -> Response:
    """Show 现场; whoever may record a spot check may have it."""
    decide(actor, Action.RECORD, SPOT_CHECK)
    frame = framed(request, house, actor)
    page = field_page(frame.language, version())
    answer = render(frame, "field.html", page)
    answer.headers[VERSION_HEADER] = version()
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesPage:
    """The devices on which records are made, as each was last heard of."""

    devices: Sequence[Device]
    """Those of the reader's authority, or of all."""
    unsent: int
    """Records that wait on them."""
    missing: int
    """Numbers that are known to have been given and have not arrived."""


@router.get("/field/devices")
def devices(request: Request, house: Installed, actor: Caller) -> Response:
    """Show what waits on which device, and which of its numbers are missing."""
    devices_heard = field_devices.devices(house, actor)
    frame = framed(request, house, actor)
    missing = {device.device_id: len(device.missing) for device in devices_heard}
    page = DevicesPage(
        devices=devices_heard,
        unsent=sum(device.unsent for device in devices_heard),
        missing=sum(missing.values()),
    )
    return render(frame, "field_devices.html", page)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """The form for a spot check, all of it on one page."""

    values: Mapping[str, str]
    """What is in the fields."""
    refusal: Refusal | None
    """Why nothing was recorded."""
    key: str
    """The key of the form."""
    dispatched: Choices
    """Dispatches to the reader that have no record."""
    districts: Choices
    """The 17 authorities."""
    kinds: Choices
    """Kinds of inspections."""
    sessions: Choices
    """Sessions of the enterprise of the dispatch, to choose from."""
    questions: Sequence[checklist.Question]
    """The checklist."""
    answers: Choices
    """What can be answered."""
    signatures: Choices
    """How the unit signs or does not."""
    rows: int
    """Inspectors that can be named."""
    no: str = checklist.NO
    """The answer that asks for a note."""


PEOPLE = 3
"""Rows for inspectors where no dispatch names more."""


@router.get("/field/record")
def form(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form, filled in as far as the dispatch says."""
    listed = visits(house, actor)
    chosen = request.query_params.get("inspection_id")
    dispatch = next((one for one in listed if one["inspection_id"] == chosen), None)
    values = _dispatched(dispatch) if dispatch else _undispatched(actor, dict(request.query_params))
    values |= {"day": today().isoformat(), "captured_at": instant_text(now())}
    frame = framed(request, house, actor)
    return _form(frame, listed, values, new_key(), None)


def _dispatched(dispatch: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(dispatch[name]) for name in ("inspection_id", "uscc", "district", "kind")}
    for n, one in enumerate(dispatch["inspectors"][:ROWS]):
        recusal = {True: "true", False: "false"}.get(one["recusal_declared"], "")
        parts = {**{p: one[p] or "" for p in ("account", "name", "card_no")}, "recusal": recusal}
        values |= {f"inspector-{n}-{part}": value for part, value in parts.items()}
    return values


def _undispatched(actor: Actor, asked: Mapping[str, str]) -> dict[str, str]:
    own = {"district": actor.organisation, "inspector-0-account": actor.account}
    return {**own, "uscc": asked.get("uscc", "")}


def _form(
    frame: Frame,
    listed: Sequence[Mapping[str, Any]],
    values: Mapping[str, str],
    key: str,
    refusal: Refusal | None,
) -> Response:
    language = frame.language
    dispatched = [
        (one["inspection_id"], f"{(one['enterprise'] or one)['uscc']} · {one['inspection_id']}")
        for one in listed
    ]
    named = [n for n in range(ROWS) if values.get(f"inspector-{n}-account")]
    page = RecordPage(
        values=values,
        refusal=refusal,
        key=key,
        dispatched=dispatched,
        districts=choices(language, "district"),
        kinds=choices(language, "inspection"),
        sessions=_sessions(listed, values.get("inspection_id")),
        questions=checklist.QUESTIONS,
        answers=spoken(language, checklist.ANSWERS),
        signatures=spoken(language, {n: SIGNATURES[n] for n in ("paper", "refused")}),
        rows=max([PEOPLE, *(n + 1 for n in named)]),
    )
    return render(frame, "field_record.html", page, refusal.status if refusal else 200)


def _sessions(listed: Sequence[Mapping[str, Any]], chosen: str | None) -> Choices:
    return [
        (one["assessment_id"], f"{one['held_from']} {one['occupation']['name']}")
        for dispatch in listed
        if dispatch["inspection_id"] == chosen
        for one in dispatch["sessions"]
    ]


@router.post("/field/record")
def record(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Record the spot check, or show the form again with the reasons."""
    decide(actor, Action.RECORD, SPOT_CHECK)
    values = typed(form)
    key = values.get("key") or new_key()
    outcome = attempt(lambda: _recorded(house, actor, form, values, key))
    if isinstance(outcome, Refusal):
        refused = outcome._replace(
            errors=tuple(Fault(field_of(e.field), e.reason) for e in outcome.errors)
        )
        listed = visits(house, actor)
        return _form(framed(request, house, actor), listed, values, key, refused)
    return sent_on(f"/entries/{outcome}", outcome)


def _recorded(
    house: Installation, actor: Actor, form: Form, values: Mapping[str, str], key: str
) -> int | None:
    wrong = faults(values)
    if wrong:
        raise Problem(
            "invalid",
            "有的问题还没有回答",
            "some questions are not answered yet",
            errors=wrong,
        )
    known = {"inspection_id": f"spot-{key}", **{n: v for n, v in values.items() if v.strip()}}
    body = {**event_of(known, _photos(house, actor, form)), "valid_from": values.get("day")}
    return act(house, actor, form, SPOT_CHECK, body)


def _photos(house: Installation, actor: Actor, form: Form) -> list[dict[str, Any]]:
    """Keep the photos that came with the form; return how the command names them."""
    return [
        titled(keep(house, actor, file, field), item)
        for field, item in photo_fields()
        for file in sent(form, field)
    ]
