"""Corrections of recorded entries, in the stream of the entry: made, asked for, taken or refused.

Nothing is rewritten. A fold that has seen the correction reads the corrected entry as
amended; a fold that stops before it reads the entry as it was recorded.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from domain.corrector import is_request, require_corrector
from domain.entry import DAY_FIELDS, ENTRY
from domain.inspection.inspection import SpotCheckRecorded
from domain.recordable import require_recordable
from domain.terms.decider import Apply, Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import existing, must_say_why, not_before, not_in_the_future, reason_given
from domain.terms.naming import event_of
from domain.terms.reference import Reference


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRequested:
    """An enterprise says that its record at `position` was wrong; without effect until it is taken."""

    position: int
    fields: tuple[FieldCorrection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDecided:
    """The centre took or refused the correction that was asked for at `position`.

    Taken, the `RecordCorrected` stands right behind.
    """

    position: int
    taken: bool
    reason: str


Event: TypeAlias = RecordCorrected | CorrectionRequested | CorrectionDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A correction that an enterprise asked for, and what the centre made of it."""

    position: int
    record: int
    fields: tuple[FieldCorrection, ...]
    asked_on: date
    by: str
    reason: str
    decision: int = 0
    """Entry of the decision; 0: none yet."""
    decided_on: date | None = None
    taken: bool | None = None
    answer: str | None = None


