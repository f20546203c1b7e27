"""A ledger that is a demonstration, and says so with its first entry: stream `demonstration/ledger`.

Its clock runs through the days of what it shows, so that facts arrive late and are learnt after others
as they are in life. Times of such a ledger prove nothing; of any other ledger nobody sets the clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.reference import Reference

STREAM = "demonstration/ledger"
TAG = "demonstration:ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrationBegun:
    """What follows was recorded by a clock of the demonstration, and by no other."""

    clock: datetime
    """What that clock reads when it begins."""


Event: TypeAlias = DemonstrationBegun
State: TypeAlias = DemonstrationBegun | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:
    """Take it as it is: nothing of it can be wrong by itself."""


def evolve(state: State, entry: Recorded[Any]) -> State:  # noqa: ARG001 - of any stream
    """Return how the demonstration began."""
    event: Event = entry.event
    match event:
        case DemonstrationBegun():
            return event


DEMONSTRATION: FactKind[State] = FactKind("demonstration", initial, evolve)
FACTS = MappingProxyType({"demonstration": DEMONSTRATION})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The beginning itself: there is one."""
    del command
    return (DEMONSTRATION.key("ledger"),)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the entry, once; no role may ask for it, so that nobody comes here but the owner.

    Raises:
        Refused: the demonstration has begun.
    """
    if facts[DEMONSTRATION.key("ledger")] is not None:
        raise Refused(
            "demonstration-begun", "演示已经开始", "the demonstration has begun already", "clock"
        )
    return [begun(command.body, command.valid_from)]


def begun(event: Event, day: date) -> New:
    """Return the first entry of a demonstration, on the day that its clock reads."""
    return New(STREAM, event, None, None, (TAG,), day)
