"""What is tried against the sample year by chance: its ledger in memory, and commands made of its lines."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from domain.correction import FieldCorrection, RecordCorrected
from domain.terms.envelope import Recorded
from examples.sample.chapters import made
from examples.sample.trial import Trial
from ledger.gate.output import contract
from projections.places.places import installed_places


@cache
def trial() -> Trial:
    return made().trial


@cache
def installed_places_once() -> Any:
    return installed_places()


@cache
def about_of(uscc: str) -> tuple[Recorded[Any], ...]:
    return tuple(e for e in trial().entries if e.subject == uscc)


@cache
def of_kind(name: str) -> tuple[Recorded[Any], ...]:
    return tuple(e for e in trial().entries if type(e.event).__name__ == name)


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every path of a record that a correction may name, with its value."""
    if isinstance(data, dict) and data:
        for name, value in data.items():
            yield from leaves(value, f"{path}.{name}" if path else name)
    elif path:
        yield path, data


def early(chance: random.Random) -> date:
    return date(2023, 1, 1) + timedelta(days=chance.randrange(1_400))


def correction(
    entry: Recorded[Any], others: Sequence[Recorded[Any]], chance: random.Random
) -> RecordCorrected:
    """A field of the record set to what it says in one of the others, or to another day."""
    other = chance.choice(others)
    theirs = dict(leaves(contract(other.event)))
    path, value = chance.choice([*leaves(contract(entry.event)), ("valid_from", "")])
    value = theirs.get(path, value)
    if path in {"valid_from", "held_from", "held_to", "issued_on"}:
        value = str(early(chance))
    fields = [FieldCorrection(path=path, value=json.dumps(value, ensure_ascii=False))]
    if path in {"held_from", "held_to"}:
        paired = "held_to" if path == "held_from" else "held_from"
        fields.append(replace(fields[0], path=paired))
    return RecordCorrected(position=entry.position, fields=tuple(fields))
