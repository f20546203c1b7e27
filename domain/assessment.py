"""Sessions as they were held: stream `assessment/{id}` (二, 七(三)). Facts: recorded, then flagged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import existing_enterprise, must_be_uscc, not_in_the_future, not_negative
from domain.terms.place import Place
from domain.terms.reference import Occupation
from domain.terms.vocabulary import Level, Mode


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
    candidates: Candidates
    assessors: tuple[str, ...]
    quality_staff: tuple[str, ...]


Event: TypeAlias = AssessmentHeld
State: TypeAlias = AssessmentHeld | None
initial: State = None


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the session as recorded."""
    event = entry.event
    return event if isinstance(event, AssessmentHeld) else state


ASSESSMENT: FactKind[State] = FactKind("assessment", initial, evolve)
FACTS = MappingProxyType({"assessment": ASSESSMENT})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The session by its id, and the enterprise."""
    return ASSESSMENT.key(command.body.assessment_id), ENTERPRISE.key(command.body.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the session as a fact; refuse only what cannot be one (§3)."""
    body = command.body
    must_be_uscc(body.uscc, "uscc")
    if body.unit_uscc is not None:
        must_be_uscc(body.unit_uscc, "unit_uscc")
    if body.held_to < body.held_from:
        raise Refused(
            "days-reversed",
            f"结束日 {body.held_to} 早于开始日 {body.held_from}",
            f"the session ends ({body.held_to}) before it begins ({body.held_from})",
            "held_to",
        )
    not_in_the_future(command, body.held_to, "held_to")
    for category in fields(body.candidates):
        number: int = getattr(body.candidates, category.name)
        not_negative(number, f"candidates.{category.name}")
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
            f"认定活动编号 {body.assessment_id} 已用于另一条记录;更正请用 RecordCorrected",
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
