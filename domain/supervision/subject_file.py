"""The file of one enterprise: all that its history says, as far as it has been read.

Built by adding entries in position order (corrections resolved before). Streams are folded
by their own modules; here they are only brought together. A file is owned by one fold and
changed in place, because the largest enterprise has tens of thousands of certificates.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from domain import (
    assessment,
    correction,
    enterprise,
    flag,
    partnership,
    plan,
    specification,
    staff,
)
from domain.application import application
from domain.application.progress import Application
from domain.assessment import AssessmentHeld, ResultsPublished
from domain.certificate import certificate
from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
)
from domain.certificate.lifetime import CertificateRecord, read_end, read_late
from domain.correction import CorrectionDecided, CorrectionRequested, RecordCorrected, Request
from domain.finding import finding
from domain.finding.finding import Finding
from domain.finding.rectification import RectificationOrdered
from domain.flag import Said
from domain.inspection import inspection
from domain.inspection.inspection import (
    InspectionDispatched,
    InspectionDrawn,
    SpotCheckRecorded,
)
from domain.plan import Plan
from domain.standing import standing
from domain.standing.course import Course
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.vocabulary import CandidateCategory, Method

_POSITION = attrgetter("position")

DIRECT = frozenset({Method.DIRECT.value, "直接认定"})
"""How a direct certification is written."""
Districts: TypeAlias = tuple[tuple[date, str], ...]
"""The competent district authority from which day on; the first one also before its day."""


class Stretch(NamedTuple):
    """Days from `start` up to, not including, `end` (None: for ever) under one district authority.

    `district` is None for an enterprise that is not registered.
    """

    start: date
    end: date | None
    district: str | None


class SessionRecord:
    """One recorded session with its certificates in the order of their entries."""

    __slots__ = (
        "candidates",
        "categories",
        "certificates",
        "direct",
        "entry",
        "first_day",
        "level",
        "occupation",
    )

    def __init__(self, entry: Recorded[AssessmentHeld]) -> None:
        self.certificates: list[CertificateRecord] = []
        self.report(entry)

    def report(self, entry: Recorded[AssessmentHeld]) -> None:
        """Let the session stand as it was reported, or corrected."""
        self.entry = entry
        event = entry.event
        # What every certificate is held against stands here: a replay looks it up millions of times.
        self.first_day, self.level, self.occupation = event.held_from, event.level, event.occupation
        self.candidates = event.candidates.total
        self.direct = event.method in DIRECT
        # A tuple: it is looked through by identity, while a member of an enumeration hashes in Python.
        self.categories: tuple[CandidateCategory | None, ...] = (*event.candidates.categories, None)


class SubjectFile:
    """What is known of one enterprise.

    Total: whatever was recorded changes it or not (`domain.supervision.streams` says what an entry does).
    """

    __slots__ = (
        "_by_number",
        "_numbered",
        "applications",
        "certificates",
        "corrections",
        "course",
        "districts",
        "ended_numbers",
        "enterprise",
        "entries",
        "findings",
        "inspections",
        "orders",
        "partnerships",
        "plans",
        "published",
        "requests",
        "said",
        "sessions",
        "specifications",
        "staff",
        "uscc",
        "visits",
    )

    def __init__(self, uscc: str) -> None:
        self.uscc = uscc
        self.entries: dict[str, dict[int, Recorded[Any]]] = defaultdict(dict)
        """Entries by kind of stream and position, as they stand; certificates stand in `certificates`."""
        self.enterprise: enterprise.State = enterprise.initial
        self.districts: Districts = ()
        self.course: Course = standing.initial
        self.corrections: dict[int, tuple[int, ...]] = {}
        """Entry → the corrections of it."""
        self.applications: dict[str, Application] = {}
        self.plans: dict[int, Plan] = {}
        self.staff: staff.State = staff.initial
        self.partnerships: partnership.State = partnership.initial
        self.specifications: specification.State = specification.initial
        self.sessions: dict[str, SessionRecord] = {}
        self.published: dict[str, list[ResultsPublished]] = {}
        """Session → what was made public of its results, in order of day."""
        self.certificates: list[CertificateRecord] = []
        """Certificates in order of position."""
        self._by_number: dict[str, list[CertificateRecord]] = {}
        self._numbered = 0
        self.ended_numbers: set[str] = set()
        """Numbers under which a certificate was revoked or replaced."""
        self.inspections: dict[str, list[Recorded[Any]]] = {}
        self.visits: dict[str | None, list[int]] = {}
        """Session → the entries of the spot checks that name it; None: of those that name none."""
        self.findings: dict[str, Finding] = {}
        self.orders: dict[int, str] = {}
        self.said: dict[str, Said] = {}
        """What was said to flags, by key."""
        self.requests: dict[int, tuple[Request, ...]] = {}
        """Corrections that were asked for, by position of the record."""

    def add_certificate(self, entry: Recorded[CertificateIssued]) -> SessionRecord | None:
        """Add a new certificate; return the session that it names (a replay adds ten million)."""
        record = CertificateRecord(entry)
        self.certificates.append(record)
        if self.ended_numbers and folded(record.number) in self.ended_numbers:
            read_late(record, self.by_number[folded(record.number)])
        session = self.sessions.get(entry.event.assessment_id)
        if session is not None:
            session.certificates.append(record)
        return session

    @property
    def by_number(self) -> Mapping[str, Sequence[CertificateRecord]]:
        """Certificates by number. Made when it is asked for: most files are never searched so."""
        self._number()
        return self._by_number

    def _number(self) -> None:
        for record in self.certificates[self._numbered :]:
            self._by_number.setdefault(folded(record.number), []).append(record)
        self._numbered = len(self.certificates)

    def certificate(self, position: int) -> CertificateRecord | None:
        """Return the certificate that was entered, or made by a reissue, at the position."""
        index = bisect_left(self.certificates, position, key=_POSITION)
        if index < len(self.certificates) and self.certificates[index].position == position:
            return self.certificates[index]
        return None

    def add_made(self, made: CertificateRecord) -> None:
        """Add what a reissue made: a correction may let an earlier reissue make something only now."""
        if not self.certificates or self.certificates[-1].position < made.position:
            self.certificates.append(made)
            return
        # Under its number it comes behind what is there already.
        self._number()
        self._by_number.setdefault(folded(made.number), []).append(made)
        insort(self.certificates, made, key=_POSITION)
        self._numbered += 1

    def made_by(self, entry: Recorded[Any]) -> CertificateRecord | None:
        """Return the certificate that a reissue made; None for any other entry."""
        record = self.certificate(entry.position)
        return None if record is None or record.reissue is None else record

    def supervised(self, start: date, end: date | None = None) -> Sequence[Stretch]:
        """Return the stretches of the days in `[start, end)`, each with its competent authority."""
        districts = self.districts
        if len(districts) <= 1:  # nobody has moved: so it is nearly always
            return (Stretch(start, end, districts[0][1] if districts else None),)
        stretches: list[Stretch] = []
        district = self.districts[0][1]
        for day, other in self.districts[1:]:
            if end is not None and end <= day:
                break
            if start < day:
                stretches.append(Stretch(start, day, district))
                start = day
            district = other
        return (*stretches, Stretch(start, end, district))

    def corrected(self, positions: Iterable[int]) -> tuple[int, ...]:
        """Return the entries with the corrections of each behind it, none twice."""
        entries: dict[int, None] = {}
        for position in positions:
            entries[position] = None
            entries.update(dict.fromkeys(self.corrections.get(position, ())))
        return tuple(entries)


def add_enterprise(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let its profile and its districts follow."""
    file.enterprise = enterprise.evolve(file.enterprise, entry)
    if file.enterprise is not None:
        districts: list[tuple[date, str]] = []
        for day, _, profile in file.enterprise.profiles:
            if districts and districts[-1][0] == day:
                districts.pop()
            if not districts or districts[-1][1] != profile.district:
                districts.append((day, profile.district))
        file.districts = tuple(districts)


