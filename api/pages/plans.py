"""`/plans`: annual plans on file, one plan, and the form that files or revises one (六(四))."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.access import Action, decide
from api.caller import Caller, Installed
from api.formats import Row
from api.pages.acting import Form, Refusal, act, attempt, new_key, sent_on, text, typed
from api.pages.choices import Choices, choices
from api.pages.frame import framed
from api.pages.reading import read
from api.pages.rendering import render
from api.pages.scope_fields import LINES, by_rank, dictionary_in_force, named
from api.problems import Fault, Problem
from api.queries import ask, ask_one
from api.questions import AsOf, CasesQuestion
from api.time_travel import Asked
from api.views import VIEWS
from api.wiring import Installation
from domain.envelope import Actor
from domain.permissions import MAY
from domain.vocabulary import Role
from ledger.clock import today
from projections import cases
from projections.basis import Basis
from projections.names import names

router = APIRouter(include_in_schema=False)
FILED, REVISED = "AnnualPlanFiled", "AnnualPlanRevised"
COUNTS = ("sessions", "candidates", "certificates")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansPage:
    """Plans on file, a page of them."""

    asked: dict[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    districts: Choices
    """The 17 authorities."""
    items: Sequence[Row]
    """Plans as `GET /v1/plans` gives them."""
    names: Mapping[str, str]
    """Names of their enterprises by USCC."""
    next: str | None
    """Cursor of the page behind this one."""
    limited: Mapping[str, Any] | None
    """What the reader sees is limited to."""
    may_file: bool
    """Whether the reader may file a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """One plan."""

    item: Row
    """The plan as `GET /v1/plans/{uscc}/{year}` gives it."""
    name: str
    """Name of the enterprise."""
    may_revise: bool
    """Whether the reader may replace it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForm:
    """The form of a plan."""

    own: str | None
    """USCC of the reporter's own enterprise; None: the code is typed."""
    on_file: bool
    """Whether the plan replaces one that is on file."""
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
    question, seen = read(request, CasesQuestion)
    found = ask(house, actor, VIEWS["plans"], question)
    basis = Basis(found.standing.day, found.standing.position)
    with house.reading() as connection:
        called = names(connection, basis, [item["uscc"] for item in found.page.items])
    frame = framed(
        request,
        house,
        actor,
        found.standing,
        twin="/v1/plans",
        formats=("csv", "xlsx", "parquet"),
    )
    page = PlansPage(
        asked=dict(request.query_params),
        faults=seen.faults,
        districts=choices(frame.language, "district"),
        items=found.page.items,
        names=called,
        next=found.page.next,
        limited=found.page.limited,
        may_file=actor.role in MAY[FILED],
    )
    return render(frame, "plans.html", page, seen.status)


@router.get("/plans/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show an empty form."""
    return _form(request, house, actor, {"year": str(today().year)}, {}, None)


@router.get("/plans/{uscc}/{year}")
def plan(request: Request, house: Installed, actor: Caller, uscc: str, year: str) -> Response:
    """Show one plan."""
    question, seen = read(request, AsOf)
    standing, item = ask_one(
        house,
        actor,
        VIEWS["plans"],
        question.asked(),
        lambda conn, basis: cases.one(conn, basis, "plans", f"{uscc}/{year}"),
    )
    with house.reading() as connection:
        called = names(connection, Basis(standing.day, standing.position), [uscc])
    frame = framed(request, house, actor, standing, subject=uscc, twin=f"/v1/plans/{uscc}/{year}")
    now = frame.clocks is not None and not frame.clocks.past
    page = PlanPage(
        item=item, name=called.get(uscc, uscc), may_revise=now and actor.role in MAY[REVISED]
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
    return ask_one(
        house,
        actor,
        VIEWS["plans"],
        Asked(),
        lambda conn, basis: cases.one(conn, basis, "plans", f"{uscc}/{year}"),
    )[1]


@router.post("/plans/new")
def file(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """File the plan, or replace the one that is on file."""
    uscc, year = _uscc(actor, form), text(form, "year") or ""

    def work() -> int | None:
        name = REVISED if text(form, "on_file") == "yes" else FILED
        return act(house, actor, form, name, _body(house, form, uscc, year))

    done = attempt(work)
    if isinstance(done, Refusal):
        ticked = {name: frozenset(map(str, form.getlist(name))) for name in form}
        return _form(request, house, actor, typed(form), ticked, done)
    return sent_on(f"/plans/{uscc}/{year}", done)


def _uscc(actor: Actor, form: FormData) -> str:
    own = actor.organisation if actor.role is Role.ENTERPRISE_REPORTER else None
    return own or text(form, "uscc") or ""


def _body(house: Installation, form: FormData, uscc: str, year: str) -> dict[str, Any]:
    return {
        "uscc": uscc,
        "year": _number(year),
        "summary": {name: _number(text(form, f"summary.{name}") or "0") for name in COUNTS},
        "sessions": list(_sessions(house, form)),
        "valid_from": today().isoformat(),
    }


def _sessions(house: Installation, form: FormData) -> list[dict[str, Any]]:
    dictionary = dictionary_in_force(house)
    found: list[dict[str, Any]] = []
    for n in range(LINES):
        field = f"sessions.{n}"
        said = text(form, f"{field}.occupation")
        if said is None:
            continue
        code, called = named(said, dictionary, f"{field}.occupation")
        found.append(
            {
                "occupation": {
                    "edition": dictionary.edition,
                    "code": code,
                    "name": called,
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
    decide(actor, Action.RECORD, FILED)
    own = actor.organisation if actor.role is Role.ENTERPRISE_REPORTER else None
    frame = framed(request, house, actor)
    page = PlanForm(
        own=own,
        on_file=_is_on_file(house, actor, own or values.get("uscc", ""), values.get("year", "")),
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
