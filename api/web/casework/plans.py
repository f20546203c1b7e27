"""`/plans`: annual plans on file, one plan, and the forms that file and revise one (六(四)).

New is new: it never touches what is on file. A revision starts from what is on file and says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions.clocks import Asked
from api.questions.coverage import Beside, Summary, beside_ledger
from api.questions.lists import VIEWS
from api.questions.policy import Action, decide
from api.questions.problems import invalid
from api.questions.queries import ask, ask_one
from api.questions.questions import AsOf, PlansQuestion
from api.web.casework.scope_fields import by_rank, dictionary_in_force, named
from api.web.frame.acting import Form, Refusal, act, attempt, new_key, sent_on, text, ticked, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import framed
from api.web.frame.lists import list_page
from api.web.frame.reading import read
from api.web.frame.receipt import Filing, filings, may_stamp, stamp
from api.web.frame.rendering import render
from api.web.frame.rooms import asked_for_more, filled, grown, room
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.reference import Dictionary
from ledger.log.clock import today
from projections.views.basis import Basis

router = APIRouter(include_in_schema=False)
FILED, REVISED = "AnnualPlanFiled", "AnnualPlanRevised"
COUNTS = ("sessions", "candidates", "certificates")
ROWS = 8
"""Sessions that the form has room for at first."""


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
    stamps: Sequence[Filing]
    """When it came in, and each revision."""
    may_revise: bool
    """Whether the reader may replace it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForm:
    """The form of a plan."""

    own: str | None
    """USCC of the reporter's own enterprise; None: the code is typed."""
    revises: str | None
    """Address of the plan that is revised; None: a new one is filed."""
    filed: Sequence[Row]
    """Plans that are on file already, by year."""
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
    return list_page(request, house, actor, "plans", may=(FILED,), newest="-filed_on")


