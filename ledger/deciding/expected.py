"""What the author of a command has read, which must still be so: `If-Match`.

A version is that of the stream which the command changes. What was read at an address is known by the
position that it was read at: nothing may have been recorded about the thing since.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from domain.registry import STORED
from domain.terms.naming import EVENTS
from ledger.deciding.outcome import Rejected, version_conflict
from ledger.gate.faults import Fault
from ledger.log.entry import Entry
from ledger.log.log import Log

MOST_TOLD = 10
"""Entries that are named, the newest ones, where much has changed."""


class Read(NamedTuple):
    """A thing as it was read at a position. `thing` is the digest of its address."""

    position: int
    thing: str


_WITHHELD = (
    "inspection.inspection-dispatched/",
    "application.evaluation-scored/",
    "application.evaluation-score-revised/",
)
"""How the types begin of what an enterprise's reporter may not see yet: to them it changes nothing."""


class Expected(NamedTuple):
    """Any of these must hold; `there`: that there is a thing at all (`*`)."""

    versions: tuple[int, ...] = ()
    read: tuple[Read, ...] = ()
    there: bool = False
    by_reporter: bool = False

    def held(
        self, log: Log, stream: str, tags: Iterable[str], subject: str | None
    ) -> int | Rejected:
        """Return the version that the stream has now, or what has changed since.

        `tags`: of the entry that would be recorded; `subject`: the enterprise that it is about.
        """
        entries = log.of_stream(stream)
        now = entries[-1].version if entries else 0
        if (self.there and entries) or now in self.versions:
            return now
        changed = [
            entry for entry in entries if self.versions and entry.version > min(self.versions)
        ]
        for read, thing in self._read_of(stream, tags, subject):
            own = [entry for entry in entries if entry.position > read.position]
            since = self._seen([*thing.since(log, read.position), *own])
            if not since:
                return now
            changed += since
        return outdated(stream, self._seen(changed), there=bool(entries))

    def stale(self, log: Log, tags: Iterable[str], subject: str | None) -> Rejected | None:
        """Return what has changed of the things that were read, for a command that was refused; None if nothing.

        A refusal by what its author has not read says too little.
        """
        for read, thing in self._read_of("", tags, subject):
            if since := self._seen(thing.since(log, read.position)):
                return outdated(thing.named[0].replace(":", "/", 1), since, there=True)
        return None

    def _read_of(
        self, stream: str, tags: Iterable[str], subject: str | None
    ) -> Iterator[tuple[Read, "Thing"]]:
        for thing in things(stream, tags, subject):
            yield from ((read, thing) for read in self.read if read.thing == thing.digest)

    def _seen(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return what the author could have seen."""
        return [e for e in entries if not (self.by_reporter and e.type.startswith(_WITHHELD))]


class Thing(NamedTuple):
    """Something that has an address: its digest, and the tags of what is recorded about it."""

    digest: str
    named: tuple[str, ...]

    def since(self, log: Log, position: int) -> list[Entry]:
        """Return what was recorded about it after a position."""
        return [entry for entry in log.read(self.named) if entry.position > position]


def things(stream: str, tags: Iterable[str], subject: str | None) -> Iterator[Thing]:
    """Yield the things that an entry of this stream, with these tags, is about."""
    named = [stream.replace("/", ":", 1)] if stream else []
    for name in dict.fromkeys([*named, *tags]):
        kind, _, key = name.partition(":")
        if kind in _OF_AN_ENTERPRISE:
            yield from _enterprise(key)
        else:
            yield Thing(digest(f"/v1/{kind}s/{key}"), (name,))
    if subject is not None:
        yield from _enterprise(subject)


_OF_AN_ENTERPRISE = frozenset({"enterprise", "standing"})


def _enterprise(uscc: str) -> Iterator[Thing]:
    named = (f"enterprise:{uscc}", f"standing:{uscc}")
    for part in ("", "/scope", "/standing"):
        yield Thing(digest(f"/v1/enterprises/{uscc}{part}"), named)


def digest(address: str) -> str:
    """Return what stands for an address in the tag of an answer."""
    return sha256(address.encode()).hexdigest()[:12]


def outdated(stream: str, changed: Iterable[Entry], *, there: bool) -> Rejected:
    """Return the refusal, with the newest of what has changed."""
    newest = sorted({entry.position: entry for entry in changed}.items())[-MOST_TOLD:]
    errors = tuple(
        Fault("If-Match", f"位置 {position}：{zh}", f"position {position}: {en}")
        for position, entry in newest
        for zh, en in (EVENTS[STORED[entry.type].name],)
    )
    refusal = version_conflict(stream, there=there)
    return Rejected(
        refusal.code,
        refusal.zh,
        refusal.en,
        errors=errors,
        position=newest[-1][0] if newest else None,
    )
