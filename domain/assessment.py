"""Sessions as they were held: stream `assessment/{id}` (二, 七(三)). Facts: recorded, then flagged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import (
    existing,
    existing_enterprise,
    must_be_uscc,
    not_in_the_future,
    not_negative,
)
from domain.terms.place import Place
from domain.terms.reference import Occupation, Reference
from domain.terms.vocabulary import CandidateCategory, Level, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Number of candidates by category (二(一)); `other` is nobody whom the clause names."""

    employee: int = 0
    dispatched: int = 0
    student: int = 0
    apprentice: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """All candidates."""
        return self.employee + self.dispatched + self.student + self.apprentice + self.other

    @property
    def categories(self) -> tuple[CandidateCategory, ...]:
        """The categories that had candidates."""
        return _with_candidates(
            self.employee > 0,
            self.dispatched > 0,
            self.student > 0,
            self.apprentice > 0,
            self.other > 0,
        )


@lru_cache(maxsize=32)
def _with_candidates(*present: bool) -> tuple[CandidateCategory, ...]:
    """Return the categories, in the order of the fields of `Candidates`, of which some were present."""
    categories = (CandidateCategory(category.name) for category in fields(Candidates))
    return tuple(c for c, some in zip(categories, present, strict=True) if some)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentHeld:
    """A session was held from `held_from` to `held_to`, both days included."""

    assessment_id: str
    uscc: str
    unit_uscc: str | None = None
    occupation: Occupation
    level: Level
    method: str
    """One of the methods, or what was done instead, in the reporter's words."""
    mode: Mode
    held_from: date
    held_to: date
    venue: Place | None = None
    venues: tuple[Place, ...] | None = None
    """Further places of the session (theory here, practice there)."""
    candidates: Candidates
    assessors: tuple[str, ...] | None = None
    """None: not reported."""
    quality_staff: tuple[str, ...] | None = None

    @property
    def places(self) -> tuple[Place | None, ...]:
        """Every place where it was held; None alone where no place was reported."""
        places = (*((self.venue,) if self.venue is not None else ()), *(self.venues or ()))
        return places or (None,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPublished:
    """The results of a session were made public before certificates are issued (公示) [C]."""

    assessment_id: str
    published_on: date
    until: date
    """The last day of the publication."""
    where: str


Event: TypeAlias = AssessmentHeld | ResultsPublished
State: TypeAlias = AssessmentHeld | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse what cannot be a session at all; one that breaks a rule is recorded and flagged."""
    match event:
        case AssessmentHeld():
            _require_possible(event)
        case ResultsPublished():
            if event.until < event.published_on:
                raise Refused(
                    "days-reversed",
                    f"公示截止日 {event.until} 早于公示日 {event.published_on}",
                    f"the publication ends ({event.until}) before it begins ({event.published_on})",
                    "until",
                )


def _require_possible(event: AssessmentHeld) -> None:
    must_be_uscc(event.uscc, "uscc")
    if event.unit_uscc is not None:
        must_be_uscc(event.unit_uscc, "unit_uscc")
    if event.held_to < event.held_from:
        raise Refused(
            "days-reversed",
            f"结束日 {event.held_to} 早于开始日 {event.held_from}",
            f"the session ends ({event.held_to}) before it begins ({event.held_from})",
            "held_to",
        )
    for category in fields(event.candidates):
        number: int = getattr(event.candidates, category.name)
        not_negative(number, f"candidates.{category.name}")


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the session as recorded."""
    event: Event = entry.event
    match event:
        case AssessmentHeld():
            return event
        case ResultsPublished():
            return state


ASSESSMENT: FactKind[State] = FactKind("assessment", initial, evolve)


Published: TypeAlias = tuple[ResultsPublished, ...]


def published_after(state: Published, entry: Recorded[Any]) -> Published:
    """Return what was made public of a session."""
    return (*state, entry.event)


RESULTS: FactKind[Published] = FactKind("results", (), published_after)
FACTS = MappingProxyType({"assessment": ASSESSMENT, "results": RESULTS})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The session by its id, and the enterprise where the command names it."""
    body = command.body
    if isinstance(body, ResultsPublished):
        return ASSESSMENT.key(body.assessment_id), RESULTS.key(body.assessment_id)
    return ASSESSMENT.key(body.assessment_id), ENTERPRISE.key(body.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the session as a fact; refuse only what cannot be one (§3)."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    if isinstance(body, ResultsPublished):
        return _publish(facts, command, body)
    not_in_the_future(command, body.held_to, "held_to")
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    known = facts[ASSESSMENT.key(body.assessment_id)]
    if known == body:
        raise Refused(
            "duplicate",
            f"认定活动 {body.assessment_id} 已有完全相同的记录",
            f"session {body.assessment_id} is recorded already, exactly so",
            "assessment_id",
        )
    if known is not None:
        raise Refused(
            "assessment-exists",
            f"认定活动编号 {body.assessment_id} 已用于另一条记录；如要改动请更正原记录",
            f"session id {body.assessment_id} stands for another record; use RecordCorrected to correct it",
            "assessment_id",
        )
    return [
        New(
            f"assessment/{body.assessment_id}",
            body,
            body.uscc,
            enterprise.district_on(body.held_from),
            (f"assessment:{body.assessment_id}",),
            body.held_from,
        )
    ]


def _publish(facts: Facts, command: Command[Event], body: ResultsPublished) -> Sequence[New]:
    session = existing(
        facts[ASSESSMENT.key(body.assessment_id)],
        "unknown-assessment",
        f"认定活动 {body.assessment_id} 未登记",
        f"session {body.assessment_id} is not recorded",
        "assessment_id",
    )
    not_in_the_future(command, body.published_on, "published_on")
    _require_after_session(session, body)
    if body in facts[RESULTS.key(body.assessment_id)]:
        return []
    enterprise = facts[ENTERPRISE.key(session.uscc)]
    district = enterprise.district_on(body.published_on) if enterprise else None
    tags = (f"results:{body.assessment_id}",)
    stream = f"assessment/{body.assessment_id}"
    return [New(stream, body, session.uscc, district, tags, body.published_on)]


def founded(facts: Facts, right: Recorded[Any]) -> None:
    """Refuse a correction after which results were made public before there were any."""
    event: Event = right.event
    if isinstance(event, ResultsPublished):
        session = facts[ASSESSMENT.key(event.assessment_id)]
        if session is not None:
            _require_after_session(session, event)


def _require_after_session(session: AssessmentHeld, body: ResultsPublished) -> None:
    if body.published_on < session.held_from:
        raise Refused(
            "published-before-session",
            f"公示日 {body.published_on} 早于认定活动开始日 {session.held_from}",
            f"results published ({body.published_on}) before the session ({session.held_from})",
            "published_on",
        )
