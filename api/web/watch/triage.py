"""`/flags/triage` 逐条办理: the queue beside the flag, what differs marked, and one key for each verdict.

What is marked as differing is what the flags of the same record say; no rule is judged here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.access import assignments, saved_questions
from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions import enterprises, flag_explained
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.policy import Action, decide
from api.questions.problems import Fault, Problem
from api.questions.queries import ask
from api.questions.questions import FindingsQuestion, FlagsQuestion
from api.web.casework.offered_subject import one_in_lists
from api.web.casework.people import Person, picked, reviewers
from api.web.frame.acting import Form, Refusal, Requested, act, attempt, new_key, text, typed
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import address, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.web.watch.flag import fresh_finding, raise_finding
from api.words.case_words import case_in_a_sentence
from api.words.language import Words
from domain.checks import CHECKS
from domain.terms.envelope import Actor
from domain.terms.identifiers import flag_parts
from domain.terms.vocabulary import Aspect, ReviewDecision
from ledger.log.clock import now, today

router = APIRouter(include_in_schema=False)
EVENT = "FlagReviewed"
MOST = 300
"""Flags of the queue that are shown; the next come as these are done."""
OWN = ("flag", "group", "done", "said", "assigned")
"""Parameters of the page that are no filter."""
EARLIER = 12
"""Earlier flags and findings of the enterprise that are shown."""
SHOWN = (
    Aspect.OCCUPATION,
    Aspect.LEVEL,
    Aspect.PLACE,
    Aspect.STANDING,
    Aspect.METHOD,
    Aspect.UNIT,
    Aspect.CANDIDATES,
    Aspect.STAFF,
    Aspect.PLAN,
)
"""Items of the comparison; certificates stand beside their sessions elsewhere."""
SEEN_AT: Mapping[Aspect, Aspect] = MappingProxyType({Aspect.VISIT: Aspect.PLACE})
"""What has no item of its own → the item with which it stands."""


class View(NamedTuple):
    """A queue under a name, which the reader has saved: what it is called, and how it is narrowed."""

    name: str
    filters: Mapping[str, str]
    here: bool
    """Whether it is the one that is shown."""


class FlagGroup(NamedTuple):
    """Flags of one enterprise or session."""

    name: str
    note: str
    items: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriagePage:
    """The queue, the flag that is open, and the forms."""

    groups: Sequence[FlagGroup]
    """The queue, grouped."""
    by: str
    """`enterprise` or `session`."""
    number: int
    """Place of the open flag in the queue, from 1; 0: it is not in it."""
    all: int
    """How many the queue holds."""
    more: bool
    """Whether it holds more than are shown."""
    before: str | None
    """Key of the flag before."""
    after: str | None
    """Key of the flag behind."""
    flag: Mapping[str, Any] | None
    """The open flag, explained; None: the queue is empty."""
    meaning: Words | None
    """What then and now mean together."""
    name: str
    """Name of its enterprise."""
    session: Mapping[str, Any] | None
    """The session that it is about."""
    then: Mapping[str, Any] | None
    """Its enterprise as it stood on that day."""
    aspects: Sequence[Aspect]
    """Items of the comparison: what the flags speak of comes first."""
    flags_by_item: Mapping[Aspect, Sequence[Mapping[str, Any]]]
    """Item → the flags of the record that speak of it: it differs, or cannot be told."""
    earlier: Sequence[Row]
    """Other flags of the enterprise, the latest first."""
    findings: Sequence[Row]
    """Its findings."""
    filters: Mapping[str, str]
    """Filters of the queue, kept from flag to flag."""
    done: str | None
    """The flag that was handled last."""
    said: str | None
    """What was decided of it."""
    assigned: Mapping[str, str]
    """Flag of the queue → the account of who has it."""
    whose: str | None
    """`mine` or `nobody`: those alone are in the queue; None: all."""
    people: Sequence[Person]
    """Who may be given a flag."""
    views: Sequence[View]
    """Questions about flags that the reader has saved."""
    faults: tuple[Fault, ...]
    """What could not be understood of the address."""
    key: str
    """Key of the form."""
    values: Mapping[str, str]
    """What was typed."""
    refusal: Refusal | None
    """Why nothing was recorded."""


@router.get("/flags/triage")
def triage(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the queue with one flag open: the one asked for, or the first."""
    return _page(request, house, actor, None, None)


