"""`/flags/{key}` 疑点: one flag explained, and what a supervisor makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions import flag_explained
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.problems import Fault
from api.questions.queries import ask
from api.questions.questions import AsOf, FindingsQuestion
from api.web.frame.acting import Form, Refusal, act, attempt, new_key, sent_on, text, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.words.case_words import case_in_a_sentence
from api.words.language import Language, Words
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.vocabulary import ReviewDecision
from ledger.log.clock import today

router = APIRouter(include_in_schema=False)
DECISIONS = (ReviewDecision.UPHELD, ReviewDecision.DISMISSED)
FINDINGS = 20
"""Open findings that are offered to take the flag in."""
ENTRIES_TOLD = 50
"""Entries that the flag rests on and that are told one by one; of more there are the positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagPage:
    """One flag with everything that explains it."""

    flag: Mapping[str, Any]
    """As `GET /v1/flags/{key}/explanation` gives it."""
    entries: Sequence[Row]
    """The first entries that it rests on."""
    further: Sequence[int]
    """The positions of the others."""
    meaning: Words
    """What then and now mean together."""
    faults: tuple[Fault, ...]
    """What could not be understood of the address."""
    may_review: bool
    """Whether the reader reviews flags."""
    decisions: Choices
    """Uphold or dismiss."""
    severities: Choices
    """How heavy a finding is."""
    may_answer: bool
    """Whether the reader speaks for the enterprise."""
    may_decide: bool
    """Whether the reader decides on corrections that were asked for."""
    answers: Choices
    """Take or refuse a correction."""
    findings: Sequence[Row]
    """Open findings of the enterprise, which may take the flag in."""
    key: str
    """Key of the forms."""
    sent: str | None
    """Which form was sent and refused: `review`, `convert`, `answer` or `correction`."""
    refusal: Refusal | None
    """Why it was refused."""
    raised: str | None
    """The finding that was raised all the same, by the first half of a form whose second was refused."""
    values: Mapping[str, str]
    """What was typed, or what a form begins with."""


_NO_REASON = Refusal(
    "必须写明理由。",
    "A reason must be given.",
    (Fault("reason", "必须写明理由 / a reason must be given"),),
    422,
)


@router.get("/flags/{key}")
def flag(request: Request, house: Installed, actor: Caller, key: str) -> Response:
    """Show one flag."""
    return _page(request, house, actor, key)


@router.post("/flags/{key}/review")
def review(request: Request, house: Installed, actor: Caller, key: str, form: Form) -> Response:
    """Uphold or dismiss the flag."""
    body = {
        "flag": key,
        "decision": text(form, "decision"),
        "reason": text(form, "reason"),
        "valid_from": today().isoformat(),
    }
    done = attempt(lambda: act(house, actor, form, "FlagReviewed", body))
    if isinstance(done, Refusal):
        return _page(request, house, actor, key, _Sent("review", form, done))
    return sent_on(f"/flags/{key}", done)


@router.post("/flags/{key}/answer")
def answer(request: Request, house: Installed, actor: Caller, key: str, form: Form) -> Response:
    """Let the enterprise say something to the flag."""
    body: dict[str, Any] = {
        "flag": key,
        "statement": text(form, "statement"),
        "evidence": [],
        "valid_from": today().isoformat(),
    }
    done = attempt(lambda: act(house, actor, form, "FlagAnswered", body))
    if isinstance(done, Refusal):
        return _page(request, house, actor, key, _Sent("answer", form, done))
    return sent_on(f"/flags/{key}", done)


@router.post("/flags/{key}/correction")
def correction(request: Request, house: Installed, actor: Caller, key: str, form: Form) -> Response:
    """Take or refuse a correction of the judged record that the enterprise asked for."""
    position, taken = text(form, "position") or "", text(form, "taken")
    body = {
        "position": int(position) if position.isdecimal() and position.isascii() else None,
        "taken": {"yes": True, "no": False}.get(taken or ""),
        "reason": text(form, "reason"),
        "valid_from": today().isoformat(),
    }
    part = f"-{position}"
    done = attempt(lambda: act(house, actor, form, "CorrectionDecided", body, part))
    if isinstance(done, Refusal):
        return _page(request, house, actor, key, _Sent("correction", form, done))
    return sent_on(f"/flags/{key}", done)


