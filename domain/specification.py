"""An enterprise's own 评价规范, filed with the ministry before use: stream `specification/{uscc}` (三)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.guards import existing_enterprise, must_be_uscc, not_in_the_future
from domain.terms.identifiers import is_told
from domain.terms.reference import Occupation, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationFiled:
    """The enterprise has a specification of its own; without the number of its filing it decides nothing."""

    uscc: str
    occupation: Occupation
    title: str
    sha256: str
    filed_with: str
    filing_no: str | None = None
    filed_on: date | None = None


Event: TypeAlias = SpecificationFiled


class Specification(NamedTuple):
    """One recorded specification."""

    day: date
    position: int
    event: Event
    document_no: str | None
    counts_from: date
    """The day of the filing with the ministry, or of the receipt here, whichever is later."""


State: TypeAlias = tuple[Specification, ...]
initial: State = ()


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a specification of nobody."""
    must_be_uscc(event.uscc, "uscc")


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the specifications after `entry`, in order of their days."""
    day, event = entry.valid_from, entry.event
    specification = Specification(
        day, entry.position, event, entry.document_no, _counts_from(entry)
    )
    return tuple(sorted((*state, specification), key=lambda p: (p.day, p.position)))


def _counts_from(entry: Recorded[Event]) -> date:
    """Return since when it is on file.

    The day of the filing is what the enterprise says of it: a paper that comes in behind a session
    was not there before it (§1). An authority that saw the filing itself enters it as of that day.
    """
    return max(entry.event.filed_on or entry.valid_from, entry.valid_from)


def filed_for(state: State, occupation: Occupation, day: date) -> bool:
    """Return whether one with a filing number was on file for the occupation on `day`."""
    return any(
        is_told(specification.event.filing_no)
        and is_told(specification.event.filed_with)
        and specification.counts_from <= day
        and folded(specification.event.occupation.name) == folded(occupation.name)
        for specification in state
    )


SPECIFICATION: FactKind[State] = FactKind("specification", initial, evolve)
FACTS = MappingProxyType({"specification": SPECIFICATION})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The specifications, and the enterprise."""
    return SPECIFICATION.key(command.body.uscc), ENTERPRISE.key(command.body.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the specification; none if this very paper is recorded already."""
    body, day = command.body, command.valid_from
    sound(body, facts.reference, day)
    not_in_the_future(command)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    if body.filed_on is not None and body.filed_on > command.today:
        raise Refused(
            "day-in-the-future",
            f"备案日 {body.filed_on} 晚于今天 {command.today}",
            f"the filing ({body.filed_on}) is after today ({command.today})",
            "filed_on",
        )
    state = facts[SPECIFICATION.key(body.uscc)]
    if any((p.day, p.event, p.document_no) == (day, body, command.document_no) for p in state):
        return []
    tags = (f"specification:{body.uscc}",)
    district = enterprise.district_on(day)
    return [New(f"specification/{body.uscc}", body, body.uscc, district, tags, day)]
