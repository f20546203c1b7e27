"""Where an entry shows: the public records that an entry may have changed, flags aside."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from domain.certificate.certificate import CertificateIssued
from domain.flag import FlagReviewed
from domain.standing.standing import EnterpriseListed
from domain.terms.envelope import Recorded


class Touch(NamedTuple):
    """A public record that an entry may have changed: which view, which key in it."""

    view: str
    key: str


def touches(entry: Recorded[Any]) -> Iterator[Touch]:
    """Yield the public records that show what `entry` says, flags aside."""
    shown = _SHOWN.get(entry.type.partition(".")[0])
    if shown is not None and entry.subject is not None:
        yield from shown(entry)


def _in_roster_and_scope(entry: Recorded[Any]) -> Iterator[Touch]:
    yield Touch("roster", entry.event.uscc)
    yield Touch("scope", entry.event.uscc)
    if isinstance(entry.event, EnterpriseListed):
        yield Touch("applications", entry.event.application_id)


def _certificate_itself(entry: Recorded[Any]) -> Iterator[Touch]:
    if isinstance(entry.event, CertificateIssued):
        yield Touch("certificates", str(entry.position))


def _finding_made_of_it(entry: Recorded[Any]) -> Iterator[Touch]:
    if isinstance(entry.event, FlagReviewed) and entry.event.finding_id is not None:
        yield Touch("findings", entry.event.finding_id)


_SHOWN: Mapping[str, Callable[[Recorded[Any]], Iterable[Touch]]] = MappingProxyType(
    {
        "enterprise": lambda e: (Touch("roster", e.event.uscc), Touch("scope", e.event.uscc)),
        "standing": _in_roster_and_scope,
        "application": lambda e: (Touch("applications", e.event.application_id),),
        "plan": lambda e: (Touch("plans", f"{e.event.uscc}/{e.event.year}"),),
        "assessment": lambda e: (Touch("sessions", e.event.assessment_id),),
        "certificate": _certificate_itself,
        "inspection": lambda e: (Touch("inspections", e.event.inspection_id),),
        "staff": lambda e: (Touch("registers", e.event.uscc),),
        "partnership": lambda e: (Touch("registers", e.event.uscc),),
        "specification": lambda e: (Touch("registers", e.event.uscc),),
        "complaint": lambda e: (Touch("complaints", e.event.complaint_id),),
        "finding": lambda e: (Touch("findings", e.event.finding_id),),
        "flag": _finding_made_of_it,
    }
)
"""Stream → where its entries show."""
