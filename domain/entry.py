"""The entry at one position as it stands, corrections applied: what corrections and reviews rest on."""

from typing import Any, TypeAlias

from domain.terms.decider import FactKind
from domain.terms.envelope import Recorded

DAY_FIELDS = ("held_from", "issued_on", "published_on")
"""Where the data of an event holds its day; else the day stands beside it."""

State: TypeAlias = Recorded[Any] | None
initial: State = None


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the entry itself; its corrections are applied before (`correction.resolved`)."""
    return state or entry


ENTRY: FactKind[State] = FactKind("entry", initial, evolve)
"""The key `entry:7` has the entry at position 7, which does not carry this tag, and every correction
of it, which does. A correction is never corrected: its own key has itself alone."""