State: TypeAlias = tuple[Request, ...]
"""The corrections of one record that were asked for, in order of position."""
initial: State = ()


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return what was asked for after `entry`."""
    event: CorrectionRequested | CorrectionDecided = entry.event
    match event:
        case CorrectionRequested():
            asked = Request(
                position=entry.position,
                record=event.position,
                fields=event.fields,
                asked_on=entry.valid_from,
                by=entry.actor.account,
                reason=entry.reason or "",
            )
            return (*state, asked)
        case CorrectionDecided():
            return tuple(_decided(request, entry, event) for request in state)


def _decided(request: Request, entry: Recorded[Any], event: CorrectionDecided) -> Request:
    if request.position != event.position:
        return request
    return replace(
        request,
        decision=entry.position,
        decided_on=entry.valid_from,
        taken=event.taken,
        answer=event.reason,
    )


EVERY_REQUEST = "list:corrections"
"""The tag that requests and their decisions carry beside their own: by it they are listed."""
REQUESTS: FactKind[State] = FactKind("correction", initial, evolve)
"""The key `correction:7` has what was asked for of the entry at position 7."""
FACTS = MappingProxyType({"entry": ENTRY, "correction": REQUESTS})

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
    for name in DAY_FIELDS:
        day = getattr(event, name, None)
        if isinstance(day, date):
            return day
    return None


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


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a correction of nothing, and a decision without its reason."""
    match event:
        case RecordCorrected() | CorrectionRequested():
            if not event.fields:
                raise Refused(
                    "fields-missing", "没有要更正的字段", "there is nothing to correct", "fields"
                )
        case CorrectionDecided():
            must_say_why(event.reason)


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The entry to be corrected, with what was corrected of it before."""
    return (ENTRY.key(str(command.body.position)),)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the correction or the request for one; none if it changes nothing."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    not_in_the_future(command)
    entry = existing(
        facts[ENTRY.key(str(body.position))],
        "unknown-position",
        f"位置 {body.position} 没有记录",
        f"there is no entry at position {body.position}",
        "position",
    )
    if isinstance(body, CorrectionDecided):
        return _answer(facts, command, body, entry)
    reason_given(command)
    correction = RecordCorrected(position=body.position, fields=body.fields)
    _require_correctable(entry, correction)
    asked = is_request(facts, command.actor, entry, correction)
    if not asked:
        require_corrector(command, entry)
    corrected = _corrected(facts, command, entry, correction)
    if corrected is None:
        return []
    if asked or isinstance(body, CorrectionRequested):
        return _request(facts, command, entry, corrected.correction)
    return [_new(entry, corrected)]


class _Corrected(NamedTuple):
    """A correction in stored form, and the day of the record after it."""

    correction: RecordCorrected
    day: date


def _corrected(
    facts: Facts, command: Command[Event], entry: Recorded[Any], body: RecordCorrected
) -> _Corrected | None:
    """Return the correction in stored form; None if it changes nothing."""
    own = _own(entry, body)
    event, changes = facts.amend(entry.event, [(f.path, f.value) for f in own])
    after = entry._replace(event=event, valid_from=_day(entry, event, body))
    if after == entry:
        return None
    try:
        require_recordable(facts, command, after)
    except Refused as refusal:
        raise refusal.within("fields") from None
    return _Corrected(replace(body, fields=_as_stored(body, changes)), after.valid_from)


def _new(entry: Recorded[Any], corrected: _Corrected) -> New:
    """Return the correction as an entry. The tags stay: no field of them can change."""
    tags = (*entry.tags, f"entry:{entry.position}")
    stored, day = corrected
    return New(entry.stream, stored, entry.subject, entry.district, tags, day)


def _request(
    facts: Facts, command: Command[Event], entry: Recorded[Any], correction: RecordCorrected
) -> Sequence[New]:
    """Return the request; none if the same one waits already."""
    fields = correction.fields
    asked = facts[REQUESTS.key(str(entry.position))]
    if any(request.taken is None and request.fields == fields for request in asked):
        return []
    event = CorrectionRequested(position=entry.position, fields=fields)
    tags = _request_tags(entry)
    day = command.valid_from
    return [New(entry.stream, event, entry.subject, entry.district, tags, day)]


def _request_tags(entry: Recorded[Any]) -> tuple[str, ...]:
    return (f"correction:{entry.position}", EVERY_REQUEST)


def _answer(
    facts: Facts, command: Command[Event], body: CorrectionDecided, entry: Recorded[Any]
) -> Sequence[New]:
    """Return the decision and, where it is taken, the correction itself."""
    record = entry
    if isinstance(entry.event, CorrectionRequested):
        record = existing_record(facts[ENTRY.key(str(entry.event.position))])
    asked = facts[REQUESTS.key(str(record.position))]
    request = _asked_for(asked, entry, body)
    if request.taken is not None:
        if (request.taken, request.answer) == (body.taken, body.reason):
            return []
        raise Refused(
            "already-decided",
            f"该更正申请已于 {request.decided_on} 办结",
            f"the request was decided on {request.decided_on}",
            "position",
        )
    not_before(
        command.valid_from, request.asked_on, "办理早于申请", "decided before it was asked for"
    )
    decision = replace(body, position=request.position)
    tags = _request_tags(record)
    day = command.valid_from
    new = [New(record.stream, decision, record.subject, record.district, tags, day)]
    if body.taken:
        correction = RecordCorrected(position=record.position, fields=request.fields)
        require_corrector(command, record)
        corrected = _corrected(facts, command, record, correction)
        new += [_new(record, corrected)] if corrected is not None else []
    return new


def existing_record(record: Recorded[Any] | None) -> Recorded[Any]:
    """Return the record that was asked about: a request is only made of one that is there."""
    return existing(record, "unknown-position", "记录不存在", "there is no such entry", "position")


def _asked_for(asked: State, entry: Recorded[Any], body: CorrectionDecided) -> Request:
    """Return the request at the position; of a record, the one that waits."""
    if isinstance(entry.event, CorrectionRequested):
        requests = [request for request in asked if request.position == body.position]
    else:
        requests = [request for request in asked if request.taken is None]
    return existing(
        requests[0] if len(requests) == 1 else None,
        "unknown-request",
        f"位置 {body.position} 没有待办的更正申请",
        f"no correction that waits was asked for at position {body.position}",
        "position",
    )


def _as_stored(
    body: RecordCorrected, changes: tuple[tuple[str, str], ...]
) -> tuple[FieldCorrection, ...]:
    """Return the fields with their values in stored form, so that folds need no rule to read them."""
    values = dict(changes)
    return tuple(replace(f, value=values.get(f.path, f.value)) for f in body.fields)


_UNCORRECTABLE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("RecordCorrected", "CorrectionRequested", "CorrectionDecided"),
            (
                "更正记录本身不能更正，请对原记录再次更正",
                "correct the original entry again instead",
            ),
        ),
        "RosterPublished": (
            "请更正各企业的“列入名单”记录",
            "correct what was listed of each enterprise instead",
        ),
        "CatalogueAdopted": ("请采用新的版本", "adopt another edition instead"),
        "PersonErased": ("抹除不能撤回", "an erasure cannot be taken back"),
        "DayClosed": ("封账不能更改", "what a day was closed with stands"),
        "ClockSet": ("请再次校正时钟", "set the clock again instead"),
        "DemonstrationBegun": ("请另建演示账本", "begin another demonstration instead"),
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
            f"“{event_of(name).zh}”的记录不能更正：{zh}",
            f"an entry “{event_of(name).en}” cannot be corrected: {en}",
            "position",
        )
    for field in body.fields:
        if field.path == "valid_from":
            _require_day(entry, field)
        names_it = field.path.split(".")[0] in _IDENTITY and field.path not in _BESIDE_IDENTITY
        # Which session was seen, inspectors may learn only when it is reported.
        of_visit = isinstance(entry.event, SpotCheckRecorded) and field.path == "assessment_id"
        if names_it and not of_visit:
            raise Refused(
                "identity-field",
                "这一项是记录的标识，不能更正；请撤销后另行登记",
                "this identifies the record and cannot be corrected; withdraw it and record anew",
                f"fields.{field.path}",
            )


def _require_day(entry: Recorded[Any], field: FieldCorrection) -> None:
    if day_in(entry.event) is not None:
        raise Refused(
            "day-in-data",
            "该记录的日期在其内容中，请更正内容中的日期",
            "the record's own data holds its day; correct it there",
            "fields.valid_from",
        )
    if not _is_day(field.value):
        raise Refused(
            "invalid-day",
            f"{field.value[:40]} 不是日期；请写作 2026-03-01",
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