def add_application(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let one application follow."""
    _evolve_application(file, entry, entry.event.application_id)


def _evolve_application(file: SubjectFile, entry: Recorded[Any], application_id: str) -> None:
    after = application.evolve(file.applications.get(application_id), entry)
    if after is not None:
        file.applications[application_id] = after


def add_standing(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let the course follow, and the application that a listing publishes."""
    file.course = standing.evolve(file.course, entry)
    if isinstance(entry.event, standing.EnterpriseListed):
        _evolve_application(file, entry, entry.event.application_id)


def add_plan(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let the plan of one year follow."""
    after = plan.evolve(file.plans.get(entry.event.year), entry)
    if after is not None:
        file.plans[entry.event.year] = after


def add_assessment(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Add a session, or what was made public of its results."""
    event: assessment.Event = entry.event
    match event:
        case AssessmentHeld():
            file.sessions[event.assessment_id] = SessionRecord(entry)
        case ResultsPublished():
            published = file.published.setdefault(event.assessment_id, [])
            published.append(event)
            published.sort(key=lambda e: (e.published_on, e.until, e.where))


def add_staff(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let the register of staff follow."""
    file.staff = staff.evolve(file.staff, entry)


def add_partnership(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let the partnerships follow."""
    file.partnerships = partnership.evolve(file.partnerships, entry)


def add_specification(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let the specifications follow."""
    file.specifications = specification.evolve(file.specifications, entry)


def add_certificate(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Add a certificate, or end those that the entry ends."""
    event: certificate.Event = entry.event
    match event:
        case CertificateIssued():
            file.add_certificate(entry)
        case CertificateReissued() | CertificateRevoked():
            number = folded(event.certificate_no)
            file.ended_numbers.add(number)
            known = file.made_by(entry)
            made = read_end(file.by_number.get(number, ()), entry, known)
            if made is not None and made is not known:
                file.add_made(made)


def add_inspection(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Add a dispatch or a spot check."""
    event: inspection.Event = entry.event
    match event:
        case InspectionDispatched():
            file.inspections.setdefault(event.inspection_id, []).append(entry)
        case SpotCheckRecorded():
            file.inspections.setdefault(event.inspection_id, []).append(entry)
            file.visits.setdefault(event.assessment_id, []).append(entry.position)
        case InspectionDrawn():
            pass  # of many enterprises, and of none by itself


def add_finding(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let one finding follow."""
    finding_id = entry.event.finding_id
    after = finding.evolve(file.findings.get(finding_id), entry)
    if after is not None:
        file.findings[finding_id] = after
        if isinstance(entry.event, RectificationOrdered):
            file.orders[entry.position] = finding_id


def add_flag(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let what was said to a flag follow."""
    key = entry.event.flag
    file.said[key] = flag.evolve(file.said.get(key, flag.initial), entry)


def add_request(file: SubjectFile, entry: Recorded[Any]) -> None:
    """Let what was asked for, of one record, follow."""
    event: correction.Event = entry.event
    match event:
        case CorrectionRequested():
            record = event.position
            known = file.requests.get(record, correction.initial)
            file.requests[record] = correction.evolve(known, entry)
        case CorrectionDecided():
            for record, known in file.requests.items():
                if any(request.position == event.position for request in known):
                    file.requests[record] = correction.evolve(known, entry)
                    return
        case RecordCorrected():
            pass  # it is read with what it corrects (`corrected_file`)


def add_nothing(file: SubjectFile, entry: Recorded[Any]) -> None:
    """A roster, a catalogue or a draw says nothing about one enterprise by itself."""
