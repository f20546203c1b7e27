"""Which judgements of an enterprise's file an entry bears on, when it is new and when it was corrected."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.certificate.lifetime import CertificateRecord
from domain.checks import CHECKS, judge_inspection, judge_session
from domain.checks.certificates import number_fits
from domain.checks.outcome import CLEAR
from domain.inspection.inspection import InspectionDispatched, SpotCheckRecorded
from domain.standing.standing import EnterpriseListed, ListingRenewed
from domain.supervision.touches import Touch
from domain.terms.envelope import Recorded
from domain.terms.folding import folded

if TYPE_CHECKING:
    from domain.supervision.supervision import Supervision

OF_SESSION = ("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "G1", "G2")
OF_PAPER = ("R1", "R2", "C1", "T1", "T2", "S5")
"""What is judged of a certificate by its own day of issue."""
AS_ASSESSED = ("S1", "S2", "S3", "S4")
"""What is judged of it on the days of its session, of which the sentence tells (§6)."""
OF_CERTIFICATE = (*OF_PAPER, *AS_ASSESSED)
SHOWING_CERTIFICATE = (*OF_CERTIFICATE, "C2")
"""C2 shows the certificate too; what it says is judged elsewhere."""

OF_INSPECTION = ("Q1", "V1")


def _session(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    if not isinstance(entry.event, AssessmentHeld):
        return  # what was made public of its results shows on it and is judged by nothing
    outcomes = judge_session(entry, of.file, of.context)
    yield from of.settle(entry.position, entry.event.held_from, outcomes, at)
    held = entry.event
    for position in of.file.visits.get(None, ()):
        visit = of.entries[position]
        # A correction may take the session away from the day of a visit, and leave another one alone there.
        if at != entry.position or held.held_from <= visit.valid_from <= held.held_to:
            yield from _inspection(of, visit, at)


def _from_its_day(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    event = entry.event
    start = (
        event.valid_from
        if isinstance(event, EnterpriseListed | ListingRenewed)
        else entry.valid_from
    )
    yield from of.judge_from(start, at)
    yield from of.owe(at)


def _whole(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    yield from of.judge_from(date.min, at)
    yield from of.owe(at)


def _ended_certificate(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    for record in of.file.by_number.get(folded(entry.event.certificate_no), ()):
        yield Touch("certificates", str(record.position))
        session = of.file.sessions.get(record.entry.event.assessment_id)
        if session is not None:
            yield from of.count(session, at, own=False)
    made = of.file.made_by(entry)
    for successor in made.line() if made is not None else ():
        yield from _successor(of, successor, at)


def _successor(of: "Supervision", record: CertificateRecord, at: int) -> Iterator[Touch]:
    """What is new about a certificate that replaced another one is its number."""
    yield Touch("certificates", str(record.position))
    reference = of.context.reference
    issued = record.entry.event.issued_on
    outcome = number_fits(record.entry, reference)
    judged = outcome is not CLEAR and reference.rules(issued).judges("C1", issued)
    found = {"C1": outcome} if judged else {}
    yield from of.settle(record.position, record.entry.valid_from, found, at, ("C1",))
    if at != record.position:
        yield from of.raised_of(record.position, ("C1", "C2"))


def _inspection(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    if not isinstance(entry.event, InspectionDispatched | SpotCheckRecorded):
        return
    outcomes = judge_inspection(entry, of.file, of.context)
    yield from of.settle(entry.position, entry.valid_from, outcomes, at, OF_INSPECTION)


def _finding(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    """Its orders may be overdue, and a flag that was made a finding falls back with it."""
    finding_id = entry.event.finding_id
    for key, said in of.file.said.items():
        if any(review.finding_id == finding_id for review in said.reviews):
            yield Touch("flags", key)
    for position, known in of.file.orders.items():
        if known == finding_id:
            yield of.owe_rectification(position, at)


def _review(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    yield Touch("flags", entry.event.flag)


def _request(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    """The flags of a record show what was asked for, and what the centre made of it."""
    named = entry.event.position
    for record, requests in of.file.requests.items():
        if record == named or any(request.position == named for request in requests):
            yield from of.raised_of(record, CHECKS)


def _nothing(of: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    yield from ()


_Judge: TypeAlias = Callable[["Supervision", Recorded[Any], int], Iterable[Touch]]
BEARS_ON: Mapping[str, _Judge] = MappingProxyType(
    {
        "enterprise": _whole,
        "application": _whole,
        "standing": _from_its_day,
        "plan": _whole,
        "assessment": _session,
        "certificate": _ended_certificate,
        "inspection": _inspection,
        "finding": _finding,
        "flag": _review,
        "staff": _from_its_day,
        "partnership": _from_its_day,
        "specification": _whole,
        "complaint": _nothing,
        "roster": _nothing,
        "catalogue": _nothing,
        "record": _request,
        "request": _nothing,
        "person": _nothing,
    }
)
"""Which judgements an entry of a stream may change."""


def _corrected_session(of: "Supervision", right: Recorded[Any], at: int) -> Iterator[Touch]:
    """A certificate is judged with its session; it and its flags say where and how that was held."""
    yield from _session(of, right, at)
    if not isinstance(right.event, AssessmentHeld):
        return
    for visit in of.file.visits.get(right.event.assessment_id, ()):
        yield from _inspection(of, of.entries[visit], at)
    session = of.file.sessions[right.event.assessment_id]
    for record in session.certificates:
        yield from of.judge_certificate(record, at)
        for each in record.line():
            yield Touch("certificates", str(each.position))
            yield from of.raised_of(each.position, SHOWING_CERTIFICATE)
    yield from of.judge_trades(at)
    yield from of.count(session, at, own=False)
    yield from of.raised_of(right.position, (*OF_SESSION, "C3"))


def _corrected_certificate(of: "Supervision", right: Recorded[Any], at: int) -> Iterator[Touch]:
    if not isinstance(right.event, CertificateIssued):
        yield from _ended_certificate(of, right, at)
        return
    for record in of.file.by_number[folded(right.event.certificate_no)]:
        if record.position == right.position:
            yield from of.judge_certificate(record, at)
            for successor in record.line()[1:]:
                yield from _successor(of, successor, at)
    session = of.file.sessions.get(right.event.assessment_id)
    if session is not None and f"C3-{session.entry.position}" in of.flags:
        yield from of.count(session, at, own=False)  # it names the certificates that it rests on
    yield from of.raised_of(right.position, SHOWING_CERTIFICATE)


CORRECTED: Mapping[str, _Judge] = MappingProxyType(
    {
        **BEARS_ON,
        "standing": _whole,
        "staff": _whole,
        "partnership": _whole,
        "assessment": _corrected_session,
        "certificate": _corrected_certificate,
    }
)
"""The same for an entry that was corrected: a change of its day reaches to both of its days."""
