"""Rectification of a finding: ordered, reported, reinspected (四, 七).

It is recorded in the stream of its finding (`domain.finding.finding`). A report and a reinspection go
with the order that is in force on their day, never with one of a later date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from domain.terms.decider import Command, Refused
from domain.terms.envelope import Recorded
from domain.terms.evidence import Evidence
from domain.terms.guards import not_before


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationOrdered:
    """The enterprise must put it right by the end of `due_on` [C]."""

    finding_id: str
    requirement: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationReported:
    """The enterprise says what it did."""

    finding_id: str
    statement: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinspectionRecorded:
    """Whether the rectification passed."""

    finding_id: str
    passed: bool
    note: str


Event: TypeAlias = RectificationOrdered | RectificationReported | ReinspectionRecorded


class Act(NamedTuple):
    """One recorded order, report or reinspection with its day and its paper."""

    day: date
    position: int
    event: Event
    document_no: str | None = None


class Settling(NamedTuple):
    """From `day` on an order is answered, or open again after a failed reinspection."""

    day: date
    settled: bool
    position: int
    reinspected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order to rectify, with its entry and what became of it while it was in force."""

    position: int
    requirement: str
    due_on: date
    ordered: date
    reported: date | None = None
    """The day of the first report: a later one adds to it."""
    reported_position: int = 0
    report: RectificationReported | None = None
    passed: bool | None = None
    """What the last reinspection said; None where none was, or where a report came after a failure."""
    replaced: date | None = None
    """The day of the next order: from then on another deadline holds."""
    replaced_position: int = 0
    settlings: tuple[Settling, ...] = ()
    """Reports and reinspections in order of their days."""


State: TypeAlias = tuple[Act, ...]
"""Everything recorded, in order of day; on one day an order comes before what answers it."""

_RANK = MappingProxyType(
    {RectificationOrdered: 0, RectificationReported: 1, ReinspectionRecorded: 2}
)


def sound(event: Event, day: date) -> None:
    """Refuse a deadline before its order."""
    match event:
        case RectificationOrdered():
            if event.due_on < day:
                raise Refused(
                    "due-before-order",
                    f"整改期限 {event.due_on} 早于责令日 {day}",
                    f"the deadline {event.due_on} lies before the order ({day})",
                    "due_on",
                )
        case RectificationReported() | ReinspectionRecorded():
            pass


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the acts after `entry`, whatever came first."""
    act = Act(entry.valid_from, entry.position, entry.event, entry.document_no)
    return tuple(sorted((*state, act), key=_in_order))


def _in_order(act: Act) -> tuple[date, int, date, str, int]:
    event = act.event
    if isinstance(event, RectificationOrdered):
        return act.day, 0, event.due_on, event.requirement, act.position
    failed = isinstance(event, ReinspectionRecorded) and not event.passed
    return act.day, _RANK[type(event)], date.max if failed else date.min, "", act.position


def orders(state: State) -> tuple[Order, ...]:
    """Return the orders; each report and reinspection goes with the order in force on its day."""
    so_far: list[Order] = []
    for act in state:
        event = act.event
        match event:
            case RectificationOrdered():
                if so_far:
                    so_far[-1] = replace(
                        so_far[-1], replaced=act.day, replaced_position=act.position
                    )
                so_far.append(
                    Order(
                        position=act.position,
                        requirement=event.requirement,
                        due_on=event.due_on,
                        ordered=act.day,
                    )
                )
            case RectificationReported() | ReinspectionRecorded():
                if so_far:
                    so_far[-1] = _answered(so_far[-1], act, event)
    return tuple(so_far)


def _answered(order: Order, act: Act, event: RectificationReported | ReinspectionRecorded) -> Order:
    match event:
        case ReinspectionRecorded():
            settled = Settling(act.day, event.passed, act.position, reinspected=True)
            return replace(order, passed=event.passed, settlings=(*order.settlings, settled))
        case RectificationReported():
            settled = Settling(act.day, settled=True, position=act.position)
            first = order.reported is None
            return replace(
                order,
                reported=act.day if first else order.reported,
                reported_position=act.position if first else order.reported_position,
                report=event,
                # What failed before waits for another reinspection.
                passed=order.passed or None,
                settlings=(*order.settlings, settled),
            )


def passed_on(state: State, order: Order) -> date | None:
    """Return the first day on which the order passed a reinspection."""
    days = [
        act.day
        for act in state
        if isinstance(act.event, ReinspectionRecorded)
        and act.event.passed
        and act.day >= order.ordered
    ]
    return min(days, default=None)


def require_rectification(state: Sequence[Order], command: Command[Any], body: Event) -> None:
    """Refuse a report on nothing ordered, and one dated before the first order."""
    if not isinstance(body, RectificationOrdered):
        require_ordered(state, command.valid_from)


def not_ordered() -> Refused:
    """Return the refusal of what answers an order that nobody gave."""
    return Refused("not-ordered", "尚未责令整改", "no rectification was ordered", "finding_id")


def require_ordered(state: Sequence[Order], day: date) -> None:
    """Refuse what answers an order where none was given up to `day`."""
    if not state:
        raise not_ordered()
    first = min(order.ordered for order in state)
    not_before(day, first, "早于责令整改之日", "before the rectification was ordered")


def is_known(state: State, command: Command[Any], body: Event) -> bool:
    """Whether this very paper is recorded: the same content from the same day."""
    same = (command.valid_from, body, command.document_no)
    return any((act.day, act.event, act.document_no) == same for act in state)
