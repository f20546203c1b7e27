"""Where an entry shows: the public records that an entry may have changed, flags aside.

Which entry shows how is said in `domain.supervision.streams`.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from domain.certificate.certificate import CertificateIssued
from domain.flag import FlagReviewed
from domain.standing.standing import EnterpriseListed
from domain.terms.envelope import Recorded


class Touch(NamedTuple):
    """A public record that an entry may have changed: which view, which key in it."""

    view: str
    key: str


def enterprise(entry: Recorded[Any]) -> Iterable[Touch]:
    """The enterprise shows on the roster and in its scope."""
    return Touch("roster", entry.event.uscc), Touch("scope", entry.event.uscc)


def application(entry: Recorded[Any]) -> Iterable[Touch]:
    """An application shows as a case."""
    return (Touch("applications", entry.event.application_id),)


def plan(entry: Recorded[Any]) -> Iterable[Touch]:
    """A plan shows as a case of its year."""
    return (Touch("plans", f"{entry.event.uscc}/{entry.event.year}"),)


def session(entry: Recorded[Any]) -> Iterable[Touch]:
    """A session shows with what was made public of it."""
    return (Touch("sessions", entry.event.assessment_id),)


def inspection(entry: Recorded[Any]) -> Iterable[Touch]:
    """An inspection shows as a case."""
    return (Touch("inspections", entry.event.inspection_id),)


def register(entry: Recorded[Any]) -> Iterable[Touch]:
    """Staff, partnerships and specifications show in the registers of the enterprise."""
    return (Touch("registers", entry.event.uscc),)


def complaint(entry: Recorded[Any]) -> Iterable[Touch]:
    """A complaint shows as a case."""
    return (Touch("complaints", entry.event.complaint_id),)


def finding(entry: Recorded[Any]) -> Iterable[Touch]:
    """A finding shows as a case."""
    return (Touch("findings", entry.event.finding_id),)


def nowhere(entry: Recorded[Any]) -> Iterable[Touch]:  # noqa: ARG001 - as every other
    """What is about several enterprises, or none, shows elsewhere."""
    return ()


def standing(entry: Recorded[Any]) -> Iterator[Touch]:
    """A change of standing shows as the enterprise does, a listing on its application too."""
    yield from enterprise(entry)
    if isinstance(entry.event, EnterpriseListed):
        yield Touch("applications", entry.event.application_id)


def certificate(entry: Recorded[Any]) -> Iterator[Touch]:
    """A certificate shows by itself; an end shows on those that it ends (`rejudging`)."""
    if isinstance(entry.event, CertificateIssued):
        yield Touch("certificates", str(entry.position))


def review(entry: Recorded[Any]) -> Iterator[Touch]:
    """A review shows on the finding that a flag was made."""
    if isinstance(entry.event, FlagReviewed) and entry.event.finding_id is not None:
        yield Touch("findings", entry.event.finding_id)
