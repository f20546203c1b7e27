"""`/flags` 疑点: what waits for a supervisor, and many of them reviewed at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions.lists import VIEWS
from api.questions.problems import Fault
from api.questions.queries import Found, ask
from api.questions.questions import AsOf, FlagsQuestion
from api.web.frame.acting import Form, Refusal, act, attempt, new_key, text, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.clocks import RULES
from api.web.frame.frame import FILES, address, framed
from api.web.frame.lists import ROWS, Shown, arranged, asked_columns, at_most, shown
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.words.case_words import case_in_short
from api.words.language import Words
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.vocabulary import ReviewDecision
from ledger.log.clock import today
from projections.items.flags import FlagItem
from projections.views.arrivals import recorded_on

router = APIRouter(include_in_schema=False)
NARROWING = frozenset(FlagsQuestion.model_fields) - {
    *AsOf.model_fields,
    "cursor",
    "limit",
    "sort",
    "columns",
} | {"from"}
"""Parameters that say which flags: with none of them the queue shows what nobody has reviewed."""
OFFERS = {"verdict": "verdict", "review": "review", "case": "case"}
DECISIONS = (ReviewDecision.UPHELD, ReviewDecision.DISMISSED)
"""What can be decided of many at once; a finding is raised for each by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagsPage:
    """The queue, a page of it."""

    list: Shown
    """Flags as `GET /v1/flags` gives them."""
    checks: Choices
    """Every check by code."""
    then_and_now: Mapping[str, Words]
    """Flag → what it was then and is now, in short."""
    days: Mapping[str, int]
    """Flag → days since it became known, up to the day shown."""
    may_review: bool
    """Whether the reader reviews flags."""
    decisions: Choices
    """What can be decided of many at once."""
    ticked: frozenset[str]
    """Flags whose boxes are ticked."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why the form that was sent was not carried out."""
    values: Mapping[str, str]
    """What was typed into it."""


class Reviewed(NamedTuple):
    """What came of one flag of a form."""

    flag: str
    refusal: Refusal | None
    """Why it was not reviewed; None: it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedPage:
    """What came of a form that reviewed many flags: each by itself."""

    decision: str
    """What was decided."""
    reason: str
    """The one reason for all."""
    back: str
    """Address of the queue that the flags were ticked in."""
    results: Sequence[Reviewed]
    """Flag by flag, in the order of the list."""
    done: int
    """How many were reviewed."""
    position: int | None
    """The last entry that was recorded."""


@router.get("/flags")
def flags(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the queue."""
    return _queue(request, house, actor, None, None)


@router.post("/flags")
def review(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Review every ticked flag, each by a command of its own, and say what came of each."""
    wanted = [str(key) for key in form.getlist("flag")][:ROWS]
    decision, reason = text(form, "decision"), text(form, "reason")
    if not wanted or reason is None or decision not in {each.value for each in DECISIONS}:
        return _queue(request, house, actor, form, _incomplete(wanted, decision, reason))
    last: int | None = None
    results: list[Reviewed] = []
    for key in wanted:
        done = attempt(partial(_reviewed, house, actor, form, key, decision, reason))
        results.append(Reviewed(key, done if isinstance(done, Refusal) else None))
        last = done if isinstance(done, int) else last
    frame = framed(request, house, actor)
    page = ReviewedPage(
        decision=decision,
        reason=reason,
        back=address("/flags", {**_kept(request), "min_position": last}),
        results=results,
        done=sum(each.refusal is None for each in results),
        position=last,
    )
    return render(frame, "flags_reviewed.html", page)


def _kept(request: Request) -> dict[str, str]:
    """Return the filters of the queue; the place in it is new, now that some are done."""
    return {
        n: v for n, v in request.query_params.items() if n not in {"cursor", "min_position", *RULES}
    }


def _reviewed(  # noqa: PLR0913, PLR0917 - one argument a part of the command
    house: Installation, actor: Actor, form: FormData, key: str, decision: str, reason: str
) -> int | None:
    body = {
        "flag": key,
        "decision": decision,
        "reason": reason,
        "valid_from": today().isoformat(),
    }
    return act(house, actor, form, "FlagReviewed", body, f"/{key}")


def _incomplete(wanted: Sequence[str], decision: str | None, reason: str | None) -> Refusal:
    """Return what the form lacks: without it none of the flags could be reviewed."""
    faults: list[Fault] = []
    if not wanted:
        faults.append(Fault("flag", "至少勾选一条 / tick at least one"))
    if decision is None:
        faults.append(Fault("decision", "请选择结论 / choose an outcome"))
    if reason is None:
        faults.append(Fault("reason", "必须写明理由 / a reason must be given"))
    return Refusal("一条也没有复核。", "None of the flags was reviewed.", tuple(faults), 422)


def _queue(
    request: Request,
    house: Installation,
    actor: Actor,
    form: FormData | None,
    refusal: Refusal | None,
) -> Response:
    moved = asked_columns(request) if form is None else None
    if moved is not None:
        return moved
    question, reading = read(request, FlagsQuestion, "select")
    beside = {} if NARROWING & set(request.query_params) else {"review": "none"}
    answer = ask(house, actor, VIEWS["flags"], at_most(question.model_copy(update=beside)))
    reading, columns = arranged(reading, question, answer, FlagItem, VIEWS["flags"].sorted)
    frame = framed(
        request,
        house,
        actor,
        answer.answer_basis,
        twin="/v1/flags",
        beside=beside,
        formats=FILES,
    )
    # Ticking all is of this moment: no link of the page repeats it.
    frame = replace(frame, query={n: v for n, v in frame.query.items() if n != "select"})
    items = answer.page.items
    ticked = [] if form is None else form.getlist("flag")
    if request.query_params.get("select") == "all":
        ticked = [item["key"] for item in items]
    queue = shown(frame, house, reading, answer, offers=OFFERS, whose="subject", arranged=columns)
    page = FlagsPage(
        list=replace(queue, asked={**queue.asked, **beside}),
        checks=[(code, f"{code} {name}") for code, name in choices(frame.language, "check")],
        then_and_now={item["key"]: case_in_short(item) for item in items},
        days=_days(house, answer),
        may_review=actor.role in MAY["FlagReviewed"],
        decisions=choices(frame.language, "review", DECISIONS),
        ticked=frozenset(map(str, ticked)),
        key=new_key(),
        refusal=refusal,
        values={} if form is None else typed(form),
    )
    return render(frame, "flags.html", page, refusal.status if refusal else reading.status)


def _days(house: Installation, answer: Found) -> dict[str, int]:
    """Return for each flag the days since it became known, up to the day shown; none of history."""
    items = answer.page.items
    with house.reading() as connection:
        learnt = recorded_on(connection, [item["known_from"] for item in items])
    day = answer.answer_basis.day
    return {
        # What time brings is known no sooner than it came.
        item["key"]: max(
            0, (day - max(learnt[item["known_from"]], date.fromisoformat(item["valid_at"]))).days
        )
        for item in items
        if item["known_from"] in learnt
    }
