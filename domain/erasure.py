"""A person's erasure: stream `person/{subject_id}`. The entry is its receipt; it holds nothing of the person.

What is destroyed is the key in the vault. Entries keep the pseudonym, which then leads to nobody.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import not_in_the_future
from domain.terms.reference import Reference

_PSEUDONYM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased:
    """The key of a person was destroyed, on the basis that is named."""

    subject_id: str
    basis: str


Event: TypeAlias = PersonErased
State: TypeAlias = PersonErased | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse an erasure of what is no pseudonym, and one without a basis."""
    if not _PSEUDONYM.fullmatch(event.subject_id):
        raise Refused(
            "no-pseudonym",
            "这不是假名（记录中持证人的标识）",
            "subject_id is no pseudonym as entries name a holder by",
            "subject_id",
        )
    if not event.basis.strip():
        raise Refused("fields-missing", "须写明抹除的依据", "the basis is missing", "basis")


def evolve(state: State, entry: Recorded[Any]) -> State:  # noqa: ARG001 - of any stream
    """Return the erasure, if there was one."""
    event: Event = entry.event
    match event:
        case PersonErased():
            return event


PERSON: FactKind[State] = FactKind("person", initial, evolve)
FACTS = MappingProxyType({"person": PERSON})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The person by the pseudonym."""
    return (PERSON.key(command.body.subject_id),)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the erasure; refuse a second one."""
    body = command.body
    not_in_the_future(command)
    sound(body, facts.reference, command.valid_from)
    if facts[PERSON.key(body.subject_id)] is not None:
        raise Refused(
            "duplicate",
            "该人已被抹除",
            "the person was erased before",
            "subject_id",
        )
    tags = (f"person:{body.subject_id}",)
    return [New(f"person/{body.subject_id}", body, None, None, tags, command.valid_from)]
