"""What a supervisor made of a flag, and what the enterprise says to it: stream `flag/{key}` (四)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from domain.entry import ENTRY
from domain.finding.finding import FINDING, Finding
from domain.judged import judged_record
from domain.terms.decider import Command, FactKey, FactKind, Facts, Judgement, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.evidence import Evidence, evidence_tags
from domain.terms.guards import (
    belongs,
    existing,
    not_before,
    not_in_the_future,
    reason_given,
)
from domain.terms.identifiers import flag_parts
from domain.terms.reference import Reference
from domain.terms.vocabulary import ReviewDecision, ReviewLapse, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagReviewed:
    """A supervisor upheld or dismissed a flag, or made it a finding. The reason is the entry's."""

    flag: str
    decision: ReviewDecision
    finding_id: str | None = None
    outcome: str | None = None
    """The outcome that it is about, as the flag names it; left out: the one in force at its position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagAnswered:
    """陈述申辩: the enterprise says something to a flag. It changes no verdict."""

    flag: str
    statement: str
    evidence: tuple[Evidence, ...]


Event: TypeAlias = FlagReviewed | FlagAnswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review and its entry. It belongs to one outcome; None: to nothing that was ever raised."""

    decision: ReviewDecision
    position: int
    by: str
    reason: str
    finding_id: str | None
    outcome: str | None = None
    reviewed_on: date = date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the enterprise said, and its entry."""

    position: int
    said_on: date
    statement: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Everything that was said to a flag, in order of position."""

    reviews: tuple[Review, ...] = ()
    answers: tuple[Answer, ...] = ()

    def days(self) -> frozenset[date]:
        """Return the days from which on something more was said."""
        return frozenset(
            (*(r.reviewed_on for r in self.reviews), *(a.said_on for a in self.answers))
        )

    def by(self, day: date) -> "Said":
        """Return what had been said by a day: nobody had reviewed a flag before they did."""
        if not self.reviews and not self.answers:
            return self
        return Said(
            reviews=tuple(review for review in self.reviews if review.reviewed_on <= day),
            answers=tuple(answer for answer in self.answers if answer.said_on <= day),
        )


State: TypeAlias = Said
initial: State = Said()


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse what is about no flag, a conversion into nothing, an answer without words."""
    if flag_parts(event.flag) is None:
        raise _unknown(event.flag)
    match event:
        case FlagReviewed():
            if event.decision is ReviewDecision.CONVERTED and not event.finding_id:
                raise Refused(
                    "unknown-finding",
                    "转为问题时须给出已登记的问题编号",
                    "a converted flag names a finding that exists (finding_id)",
                    "finding_id",
                )
        case FlagAnswered():
            if not event.statement.strip():
                raise Refused(
                    "statement-missing",
                    "必须写明陈述内容",
                    "a statement must be given",
                    "statement",
                )


def _unknown(key: str) -> Refused:
    return Refused(
        "unknown-flag", f"疑点 {key[:40]} 不存在", f"flag {key[:40]} does not exist", "flag"
    )


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return what was said to the flag after `entry`; the review of an entry is there once."""
    event: Event = entry.event
    match event:
        case FlagReviewed():
            others = (r for r in state.reviews if r.position != entry.position)
            reviews = sorted((*others, review_in(entry)), key=lambda review: review.position)
            return replace(state, reviews=tuple(reviews))
        case FlagAnswered():
            kept = (a for a in state.answers if a.position != entry.position)
            answers = sorted((*kept, answer_in(entry)), key=lambda answer: answer.position)
            return replace(state, answers=tuple(answers))


def review_in(entry: Recorded[FlagReviewed]) -> Review:
    """Return what the entry says."""
    event = entry.event
    return Review(
        decision=event.decision,
        position=entry.position,
        by=entry.actor.account,
        reason=entry.reason or "",
        finding_id=event.finding_id,
        outcome=event.outcome,
        reviewed_on=entry.valid_from,
    )


