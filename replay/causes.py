"""Which entries explain why a record shows something else at another basis."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.correction import RecordCorrected
from domain.standing.standing import (
    EnterpriseListed,
    ListingRemoved,
    ListingRenewed,
    ScopeChanged,
)
from domain.terms.envelope import Recorded
from domain.terms.reference import Occupation
from ledger.codec import legible
from ledger.log.entry import instant_text
from ledger.log.log import Log
from projections.views.basis import Basis


class ChangedRecord(NamedTuple):
    """A record of an enterprise that differs, and the entries it rested on before and after."""

    uscc: str
    before: frozenset[int]
    after: frozenset[int]
    occupation: Occupation | None = None
    """Of a line of scope: its papers are those that name the occupation, and not all of the enterprise."""


class Between(NamedTuple):
    """What lies between two bases, in whichever order they were given."""

    first_position: int
    last_position: int
    first_day: date
    last_day: date

    def learnt(self, position: int) -> bool:
        """Return whether the entry was recorded in between."""
        return self.first_position < position <= self.last_position

    def passed(self, day: date | None) -> bool:
        """Return whether the day came in between."""
        return day is not None and self.first_day < day <= self.last_day


_ENDS = ("valid_from", "valid_to", "until", "due_on", "held_from", "issued_on")
"""Fields whose day lets something begin or end."""


def causes(
    log: Log, changes: Sequence[ChangedRecord], before: Basis, after: Basis
) -> list[list[dict[str, Any]]]:
    """Return for each change the entries that explain it, in order of position; never none."""
    first, last = sorted((before.position, after.position))
    first_day, last_day = sorted((before.valid_at, after.valid_at))
    between = Between(first, last, first_day, last_day)
    named = {at for change in changes for at in change.before | change.after}
    entries = {entry.position: legible(entry) for entry in log.at(named)}
    corrections = _corrections(log, named, between)
    return [
        [cause(entry) for entry in _explaining(log, change, entries, corrections, between)]
        for change in changes
    ]


def _explaining(
    log: Log,
    change: ChangedRecord,
    entries: dict[int, Recorded[Any]],
    corrections: dict[int, list[Recorded[Any]]],
    between: Between,
) -> list[Recorded[Any]]:
    """What the record rests on only before or only after, as far as it came in between.

    Where it rests on the same entries, one of them was corrected, or a day that it names has
    passed, or something about the enterprise as a whole was learnt.
    """
    behind = _about(change, entries)
    different = [entries[at] for at in sorted(behind & (change.before ^ change.after))]
    shared = sorted(behind)
    corrected = [entry for at in shared for entry in corrections.get(at, ())]
    came = [entry for entry in different if _came(entry, between)]
    passed = [entries[at] for at in shared if _came(entries[at], between)]
    explaining = [*came, *corrected] or different or passed
    # Read only where nothing else explains the line: a page has many of them.
    explaining = explaining or _about_the_enterprise(log, change.uscc, between)
    explaining = explaining or [entries[at] for at in shared]
    return sorted({entry.position: entry for entry in explaining}.values(), key=_position)


def _about(change: ChangedRecord, entries: dict[int, Recorded[Any]]) -> frozenset[int]:
    """Return what the line rests on; of an occupation, what names it where anything does."""
    behind = change.before | change.after
    named = frozenset(at for at in behind if _gives(entries[at].event, change.occupation))
    return named or behind


def _gives(event: Any, occupation: Occupation | None) -> bool:  # noqa: ANN401 - any event
    """Return whether an act says something of what may be certified in the occupation."""
    match event:
        case _ if occupation is None:
            return True
        case EnterpriseListed():
            items = event.scope
            if event.replaces:  # it may have ended what it does not name
                return True
        case ListingRenewed():
            items = event.scope or ()
            if event.scope is None:
                return True
        case ScopeChanged():
            items = (*event.added, *event.removed)
        case _:
            return isinstance(event, ListingRemoved)
    return any(item.occupation == occupation for item in items)


def _position(entry: Recorded[Any]) -> int:
    return entry.position


def _came(entry: Recorded[Any], between: Between) -> bool:
    days = (entry.valid_from, *(getattr(entry.event, name, None) for name in _ENDS))
    return between.learnt(entry.position) or any(map(between.passed, days))


def _corrections(
    log: Log, positions: Iterable[int], between: Between
) -> dict[int, list[Recorded[Any]]]:
    """Return the corrections recorded in between, by the entry that they correct."""
    if between.first_position == between.last_position:
        return {}
    tags = {f"entry:{position}" for position in positions}
    by_entry: dict[int, list[Recorded[Any]]] = {}
    for entry in map(legible, log.read(tags, between.last_position)):
        if isinstance(entry.event, RecordCorrected) and between.learnt(entry.position):
            by_entry.setdefault(entry.event.position, []).append(entry)
    return by_entry


def _about_the_enterprise(log: Log, uscc: str, between: Between) -> list[Recorded[Any]]:
    tags = (f"enterprise:{uscc}", f"standing:{uscc}", "catalogue:all")
    entries = map(legible, log.read(tags, between.last_position))
    return [entry for entry in entries if _came(entry, between)]


def cause(entry: Recorded[Any]) -> dict[str, Any]:
    """Return an entry as what explains a line."""
    return {
        "position": entry.position,
        "type": type(entry.event).__name__,
        "actor": {
            "account": entry.actor.account,
            "role": entry.actor.role.value,
            "organisation": entry.actor.organisation,
        },
        "reason": entry.reason,
        "document_no": entry.document_no,
        "recorded_at": instant_text(entry.recorded_at),
        "valid_from": entry.valid_from.isoformat(),
    }
