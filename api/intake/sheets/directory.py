"""What a sheet leaves out and the ledger knows: who bears a name, which session, which application."""

import unicodedata
from collections.abc import Callable, Collection, Iterable
from typing import Any

from domain import enterprise
from domain.application import application
from domain.assessment import AssessmentHeld
from domain.correction import resolved
from domain.terms.decider import Apply
from domain.terms.envelope import Recorded
from ledger.log.entry import Entry
from ledger.log.log import Log

_AT_ONCE = 1_000


def same_name(name: str) -> str:
    """Return a name as it is compared: full-width forms, brackets and blanks do not matter."""
    plain = unicodedata.normalize("NFKC", name)
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")


class Directory:
    """Look-ups for one file, read from the ledger when first asked for."""

    def __init__(self, log: Log, decode: Callable[[Entry], Recorded[Any]], apply: Apply) -> None:
        self._log, self._decode, self._apply = log, decode, apply
        self._names: dict[str, list[str]] | None = None
        self._sessions: dict[str, list[AssessmentHeld]] = {}

    def named(self, name: str) -> tuple[str, ...]:
        """Return the USCCs of all enterprises that bear or bore the name."""
        if self._names is None:
            self._names = self._read_names()
        return tuple(self._names.get(same_name(name), ()))

    def _read_names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        after = ""
        while subjects := self._log.subjects(after, _AT_ONCE):
            after = subjects[-1]
            for uscc, entries in self._by_subject(f"enterprise:{s}" for s in subjects).items():
                state: enterprise.State = enterprise.initial
                for entry in entries:
                    state = enterprise.evolve(state, entry)
                for known in {same_name(p.name) for _, _, p in state.profiles} if state else ():
                    names.setdefault(known, []).append(uscc)
        return names

    def _by_subject(self, tags: Iterable[str]) -> dict[str, list[Recorded[Any]]]:
        found: dict[str, list[Recorded[Any]]] = {}
        entries = [self._decode(entry) for entry in self._log.read(list(tags))]
        for entry in resolved(entries, self._apply):
            found.setdefault(entry.subject or "", []).append(entry)
        return found

    def prepare_sessions(self, names: Collection[str]) -> None:
        """Read the sessions of all enterprises of these names in one go."""
        wanted = {uscc for name in names for uscc in self.named(name)} - self._sessions.keys()
        self._sessions.update({uscc: [] for uscc in wanted})
        if not wanted:
            return
        kept = [
            self._decode(entry)
            for entry in self._log.histories(sorted(wanted))
            if entry.type.startswith(("assessment.", "record."))
        ]
        for entry in resolved(kept, self._apply):
            if isinstance(entry.event, AssessmentHeld):
                self._sessions[entry.event.uscc].append(entry.event)

    def sessions(self, uscc: str) -> list[AssessmentHeld]:
        """Return the sessions of an enterprise that was named to `prepare_sessions`."""
        return self._sessions.get(uscc, [])

    def publishable(self, uscc: str, batch: str) -> str | None:
        """Return the application confirmed last and not published; None where there is none.

        Where the batch has listed the enterprise already, the one that it did so for: a sheet that is
        taken a second time asks for the same publication.
        """
        entries = [
            self._decode(entry)
            for entry in self._log.history(uscc)
            if entry.type.startswith(("application.", "record."))
            or entry.type.startswith("standing.enterprise-listed")
        ]
        states: dict[str, application.State] = {}
        for entry in resolved(entries, self._apply):
            key: str = entry.event.application_id
            if getattr(entry.event, "batch", None) == batch:
                return key
            states[key] = application.evolve(states.get(key), entry)
        waiting = [a for a in states.values() if a is not None and a.confirmed and not a.published]
        latest = max(waiting, key=lambda a: (a.confirmed, a.position), default=None)
        return latest.application_id if latest else None