def answer_in(entry: Recorded[FlagAnswered]) -> Answer:
    """Return what the entry says."""
    event = entry.event
    return Answer(
        position=entry.position,
        said_on=entry.valid_from,
        statement=event.statement,
        evidence=event.evidence,
    )


class Lapse(NamedTuple):
    """Why a review does not hold any more, and the entry that ended it, where one did."""

    why: ReviewLapse
    position: int | None = None


class Shown(NamedTuple):
    """The review that a flag shows, and why it does not hold where it does not."""

    review: Review | None
    lapse: Lapse | None = None

    @property
    def stale(self) -> bool:
        """Whether it holds no more: the flag waits again."""
        return self.lapse is not None

    @property
    def holding(self) -> Review | None:
        """The review where it is about the present outcome, and its finding stands."""
        return None if self.stale else self.review


def shown(said: Said, verdict: Verdict, outcome: str, findings: Mapping[str, Finding]) -> Shown:
    """Return the last review of the outcome in force, else the last one of another: it is stale.

    What is clear by now is no outcome that anybody can have reviewed. A flag that was made a finding
    is settled by what becomes of the finding.
    """
    if verdict is not Verdict.CLEAR:
        reviews = [review for review in said.reviews if review.outcome == outcome]
        if reviews:
            return Shown(reviews[-1], _fallen_with(reviews[-1], findings))
    if said.reviews:
        return Shown(said.reviews[-1], Lapse(ReviewLapse.OUTCOME_CHANGED))
    return Shown(None)


def _fallen_with(review: Review, findings: Mapping[str, Finding]) -> Lapse | None:
    """Return how the finding that the flag was made ended as if there had been nothing.

    Otherwise whoever makes a flag a finding and withdraws that has taken it out of the queue alone.
    """
    finding = findings.get(review.finding_id or "")
    if review.decision is not ReviewDecision.CONVERTED or finding is None:
        return None
    if finding.ended == "withdrawn":
        return Lapse(ReviewLapse.FINDING_WITHDRAWN, finding.ended_position)
    if finding.ended == "closed" and not finding.had_consequence:
        return Lapse(ReviewLapse.FINDING_WITHOUT_CONSEQUENCE, finding.ended_position)
    return None


FLAG: FactKind[State] = FactKind("flag", initial, evolve)
FACTS = MappingProxyType({"flag": FLAG})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """What was said to it so far, the judged record, and the finding that it became."""
    body = command.body
    yield FLAG.key(body.flag)
    parts = flag_parts(body.flag)
    if parts is not None:
        yield ENTRY.key(str(parts[1]))
    if isinstance(body, FlagReviewed) and body.finding_id is not None:
        yield FINDING.key(body.finding_id)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the review or the answer; none if the same is recorded already."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    not_in_the_future(command)
    record = judged_record(facts, body.flag)
    if record is None:
        raise _unknown(body.flag)
    judgement = facts.judged.flag(record, body.flag, command.today)
    if judgement is None:
        raise Refused(
            "never-raised",
            f"疑点 {body.flag} 从未产生",
            f"flag {body.flag} was never raised; there is nothing to say to it",
            "flag",
        )
    said = facts[FLAG.key(body.flag)]
    event: Event
    named: tuple[Evidence, ...] = ()
    if isinstance(body, FlagReviewed):
        event = _reviewed(facts, command, body, record, judgement)
        known = _is_reviewed_so(said, command, event)
    else:
        event, named = body, body.evidence
        known = any((a.statement, a.evidence) == (body.statement, named) for a in said.answers)
    if known:
        return []
    tags = (
        f"flag:{body.flag}",
        *evidence_tags(file.sha256 for file in named),
    )
    day = command.valid_from
    return [New(f"flag/{body.flag}", event, record.subject, record.district, tags, day)]


