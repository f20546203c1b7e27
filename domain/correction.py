"""Corrections of recorded entries: `RecordCorrected`, in the stream of the entry it corrects.

Nothing is rewritten. A fold that has seen the correction reads the corrected entry as
amended; a fold that stops before it reads the entry as it was recorded.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.soundness import require_sound
from domain.terms.decider import Apply, Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import existing, not_in_the_future, reason_given


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCorrection:
    """One corrected field: its path in the event's data (`venue.division`) and the value as JSON text."""

    path: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCorrected:
    """The entry at `position` was wrong in `fields`."""

    position: int
    fields: tuple[FieldCorrection, ...]


Event: TypeAlias = RecordCorrected

State: TypeAlias = Recorded[Any] | None
initial: State = None


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the entry itself; its corrections are applied before (`resolved`)."""
    return state or entry


ENTRY: FactKind[State] = FactKind("entry", initial, evolve)
"""The entry at one position as it stands: the key `entry:7` has the entry at position 7, which
does not carry this tag, and every correction of it, which does. A correction is never corrected:
its own key has itself alone."""
FACTS = MappingProxyType({"entry": ENTRY})

_DAY_FIELDS = ("held_from", "issued_on", "published_on")
_IDENTITY = frozenset(
    {
        "uscc",
        "application_id",
        "assessment_id",
        "inspection_id",
        "draw_id",
        "finding_id",
        "measure_id",
        "batch",
        "year",
        "certificate_no",
        "new_certificate_no",
        "position",
        "flag",
        "expert_id",
        "holder",
        "arithmetic",
    }
)


_BESIDE_IDENTITY = frozenset({"holder.category", "holder.id_type"})
"""What is said about a holder and does not say who it is."""


def day_in(event: object) -> date | None:
    """Return the day that the event's own data holds (`held_from`, `issued_on`, `published_on`)."""
    for name in _DAY_FIELDS:
        found = getattr(event, name, None)
        if isinstance(found, date):
            return found
    return None


def _day_path(event: object) -> str:
    """Return the path of the correction that moves a record to another day."""
    return f"fields.{next((n for n in _DAY_FIELDS if hasattr(event, n)), 'valid_from')}"


def amended(entry: Recorded[Any], correction: RecordCorrected, apply: Apply) -> Recorded[Any]:
    """Return `entry` with an accepted correction applied; its valid day follows the corrected data.

    Total, whatever rules say today.
    """
    own = _own(entry, correction)
    event = apply(entry.event, [(f.path, f.value) for f in own]) if own else entry.event
    return entry._replace(event=event, valid_from=_day(entry, event, correction))


def _own(entry: Recorded[Any], correction: RecordCorrected) -> list[FieldCorrection]:
    """Return the corrected fields of the event itself: its day may stand beside it."""
    if hasattr(entry.event, "valid_from"):
        return list(correction.fields)
    return [field for field in correction.fields if field.path != "valid_from"]


def _day(entry: Recorded[Any], event: object, correction: RecordCorrected) -> date:
    day = day_in(event) or getattr(event, "valid_from", None)
    if day is not None:
        return day
    beside = [f.value for f in correction.fields if f.path == "valid_from" and _is_day(f.value)]
    return date.fromisoformat(beside[-1].strip('"')) if beside else entry.valid_from


def resolved(entries: Iterable[Recorded[Any]], apply: Apply) -> list[Recorded[Any]]:
    """Return the entries with every correction among them applied, and the corrections taken out."""
    kept: dict[int, Recorded[Any]] = {}
    for entry in entries:
        if not isinstance(entry.event, RecordCorrected):
            kept[entry.position] = entry
        elif entry.event.position in kept:
            wrong = kept[entry.event.position]
            kept[wrong.position] = amended(wrong, entry.event, apply)
    return list(kept.values())


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The entry to be corrected, with what was corrected of it before."""
    return (ENTRY.key(str(command.body.position)),)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the correction; none if it changes nothing. The tags stay: no field of them can change."""
    body = command.body
    not_in_the_future(command)
    reason_given(command)
    entry = existing(
        facts[ENTRY.key(str(body.position))],
        "unknown-position",
        f"位置 {body.position} 没有记录",
        f"there is no entry at position {body.position}",
        "position",
    )
    _require_correctable(entry, body)
    own = _own(entry, body)
    event, changes = facts.amend(entry.event, [(f.path, f.value) for f in own])
    after = entry._replace(event=event, valid_from=_day(entry, event, body))
    if after == entry:
        return []
    require_sound(facts.reference, command, after, _day_path(event))
    tags = (*entry.tags, f"entry:{entry.position}")
    stored = replace(body, fields=_as_stored(body, changes))
    return [New(entry.stream, stored, entry.subject, entry.district, tags, after.valid_from)]


def _as_stored(
    body: RecordCorrected, changes: tuple[tuple[str, str], ...]
) -> tuple[FieldCorrection, ...]:
    """Return the fields with their values in stored form, so that folds need no rule to read them."""
    values = dict(changes)
    return tuple(replace(f, value=values.get(f.path, f.value)) for f in body.fields)


_UNCORRECTABLE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "RecordCorrected": (
            "更正记录本身不能更正,请对原记录再次更正",
            "correct the original entry again instead",
        ),
        "RosterPublished": (
            "请更正各企业的 EnterpriseListed 记录",
            "correct the EnterpriseListed entries instead",
        ),
        "CatalogueAdopted": ("请采用新的版本", "adopt another edition instead"),
        "InspectionDrawn": ("请另行抽取", "make another draw instead"),
        "ActRequested": ("请退回后另行提出", "have it refused and ask again instead"),
        "ActDecided": ("请另行办理相反的事项", "record the opposite act instead"),
    }
)


def _require_correctable(entry: Recorded[Any], body: RecordCorrected) -> None:
    name = type(entry.event).__name__
    if name in _UNCORRECTABLE:
        zh, en = _UNCORRECTABLE[name]
        raise Refused(
            "not-correctable",
            f"{name} 不能更正:{zh}",
            f"{name} cannot be corrected: {en}",
            "position",
        )
    if not body.fields:
        raise Refused("fields-missing", "没有要更正的字段", "there is nothing to correct", "fields")
    for field in body.fields:
        if field.path == "valid_from":
            _require_day(entry, field)
        if field.path.split(".")[0] in _IDENTITY and field.path not in _BESIDE_IDENTITY:
            raise Refused(
                "identity-field",
                f"{field.path} 是记录的标识,不能更正;请撤销后另行登记",
                f"{field.path} identifies the record and cannot be corrected; withdraw it and record anew",
                f"fields.{field.path}",
            )


def _require_day(entry: Recorded[Any], field: FieldCorrection) -> None:
    if day_in(entry.event) is not None:
        raise Refused(
            "day-in-data",
            "该记录的日期在其内容中,请更正内容中的日期",
            "the record's own data holds its day; correct it there",
            "fields.valid_from",
        )
    if not _is_day(field.value):
        raise Refused(
            "invalid-day",
            f"{field.value[:40]} 不是日期;请写作 2026-03-01",
            f"{field.value[:40]} is not a day; write 2026-03-01",
            "fields.valid_from",
        )


_DAY = re.compile(r'"[0-9]{4}-[0-9]{2}-[0-9]{2}"')


def _is_day(text: str) -> bool:
    """Whether the JSON text is a day, written in the one form that is stored."""
    if _DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text.strip('"'))
    except ValueError:
        return False
    return True
