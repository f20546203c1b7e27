"""Stored bytes and the events they hold.

A payload is canonical JSON: keys sorted, no floats, no null for what is absent, text in
Unicode normal form C, instants in UTC. So one event has one sequence of bytes, and a third
party can rebuild them. `docs/ledger-format.md` is normative.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from itertools import repeat
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec

from domain.registry import EVENTS
from domain.terms.decider import Command, New
from domain.terms.envelope import UNSTAMPED, Actor, Recorded, Stamps
from domain.terms.vocabulary import Role
from ledger import members, recurring
from ledger.canonical import Plain, is_everyday, plain_form
from ledger.log.entry import Draft, Entry, Malformed
from ledger.upcasts import UPCASTS, Upcast

T = TypeVar("T")

NULL = b'":null'

# Calling Recorded with sixteen arguments costs as much as all the decoding.
_make = Recorded[Any]._make
_of_columns: Callable[[tuple[Any, ...]], Recorded[Any]] = partial(
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType] - of any columns
    Recorded,
)
"""The same without a Python call for each; the caller sees to the number of columns."""
_BLANK = datetime.min.replace(tzinfo=UTC)


class UnknownType(LookupError):  # noqa: N818 - reads as what it says
    """An entry of a type that this version does not know; a newer one wrote it."""


class Unreadable(LookupError):  # noqa: N818 - reads as what it says
    """The entry at a position cannot be read by this version: of another type, or of another shape."""

    def __init__(self, position: int, stored: str, reason: str) -> None:
        super().__init__(f"{position}: {stored}: {reason}")
        self.position, self.stored, self.reason = position, stored, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Illegible:
    """Stands where an event is that this version cannot read."""

    stored: str
    reason: str


ANOTHER_OFFICE = "x-"
"""How stored types begin that are not the ledger's own: of applications of other offices on it."""


def of_another_office(stored: str) -> bool:
    """Tell whether an entry is none that views look at, in this version or in any later one."""
    return stored.startswith(ANOTHER_OFFICE)


_ILLEGIBLE_BY = Actor(account="", role=Role.PUBLIC, organisation="")


class _Written(msgspec.Struct, omit_defaults=True):
    actor: Actor
    data: object
    causation: str | None = None
    correlation: str | None = None
    document_no: str | None = None
    reason: str | None = None
    stamps: Mapping[str, Any] | None = None


class _Read(msgspec.Struct, Generic[T]):
    actor: Actor
    data: T
    causation: str | None = None
    correlation: str | None = None
    document_no: str | None = None
    reason: str | None = None
    stamps: Stamps = UNSTAMPED


class _Bare(msgspec.Struct, Generic[T]):
    """What is read of an entry of which no fold asks who recorded it and why: in half the time."""

    data: T
    actor: ClassVar[Actor] = Actor(account="", role=Role.PUBLIC, organisation="")
    causation: ClassVar[str | None] = None
    correlation: ClassVar[str | None] = None
    document_no: ClassVar[str | None] = None
    reason: ClassVar[str | None] = None
    stamps: ClassVar[Stamps] = UNSTAMPED


def _told(reads: Sequence[_Read[Any] | _Bare[Any]]) -> Sequence[Iterable[Any]]:
    """Return what entries say beside their events, member by member: who, why, by which paper."""
    return (
        [read.actor for read in reads],
        [read.reason for read in reads],
        [read.document_no for read in reads],
        [read.correlation for read in reads],
        [read.causation for read in reads],
        [read.stamps for read in reads],
    )


_UNTOLD: Sequence[Iterable[Any]] = (
    repeat(_Bare.actor),
    repeat(None),
    repeat(None),
    repeat(None),
    repeat(None),
    repeat(UNSTAMPED),
)
"""The same of any number of bare ones."""


class _Reader(NamedTuple):
    decode: Callable[[bytes], _Read[Any]]
    decode_part: Callable[[bytes], _Read[Any] | _Bare[Any]]
    complete: Callable[[Sequence[Any]], None] | None
    """Reads what many events say alike, where that stands apart."""
    steps: tuple[Callable[[Any], Any], ...]
    bare: bool
    """Whether a part says nothing but the event."""

    def events(self, reads: Iterable[_Read[Any] | _Bare[Any]]) -> list[Any]:
        """Return the events of what was decoded, in their current shape."""
        events = [read.data for read in reads]
        if self.complete is not None:
            self.complete(events)
        for step in self.steps:
            events = list(map(step, events))
        return events


