"""A day of the ledger, closed: stream `day/{day}`. The entry says what there is about everybody up to then.

Its root is that of a sorted Merkle map: every subject with the number of entries about it, the last one,
a digest of their positions and its standing. So it can be shown of one subject that no entry is left
out, and of another that there is none, without showing those of anybody else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.reference import Reference

_ROOT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed:
    """What was recorded up to the end of a day, subject by subject, under one root."""

    day: date
    upto: int
    """The last position that was recorded on the day or before; 0: none was."""
    subjects: int
    """How many the map has."""
    root: str
    """Of the map, in hexadecimal; docs/ledger-format.md says how it is made."""


Event: TypeAlias = DayClosed
State: TypeAlias = DayClosed | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse what can be the root of no map."""
    if event.upto < 0 or event.subjects < 0 or not _ROOT.fullmatch(event.root):
        raise Refused("no-map", "这不是封账的根", "this is no root of a closed day", "root")


def evolve(state: State, entry: Recorded[Any]) -> State:  # noqa: ARG001 - of any stream
    """Return what the day was closed with."""
    event: Event = entry.event
    match event:
        case DayClosed():
            return event


DAY: FactKind[State] = FactKind("day", initial, evolve)
FACTS = MappingProxyType({"day": DAY})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The day itself: it is closed once."""
    return (DAY.key(command.body.day.isoformat()),)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the entry, nothing if the day is closed; no role may ask, so that only the server comes here."""
    if facts[DAY.key(command.body.day.isoformat())] is not None:
        return []
    return [closed(command.body)]


def closed(event: Event) -> New:
    """Return the entry that closes a day; it holds for that day."""
    sound(event, Reference(), event.day)
    name = event.day.isoformat()
    return New(f"day/{name}", event, None, None, (f"day:{name}",), event.day)
