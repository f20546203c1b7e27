"""`/plans`: annual plans on file, one plan, and the form that files or revises one (六(四))."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions.clocks import Asked
from api.questions.coverage import Beside, Summary, beside_ledger
from api.questions.policy import Action, decide
from api.questions.problems import Problem
from api.questions.queries import ask_one
from api.questions.questions import AsOf
from api.web.casework.scope_fields import LINES, by_rank, dictionary_in_force, named
from api.web.frame.acting import Form, Refusal, act, attempt, new_key, sent_on, text, ticked, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.enterprise_names import called
from api.web.frame.frame import framed
from api.web.frame.lists import list_page
from api.web.frame.reading import read
from api.web.frame.receipt import Filing, filings, may_stamp, stamp
from api.web.frame.rendering import render
from domain.permissions import MAY
from domain.terms.envelope import Actor
from ledger.log.clock import today
from projections.views.basis import Basis

router = APIRouter(include_in_schema=False)
FILED, REVISED = "AnnualPlanFiled", "AnnualPlanRevised"
COUNTS = ("sessions", "candidates", "certificates")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """One plan."""

    item: Row
    """The plan as `GET /v1/plans/{uscc}/{year}` gives it."""
    name: str
    """Name of the enterprise."""
    beside: Beside
    """What the ledger holds of the same years."""
    differs: Sequence[Summary]
    """Counts of last year's summary that are not the ledger's."""
    papers: Sequence[Filing]
    """When it came in, and each revision."""
    may_revise: bool
    """Whether the reader may replace it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForm:
    """The form of a plan."""

    own: str | None
    """USCC of the reporter's own enterprise; None: the code is typed."""
    on_file: bool
    """Whether the plan replaces one that is on file."""
    may_stamp: bool
    """Whether the reader may state the day of receipt."""
    levels: Choices
    """The eight levels by rank."""
    room: int
    """Sessions that the form offers room for."""
    counts: Sequence[str]
    """What last year's summary counts."""
    values: Mapping[str, str]
    """What the fields hold."""
    ticked: Mapping[str, frozenset[str]]
    """Boxes that are ticked, by field."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why nothing was recorded."""


@router.get("/plans")
def plans(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the plans on file."""
    return list_page(request, house, actor, "plans", may=(FILED,))


@router.get("/plans/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show an empty form."""
    return _form(request, house, actor, {"year": str(today().year)}, {}, None)


@router.get("/plans/{uscc}/{year}")
def plan(request: Request, house: Installed, actor: Caller, uscc: str, year: str) -> Response:
    """Show one plan."""
    question, seen = read(request, AsOf)
    standing, item = ask_one(house, actor, "plans", question.asked(), f"{uscc}/{year}")
    names = called(house, standing, [uscc])
    frame = framed(request, house, actor, standing, subject=uscc, twin=f"/v1/plans/{uscc}/{year}")
    beside = beside_ledger(house, Basis(standing.day, standing.position), item)
    page = PlanPage(
        item=item,
        beside=beside,
        differs=[each for each in beside.summary if each.said != each.ledger],
        name=names.get(uscc, uscc),
        papers=filings(house, item["because"]),
        may_revise=frame.now and actor.role in MAY[REVISED],
    )
    return render(frame, "plan.html", page, seen.status)


@router.get("/plans/{uscc}/{year}/revision")
def revision(request: Request, house: Installed, actor: Caller, uscc: str, year: str) -> Response:
    """Show the form with what is on file."""
    item = _on_file(house, actor, uscc, year)
    values = {"uscc": uscc, "year": year} | {
        f"summary.{name}": str(item["summary"][name]) for name in COUNTS
    }
    ticked: dict[str, frozenset[str]] = {}
    for n, session in enumerate(item["sessions"][:LINES]):
        values[f"sessions.{n}.occupation"] = session["occupation"]["code"]
        values[f"sessions.{n}.trade"] = session["occupation"]["trade"] or ""
        values[f"sessions.{n}.planned_on"] = session["planned_on"]
        values[f"sessions.{n}.headcount"] = str(session["headcount"])
        ticked[f"sessions.{n}.levels"] = frozenset(session["levels"])
    return _form(request, house, actor, values, ticked, None)


def _on_file(house: Installation, actor: Actor, uscc: str, year: str) -> Row:
    return ask_one(house, actor, "plans", Asked(), f"{uscc}/{year}")[1]


@router.post("/plans/new")
def file(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """File the plan, or replace the one that is on file."""
    uscc, year = _uscc(actor, form), text(form, "year") or ""

    def work() -> int | None:
        name = REVISED if text(form, "on_file") == "yes" else FILED
        body = _body(house, form, uscc, year) | stamp(form, actor)
        return act(house, actor, form, name, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        return _form(request, house, actor, typed(form), ticked(form), done)
    return sent_on(f"/plans/{uscc}/{year}", done)


def _uscc(actor: Actor, form: FormData) -> str:
    return decide(actor, Action.RECORD, FILED).rows.uscc or text(form, "uscc") or ""


def _body(house: Installation, form: FormData, uscc: str, year: str) -> dict[str, Any]:
    return {
        "uscc": uscc,
        "year": _number(year),
        "summary": {name: _number(text(form, f"summary.{name}") or "0") for name in COUNTS},
        "sessions": list(_sessions(house, form)),
        # A plan has no day of its own: it is valid from the day on which it came in.
        "valid_from": text(form, "received_on") or today().isoformat(),
    }


def _sessions(house: Installation, form: FormData) -> list[dict[str, Any]]:
    dictionary = dictionary_in_force(house)
    found: list[dict[str, Any]] = []
    for n in range(LINES):
        field = f"sessions.{n}"
        said = text(form, f"{field}.occupation")
        if said is None:
            continue
        code, name = named(said, dictionary, f"{field}.occupation")
        found.append(
            {
                "occupation": {
                    "edition": dictionary.edition,
                    "code": code,
                    "name": name,
                    "trade": text(form, f"{field}.trade"),
                },
                "levels": by_rank(map(str, form.getlist(f"{field}.levels"))),
                "planned_on": text(form, f"{field}.planned_on"),
                "headcount": _number(text(form, f"{field}.headcount") or ""),
            }
        )
    return found


def _number(said: str) -> int | str:
    """Return a whole number; what is none goes on as it was typed and is refused with its field."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else said


def _form(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    ticked: Mapping[str, frozenset[str]],
    refusal: Refusal | None,
) -> Response:
    own = decide(actor, Action.RECORD, FILED).rows.uscc
    frame = framed(request, house, actor)
    page = PlanForm(
        own=own,
        on_file=_is_on_file(house, actor, own or values.get("uscc", ""), values.get("year", "")),
        may_stamp=may_stamp(actor),
        levels=choices(frame.language, "level"),
        room=LINES,
        counts=COUNTS,
        values=values,
        ticked=ticked,
        key=new_key(),
        refusal=refusal,
    )
    return render(frame, "plan_form.html", page, refusal.status if refusal else 200)


def _is_on_file(house: Installation, actor: Actor, uscc: str, year: str) -> bool:
    try:
        _on_file(house, actor, uscc, year)
    except Problem as problem:
        if problem.code != "not-found":
            raise
        return False
    return True