@router.post("/flags/triage")
def handle(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Uphold, dismiss or convert the open flag, and go on to the next."""
    key, decision = text(form, "flag") or "", text(form, "decision") or ""
    reason = text(form, "reason")
    done = attempt(lambda: _decide(house, actor, form, key, decision, reason))
    if isinstance(done, Refusal):
        return _page(request, house, actor, form, done)
    kept = {n: v for n, v in request.query_params.items() if n not in {*OWN, "min_position"}}
    own = ("group", "assigned")
    group = {n: v for n, v in request.query_params.items() if n in own}
    following = text(form, "after") if text(form, "next") == "yes" else key
    said = "requested" if isinstance(done, Requested) else decision
    where = address(
        "/flags/triage",
        {**kept, **group, "flag": following, "done": key, "said": said, "min_position": done},
    )
    return Response(status_code=303, headers={"Location": where})


@router.post("/flags/triage/assignment")
def hand_over(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Give the open flag, or all of its group, to somebody, or to nobody; and show it again."""
    decide(actor, Action.RECORD, EVENT)
    key, account = text(form, "given") or "", text(form, "account")
    if account is not None:
        picked(reviewers(house), account, "account")
    # The flags are named by who gives them: what has come to the queue since is not among them.
    flags = [key, *form.getlist("others")] if text(form, "whole") == "yes" else [key]
    named = [each for each in flags if isinstance(each, str) and flag_parts(each) is not None]
    with house.pool.connection() as connection:
        if account is None:
            assignments.release(connection, named)
        else:
            assignments.assign(connection, named, account, actor.account, now())
    kept = {n: v for n, v in request.query_params.items() if n not in {"done", "said"}}
    where = address("/flags/triage", {**kept, "flag": key})
    return Response(status_code=303, headers={"Location": where})


def _decide(  # noqa: PLR0913, PLR0917 - one argument a part of the act
    house: Installation,
    actor: Actor,
    form: FormData,
    key: str,
    decision: str,
    reason: str | None,
) -> int | None:
    if reason is None:
        raise Problem(
            "invalid",
            "必须写明理由",
            "a reason must be given",
            errors=[Fault("reason", "必须写明理由 / a reason must be given")],
        )
    body: dict[str, Any] = {
        "flag": key,
        "decision": decision,
        "reason": reason,
        "valid_from": today().isoformat(),
    }
    if decision == ReviewDecision.CONVERTED.value:
        item = flag_explained.explained(house, actor, key, Asked())[1]
        finding = fresh_finding(item, english=False)
        raise_finding(house, actor, form, key, {**finding, "reason": reason})
        body["finding_id"] = finding["finding_id"]
    return act(house, actor, form, EVENT, body)


def _page(
    request: Request,
    house: Installation,
    actor: Actor,
    form: FormData | None,
    refusal: Refusal | None,
) -> Response:
    decide(actor, Action.RECORD, EVENT)
    question, reading = read(request, FlagsQuestion, *OWN)
    narrowed = question.model_copy(
        update={"review": question.review or "none", "limit": MOST, "cursor": None}
    )
    answer = ask(house, actor, VIEWS["flags"], narrowed)
    names = names_at(house, answer.answer_basis, {item["subject"] for item in answer.page.items})
    asked = request.query_params
    by = "session" if asked.get("group") == "session" else "enterprise"
    assigned = _assigned(house, answer.page.items)
    whose = asked.get("assigned") if asked.get("assigned") in {"mine", "nobody"} else None
    mine = {"mine": actor.account, "nobody": None}
    items = [
        item
        for item in answer.page.items
        if whose is None or assigned.get(item["key"]) == mine[whose]
    ]
    groups = _grouped(items, names, by)
    queue = [item["key"] for group in groups for item in group.items]
    wanted = text(form, "flag") if form is not None else asked.get("flag")
    key = wanted or (queue[0] if queue else None)
    at = queue.index(key) if key in queue else -1
    flag = flag_explained.explained(house, actor, key, Asked())[1] if key else None
    session = _session(house, actor, flag)
    speaking = _flags_by_item(flag)
    frame = framed(request, house, actor)
    page = TriagePage(
        groups=groups,
        by=by,
        number=at + 1,
        all=len(queue),
        more=answer.page.next is not None,
        before=queue[at - 1] if at > 0 else None,
        after=queue[at + 1] if at + 1 < len(queue) else None,
        flag=flag,
        meaning=case_in_a_sentence(flag) if flag else None,
        name=(flag["name"] or flag["subject"]) if flag else "",
        session=session,
        then=_then(house, actor, session),
        aspects=sorted(SHOWN, key=lambda aspect: aspect not in speaking),
        flags_by_item=speaking,
        earlier=_earlier(house, actor, flag),
        findings=_findings(house, actor, flag),
        filters={n: v for n, v in asked.items() if v and n not in {*OWN, "min_position"}},
        assigned=assigned,
        whose=whose,
        people=reviewers(house),
        views=_views(house, actor, asked),
        done=asked.get("done"),
        said=asked.get("said"),
        faults=reading.faults,
        key=new_key(),
        values={} if form is None else typed(form),
        refusal=refusal,
    )
    return render(frame, "triage.html", page, refusal.status if refusal else reading.status)


def _assigned(house: Installation, items: Sequence[Row]) -> Mapping[str, str]:
    with house.pool.connection() as connection:
        return assignments.of(connection, [item["key"] for item in items])


def _views(house: Installation, actor: Actor, asked: Mapping[str, str]) -> Sequence[View]:
    """Return the saved questions that ask for flags: each is a queue under a name."""
    narrowed = {n: v for n, v in asked.items() if v and n not in {*OWN, "min_position"}}
    with house.pool.connection() as connection:
        kept = saved_questions.of(connection, actor.account)
    views: list[View] = []
    for saved in kept:
        path, _, query = saved.address.partition("?")
        if path == "/v1/flags":
            filters = dict(parse_qsl(query))
            views.append(View(saved.name, filters, filters == narrowed))
    return views


def _grouped(items: Sequence[Row], names: Mapping[str, str], by: str) -> list[FlagGroup]:
    """Return the flags under their enterprise or session, in order of first appearance."""
    groups: dict[str, list[Row]] = {}
    for item in items:
        subject = (
            item["subject"] if by == "enterprise" else item["assessment_id"] or item["subject"]
        )
        groups.setdefault(subject, []).append(item)
    return [
        FlagGroup(
            names.get(subject, subject) if by == "enterprise" else subject,
            subject if by == "enterprise" else names.get(some[0]["subject"], some[0]["subject"]),
            some,
        )
        for subject, some in groups.items()
    ]


def _session(
    house: Installation, actor: Actor, flag: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    if flag is None or not flag["assessment_id"]:
        return None
    return one_in_lists(house, actor, "assessments", flag["assessment_id"])


def _earlier(house: Installation, actor: Actor, flag: Mapping[str, Any] | None) -> Sequence[Row]:
    if flag is None:
        return ()
    question = FlagsQuestion.model_validate({"uscc": flag["subject"], "limit": 1000})
    earlier = ask(house, actor, VIEWS["flags"], question).page.items
    others = [one for one in earlier if one["key"] != flag["key"]]
    return sorted(others, key=lambda one: str(one["valid_at"]), reverse=True)[:EARLIER]


def _findings(house: Installation, actor: Actor, flag: Mapping[str, Any] | None) -> Sequence[Row]:
    if flag is None:
        return ()
    question = FindingsQuestion.model_validate({"uscc": flag["subject"], "limit": 1000})
    findings = ask(house, actor, VIEWS["findings"], question).page.items
    return sorted(findings, key=lambda one: str(one["raised_on"]), reverse=True)[:EARLIER]


def _then(
    house: Installation, actor: Actor, session: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Return the enterprise as it stood on the first day of the session; None where it is not known."""
    if session is None:
        return None
    day = date.fromisoformat(session["held_from"])
    try:
        return enterprises.one(house, actor, session["uscc"], Asked(valid_at=day))[1]
    except Problem as problem:
        if problem.code != "not-found":
            raise
        return None


def _flags_by_item(flag: Mapping[str, Any] | None) -> dict[Aspect, list[Mapping[str, Any]]]:
    """Return the flags of the record by the item of the comparison that they speak of."""
    by_item: dict[Aspect, list[Mapping[str, Any]]] = {}
    for one in (flag, *flag["same_record"]) if flag is not None else ():
        if one["verdict"] != "clear":
            about = CHECKS[one["code"]].about
            by_item.setdefault(SEEN_AT.get(about, about), []).append(one)
    return by_item
