"""`/assessments/new` 报告认定活动: a session is reported with what plan and scope already say.

Before anything is recorded the fold that will judge it says which flags it would raise; a fact is
recorded nevertheless (§3). Three steps: whose and what, the sheet, what would come of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.consequences import Consequences
from api.installation.wiring import Installation
from api.questions.policy import Action, decide
from api.questions.problems import Fault, invalid
from api.questions.questions import AsOf
from api.questions.units import units
from api.web.casework.offered_subject import one_in_lists, registered, subject_of
from api.web.casework.scope_fields import dictionary_in_force, named
from api.web.frame.acting import Form, Refusal, attempt, new_id, new_key, sent_on, text, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import framed
from api.web.frame.looking import Looked, Sent, look_or_send
from api.web.frame.rendering import render
from api.web.frame.rooms import asked_for_more, filled, grown, room
from domain.assessment import Candidates
from domain.terms.contents import Occupation
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Level
from ledger.log.clock import today
from projections.places.drawing import City, city

router = APIRouter(include_in_schema=False)
EVENT = "AssessmentHeld"
CATEGORIES = tuple(field.name for field in fields(Candidates))
PLACES = 2
"""Places that the form has room for at first; a session may have more."""
PLACE = ("name", "address", "division", "lon", "lat", "datum", "accuracy_m")
_DATUMS = ("WGS-84", "GCJ-02", "BD-09", "CGCS2000")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionForm:
    """The form of a session, at whichever of its steps."""

    own: str | None
    """USCC of the reporter's own enterprise; None: an enterprise is named."""
    uscc: str | None
    """The enterprise; None: it is still to be named."""
    name: str
    """Its name."""
    planned: Sequence[Row]
    """Sessions of the plan of this year and the last."""
    scope: Sequence[Row]
    """What the enterprise may certify today."""
    occupation: Mapping[str, str] | None
    """What was assessed: edition, code, name, trade; None: still to be chosen."""
    levels: Choices
    """The levels that the standard of the occupation has."""
    standard_known: bool
    """Whether that standard is on file; without one all levels are offered."""
    confirmed: Sequence[str]
    """Levels of it that are confirmed today."""
    methods: Choices
    """Methods of assessment."""
    modes: Choices
    """On site, online, without a session."""
    datums: Sequence[str]
    """Systems that coordinates may be given in."""
    districts: Choices
    """Divisions of Beijing, for the place."""
    city: City
    """The map on which a place is pinned."""
    unit_choices: Choices
    """Units that the enterprise answers for, by code."""
    staff: Sequence[Row]
    """Assessors and quality staff on its register."""
    categories: Sequence[str]
    """Categories of candidates."""
    room: int
    """Places that the form shows."""
    values: Mapping[str, str]
    """What the fields hold."""
    ticked: Mapping[str, frozenset[str]]
    """Names that are ticked, by field."""
    foreseen: Consequences | None
    """What would come of it; None: not asked yet."""
    checked: str
    """Stands for what was looked at."""
    changed: bool
    """Whether something was altered after it was looked at."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why it cannot be recorded."""


