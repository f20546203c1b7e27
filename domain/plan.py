"""Annual plans with last year's summary: stream `plan/{uscc}/{year}` (六(四))."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import (
    existing_enterprise,
    must_be_uscc,
    not_before,
    not_in_the_future,
    not_negative,
)
from domain.terms.reference import Occupation, Reference
from domain.terms.vocabulary import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualSummary:
    """What was done last year."""

    sessions: int
    candidates: int
    certificates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """A session planned for this year."""

    occupation: Occupation
    levels: tuple[Level, ...]
    planned_on: date
    headcount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualPlanFiled:
    """The plan of a year was filed."""

    uscc: str
    year: int
    summary: AnnualSummary
    sessions: tuple[PlannedSession, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualPlanRevised:
    """A filed plan was replaced."""

    uscc: str
    year: int
    summary: AnnualSummary
    sessions: tuple[PlannedSession, ...]


Event: TypeAlias = AnnualPlanFiled | AnnualPlanRevised


class Version(NamedTuple):
    """One paper about the plan of a year."""

    day: date
    position: int
    event: "Event"
    document_no: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan on file: since which day, by which entry, and its content now."""

    uscc: str
    year: int
    versions: tuple[Version, ...]
    """Every paper in the order of their days."""

    @property
    def filed(self) -> date:
        """The day of the first paper."""
        return self.versions[0].day

    @property
    def position(self) -> int:
        """Its entry."""
        return self.versions[0].position

    @property
    def summary(self) -> AnnualSummary:
        """What was done last year, by the last paper."""
        return self.versions[-1].event.summary

    @property
    def sessions(self) -> tuple[PlannedSession, ...]:
        """What is planned, by the last paper."""
        return self.versions[-1].event.sessions

    @property
    def revised(self) -> date | None:
        """The day of the last paper that replaced another one."""
        days = [v.day for v in self.versions if isinstance(v.event, AnnualPlanRevised)]
        return days[-1] if days else None


State: TypeAlias = Plan | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a plan of nobody, or with numbers that cannot be."""
    must_be_uscc(event.uscc, "uscc")
    for count in fields(event.summary):
        number: int = getattr(event.summary, count.name)
        not_negative(number, f"summary.{count.name}")
    for index, session in enumerate(event.sessions):
        not_negative(session.headcount, f"sessions.{index}.headcount")


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the plan on file after `entry`; on one day a revision follows what was filed."""
    event: Event = entry.event
    version = Version(entry.valid_from, entry.position, event, entry.document_no)
    versions = sorted((*(state.versions if state else ()), version), key=_in_order)
    return Plan(uscc=event.uscc, year=event.year, versions=tuple(versions))


def _in_order(version: Version) -> tuple[date, bool, int]:
    return version.day, isinstance(version.event, AnnualPlanRevised), version.position


PLAN: FactKind[State] = FactKind("plan", initial, evolve)
FACTS = MappingProxyType({"plan": PLAN})


def plan_key(uscc: str, year: int) -> FactKey[State]:
    """Return the key of one enterprise's plan for one year."""
    return PLAN.key(f"{uscc}/{year}")


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The plan of that year, and the enterprise."""
    return plan_key(command.body.uscc, command.body.year), ENTERPRISE.key(command.body.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the event that puts the plan on file; none if this very paper is there already."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    not_in_the_future(command)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    state = facts[plan_key(body.uscc, body.year)]
    day = command.valid_from
    versions = state.versions if state is not None else ()
    if any((v.day, v.event, v.document_no) == (day, body, command.document_no) for v in versions):
        return []
    # The same plan handed in again is a paper of its own: of two days of receipt the earlier counts,
    # whichever was entered first. What is meant for a day to come stops none that is received before.
    is_another = any(
        isinstance(v.event, AnnualPlanFiled)
        and v.event != body
        and v.day <= max(day, command.today)
        for v in versions
    )
    if isinstance(body, AnnualPlanFiled) and state is not None and is_another:
        raise Refused(
            "plan-exists",
            f"{body.year} 年度计划已于 {state.filed} 报备；修订请用“修订年度计划”",
            f"the plan for {body.year} was filed on {state.filed}; revise it instead",
            "year",
        )
    if any(v.day == day and type(v.event) is type(body) for v in versions):
        raise Refused(
            "revised-that-day",
            f"{day} 已有一份 {body.year} 年度计划的修订；如有误请更正该记录",
            f"the plan for {body.year} was revised on {day} already; correct that entry if it is wrong",
            "year",
        )
    if isinstance(body, AnnualPlanRevised) and state is None:
        raise Refused(
            "plan-missing",
            f"{body.year} 年度计划尚未报备，不能修订",
            f"no plan was filed for {body.year}",
            "year",
        )
    if isinstance(body, AnnualPlanRevised) and state is not None:
        # It would be on file before there was a plan: filed is what came in first.
        not_before(day, state.filed, "修订早于报备", "revised before it was filed")
    key = f"{body.uscc}/{body.year}"
    return [
        New(
            f"plan/{key}",
            body,
            body.uscc,
            enterprise.district_on(command.valid_from),
            (f"plan:{key}",),
            command.valid_from,
        )
    ]
