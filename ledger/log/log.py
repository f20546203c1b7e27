"""What the ledger offers above bytes: reading, following, and appending under conditions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias

from ledger.log.entry import Draft, Entry


class Head(NamedTuple):
    """The end of the ledger: last position (0 if empty), Merkle root, time of the last entry."""

    position: int
    root: bytes
    recorded_at: datetime | None


class Append(NamedTuple):
    """What one command wants appended, and what its decision rests on.

    `boundary`: the tags that the decision read, up to position `known`.
    `expected_version`: (stream, version) that must still be the stream's last (0: no entry yet).
    All drafts carry the same idempotency key and request digest, or none.
    """

    drafts: tuple[Draft, ...]
    boundary: frozenset[str] = frozenset()
    known: int = 0
    expected_version: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Positions `first` to `first + count - 1` are durable."""

    first: int
    count: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Replayed:
    """The same request was appended before, at `first`; nothing was added."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The idempotency key belongs to a different request."""

    key: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the decision rests on has changed: read again and decide again."""

    on: str
    """The tag, or the stream of `expected_version`."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Not appended, because another item of the same append was not."""


Result: TypeAlias = Appended | Replayed | KeyReused | Conflict | Abandoned


@dataclass(frozen=True, slots=True)
class Use:
    """Where an idempotency key was used."""

    first: int
    count: int
    request_digest: bytes


class Look(NamedTuple):
    """The end of the ledger and what was asked about it, all as of one moment."""

    position: int
    frontier: list[bytes]
    recorded_at: datetime | None
    clock: datetime
    keys: frozenset[str]
    """The idempotency keys that were asked for."""
    uses: Mapping[str, Use]
    """Where those of them that were used were used."""
    versions: Mapping[str, int]
    """Last version of each stream that was asked for, 0 where there is none."""
    entries: list[Entry]
    """All that carry any of the tags that were asked for, in order of position."""

    def tells_all_about(self, batch: Sequence[Append]) -> bool:
        """Tell whether nothing else must be known to append the batch here, at this very end."""
        return all(
            (not item.boundary or item.known >= self.position)
            and (item.expected_version is None or item.expected_version[0] in self.versions)
            and all(
                draft.stream in self.versions and draft.idempotency_key in self.keys
                for draft in item.drafts
            )
            for item in batch
        )


class OutcomeUnknown(RuntimeError):  # noqa: N818 - reads as what it says
    """The connection broke while appending without an idempotency key: it may have happened."""


def is_keyed(item: Append) -> bool:
    """Tell whether appending the item twice is the same as once."""
    return not item.drafts or item.drafts[0].idempotency_key is not None


class Log(Protocol):
    """An append-only sequence of entries, positions 1, 2, 3 … without gaps.

    Position n + 1 never becomes visible before n, and `recorded_at` never decreases but where an entry
    says that the clock was set back.
    """

    def head(self) -> Head:
        """Return the end of the ledger."""
        ...

    def read(self, tags: Collection[str], upto: int | None = None) -> list[Entry]:
        """Return the entries that carry any of the tags, in order of position."""
        ...

    def of_stream(self, stream: str) -> list[Entry]:
        """Return the entries of a stream, in order."""
        ...

    def at(self, positions: Collection[int]) -> list[Entry]:
        """Return the entries at these positions, in order of position."""
        ...

    def entries(
        self, after: int = 0, upto: int | None = None, limit: int | None = None
    ) -> Iterator[Entry]:
        """Stream entries in order of position; memory stays bounded."""
        ...

    def history(self, subject: str, after: int = 0, upto: int | None = None) -> Iterator[Entry]:
        """Stream the entries about one subject in order of position."""
        ...

    def histories(
        self, subjects: Collection[str], after: int = 0, upto: int | None = None
    ) -> Iterator[Entry]:
        """Stream the entries about many subjects, ordered by (subject, position)."""
        ...

    def subjects(self, after: str = "", limit: int | None = None) -> list[str]:
        """Return the subjects behind `after` in byte order."""
        ...

    def subject_sizes(self, upto: int | None = None) -> dict[str, int]:
        """Return how many entries each subject has; reads an index from end to end."""
        ...

    def position_at(self, instant: datetime) -> int:
        """Return the last position recorded at or before the instant, 0 if there is none."""
        ...

    def recorded_at(self, position: int) -> datetime:
        """Return when the position was recorded; KeyError if it was not."""
        ...

    def used_keys(self, keys: Collection[str]) -> Mapping[str, Use]:
        """Return where those of the idempotency keys that were used were used."""
        ...

    def look(self, keys: Collection[str], streams: Collection[str], tags: Collection[str]) -> Look:
        """Return the end of the ledger with what is asked, in one round trip.

        `tags` are those of facts: none begins with `stream:` or `subject:`.
        """
        ...

    def append(self, batch: Sequence[Append], *, look: Look | None = None) -> list[Result]:
        """Append all items, or none, in one transaction; one result for each item, in order.

        They were decided in this order on top of each other. An item conflicts when an entry of
        others after its `known` carries a tag of its boundary. Their keys were looked for when the facts
        were read: if the end is where the first item's boundary was read, they are not asked for again.
        `look`: taken before deciding. Where it still shows the end, and all that matters, no more
        is read; otherwise it is of no account.

        Raises:
            Malformed: a draft cannot become an entry; nothing was appended.
            ClockRefused: the clock cannot be trusted; nothing was appended.
            OutcomeUnknown: the connection broke and an item has no idempotency key. Where all
                items have one, the append is tried again and a lost answer comes as `Replayed`.
        """
        ...
