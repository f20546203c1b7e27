"""Partner schools and apprenticeships of an enterprise: stream `partnership/{uscc}` (二(一))."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import existing_enterprise, must_be_uscc, not_in_the_future
from domain.terms.reference import Reference
from domain.terms.vocabulary import PartnershipKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnershipFiled:
    """The enterprise works with a technical school, or trains apprentices of the new kind."""

    uscc: str
    kind: PartnershipKind
    partner: str
    valid_to: date | None = None


Event: TypeAlias = PartnershipFiled


class Partnership(NamedTuple):
    """One recorded partnership."""

    day: date
    position: int
    event: Event
    document_no: str | None


State: TypeAlias = tuple[Partnership, ...]
initial: State = ()


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a partnership of nobody, or of no day."""
    must_be_uscc(event.uscc, "uscc")
    if event.valid_to is not None and event.valid_to <= day:
        raise Refused(
            "period-empty", "合作截止日不晚于起始日", "it ends before it begins", "valid_to"
        )


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the partnerships after `entry`, in order of their days."""
    partnership = Partnership(entry.valid_from, entry.position, entry.event, entry.document_no)
    return tuple(sorted((*state, partnership), key=lambda p: (p.day, p.position)))


def in_force(state: State, kind: PartnershipKind, day: date) -> bool:
    """Return whether there is a partnership of the kind on `day`."""
    return any(
        partnership.event.kind is kind
        and partnership.day <= day
        and (partnership.event.valid_to is None or day < partnership.event.valid_to)
        for partnership in state
    )


def changes(state: State) -> Iterator[date]:
    """Yield the days on which a partnership begins or is over."""
    for partnership in state:
        yield partnership.day
        if partnership.event.valid_to is not None:
            yield partnership.event.valid_to


PARTNERSHIP: FactKind[State] = FactKind("partnership", initial, evolve)
FACTS = MappingProxyType({"partnership": PARTNERSHIP})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The partnerships, and the enterprise."""
    return PARTNERSHIP.key(command.body.uscc), ENTERPRISE.key(command.body.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the partnership; none if this very paper is recorded already."""
    body, day = command.body, command.valid_from
    sound(body, facts.reference, day)
    not_in_the_future(command)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    state = facts[PARTNERSHIP.key(body.uscc)]
    if any((p.day, p.event, p.document_no) == (day, body, command.document_no) for p in state):
        return []
    tags = (f"partnership:{body.uscc}",)
    district = enterprise.district_on(day)
    return [New(f"partnership/{body.uscc}", body, body.uscc, district, tags, day)]
