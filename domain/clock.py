"""The clock by which entries are recorded, put back: stream `clock/database`.

A server that once started in the future leaves entries of a day that has not come, and from then on
nothing can be recorded. The owner of the tables says that the clock was wrong; from that entry on time
goes on from `to`. What was recorded before keeps the time that it has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.reference import Reference

STREAM = "clock/database"
TAG = "clock:database"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet:
    """The clock of the database's server was wrong, and was put back."""

    from_: datetime
    """When the entry before was recorded, by the clock that was wrong."""
    to: datetime
    """What the clock read when it was right again."""
    reason: str


Event: TypeAlias = ClockSet
State: TypeAlias = ClockSet | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a clock that is not put back, and one of which nobody says why."""
    _require_ahead(event)


def _require_ahead(event: Event) -> None:
    if event.to >= event.from_:
        raise Refused(
            "clock-not-ahead",
            "时钟没有超前：最后一条记录不晚于现在，无须处理",
            "the clock is not ahead: the last entry is not later than now, nothing is to be done",
            "to",
        )
    if not event.reason.strip():
        raise Refused(
            "fields-missing", "须写明时钟为何出错", "say why the clock was wrong", "reason"
        )


def evolve(state: State, entry: Recorded[Any]) -> State:  # noqa: ARG001 - of any stream
    """Return the last time that the clock was put back."""
    event: Event = entry.event
    match event:
        case ClockSet():
            return event


CLOCK: FactKind[State] = FactKind("clock", initial, evolve)
FACTS = MappingProxyType({"clock": CLOCK})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """Nothing that others record: the time of the last entry is held under the append lock."""
    del command
    return ()


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the entry; no role may ask for it, so that nobody comes here but the owner of the tables."""
    del facts
    return [set_back(command.body, command.valid_from)]


def set_back(event: Event, day: date) -> New:
    """Return the entry of the owner of the tables, on the day that the clock reads."""
    _require_ahead(event)
    return New(STREAM, event, None, None, (TAG,), day)
