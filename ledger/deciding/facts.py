"""The facts that decisions rest on: folded from the log at one position, kept while they hold."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from domain.catalogue import ALL, reference_after
from domain.checks.outcome import Context
from domain.correction import RecordCorrected, resolved
from domain.entry import ENTRY
from domain.registry import EVENTS, FACT_KINDS
from domain.supervision.verdicts import Verdicts
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, PersonOf
from domain.terms.envelope import Recorded
from domain.terms.place import UNSURVEYED, Survey
from domain.terms.reference import Reference
from ledger.catalogues import Shelf
from ledger.codec import recorded
from ledger.deciding.acts import read_act, write_act
from ledger.deciding.amending import amend, apply
from ledger.log.entry import Entry
from ledger.log.log import Log

_FLEETING = "certificate:"
"""Facts that are hardly looked at twice: dropped as soon as they can be read from the log."""
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_POSITION = attrgetter("position")


class Decided(NamedTuple):
    """An event that was decided on and will stand at `position` if nobody comes between."""

    position: int
    new: New
    command: Command[Any]

    def recorded(self) -> Recorded[Any]:
        """Return the entry as a fold sees it; its version and time are not known yet."""
        new = self.new
        command = new.under or self.command
        # fmt: off
        return Recorded(
            self.position, new.stream, 0, EVENTS[type(new.event).__name__].stored, _NEVER,
            new.valid_from, new.subject, new.district, new.tags, command.actor, new.event,
            command.reason, command.document_no, command.correlation, command.causation,
            None, command.stamps,
        )
        # fmt: on


class _States(dict[str, Any]):
    """States by tag. Entries decided since are folded in only when somebody looks."""

    def __init__(self) -> None:
        super().__init__()
        self.since: dict[str, tuple[Any, list[Decided]]] = {}
        """Tag → its state before, and what was decided on top of it."""
        self._folded: dict[str, int] = {}
        """Tag → position of the last entry that was folded in."""

    def __missing__(self, tag: str) -> Any:  # noqa: ANN401 - the state of any kind
        state, later = self.since.pop(tag)  # KeyError: these facts were not read
        self._folded[tag] = later[-1].position
        evolve = FACT_KINDS[tag.partition(":")[0]].evolve
        for decided in later:
            state = evolve(state, decided.recorded())
        self[tag] = state
        return state

    def add(self, decided: Decided) -> list[str]:
        """Take an entry in under those of its tags that are here; return the other ones."""
        others: list[str] = []
        for tag in decided.new.tags:
            if tag in self.since:
                self.since[tag][1].append(decided)
            elif tag in self:
                self.since[tag] = (self.pop(tag), [decided])
            else:
                others.append(tag)
        return others

    def put(self, tag: str, state: Any, position: int) -> None:  # noqa: ANN401 - of any kind
        """Take in a state that has entries up to `position` folded in, decided ones among them."""
        self[tag] = state
        self._folded[tag] = position

    def forget(self, tag: str) -> None:
        """Forget one fact; it may not be here."""
        self.pop(tag, None)
        self.since.pop(tag, None)
        self._folded.pop(tag, None)

    def drop_settled(self, tags: Iterable[str], position: int) -> set[str]:
        """Forget the facts of the tags, but of those with entries behind `position`; return these."""
        kept: set[str] = set()
        since, folded = self.since, self._folded
        for tag in tags:
            later = since.get(tag)
            if (later[1][-1].position if later else folded.get(tag, 0)) > position:
                kept.add(tag)
                continue
            self.forget(tag)
        return kept


def _folded(kind: FactKind[Any], entries: Sequence[Recorded[Any]]) -> Any:  # noqa: ANN401 - a state
    state = kind.initial
    for entry in resolved(entries, apply) if len(entries) > 1 else entries:
        state = kind.evolve(state, entry)
    return state


class FactBase:
    """Facts as known at `position`, and what was decided on top of them."""

    def __init__(
        self,
        log: Log,
        shelf: Shelf,
        position: int,
        person: PersonOf = str,
        survey: Callable[[], Survey] = lambda: UNSURVEYED,
    ) -> None:
        self._log, self._shelf, self._person, self._survey = log, shelf, person, survey
        self._verdicts: Verdicts | None = None
        self.position = position
        """The log has been read up to here."""
        self.next = position + 1
        """Where the next decided event will stand."""
        self._states = _States()
        self._later: dict[str, list[Decided]] = {}
        """What was decided under tags that had not been read, by tag."""
        self._unsettled: list[Decided] = []
        """What was decided behind `position`."""
        self._fleeting: set[str] = set()
        self._reference: Reference | None = None
        self._asked: set[str] = set()
        """Digests of catalogues that commands want adopted."""

    def facts(self, keys: Iterable[FactKey[Any]]) -> Facts:
        """Return the facts for one decision or one batch, with those of `keys` read.

        What they looked at starts with the catalogues: every decision may rest on them.
        """
        self.read((ALL, *keys))
        if self._reference is None or self._verdicts is None:
            adopted = self._states[ALL.tag]
            catalogues = self._shelf.holding([*self._asked, *(e.sha256 for e in adopted)])
            reference = self._reference = reference_after(catalogues, adopted)
            self._verdicts = Verdicts(
                lambda: Context(reference, *self._survey()),
                apply,
                lambda: self.next - 1,
                self._about,
                self._tagged,
                first=lambda: Context(catalogues, *self._survey()),
            )
        return Facts(
            self._reference,
            amend,
            self._verdicts,
            self._states,
            {ALL.tag},
            read_act,
            write_act,
            self._person,
        )

    def ask_for(self, digests: Iterable[str]) -> None:
        """Have the content of catalogues looked for before somebody decides on adopting them."""
        missing = set(digests) - self._asked
        if missing:
            self._asked |= missing
            self._reference = None

    def _about(self, uscc: str, after: int) -> Iterator[Recorded[Any]]:
        """Yield the entries about an enterprise behind a position, decided ones among them."""
        if after < self.position:
            yield from map(recorded, self._log.history(uscc, after, self.position))
        behind = bisect_right(self._unsettled, max(after, self.position), key=_POSITION)
        for decided in self._unsettled[behind:]:
            if decided.new.subject == uscc:
                yield decided.recorded()

    def _tagged(self, tags: Collection[str]) -> Iterator[Recorded[Any]]:
        """Yield the entries that carry any of the tags, decided ones among them."""
        yield from map(recorded, self._log.read(tags, self.position))
        for decided in self._unsettled:
            if not set(tags).isdisjoint(decided.new.tags):
                yield decided.recorded()

    def read(self, keys: Iterable[FactKey[Any]]) -> None:
        """Read those facts that are not here yet, in one go."""
        missing = self.missing(keys)
        if missing:
            self.take(missing, self._log.read(missing.keys(), self.position))

    def missing(self, keys: Iterable[FactKey[Any]]) -> dict[str, FactKey[Any]]:
        """Return, by tag, those of the keys whose facts are not here yet."""
        states = self._states
        return {
            key.tag: key for key in keys if key.tag not in states and key.tag not in states.since
        }

    def take(self, missing: Mapping[str, FactKey[Any]], entries: Iterable[Entry]) -> None:
        """Fold the facts of the keys from `entries`: all up to `position` with any of the tags."""
        states = self._states
        self._fleeting.update(tag for tag in missing if tag.startswith(_FLEETING))
        by_tag: dict[str, list[Recorded[Any]]] = {}
        for entry in map(recorded, entries):
            for tag in entry.tags:
                if tag in missing:
                    by_tag.setdefault(tag, []).append(entry)
        self._read_entries(missing, by_tag)
        for tag, (kind, _) in missing.items():
            told, later = by_tag.get(tag, []), self._later.pop(tag, [])
            if any(type(each.new.event) is RecordCorrected for each in later):
                # It says how entries before it read, so all of them are folded as one.
                told = [*told, *(each.recorded() for each in later)]
                states.put(tag, _folded(kind, told), later[-1].position)
            elif later:
                states.since[tag] = (_folded(kind, told), later)
            else:
                states[tag] = _folded(kind, told)

    def _read_entries(self, missing: Iterable[str], by_tag: dict[str, list[Recorded[Any]]]) -> None:
        """Put the corrected entry itself before its corrections: it does not carry their tag."""
        prefix = f"{ENTRY.kind}:"
        positions = [int(tag[len(prefix) :]) for tag in missing if tag.startswith(prefix)]
        for entry in map(recorded, self._log.at([p for p in positions if p <= self.position])):
            by_tag.setdefault(f"{prefix}{entry.position}", []).insert(0, entry)

    def add(self, decisions: Sequence[New], command: Command[Any]) -> None:
        """Take in what was decided, so that later decisions see it."""
        for new in decisions:
            decided = Decided(self.next, new, command)
            self.next += 1
            self._unsettled.append(decided)
            if type(new.event) is RecordCorrected:
                self._unread(new.tags)
                continue
            for tag in self._states.add(decided):
                if tag.partition(":")[0] in FACT_KINDS:
                    self._later.setdefault(tag, []).append(decided)

    def _unread(self, tags: Iterable[str]) -> None:
        """Forget facts whose entries read otherwise from now on; who looks at them reads them again."""
        for tag in tags:
            self._states.forget(tag)
            if tag.partition(":")[0] in FACT_KINDS:
                self._later[tag] = [each for each in self._unsettled if tag in each.new.tags]

    def settle(self, position: int) -> None:
        """Everything decided up to `position` is in the log, as foreseen, and can be read from there."""
        self.position = position
        self._unsettled = [each for each in self._unsettled if each.position > position]
        self._later = {
            tag: later
            for tag, decided in self._later.items()
            if (later := [each for each in decided if each.position > position])
        }
        self._fleeting = self._states.drop_settled(self._fleeting, position)

    def __len__(self) -> int:
        """Return how many facts are kept."""
        return len(self._states) + len(self._states.since)
