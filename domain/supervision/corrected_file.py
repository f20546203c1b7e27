"""An entry of a file is read as corrected: only what follows from entries of its kind is read again.

Corrections come by the thousand (a column of an upload was wrong), so none of them may cost as
much as the whole history of an enterprise.
"""

from bisect import insort
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from domain import enterprise, partnership, specification, staff
from domain.assessment import ResultsPublished
from domain.certificate.certificate import CertificateIssued
from domain.inspection.inspection import SpotCheckRecorded
from domain.standing import standing
from domain.supervision.subject_file import SubjectFile, group_of
from domain.terms.envelope import Recorded
from domain.terms.folding import folded


def reread(file: SubjectFile, right: Recorded[Any]) -> None:
    """Let an entry that was added before stand as it was corrected."""
    event = right.event
    if type(event) is CertificateIssued:
        for record in file.by_number.get(folded(event.certificate_no), ()):
            if record.position == right.position:
                record.correct(right)
        return
    group = group_of(right)
    file.entries[group][right.position] = right
    again = _AGAIN.get(group)
    if again is not None:
        again(file, right)


def _enterprise(file: SubjectFile, _: Recorded[Any]) -> None:
    file.enterprise = enterprise.initial
    _take_all(file, "enterprise")


def _standing(file: SubjectFile, _: Recorded[Any]) -> None:
    """A listing tells of its application too, so both are read again."""
    file.course = standing.initial
    file.applications.clear()
    _take_all(file, "application", "standing")


def _plans(file: SubjectFile, _: Recorded[Any]) -> None:
    file.plans.clear()
    _take_all(file, "plan")


def _take_all(file: SubjectFile, *groups: str) -> None:
    entries = {at: entry for group in groups for at, entry in file.entries[group].items()}
    for at in sorted(entries):
        file.take(entries[at])


def _session(file: SubjectFile, right: Recorded[Any]) -> None:
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
                file.take(entry)


def _ends(file: SubjectFile, right: Recorded[Any]) -> None:
    number = folded(right.event.certificate_no)
    for record in file.by_number.get(number, ()):
        record.reopen()
    for entry in file.entries["certificate"].values():
        if folded(entry.event.certificate_no) == number:
            file.take(entry)


def _inspection(file: SubjectFile, right: Recorded[Any]) -> None:
    entries = file.inspections.get(right.event.inspection_id, [])
    entries[:] = [right if entry.position == right.position else entry for entry in entries]
    if isinstance(right.event, SpotCheckRecorded):
        for visits in file.visits.values():
            visits[:] = [position for position in visits if position != right.position]
        insort(file.visits.setdefault(right.event.assessment_id, []), right.position)


def _finding(file: SubjectFile, right: Recorded[Any]) -> None:
    finding_id = right.event.finding_id
    file.findings.pop(finding_id, None)
    for entry in file.entries["finding"].values():
        if entry.event.finding_id == finding_id:
            file.take(entry)


def _staff(file: SubjectFile, _: Recorded[Any]) -> None:
    file.staff = staff.initial
    _take_all(file, "staff")


def _partnerships(file: SubjectFile, _: Recorded[Any]) -> None:
    file.partnerships = partnership.initial
    _take_all(file, "partnership")


def _specifications(file: SubjectFile, _: Recorded[Any]) -> None:
    file.specifications = specification.initial
    _take_all(file, "specification")


def _review(file: SubjectFile, right: Recorded[Any]) -> None:
    file.take(right)


_AGAIN: Mapping[str, Callable[[SubjectFile, Recorded[Any]], None]] = MappingProxyType(
    {
        "enterprise": _enterprise,
        "application": _standing,
        "standing": _standing,
        "plan": _plans,
        "assessment": _session,
        "certificate": _ends,
        "inspection": _inspection,
        "finding": _finding,
        "flag": _review,
        "staff": _staff,
        "partnership": _partnerships,
        "specification": _specifications,
    }
)
"""Group of an entry → what is read again."""