@router.get("/assessments/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the step that is due: whose session, of what, or the whole sheet."""
    asked = {name: value for name, value in request.query_params.items() if value}
    day = asked.get("held_from", today().isoformat())
    values = {
        "assessment_id": new_id(f"as-{day}"),
        "method": "examination",
        "mode": "on_site",
        "held_from": day,
        "held_to": day,
        **asked,
    }
    return _page(request, house, actor, values, {}, None)


@router.post("/assessments/new")
def report(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Show what the report would come to, or record it once that was looked at."""
    values = typed(form)
    boxes = {name: frozenset(map(str, form.getlist(name))) for name in ("assessors", "quality")}
    more = asked_for_more(form)
    if more is not None:
        return _page(request, house, actor, grown(values, "venues", PLACES, 2), boxes, None)
    assessment_id = text(form, "assessment_id") or ""

    done = attempt(
        lambda: look_or_send(house, actor, form, EVENT, lambda: _body(house, actor, form))
    )
    if isinstance(done, Refusal):
        return _page(request, house, actor, values, boxes, done)
    if isinstance(done, Sent):
        shown = {} if done.position is None else {"reported": str(done.position)}
        return sent_on(f"/assessments/{assessment_id}", done.position, **shown)
    return _page(request, house, actor, values, boxes, None, done)


def _body(house: Installation, actor: Actor, form: FormData) -> dict[str, Any]:
    own = decide(actor, Action.RECORD, EVENT).rows.uscc
    places = [_place(form, row) for row in _rows_of_places(form)]
    mode = text(form, "mode")
    away = mode in {"online", "no_session"}
    if away and places:
        raise invalid(
            "mode",
            "线上或不设考场的活动没有地点：请删去地点，或改选现场",
            "a session online or without one has no place: empty the places, or choose on site",
        )
    return {
        "assessment_id": text(form, "assessment_id"),
        "uscc": own or text(form, "uscc"),
        "unit_uscc": text(form, "unit_uscc"),
        "occupation": _occupation(house, form),
        "level": text(form, "level"),
        "method": text(form, "method"),
        "mode": mode,
        "held_from": text(form, "held_from"),
        "held_to": text(form, "held_to") or text(form, "held_from"),
        "venue": places[0] if places else None,
        "venues": places[1:] or None,
        "candidates": {name: _count(form, name) for name in CATEGORIES},
        "assessors": _people(form, "assessors"),
        "quality_staff": _people(form, "quality"),
    }


def _rows_of_places(form: FormData) -> list[str]:
    by_any = {row for field in PLACE[:4] for row in filled(form, "venues", field)}
    return sorted(by_any, key=lambda row: int(row.rpartition(".")[2]))


def _place(form: FormData, row: str) -> dict[str, Any]:
    given: dict[str, Any] = {name: text(form, f"{row}.{name}") for name in PLACE}
    for name in ("lon", "lat", "accuracy_m"):
        given[name] = _degrees(given[name])
    if given["lon"] is None and given["lat"] is None:
        given["datum"] = given["accuracy_m"] = None
    return {name: value for name, value in given.items() if value is not None}


def _degrees(said: str | None) -> float | str | None:
    """Return a number; what is none goes on as it was typed and is refused with its field."""
    try:
        return None if said is None else float(said)
    except ValueError:
        return said


def _count(form: FormData, category: str) -> int | str:
    said = text(form, f"candidates.{category}") or "0"
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else said


def _people(form: FormData, name: str) -> list[str]:
    """Return who is ticked of the register and who is written besides, each once."""
    written = (text(form, f"{name}_more") or "").replace("、", "\n").splitlines()
    said = [*map(str, form.getlist(name)), *written]
    return list(dict.fromkeys(one.strip() for one in said if one.strip()))


def _occupation(house: Installation, form: FormData) -> dict[str, Any]:
    """Return what was assessed: chosen from plan or scope as it stands there, or typed."""
    edition, code, name = (text(form, field) for field in ("edition", "code", "name"))
    if edition is None or name is None:
        dictionary = dictionary_in_force(house)
        edition = dictionary.edition
        code, name = named(text(form, "occupation") or "", dictionary, "occupation")
    return {"edition": edition, "code": code or "", "name": name, "trade": text(form, "trade")}


def _chosen(
    house: Installation, values: Mapping[str, str]
) -> tuple[dict[str, str] | None, tuple[Fault, ...]]:
    """Return the occupation that the address or the form names; faults where it is none."""
    trade = values.get("trade", "")
    if values.get("edition") and values.get("name"):
        known = {field: values.get(field, "") for field in ("edition", "code", "name")}
        return {**known, "trade": trade}, ()
    if not values.get("occupation"):
        return None, ()
    dictionary = dictionary_in_force(house)
    occupation = attempt(lambda: named(values["occupation"], dictionary, "occupation"))
    if isinstance(occupation, Refusal):
        return None, occupation.errors
    code, name = occupation
    return {"edition": dictionary.edition, "code": code, "name": name, "trade": trade}, ()


def _page(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    ticked: Mapping[str, frozenset[str]],
    refusal: Refusal | None,
    looked: Looked | None = None,
) -> Response:
    own = decide(actor, Action.RECORD, EVENT).rows.uscc
    frame = framed(request, house, actor)
    subject, wrong = subject_of(house, actor, own, values.get("uscc", ""))
    uscc = subject["uscc"] if subject else None
    occupation, faults = _chosen(house, values)
    if (wrong or faults) and refusal is None:
        refusal = Refusal("请改正后继续", "mend it and go on", (*wrong, *faults), 422)
    offered = choices(frame.language, "level")
    standard = None
    scope: list[Row] = list(subject["scope"]) if subject else []
    if occupation is not None:
        reference = house.reference_at(house.ends().head)
        asked = Occupation(
            edition=occupation["edition"],
            code=occupation["code"],
            name=occupation["name"],
            trade=occupation["trade"] or None,
        )
        standard = reference.standard(asked, today())
        if standard is not None and standard.levels is not None:
            offered = [(value, words) for value, words in offered if standard.has(Level(value))]
    confirmed = [
        level
        for item in scope
        if occupation and item["name"] == occupation["name"]
        for level in item["levels"]
    ]
    page = SessionForm(
        own=own,
        uscc=uscc,
        name=subject["name"] if subject else "",
        planned=_planned(house, actor, uscc) if uscc else (),
        scope=scope,
        occupation=occupation,
        levels=offered,
        standard_known=standard is not None and standard.levels is not None,
        confirmed=confirmed,
        methods=choices(frame.language, "method"),
        modes=choices(frame.language, "mode"),
        datums=_DATUMS,
        city=city(),
        districts=[each for each in choices(frame.language, "district") if each[0].isdecimal()],
        unit_choices=[
            (each["unit_uscc"], f"{each['unit_name']} {each['unit_uscc']}")
            for each in (
                units(house, actor, uscc, AsOf.model_validate({})).page.items if uscc else ()
            )
        ],
        staff=registered(house, actor, uscc) if uscc else (),
        categories=CATEGORIES,
        room=room(values, "venues", PLACES),
        values=_with_level(values, confirmed),
        ticked=ticked,
        foreseen=looked.foreseen if looked else None,
        checked=looked.checked if looked else "",
        changed=looked.changed if looked else False,
        key=values.get("key") or new_key(),
        refusal=refusal,
    )
    return render(frame, "session_form.html", page, refusal.status if refusal else 200)


def _with_level(values: Mapping[str, str], confirmed: Sequence[str]) -> Mapping[str, str]:
    """Return the values with the level that there is no choice about."""
    only = confirmed[0] if len(confirmed) == 1 else ""
    return values if values.get("level") or not only else {**values, "level": only}


def _planned(house: Installation, actor: Actor, uscc: str) -> list[Row]:
    """Return the planned sessions of this year and the last, the latest first."""
    year = today().year
    sessions: list[Row] = []
    for plan_year in (year, year - 1):
        plan = one_in_lists(house, actor, "plans", f"{uscc}/{plan_year}")
        sessions += [
            {**session, "year": plan_year} for session in (plan["sessions"] if plan else ())
        ]
    return sorted(sessions, key=lambda session: str(session["planned_on"]), reverse=True)