@router.get("/plans/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show an empty form, for the first year that has no plan yet."""
    own = decide(actor, Action.RECORD, FILED).rows.uscc
    asked = {name: value for name, value in request.query_params.items() if value}
    filed = {plan["year"] for plan in _filed(house, actor, own or asked.get("uscc", ""))}
    year = next(year for year in count(today().year) if year not in filed)
    return _form(request, house, actor, {"year": str(year), **asked}, {}, None)


@router.get("/plans/{uscc}/{year}")
def plan(request: Request, house: Installed, actor: Caller, uscc: str, year: str) -> Response:
    """Show one plan."""
    question, reading = read(request, AsOf)
    answer_basis, item = ask_one(house, actor, "plans", question.asked(), f"{uscc}/{year}")
    names = names_at(house, answer_basis, [uscc])
    frame = framed(
        request, house, actor, answer_basis, subject=uscc, twin=f"/v1/plans/{uscc}/{year}"
    )
    beside = beside_ledger(house, Basis(answer_basis.day, answer_basis.position), item)
    page = PlanPage(
        item=item,
        beside=beside,
        differs=[each for each in beside.summary if each.said != each.ledger],
        name=names.get(uscc, uscc),
        stamps=filings(house, item["because"]),
        may_revise=frame.now and actor.role in MAY[REVISED],
    )
    return render(frame, "plan.html", page, reading.status)


@router.get("/plans/{uscc}/{year}/revision")
def revision(request: Request, house: Installed, actor: Caller, uscc: str, year: str) -> Response:
    """Show the form with what is on file."""
    decide(actor, Action.RECORD, REVISED)
    item = _on_file(house, actor, uscc, year)
    values = {"uscc": uscc, "year": year, "rooms.sessions": str(len(item["sessions"]) + 2)} | {
        f"summary.{name}": str(item["summary"][name]) for name in COUNTS
    }
    ticked: dict[str, frozenset[str]] = {}
    for n, session in enumerate(item["sessions"]):
        occupation = session["occupation"]
        values[f"sessions.{n}.occupation"] = occupation["name"]
        values[f"sessions.{n}.was"] = _SEPARATOR.join(
            (occupation["edition"], occupation["code"], occupation["name"])
        )
        values[f"sessions.{n}.trade"] = session["occupation"]["trade"] or ""
        values[f"sessions.{n}.planned_on"] = session["planned_on"]
        values[f"sessions.{n}.headcount"] = str(session["headcount"])
        ticked[f"sessions.{n}.levels"] = frozenset(session["levels"])
    return _form(request, house, actor, values, ticked, None, f"/plans/{uscc}/{year}")


def _on_file(house: Installation, actor: Actor, uscc: str, year: str) -> Row:
    return ask_one(house, actor, "plans", Asked(), f"{uscc}/{year}")[1]


@router.post("/plans/new")
def file(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """File a new plan; what is on file stays as it is."""
    uscc, year = _uscc(actor, form), text(form, "year") or ""
    return _record(request, house, actor, form, FILED, uscc, year, None)


@router.post("/plans/{uscc}/{year}/revision")
def revise(  # noqa: PLR0913, PLR0917 - one argument a parameter
    request: Request, house: Installed, actor: Caller, uscc: str, year: str, form: Form
) -> Response:
    """Record the plan as it is revised, and why."""
    decide(actor, Action.RECORD, REVISED)
    _on_file(house, actor, uscc, year)
    return _record(request, house, actor, form, REVISED, uscc, year, f"/plans/{uscc}/{year}")


def _record(  # noqa: PLR0913, PLR0917 - one argument a part of the act
    request: Request,
    house: Installation,
    actor: Actor,
    form: FormData,
    name: str,
    uscc: str,
    year: str,
    revises: str | None,
) -> Response:
    if asked_for_more(form) is not None:
        values = grown(typed(form), "sessions", ROWS)
        return _form(request, house, actor, values, ticked(form), None, revises)

    def work() -> int | None:
        body = _body(house, form, uscc, year) | stamp(form, actor)
        if revises is not None:
            body["reason"] = _reason(form)
            _require_change(_on_file(house, actor, uscc, year), body)
        return act(house, actor, form, name, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        return _form(request, house, actor, typed(form), ticked(form), done, revises)
    return sent_on(f"/plans/{uscc}/{year}", done)


def _reason(form: FormData) -> str:
    reason = text(form, "reason")
    if reason is None:
        raise invalid("reason", "请写明修订的理由", "say why the plan is revised")
    return reason


def _require_change(item: Row, body: Mapping[str, Any]) -> None:
    """Refuse a revision that revises nothing: it would look as if something had been done."""
    if all(body[part] == item[part] for part in ("summary", "sessions")):
        raise invalid(
            "sessions", "与已报备的计划相同，没有修订", "the plan is as it was: nothing is revised"
        )


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
    sessions: list[dict[str, Any]] = []
    for field in filled(form, "sessions", "occupation"):
        said = text(form, f"{field}.occupation") or ""
        edition, code, name = _occupation(form, field, said, dictionary)
        sessions.append(
            {
                "occupation": {
                    "edition": edition,
                    "code": code,
                    "name": name,
                    "trade": text(form, f"{field}.trade"),
                },
                "levels": by_rank(map(str, form.getlist(f"{field}.levels"))),
                "planned_on": text(form, f"{field}.planned_on"),
                "headcount": _number(text(form, f"{field}.headcount") or ""),
            }
        )
    return sessions


_SEPARATOR = "\x1f"


def _occupation(
    form: FormData, field: str, said: str, dictionary: Dictionary
) -> tuple[str, str, str]:
    """Return edition, code and name; a line that was not touched keeps the edition that it has."""
    was = (text(form, f"{field}.was") or "").split(_SEPARATOR)
    if len(was) == 3 and said in was[1:]:
        return was[0], was[1], was[2]
    code, name = named(said, dictionary, f"{field}.occupation")
    return dictionary.edition, code, name


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
    revises: str | None = None,
) -> Response:
    own = decide(actor, Action.RECORD, FILED).rows.uscc
    if revises is not None:
        _, _, uscc, year = revises.split("/")
        values = {**values, "uscc": uscc, "year": year}
    frame = framed(request, house, actor)
    page = PlanForm(
        own=own,
        revises=revises,
        filed=() if revises else _filed(house, actor, own or values.get("uscc", "")),
        may_stamp=may_stamp(actor),
        levels=choices(frame.language, "level"),
        room=room(values, "sessions", ROWS),
        counts=COUNTS,
        values=values,
        ticked=ticked,
        key=new_key(),
        refusal=refusal,
    )
    return render(frame, "plan_form.html", page, refusal.status if refusal else 200)


def _filed(house: Installation, actor: Actor, uscc: str) -> list[Row]:
    """Return the plans of an enterprise that are on file, the latest year first."""
    if not uscc:
        return []
    question = PlansQuestion.model_validate({"uscc": uscc, "limit": 100})
    plans = ask(house, actor, VIEWS["plans"], question).page.items
    return sorted(plans, key=lambda plan: plan["year"], reverse=True)