def _reviewed(
    facts: Facts,
    command: Command[Event],
    body: FlagReviewed,
    record: Recorded[Any],
    judgement: Judgement,
) -> FlagReviewed:
    """Return the review with the outcome that it is about."""
    reason_given(command)
    _require_after(record, command.valid_from)
    if command.valid_from != command.today:
        _require_raised(facts, record, body.flag, command.valid_from)
    if body.decision is ReviewDecision.CONVERTED:
        finding = _known(facts[FINDING.key(body.finding_id or "")])
        _require_of(finding, record.subject or "", command.valid_from)
    if body.outcome is None:
        return replace(body, outcome=judgement.outcome)
    if body.outcome != judgement.outcome and not facts.judged.was_ever(
        record, body.flag, body.outcome, command.today
    ):
        raise Refused(
            "unknown-outcome",
            f"疑点 {body.flag} 从未有过这一判断；不写明判断即针对现有判断",
            f"flag {body.flag} never had that outcome; without one the review is about the present one",
            "outcome",
        )
    return body


def founded(facts: Facts, right: Recorded[Any]) -> None:
    """Refuse a correction that turns a review to another outcome, or into no finding of the enterprise."""
    event: Event = right.event
    if not isinstance(event, FlagReviewed):
        return
    recorded = facts[ENTRY.key(str(right.position))]
    record = judged_record(facts, event.flag)
    moved = recorded is not None and recorded.valid_from != right.valid_from
    if record is not None and moved:
        _require_after(record, right.valid_from)
        _require_raised(facts, record, event.flag, right.valid_from)
    if recorded is not None and recorded.event.outcome != event.outcome:
        raise Refused(
            "outcome-stays",
            "复核针对哪一判断不能更正，请另行复核",
            "which outcome a review is about cannot be corrected; review the flag again",
            "outcome",
        )
    if event.decision is ReviewDecision.CONVERTED:
        finding = facts[FINDING.key(event.finding_id or "")]
        _require_of(_known(finding), right.subject or "", right.valid_from)


def _require_after(record: Recorded[Any], day: date) -> None:
    """Refuse to have reviewed what had not happened yet."""
    not_before(day, record.valid_from, "复核早于所涉及的记录", "reviewed before the record itself")


def _require_raised(facts: Facts, record: Recorded[Any], flag: str, day: date) -> None:
    """Refuse to have reviewed what began later than its record: a deadline that passed, a certificate too many."""
    if facts.judged.flag(record, flag, day) is None:
        raise Refused(
            "before-its-ground",
            f"复核早于疑点 {flag} 产生：{day} 尚无此疑点",
            f"reviewed before flag {flag} began: on {day} there was none",
            "valid_from",
        )


def _known(finding: Finding | None) -> Finding:
    return existing(
        finding,
        "unknown-finding",
        "转为问题时须给出已登记的问题编号",
        "a converted flag names a finding that exists (finding_id)",
        "finding_id",
    )


def _require_of(finding: Finding, uscc: str, day: date) -> None:
    """Refuse to make a flag a finding of another enterprise, of a later day, or one that has ended."""
    named = finding.raised.finding_id
    belongs(finding.raised.uscc, uscc, f"问题 {named}", f"finding {named}", "finding_id")
    if finding.ended == "withdrawn":
        raise Refused(
            "finding-withdrawn",
            f"问题 {named} 已撤回，不能再转入",
            f"finding {named} was withdrawn; a flag cannot be made part of it",
            "finding_id",
        )
    not_before(day, finding.raised_on, "转入早于提出问题之日", "before the finding was raised")
    if finding.ended_on is not None and finding.ended_on <= day:
        raise Refused(
            "finding-ended",
            f"问题 {named} 已于 {finding.ended_on} 销号，不能再转入",
            f"finding {named} was closed on {finding.ended_on}; no flag can be made part of it",
            "finding_id",
        )


def _is_reviewed_so(said: Said, command: Command[Event], event: FlagReviewed) -> bool:
    """Whether the last review of this outcome says the same."""
    latest = [review for review in said.reviews if review.outcome == event.outcome][-1:]
    same = (event.decision, event.finding_id, command.reason or "")
    return any((review.decision, review.finding_id, review.reason) == same for review in latest)