class Codec:
    """Reads and writes payloads of the event classes in `types` (stored name → class).

    `bare` are the stored names of which `parts` leaves all but the event blank.
    """

    def __init__(
        self,
        types: Mapping[str, type],
        upcasts: Mapping[str, Upcast],
        bare: Collection[str] = (),
    ) -> None:
        self._names = {cls: stored for stored, cls in types.items()}
        self._plain = {cls: _written_form(cls) for cls in types.values()}
        self._encoder = msgspec.json.Encoder(order="sorted")
        stored = {**types, **{name: upcast.shape for name, upcast in upcasts.items()}}
        shapes = {name: _read_form(cls) for name, cls in stored.items()}
        self._readers = {
            name: _Reader(
                _decoder(_Read[shape]),  # type: ignore[valid-type]
                _decoder((_Bare if name in bare else _Read)[shape]),
                recurring.completing(stored[name]) if stored[name] in recurring.RECURRING else None,
                _steps(name, types, upcasts),
                name in bare,
            )
            for name, shape in shapes.items()
        }

    def stored_name(self, event: object) -> str:
        """Return the name under which `event` is stored, with its schema number."""
        return self._names[type(event)]

    def encode(  # noqa: PLR0913 - one argument a member of the payload
        self,
        event: object,
        actor: Actor,
        *,
        reason: str | None = None,
        document_no: str | None = None,
        correlation: str | None = None,
        causation: str | None = None,
        stamps: Stamps = UNSTAMPED,
    ) -> bytes:
        """Return the payload that records `event`.

        Raises:
            Malformed: text is not in normal form C, an instant has no zone, a number is too large.
        """
        plain = self._plain[type(event)]
        data = event if plain is None else plain(event)
        written = _Written(actor, data, causation, correlation, document_no, reason, _given(stamps))
        payload = self._encoder.encode(written)
        if not (is_everyday(payload) or unicodedata.is_normalized("NFC", payload.decode())):
            raise Malformed("payload: not in Unicode normal form C")
        return _without_nulls(payload) if NULL in payload else payload

    def decode(self, stored: str, payload: bytes) -> Any:  # noqa: ANN401 - any event
        """Return the event of a payload, in its current shape."""
        reader = self._readers.get(stored) or _unknown(stored)
        (event,) = reader.events((reader.decode(payload),))
        return event

    def parts_one_by_one(
        self,
        stored: str,
        rows: Iterable[tuple[int, date, str | None, bytes]],
    ) -> list[Recorded[Any]]:
        """Return what `parts` returns, with `Illegible` where an event cannot be read.

        `rows` are positions, days, subjects and payloads.
        """
        entries: list[Recorded[Any]] = []
        for position, day, subject, payload in rows:
            try:
                entries += self.parts(stored, (position,), (day,), (subject,), (payload,))
            except Exception as error:  # noqa: BLE001 - upcasts may raise anything
                columns = ("", 0, stored, _BLANK, day, subject, None, (), _ILLEGIBLE_BY)
                event = Illegible(stored=stored, reason=_one_line(error))
                entries.append(_make((position, *columns, event, *(None,) * 5, UNSTAMPED)))
        return entries

    def parts(
        self,
        stored: str,
        positions: Sequence[int],
        days: Iterable[date],
        subjects: Iterable[str | None],
        payloads: Iterable[bytes],
    ) -> list[Recorded[Any]]:
        """Return as much of entries of one type as the fold of a subject looks at.

        Stream, version, time, district, tags and idempotency key are left blank: a replay reads
        ten million.

        Raises:
            UnknownType: this version does not know the stored type.
        """
        reader = self._readers.get(stored) or _unknown(stored)
        reads = list(map(reader.decode_part, payloads))
        events = reader.events(reads)
        who, *why, stamps = _UNTOLD if reader.bare else _told(reads)
        columns = zip(
            positions,
            repeat(""),
            repeat(0),
            repeat(stored),
            repeat(_BLANK),
            days,
            subjects,
            repeat(None),
            repeat(()),
            who,
            events,
            *why,
            repeat(None),
            stamps,
        )
        return list(map(_of_columns, columns))

    def recorded(self, entry: Entry) -> Recorded[Any]:
        """Return the entry as folds see it.

        Raises:
            Unreadable: this version cannot read it.
        """
        stored = entry.type
        try:
            reader = self._readers.get(stored) or _unknown(stored)
            read = reader.decode(entry.payload)
            (event,) = reader.events((read,))
        except Exception as error:
            raise Unreadable(entry.position, stored, _one_line(error)) from error
        return _seen(entry, read, event)

    def legible(self, entry: Entry) -> Recorded[Any]:
        """Return the entry as folds see it, with `Illegible` for an event that cannot be read."""
        try:
            return self.recorded(entry)
        except Unreadable as error:
            event = Illegible(stored=error.stored, reason=error.reason)
            return _seen(entry, _Read(_ILLEGIBLE_BY, event), event)


