"""Which judgements of an enterprise's file an entry bears on, when it is new and when it was corrected.

Which entry bears on what is said in `domain.supervision.streams`.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.application.application import Event as ApplicationEvent
from domain.application.confirmation import ApplicationConfirmed, ApplicationRejected, ReceiptIssued
from domain.application.scoring import (
    EvaluationConcluded,
    EvaluationScored,
    EvaluationScoreRevised,
    ExpertsAssigned,
)
from domain.application.submission import (
    ApplicationAccepted,
    ApplicationReturned,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    DistrictOpinionGiven,
)
from domain.assessment import AssessmentHeld, ResultsPublished
from domain.assessment import Event as AssessmentEvent
from domain.certificate.certificate import CertificateIssued, CertificateReissued
from domain.certificate.lifetime import CertificateRecord
from domain.checks import CHECKS, judge_inspection, judge_session, judging
from domain.checks.certificates import number_fits
from domain.checks.occupation import NO_STANDARD
from domain.checks.outcome import CLEAR
from domain.inspection.inspection import Event as InspectionEvent
from domain.inspection.inspection import (
    InspectionDispatched,
    InspectionDrawn,
    SpotCheckRecorded,
)
from domain.standing.standing import EnterpriseListed, ListingRenewed
from domain.supervision.touches import Touch
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.vocabulary import RaisedBy

if TYPE_CHECKING:
    from domain.supervision.supervision import Supervision

OF_SESSION = judging(AssessmentHeld, RaisedBy.RECORD)
_OF_CERTIFICATE = judging(CertificateIssued, RaisedBy.RECORD)
AS_ASSESSED = tuple(code for code in _OF_CERTIFICATE if CHECKS[code].bounds)
"""What is judged of a certificate on the days of its session, of which the sentence tells (§6):
whether what it names was confirmed."""
OF_PAPER = tuple(code for code in _OF_CERTIFICATE if not CHECKS[code].bounds)
"""What is judged of it by its own day of issue."""
OF_NUMBER = judging(CertificateReissued, RaisedBy.RECORD)
"""What is judged of a number under which a certificate was issued again."""
OF_INSPECTION = judging(SpotCheckRecorded)


def session_reported(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    """A session itself, and the visits that may have met it."""
    event: AssessmentEvent = entry.event
    match event:
        case ResultsPublished():
            pass  # shows on the session and is judged by nothing
        case AssessmentHeld():
            yield from _session_reported(supervision, entry, event, at)


def _session_reported(
    supervision: "Supervision", entry: Recorded[Any], session: AssessmentHeld, at: int
) -> Iterator[Touch]:
    outcomes = judge_session(entry, supervision.file, supervision.context)
    yield from supervision.settle(entry.position, session.held_from, outcomes, at)
    for position in supervision.file.visits.get(None, ()):
        visit, flag = supervision.entries[position], supervision.flags.get(f"V1-{position}")
        # A correction takes a session to the day of another visit, or away from one that rested on it.
        rested = flag is not None and entry.position in flag.outcome.because
        if rested or session.held_from <= visit.valid_from <= session.held_to:
            yield from inspection(supervision, visit, at)


def from_its_day(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    """What is judged on its day and after it."""
    event = entry.event
    start = (
        event.valid_from
        if isinstance(event, EnterpriseListed | ListingRenewed)
        else entry.valid_from
    )
    yield from supervision.judge_from(start, at)
    yield from supervision.owe(at)


def application(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    """Of an application the checks read methods and receipt alone; its other steps have no bearing."""
    event: ApplicationEvent = entry.event
    match event:
        case ApplicationSubmitted() | ReceiptIssued():
            yield from supervision.judge_sessions(date.min, at)
            yield from supervision.owe(at)
        case (
            DistrictOpinionGiven()
            | ApplicationAccepted()
            | ApplicationReturned()
            | ApplicationWithdrawn()
            | ExpertsAssigned()
            | EvaluationScored()
            | EvaluationScoreRevised()
            | EvaluationConcluded()
            | ApplicationConfirmed()
            | ApplicationRejected()
        ):
            pass


def plan(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    """A plan bears on the sessions of its year, and on whether it is owed."""
    yield from supervision.judge_sessions(date(entry.event.year, 1, 1), at)
    yield from supervision.owe(at)


def sessions_from_its_day(
    supervision: "Supervision", entry: Recorded[Any], at: int
) -> Iterator[Touch]:
    """Registers and partnerships bear on sessions alone."""
    yield from supervision.judge_sessions(entry.valid_from, at)


def sessions(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    """The same of one that was corrected: its day may have been another one."""
    yield from supervision.judge_sessions(date.min, at)


def specification(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    """A filing takes away what S4 says for the want of one, and raises nothing."""
    flags = (flag for flag in supervision.flags.values() if flag.code == "S4")
    wanting = {flag.position for flag in flags if flag.outcome.reason == NO_STANDARD}
    yield from supervision.judge_again(wanting, at)


def whole(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    """Everything that is judged of the enterprise."""
    yield from supervision.judge_from(date.min, at)
    yield from supervision.owe(at)


def ended_certificate(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    """The certificates under the number, and what counts them."""
    for record in supervision.file.by_number.get(folded(entry.event.certificate_no), ()):
        yield Touch("certificates", str(record.position))
        session = supervision.file.sessions.get(record.entry.event.assessment_id)
        if session is not None:
            yield from supervision.count(session, at)
    made = supervision.file.made_by(entry)
    for successor in made.line() if made is not None else ():
        yield from _successor(supervision, successor, at)


def _successor(supervision: "Supervision", record: CertificateRecord, at: int) -> Iterator[Touch]:
    """What is new about a certificate that replaced another one is its number."""
    yield Touch("certificates", str(record.position))
    reference = supervision.context.reference
    issued = record.entry.event.issued_on
    fits = number_fits(record.entry, reference)
    rules = reference.rules(issued)
    outcomes = {
        code: fits for code in OF_NUMBER if fits is not CLEAR and rules.judges(code, issued)
    }
    yield from supervision.settle(record.position, record.entry.valid_from, outcomes, at, OF_NUMBER)
    if at != record.position:
        yield from supervision.raised_of(record.position, judging(CertificateReissued))


def inspection(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    """The procedure of it, and what was seen."""
    event: InspectionEvent = entry.event
    match event:
        case InspectionDispatched() | SpotCheckRecorded():
            outcomes = judge_inspection(entry, supervision.file, supervision.context)
            yield from supervision.settle(
                entry.position, entry.valid_from, outcomes, at, OF_INSPECTION
            )
        case InspectionDrawn():
            pass


def finding(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:
    """Its orders may be overdue, and a flag that was made a finding falls back with it."""
    finding_id = entry.event.finding_id
    for key, said in supervision.file.said.items():
        if any(review.finding_id == finding_id for review in said.reviews):
            yield Touch("flags", key)
    for position, known in supervision.file.orders.items():
        if known == finding_id:
            yield supervision.owe_rectification(position, at)


def review(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    """The flag itself."""
    yield Touch("flags", entry.event.flag)


def request(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    """The flags of a record show what was asked for, and what the centre made of it."""
    named = entry.event.position
    for record, requests in supervision.file.requests.items():
        if record == named or any(request.position == named for request in requests):
            yield from supervision.raised_of(record, CHECKS)


def nothing(supervision: "Supervision", entry: Recorded[Any], at: int) -> Iterator[Touch]:  # noqa: ARG001
    """No judgement."""
    yield from ()


def corrected_session(supervision: "Supervision", right: Recorded[Any], at: int) -> Iterator[Touch]:
    """A certificate is judged with its session; it and its flags say where and how that was held."""
    yield from session_reported(supervision, right, at)
    if not isinstance(right.event, AssessmentHeld):
        return
    for visit in supervision.file.visits.get(right.event.assessment_id, ()):
        yield from inspection(supervision, supervision.entries[visit], at)
    session = supervision.file.sessions[right.event.assessment_id]
    for record in session.certificates:
        yield from supervision.judge_certificate(record, at)
        for certificate in record.line():
            yield Touch("certificates", str(certificate.position))
            yield from supervision.raised_of(certificate.position, judging(CertificateIssued))
    yield from supervision.judge_trades(at)
    yield from supervision.count(session, at)
    yield from supervision.raised_of(right.position, judging(AssessmentHeld))


def corrected_certificate(
    supervision: "Supervision", right: Recorded[Any], at: int
) -> Iterator[Touch]:
    """The certificate with its line, or the end of one."""
    if not isinstance(right.event, CertificateIssued):
        yield from ended_certificate(supervision, right, at)
        return
    number = folded(right.event.certificate_no)
    if number in supervision.file.ended_numbers:
        yield from ended_certificate(supervision, right, at)
    for record in supervision.file.by_number[number]:
        if record.position == right.position:
            yield from supervision.judge_certificate(record, at)
            for successor in record.line()[1:]:
                yield from _successor(supervision, successor, at)
    session = supervision.file.sessions.get(right.event.assessment_id)
    # Its day may have moved to where more stand at once, and C3 names the certificates that it rests on.
    if session is not None and len(session.certificates) > session.candidates:
        yield from supervision.count(session, at)
    yield from supervision.raised_of(right.position, judging(CertificateIssued))
