"""Rectification of a finding: ordered, reported, reinspected (四, 七).

It is recorded in the stream of its finding (`domain.finding.finding`). A report and a reinspection go
with the last order.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from domain.inspection.inspection import Evidence
from domain.terms.decider import Command, Refused
from domain.terms.envelope import Recorded


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order to rectify, with its entry and what became of it."""

    position: int
    requirement: str
    due_on: date
    ordered: date
    reported: date | None = None
    """The day of the first report: a later one adds to it."""
    reported_position: int = 0
    report: RectificationReported | None = None
    passed: bool | None = None
    reinspection: tuple[date, ReinspectionRecorded] | None = None
    replaced: date | None = None
    """The day of the next order: from then on another deadline holds."""
    replaced_position: int = 0

    @property
    def answers(self) -> tuple[tuple[date, int], ...]:
        """What settles it before the finding ends, the report or the next order: days and entries."""
        found = ((self.reported, self.reported_position), (self.replaced, self.replaced_position))
        return tuple((day, position) for day, position in found if day is not None)


State: TypeAlias = tuple[Order, ...]


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the orders of a finding after `entry`."""
    event: Event = entry.event
    if isinstance(event, RectificationOrdered):
        ordered = Order(
            position=entry.position,
            requirement=event.requirement,
            due_on=event.due_on,
            ordered=entry.valid_from,
        )
        return (*_replaced(state, entry), ordered)
    if not state:
        return state
    *before, order = state
    if isinstance(event, ReinspectionRecorded):
        order = replace(order, passed=event.passed, reinspection=(entry.valid_from, event))
    else:
        if order.reported is None or entry.valid_from < order.reported:
            order = replace(order, reported=entry.valid_from, reported_position=entry.position)
        # What failed before waits for another reinspection.
        order = replace(order, report=event, passed=order.passed or None)
    return (*before, order)


def _replaced(state: State, entry: Recorded[Any]) -> State:
    """Return the orders with the last one replaced by the order `entry`."""
    if not state:
        return state
    *before, last = state
    return (
        *before,
        replace(last, replaced=entry.valid_from, replaced_position=entry.position),
    )


def repeats(state: State, body: RectificationOrdered, ordered: date) -> bool:
    """Whether the last order already says so."""
    same = (body.requirement, body.due_on, ordered)
    return any((o.requirement, o.due_on, o.ordered) == same for o in state[-1:])


def require_rectification(state: State, command: Command[Any], body: Event) -> None:
    """Refuse a deadline before its order, and a report on nothing ordered."""
    if isinstance(body, RectificationOrdered):
        if body.due_on < command.valid_from:
            raise Refused(
                "due-before-order",
                f"整改期限 {body.due_on} 早于责令日 {command.valid_from}",
                f"the deadline {body.due_on} lies before the order ({command.valid_from})",
                "due_on",
            )
    elif not state:
        raise Refused("not-ordered", "尚未责令整改", "no rectification was ordered", "finding_id")


def is_known(state: State, command: Command[Any], body: Event) -> bool:
    """Whether exactly this report or reinspection is the last one recorded."""
    order = state[-1] if state else None
    match body:
        case RectificationReported() if order is not None:
            return order.report == body and order.passed is not False
        case ReinspectionRecorded() if order is not None:
            return order.reinspection == (command.valid_from, body)
        case _:
            return False
