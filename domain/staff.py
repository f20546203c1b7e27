"""Examiners and quality staff of an enterprise: stream `staff/{uscc}` (一(四))."""

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
from domain.terms.reference import Reference
from domain.terms.vocabulary import StaffDuty


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRegistered:
    """The enterprise put somebody on its register of 考评人员 or 质量内控人员."""

    uscc: str
    staff_id: str
    name: str
    duty: StaffDuty
    card_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReleased:
    """Somebody is no longer on the register."""

    uscc: str
    staff_id: str


Event: TypeAlias = StaffRegistered | StaffReleased


class RegisterChange(NamedTuple):
    """One recorded change of the register."""

    day: date
    position: int
    event: Event
    document_no: str | None


State: TypeAlias = tuple[RegisterChange, ...]
"""Every change in order of day; on one day a release is the last word."""
initial: State = ()


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a register of nobody."""
    must_be_uscc(event.uscc, "uscc")


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the register after `entry`, whatever was recorded first."""
    change = RegisterChange(entry.valid_from, entry.position, entry.event, entry.document_no)
    return tuple(sorted((*state, change), key=_in_order))


def _in_order(change: RegisterChange) -> tuple[date, bool, int]:
    return change.day, isinstance(change.event, StaffReleased), change.position


def registered_on(state: State, day: date) -> tuple[RegisterChange, ...]:
    """Return who is on the register on `day`, in order of registration."""
    registered: dict[str, RegisterChange] = {}
    for change in state:
        if change.day > day:
            break
        if isinstance(change.event, StaffRegistered):
            registered[change.event.staff_id] = change
        else:
            registered.pop(change.event.staff_id, None)
    return tuple(registered.values())


def missing_on(state: State, day: date, names: Iterable[str], duty: StaffDuty) -> tuple[str, ...]:
    """Return those of the names that are not on the register for the duty; names compared folded."""
    registered = {
        folded(change.event.name)
        for change in registered_on(state, day)
        if isinstance(change.event, StaffRegistered) and change.event.duty is duty
    }
    return tuple(name for name in names if folded(name) not in registered)


STAFF: FactKind[State] = FactKind("staff", initial, evolve)
FACTS = MappingProxyType({"staff": STAFF})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The register, and the enterprise."""
    return STAFF.key(command.body.uscc), ENTERPRISE.key(command.body.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the change of the register; none if this very paper is recorded already."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    not_in_the_future(command)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    state, day = facts[STAFF.key(body.uscc)], command.valid_from
    if any((p.day, p.event, p.document_no) == (day, body, command.document_no) for p in state):
        return []
    known = {p.event.staff_id for p in state if isinstance(p.event, StaffRegistered)}
    if isinstance(body, StaffReleased) and body.staff_id not in known:
        raise Refused(
            "unknown-staff",
            f"人员编号 {body.staff_id} 未登记",
            f"staff {body.staff_id} is not on the register",
            "staff_id",
        )
    tags = (f"staff:{body.uscc}",)
    district = enterprise.district_on(day)
    return [New(f"staff/{body.uscc}", body, body.uscc, district, tags, day)]