@router.post("/flags/{key}/convert")
def convert(request: Request, house: Installed, actor: Caller, key: str, form: Form) -> Response:
    """Make the flag a finding: a new one, or one that is open already.

    A new finding and the review are two commands with keys of the one form: sent again, what was
    recorded stays, and what was not is tried again. If the second is refused, the page says that
    the first stands.
    """
    if text(form, "reason") is None:
        # Asked for before anything is recorded: the second half would be refused without it.
        return _page(request, house, actor, key, _Sent("convert", form, _NO_REASON))
    existing = text(form, "existing")
    finding_id = existing or text(form, "finding_id")
    if existing is None:
        wanted = {name: text(form, name) for name in ("kind", "severity", "statement", "reason")}
        raised = attempt(
            lambda: raise_finding(house, actor, form, key, {**wanted, "finding_id": finding_id})
        )
        if isinstance(raised, Refusal):
            return _page(request, house, actor, key, _Sent("convert", form, raised))
    body = {
        "flag": key,
        "decision": ReviewDecision.CONVERTED,
        "finding_id": finding_id,
        "reason": text(form, "reason"),
        "valid_from": today().isoformat(),
    }
    done = attempt(lambda: act(house, actor, form, "FlagReviewed", body))
    if isinstance(done, Refusal):
        half = finding_id if existing is None else None
        return _page(request, house, actor, key, _Sent("convert", form, done, half))
    return sent_on(f"/findings/{finding_id}", done)


def raise_finding(
    house: Installation, actor: Actor, form: FormData, key: str, wanted: Mapping[str, str | None]
) -> int | None:
    """Raise the finding that the flag becomes; what it concerns is taken from the flag itself.

    `wanted`: `finding_id, kind, severity, statement, reason`.
    """
    _, flag = flag_explained.flag(house, actor, key, Asked())
    body = {
        "finding_id": wanted["finding_id"],
        "uscc": flag["subject"],
        "kind": wanted["kind"],
        "severity": wanted["severity"],
        "rule": flag["rule"],
        "statement": wanted["statement"],
        "assessments": [flag["assessment_id"]] if flag["assessment_id"] else [],
        "certificates": [flag["certificate_no"]] if flag["certificate_no"] else [],
        "flags": [key],
        "valid_from": today().isoformat(),
        "reason": wanted["reason"],
    }
    return act(house, actor, form, "FindingRaised", body)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form that was refused: which, what was typed, why, and what of it stands all the same."""

    name: str
    form: FormData
    refusal: Refusal
    raised: str | None = None


def _page(
    request: Request, house: Installation, actor: Actor, key: str, sent: _Sent | None = None
) -> Response:
    question, reading = read(request, AsOf)
    answer_basis, item = flag_explained.explained(house, actor, key, question.asked())
    frame = framed(
        request,
        house,
        actor,
        answer_basis,
        subject=item["subject"],
        twin=f"/v1/flags/{key}/explanation",
    )
    may_review = actor.role in MAY["FlagReviewed"]
    values = (
        fresh_finding(item, english=frame.language == "en") if sent is None else typed(sent.form)
    )
    if sent is not None and sent.raised is not None:
        values["existing"] = sent.raised
    page = FlagPage(
        flag=item,
        entries=item["rests_on"][:ENTRIES_TOLD],
        further=[entry["position"] for entry in item["rests_on"][ENTRIES_TOLD:]],
        meaning=case_in_a_sentence(item),
        faults=reading.faults,
        may_review=may_review,
        decisions=choices(frame.language, "review", DECISIONS),
        severities=choices(frame.language, "severity"),
        may_answer=actor.role in MAY["FlagAnswered"] and actor.organisation == item["subject"],
        may_decide=actor.role in MAY["CorrectionDecided"],
        answers=[
            ("yes", Words("采纳", "take it").speak(frame.language)),
            ("no", Words("不采纳", "refuse it").speak(frame.language)),
        ],
        findings=_open_findings(house, actor, item["subject"]) if may_review else (),
        key=new_key(),
        sent=sent.name if sent else None,
        refusal=sent.refusal if sent else None,
        raised=sent.raised if sent else None,
        values=values,
    )
    return render(frame, "flag.html", page, sent.refusal.status if sent else reading.status)


def _open_findings(house: Installation, actor: Actor, uscc: str) -> Sequence[Row]:
    """Return the open findings of the enterprise as they are now: a form acts now."""
    question = FindingsQuestion.model_construct(uscc=uscc, open="yes", limit=FINDINGS)
    return ask(house, actor, VIEWS["findings"], question).page.items


def fresh_finding(flag: Mapping[str, Any], *, english: bool) -> dict[str, str]:
    """Return what the form of a finding begins with: what the flag says."""
    language: Language = "en" if english else "zh"
    return {
        "finding_id": f"fd-{today().year}-{flag['key']}",
        "kind": Words(flag["check"]["zh"], flag["check"]["en"]).speak(language),
        "severity": flag["severity"],
        "statement": Words(**flag["message"]).speak(language),
    }
