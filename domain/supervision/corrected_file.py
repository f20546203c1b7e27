"""An entry of a file is read as corrected: only what follows from entries of its kind is read again.

Corrections come by the thousand (a column of an upload was wrong), so none of them may cost as
much as the whole history of an enterprise.
"""

from bisect import insort
from collections.abc import Callable
from typing import Any, TypeAlias

from domain import enterprise, partnership, specification, staff
from domain.assessment import ResultsPublished
from domain.certificate.certificate import CertificateIssued
from domain.certificate.lifetime import CertificateRecord, in_order, read_late
from domain.inspection.inspection import SpotCheckRecorded
from domain.standing import standing
from domain.supervision.subject_file import (
    SubjectFile,
    add_application,
    add_assessment,
    add_certificate,
    add_enterprise,
    add_finding,
    add_flag,
    add_partnership,
    add_plan,
    add_specification,
    add_staff,
    add_standing,
)
from domain.terms.envelope import Recorded
from domain.terms.folding import folded

Take: TypeAlias = Callable[[SubjectFile, Recorded[Any]], None]
"""How a file follows an entry."""


def reread_certificate(file: SubjectFile, right: Recorded[CertificateIssued]) -> None:
    """Let a certificate stand as it was issued, corrected; whether it ended hangs on its day, too."""
    number = folded(right.event.certificate_no)
    for record in file.by_number.get(number, ()):
        if record.position == right.position:
            record.correct(right)
    if number in file.ended_numbers:
        reread_ends(file, right)


def reread_enterprise(file: SubjectFile, _: Recorded[Any]) -> None:
    """Read its profiles again."""
    file.enterprise = enterprise.initial
    _take_all(file, enterprise=add_enterprise)


def reread_standing(file: SubjectFile, _: Recorded[Any]) -> None:
    """A listing tells of its application too, so both are read again."""
    file.course = standing.initial
    file.applications.clear()
    _take_all(file, application=add_application, standing=add_standing)


def reread_plans(file: SubjectFile, _: Recorded[Any]) -> None:
    """Read its plans again."""
    file.plans.clear()
    _take_all(file, plan=add_plan)


def _take_all(file: SubjectFile, **takes: Take) -> None:
    """Take the entries of these kinds of stream again, in their order."""
    entries = {
        at: (take, entry)
        for kind, take in takes.items()
        for at, entry in file.entries[kind].items()
    }
    for at in sorted(entries):
        take, entry = entries[at]
        take(file, entry)


def reread_session(file: SubjectFile, right: Recorded[Any]) -> None:
    """Let a session stand as corrected; of its results, read again what was made public."""
    assessment_id = right.event.assessment_id
    session = file.sessions.get(assessment_id)
    if session is not None and session.entry.position == right.position:
        session.report(right)
    elif isinstance(right.event, ResultsPublished):
        file.published.pop(assessment_id, None)
        for entry in file.entries["assessment"].values():
            if isinstance(entry.event, ResultsPublished) and (
                entry.event.assessment_id == assessment_id
            ):
                add_assessment(file, entry)


def reread_ends(file: SubjectFile, right: Recorded[Any]) -> None:
    """Read again every end of certificates under the number."""
    number = folded(right.event.certificate_no)
    records = list(file.by_number.get(number, ()))
    for record in records:
        record.reopen()
    ends = [
        entry
        for entry in file.entries["certificate"].values()
        if folded(entry.event.certificate_no) == number
    ]
    for step in in_order(records, ends):
        if isinstance(step, CertificateRecord):
            read_late(step, records)
        else:
            add_certificate(file, step)


def reread_inspection(file: SubjectFile, right: Recorded[Any]) -> None:
    """Let a dispatch or a spot check stand as corrected."""
    entries = file.inspections.get(right.event.inspection_id, [])
    entries[:] = [right if entry.position == right.position else entry for entry in entries]
    if isinstance(right.event, SpotCheckRecorded):
        for visits in file.visits.values():
            visits[:] = [position for position in visits if position != right.position]
        insort(file.visits.setdefault(right.event.assessment_id, []), right.position)


def reread_finding(file: SubjectFile, right: Recorded[Any]) -> None:
    """Read one finding again."""
    finding_id = right.event.finding_id
    file.findings.pop(finding_id, None)
    for entry in file.entries["finding"].values():
        if entry.event.finding_id == finding_id:
            add_finding(file, entry)


def reread_staff(file: SubjectFile, _: Recorded[Any]) -> None:
    """Read the register of staff again."""
    file.staff = staff.initial
    _take_all(file, staff=add_staff)


def reread_partnerships(file: SubjectFile, _: Recorded[Any]) -> None:
    """Read the partnerships again."""
    file.partnerships = partnership.initial
    _take_all(file, partnership=add_partnership)


def reread_specifications(file: SubjectFile, _: Recorded[Any]) -> None:
    """Read the specifications again."""
    file.specifications = specification.initial
    _take_all(file, specification=add_specification)


def reread_review(file: SubjectFile, right: Recorded[Any]) -> None:
    """Let what was said to a flag follow."""
    add_flag(file, right)
