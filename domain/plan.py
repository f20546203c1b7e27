"""Annual plans with last year's summary: stream `plan/{uscc}/{year}` (六(四))."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import existing_enterprise, must_be_uscc, not_in_the_future, not_negative
from domain.terms.reference import Occupation
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan on file: since which day, by which entry, and its content now."""

    uscc: str
    year: int
    filed: date
    position: int
    summary: AnnualSummary
    sessions: tuple[PlannedSession, ...]
    revised: date | None = None


State: TypeAlias = Plan | None
initial: State = None


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the plan on file after `entry`."""
    event: Event = entry.event
    first = state is None
    return Plan(
        uscc=event.uscc,
        year=event.year,
        filed=entry.valid_from if state is None else state.filed,
        position=entry.position if state is None else state.position,
        summary=event.summary,
        sessions=event.sessions,
        revised=None if first else entry.valid_from,
    )


PLAN: FactKind[State] = FactKind("plan", initial, evolve)
FACTS = MappingProxyType({"plan": PLAN})


def plan_key(uscc: str, year: int) -> FactKey[State]:
    """Return the key of one enterprise's plan for one year."""
    return PLAN.key(f"{uscc}/{year}")


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The plan of that year, and the enterprise."""
    return plan_key(command.body.uscc, command.body.year), ENTERPRISE.key(command.body.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the event that puts the plan on file; none if the same plan is there already."""
    body = command.body
    must_be_uscc(body.uscc, "uscc")
    not_in_the_future(command)
    for count in fields(body.summary):
        number: int = getattr(body.summary, count.name)
        not_negative(number, f"summary.{count.name}")
    for index, session in enumerate(body.sessions):
        not_negative(session.headcount, f"sessions.{index}.headcount")
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    state = facts[plan_key(body.uscc, body.year)]
    if state is not None and (state.summary, state.sessions) == (body.summary, body.sessions):
        return []
    if isinstance(body, AnnualPlanFiled) and state is not None:
        raise Refused(
            "plan-exists",
            f"{body.year} 年度计划已于 {state.filed} 报备;调整请用 AnnualPlanRevised",
            f"the plan for {body.year} was filed on {state.filed}; use AnnualPlanRevised",
            "year",
        )
    if isinstance(body, AnnualPlanRevised) and state is None:
        raise Refused(
            "plan-missing",
            f"{body.year} 年度计划尚未报备,不能调整",
            f"no plan was filed for {body.year}",
            "year",
        )
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
