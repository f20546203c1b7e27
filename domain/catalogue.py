"""Editions of dictionary, qualification catalogue, rule set and outline: stream `catalogue/{kind}` (三)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.intervals import Days
from domain.terms.reference import Edition, Reference
from domain.terms.vocabulary import CatalogueKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueAdopted:
    """From `valid_from` an edition applies. Its content was stored before, under its digest."""

    kind: CatalogueKind
    edition: str
    valid_from: date
    valid_to: date | None = None
    sha256: str


Event: TypeAlias = CatalogueAdopted
State: TypeAlias = tuple[Edition, ...]
initial: State = ()


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse an edition that applies on no day."""
    if Days(event.valid_from, event.valid_to).empty:
        raise Refused(
            "period-empty", "失效日不晚于生效日", "the edition ends before it begins", "valid_to"
        )


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the adopted editions after `entry`."""
    event: Event = entry.event
    adopted = Edition(
        kind=event.kind,
        edition=event.edition,
        days=Days(event.valid_from, event.valid_to),
        sha256=event.sha256,
        position=entry.position,
    )
    return (*state, adopted)


CATALOGUE: FactKind[State] = FactKind("catalogue", initial, evolve)
FACTS = MappingProxyType({"catalogue": CATALOGUE})
ALL = CATALOGUE.key("all")


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:  # noqa: ARG001 - the shape of a decider
    """Everything that was adopted."""
    return (ALL,)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the adoption; none if the same edition applies from the same day already."""
    body = command.body
    sound(body, facts.reference, body.valid_from)
    days = Days(body.valid_from, body.valid_to)
    same = (body.kind, body.edition, days, body.sha256)
    if any((e.kind, e.edition, e.days, e.sha256) == same for e in facts[ALL]):
        return []
    edition = Edition(kind=body.kind, edition=body.edition, days=days, sha256=body.sha256)
    if not facts.reference.holds(edition):
        raise Refused(
            "content-not-held",
            "该目录的内容尚未收录：请先在“目录”页、POST /v1/catalogues 或 dudao catalogue add 收录文件，"
            "再按其摘要采用",
            "the content of the catalogue is not held: store the file first (page 目录,"
            " POST /v1/catalogues, dudao catalogue add), then adopt it by its digest",
            "sha256",
        )
    tags = (ALL.tag,)
    return [New(f"catalogue/{body.kind.value}", body, None, None, tags, body.valid_from)]


def reference_after(installed: Reference, adopted: State) -> Reference:
    """Return the reference data in force: what is installed, with what the ledger adopted."""
    reference = installed
    for edition in adopted:
        reference = reference.adopting(edition)
    return reference
