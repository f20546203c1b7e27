"""Complaints about an enterprise: stream `complaint/{id}` (四). Who complained stays in the vault."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.evidence import Evidence, evidence_tags
from domain.terms.guards import (
    existing,
    existing_enterprise,
    must_be_uscc,
    not_before,
    not_in_the_future,
)
from domain.terms.reference import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintReceived:
    """Somebody complained to an authority about an enterprise."""

    complaint_id: str
    uscc: str
    complained_on: date
    subject: str
    statement: str
    evidence: tuple[Evidence, ...] = ()


Event: TypeAlias = ComplaintReceived
State: TypeAlias = ComplaintReceived | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a complaint about nobody, and one that was received before it was made."""
    must_be_uscc(event.uscc, "uscc")
    not_before(day, event.complained_on, "收到投诉早于投诉之日", "received before it was made")


def evolve(state: State, entry: Recorded[Any]) -> State:  # noqa: ARG001 - of any stream
    """Return the complaint as received."""
    event: Event = entry.event
    match event:
        case ComplaintReceived():
            return event


COMPLAINT: FactKind[State] = FactKind("complaint", initial, evolve)
FACTS = MappingProxyType({"complaint": COMPLAINT})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The complaint by its id, and the enterprise."""
    return COMPLAINT.key(command.body.complaint_id), ENTERPRISE.key(command.body.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the complaint; refuse one that is recorded already, or of nobody."""
    body = command.body
    not_in_the_future(command)
    not_in_the_future(command, body.complained_on, "complained_on")
    sound(body, facts.reference, command.valid_from)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    known = facts[COMPLAINT.key(body.complaint_id)]
    if known is not None:
        code = "duplicate" if known == body else "complaint-exists"
        raise Refused(
            code,
            f"投诉编号 {body.complaint_id} 已登记",
            f"complaint {body.complaint_id} is recorded already",
            "complaint_id",
        )
    tags = (
        f"complaint:{body.complaint_id}",
        *evidence_tags(file.sha256 for file in body.evidence),
    )
    day = command.valid_from
    district = enterprise.district_on(day)
    return [New(f"complaint/{body.complaint_id}", body, body.uscc, district, tags, day)]


def require_complaints(facts: Facts, uscc: str, complaints: Sequence[str]) -> None:
    """Refuse complaints that nobody recorded, or that are about another enterprise."""
    for index, complaint_id in enumerate(complaints):
        field = f"complaints.{index}"
        known = existing(
            facts[COMPLAINT.key(complaint_id)],
            "unknown-complaint",
            f"投诉 {complaint_id} 未登记",
            f"complaint {complaint_id} is not recorded",
            field,
        )
        if known.uscc != uscc:
            raise Refused(
                "other-enterprise",
                f"投诉 {complaint_id} 不是关于企业 {uscc} 的",
                f"complaint {complaint_id} is not about {uscc}",
                field,
            )