def _seen(entry: Entry, read: _Read[Any], event: object) -> Recorded[Any]:
    (position, stream, version, stored, recorded_at, valid_from, subject, district, tags) = entry[
        :9
    ]
    # fmt: off
    return _make((
        position, stream, version, stored, recorded_at, valid_from, subject, district, tags,
        read.actor, event, read.reason, read.document_no, read.correlation, read.causation,
        entry.idempotency_key, read.stamps,
    ))
    # fmt: on


def _one_line(error: Exception) -> str:
    """Return what went wrong without what stands in the entry: it may be about a person."""
    return "unknown type" if isinstance(error, UnknownType) else type(error).__name__


@lru_cache(maxsize=1024)  # the lines of one file have few
def _given(stamps: Stamps) -> Mapping[str, Any] | None:
    """Return those of the stamps that there are."""
    named = ((field.name, getattr(stamps, field.name)) for field in fields(stamps))
    return {name: value for name, value in named if value not in {None, False}} or None


def _decoder(shape: Any) -> Callable[[bytes], Any]:  # noqa: ANN401 - any type
    return msgspec.json.Decoder(shape).decode


def _steps(
    name: str, types: Mapping[str, type], upcasts: Mapping[str, Upcast]
) -> tuple[Callable[[Any], Any], ...]:
    steps: list[Callable[[Any], Any]] = []
    while name not in types:
        steps.append(upcasts[name].step)
        name = upcasts[name].to
    renamed = members.read_as(types[name])
    return tuple(steps) if renamed is None else (renamed, *steps)


def _read_form(cls: type) -> Any:  # noqa: ANN401 - any type
    """Return what an event is decoded as, before it is completed."""
    return recurring.shape(cls) if cls in recurring.RECURRING else members.shape(cls)


def _written_form(cls: type) -> Plain | None:
    """Return what makes an event what its bytes are written from; None where it is that already."""
    plain = plain_form(cls)
    if members.shape(cls) is cls:
        return plain
    if plain is None:
        return members.written
    return lambda event: members.written(plain(event))


def _unknown(stored: str) -> _Reader:
    raise UnknownType(
        f"本版本不认识记录类型 {stored}，它由更新的版本写入；请升级程序 / "
        f"this version does not know the stored type {stored}; a newer one wrote it, upgrade"
    )


def _without_nulls(payload: bytes) -> bytes:
    """Return the JSON text without members whose value is null.

    Sound on text: inside a JSON string a quote always has a backslash before it, and no key
    of ours has one in it. So `":null` without a backslash before it ends a key.
    """
    kept, *rest = payload.split(NULL)
    for piece in rest:
        if kept.endswith(b"\\"):
            kept += NULL + piece
            continue
        kept = kept[: kept.rindex(b'"')]
        if piece.startswith(b","):
            kept += piece[1:]
        else:
            kept = kept.removesuffix(b",") + piece
    return kept


EVENT_CODEC = Codec(
    {kind.stored: kind.cls for kind in EVENTS.values()},
    UPCASTS,
    bare=EVENTS["CertificateIssued"].ever_stored,
)
encode = EVENT_CODEC.encode
decode = EVENT_CODEC.decode
recorded = EVENT_CODEC.recorded
legible = EVENT_CODEC.legible
parts = EVENT_CODEC.parts
parts_one_by_one = EVENT_CODEC.parts_one_by_one
stored_name = EVENT_CODEC.stored_name


def draft(
    new: New, command: Command[Any], key: str | None = None, digest: bytes | None = None
) -> Draft:
    """Return what has to be appended so that `new`, decided for `command`, is recorded."""
    stream, event, subject, district, tags, valid_from, under, _ = new
    command = under or command
    payload = encode(
        event,
        command.actor,
        reason=command.reason,
        document_no=command.document_no,
        correlation=command.correlation,
        causation=command.causation,
        stamps=command.stamps,
    )
    # Dictionary order keeps the tags' own; a tag that stands twice is one fact.
    once = tuple(dict.fromkeys(tags)) if len(tags) > 1 else tags
    history = command.stamps.backfill
    return Draft(
        *(stream, stored_name(event), valid_from, subject, district, once),
        *(payload, key, digest, history),
    )
