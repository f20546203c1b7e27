"""Shapes that events had, and the steps to what they are now. Stored bytes are never rewritten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from domain.flag import FlagReviewed
from domain.roster import RosterEntry, RosterPublished, recorded_form
from domain.terms.vocabulary import ReviewDecision


class Upcast(NamedTuple):
    """How an event of an older shape becomes one of a newer: its shape then, and the step."""

    shape: type
    to: str
    """Stored name of the shape that `step` returns: the current one, or an older one again."""
    step: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPublished1:
    """A publication that held its entries itself, and so no more than 60 kB of them."""

    batch: str
    published_on: date
    entries: tuple[RosterEntry, ...]


def _entries_apart(old: RosterPublished1) -> RosterPublished:
    return recorded_form(
        RosterPublished(batch=old.batch, published_on=old.published_on, entries=old.entries)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagReviewed1:
    """A review that did not say which outcome it is about: the one in force at its position."""

    flag: str
    decision: ReviewDecision
    finding_id: str | None = None


def _outcome_open(old: FlagReviewed1) -> FlagReviewed:
    return FlagReviewed(flag=old.flag, decision=old.decision, finding_id=old.finding_id)


UPCASTS: Mapping[str, Upcast] = MappingProxyType(
    {
        "roster.roster-published/1": Upcast(
            RosterPublished1, "roster.roster-published/2", _entries_apart
        ),
        "flag.flag-reviewed/1": Upcast(FlagReviewed1, "flag.flag-reviewed/2", _outcome_open),
    }
)
"""Stored name of an older schema → how to read it."""
