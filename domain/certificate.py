"""Certificates as they were issued: further events of stream `assessment/{id}` (七(二)).

A holder stands in an event as a random subject id and a masked name. What the reporter
sends (name and document number) goes to the vault before the decision; see domain.md §9.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.assessment import ASSESSMENT
from domain.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.enterprise import ENTERPRISE
from domain.envelope import Recorded
from domain.guards import existing, must_be_uscc, not_in_the_future
from domain.reference import Occupation
from domain.vocabulary import CandidateCategory, ContentPart, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The holder without personal data: random subject id, masked name, kind of document."""

    subject_id: str
    masked_name: str
    id_type: str
    category: CandidateCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Points per part, and the parts that 二(二)2 adds; `content` None: not reported."""

    theory: Decimal | None = None
    practice: Decimal | None = None
    review: Decimal | None = None
    content: tuple[ContentPart, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssued:
    """A certificate was issued to a candidate of a session."""

    certificate_no: str
    assessment_id: str
    issuer_uscc: str
    occupation: Occupation
    level: Level
    holder: Holder
    results: Results
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateReissued:
    """A certificate was replaced by one with a new number."""

    certificate_no: str
    new_certificate_no: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevoked:
    """A certificate was revoked."""

    certificate_no: str
    reason: str


Event: TypeAlias = CertificateIssued | CertificateReissued | CertificateRevoked


@dataclass(frozen=True, slots=True)
class Issue:
    """One certificate recorded under a number, and whether it still holds under it."""

    position: int
    uscc: str
    event: CertificateIssued
    ended: date | None = None
    replaced_by: str | None = None


State: TypeAlias = tuple[Issue, ...]
"""All certificates recorded under one number; more than one is C2, not a refusal."""
initial: State = ()


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the certificates under one number after `entry`."""
    event = entry.event
    if isinstance(event, CertificateIssued):
        return (*state, Issue(entry.position, entry.subject or "", event))
    if not isinstance(event, CertificateReissued | CertificateRevoked):
        return state  # a review of C2 carries the number's tag and ends nothing
    new = event.new_certificate_no if isinstance(event, CertificateReissued) else None
    return tuple(
        replace(issue, ended=entry.valid_from, replaced_by=new)
        if issue.event.certificate_no == event.certificate_no
        and issue.uscc == entry.subject
        and issue.ended is None
        else issue
        for issue in state
    )


CERTIFICATE: FactKind[State] = FactKind("certificate", initial, evolve)
FACTS = MappingProxyType({"certificate": CERTIFICATE})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """What is recorded under the number, and the session of a new certificate."""
    body = command.body
    if isinstance(body, CertificateIssued):
        return CERTIFICATE.key(body.certificate_no), ASSESSMENT.key(body.assessment_id)
    return (CERTIFICATE.key(body.certificate_no),)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the certificate's fact; refuse malformed, duplicate, future or unfounded ones."""
    body = command.body
    if isinstance(body, CertificateIssued):
        return _issue(facts, command, body)
    not_in_the_future(command)
    known = facts[CERTIFICATE.key(body.certificate_no)]
    issues = [issue for issue in known if issue.event.certificate_no == body.certificate_no]
    own = [issue for issue in issues if issue.uscc == command.actor.organisation]
    last = existing(
        _last(own or issues),
        "unknown-certificate",
        f"证书 {body.certificate_no} 未登记",
        f"certificate {body.certificate_no} is not recorded",
        "certificate_no",
    )
    if last.ended is not None:
        raise Refused(
            "certificate-ended",
            f"证书 {body.certificate_no} 已于 {last.ended} 换发或撤销",
            f"certificate {body.certificate_no} was replaced or revoked on {last.ended}",
            "certificate_no",
        )
    if not body.reason.strip():
        raise Refused("reason-missing", "必须写明理由", "a reason must be given", "reason")
    numbers = [body.certificate_no]
    if isinstance(body, CertificateReissued):
        if body.new_certificate_no == body.certificate_no:
            raise Refused(
                "same-number",
                "新旧证书编号相同",
                "old and new number are the same",
                "new_certificate_no",
            )
        numbers.append(body.new_certificate_no)
    holders = {i.event.holder.subject_id: None for i in issues if i.uscc == last.uscc}
    tags = (*(f"certificate:{no}" for no in numbers), *(f"holder:{holder}" for holder in holders))
    return [_new(facts, command, last.event, last.uscc, *tags)]


def _last(issues: Sequence[Issue]) -> Issue | None:
    """Return the issue to end: the last that still holds, else the last."""
    holding = [issue for issue in issues if issue.ended is None]
    found = holding or issues
    return found[-1] if found else None


def _new(
    facts: Facts, command: Command[Event], of: CertificateIssued, uscc: str, *tags: str
) -> New:
    event = command.body
    day = event.issued_on if isinstance(event, CertificateIssued) else command.valid_from
    enterprise = facts[ENTERPRISE.key(uscc)]
    return New(
        f"assessment/{of.assessment_id}",
        event,
        uscc,
        enterprise.district_on(day) if enterprise else None,
        tags,
        day,
    )


def _issue(facts: Facts, command: Command[Event], body: CertificateIssued) -> Sequence[New]:
    must_be_uscc(body.issuer_uscc, "issuer_uscc")
    not_in_the_future(command, body.issued_on, "issued_on")
    held = facts[ASSESSMENT.key(body.assessment_id)]
    session = existing(
        held,
        "unknown-assessment",
        f"认定活动 {body.assessment_id} 未登记",
        f"session {body.assessment_id} is not recorded",
        "assessment_id",
    )
    if any(issue.event == body for issue in facts[CERTIFICATE.key(body.certificate_no)]):
        raise Refused(
            "duplicate",
            f"证书 {body.certificate_no} 已有完全相同的记录",
            f"certificate {body.certificate_no} is recorded already, exactly so",
            "certificate_no",
        )
    tags = (f"certificate:{body.certificate_no}", f"holder:{body.holder.subject_id}")
    return [_new(facts, command, body, session.uscc, *tags)]
