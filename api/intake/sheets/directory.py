"""What a sheet leaves out and the ledger knows: who bears a name, which session, which application."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain import enterprise
from domain.application import application
from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.correction import resolved
from domain.terms.decider import Apply
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.scope import Unit
from ledger.log.entry import Entry
from ledger.log.log import Log

_AT_ONCE = 1_000


class Waiting(NamedTuple):
    """An application that is confirmed and not published."""

    application_id: str
    units: frozenset[Unit]


@dataclass(slots=True)
class Publishing:
    """What a publication needs to know of one enterprise."""

    names: tuple[str, ...] = ()
    """What it bears and bore, the present name last; empty: it is not registered."""
    waiting: tuple[Waiting, ...] = ()
    """In the order in which they were confirmed."""
    published: Mapping[str, str] = field(default_factory=dict[str, str])
    """Batch → the application that was published with it."""
    units: Mapping[str, frozenset[Unit]] = field(default_factory=dict[str, frozenset[Unit]])
    """Application → what was confirmed of it."""


@dataclass(slots=True)
class Sessions:
    """The sessions of one enterprise, and the numbers of the certificates that came of them."""

    held: list[AssessmentHeld] = field(default_factory=list[AssessmentHeld])
    issued: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """Number as it is compared → the sessions under which it is recorded."""


class Directory:
    """Look-ups for one file, read from the ledger when first asked for.

    `assessment_id`: the session of all rows, where who brings the file has said so.
    """

    def __init__(
        self,
        log: Log,
        decode: Callable[[Entry], Recorded[Any]],
        apply: Apply,
        assessment_id: str | None = None,
    ) -> None:
        self._log, self._decode, self._apply = log, decode, apply
        self.assessment_id = assessment_id
        self.history = False
        """Whether the file is history, of which an application may be missing."""
        self._names: dict[str, list[str]] | None = None
        self._sessions: dict[str, Sessions] = {}
        self._published: dict[str, bool] = {}

    def named(self, name: str) -> tuple[str, ...]:
        """Return the USCCs of all enterprises that bear or bore the name."""
        if self._names is None:
            self._names = self._read_names()
        return tuple(self._names.get(folded(name), ()))

    def was_published(self, uscc: str) -> bool:
        """Return whether an enterprise was ever on the roster, which is what the public knows of it."""
        known = self._published.get(uscc)
        if known is None:
            listed = "standing.enterprise-listed"
            entries = self._log.read([f"standing:{uscc}"])
            known = self._published[uscc] = any(e.type.startswith(listed) for e in entries)
        return known

    def _read_names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        after = ""
        while subjects := self._log.subjects(after, _AT_ONCE):
            after = subjects[-1]
            for uscc, entries in self._by_subject(f"enterprise:{s}" for s in subjects).items():
                for known in {folded(name) for name in _names_in(entries)}:
                    names.setdefault(known, []).append(uscc)
        return names

    def _by_subject(self, tags: Iterable[str]) -> dict[str, list[Recorded[Any]]]:
        by_subject: dict[str, list[Recorded[Any]]] = {}
        entries = [self._decode(entry) for entry in self._log.read(list(tags))]
        for entry in resolved(entries, self._apply):
            by_subject.setdefault(entry.subject or "", []).append(entry)
        return by_subject

    def prepare_sessions(self, names: Collection[str]) -> None:
        """Read the sessions of all enterprises of these names in one go."""
        wanted = {uscc for name in names for uscc in self.named(name)} - self._sessions.keys()
        self._sessions.update({uscc: Sessions() for uscc in wanted})
        if not wanted:
            return
        kept = [
            self._decode(entry)
            for entry in self._log.histories(sorted(wanted))
            if entry.type.startswith(("assessment.", "certificate.certificate-issued", "record."))
        ]
        for entry in resolved(kept, self._apply):
            event = entry.event
            if isinstance(event, AssessmentHeld):
                self._sessions[event.uscc].held.append(event)
            elif isinstance(event, CertificateIssued) and entry.subject in self._sessions:
                issued = self._sessions[entry.subject].issued
                issued.setdefault(folded(event.certificate_no), set()).add(event.assessment_id)

    def sessions(self, uscc: str) -> Sessions:
        """Return the sessions of an enterprise that was named to `prepare_sessions`."""
        return self._sessions.get(uscc, Sessions())

    def publishing(self, uscc: str) -> Publishing:
        """Return what a publication needs to know of an enterprise."""
        entries = [
            self._decode(entry)
            for entry in self._log.history(uscc)
            if entry.type.startswith(
                ("enterprise.", "application.", "record.", "standing.enterprise-listed")
            )
        ]
        states: dict[str, application.State] = {}
        published: dict[str, str] = {}
        profile: list[Recorded[Any]] = []
        for entry in resolved(entries, self._apply):
            if entry.type.startswith("enterprise."):
                profile.append(entry)
                continue
            # What somebody asks to have corrected is no step of an application.
            if not entry.type.startswith(("application.", "standing.")):
                continue
            key = entry.event.application_id
            states[key] = application.evolve(states.get(key), entry)
            if entry.type.startswith("standing."):
                published[entry.event.batch] = key
        confirmed = [a for a in states.values() if a is not None and a.confirmed]
        waiting = sorted(
            (a for a in confirmed if not a.published), key=lambda a: (a.confirmed, a.position)
        )
        return Publishing(
            tuple(_names_in(profile)),
            tuple(Waiting(a.application_id, a.confirmed_units) for a in waiting),
            published,
            {a.application_id: a.confirmed_units for a in confirmed},
        )


def _names_in(entries: Iterable[Recorded[Any]]) -> Iterable[str]:
    """Return the names in the entries about an enterprise itself, in the order of their days."""
    state: enterprise.State = enterprise.initial
    for entry in entries:
        state = enterprise.evolve(state, entry)
    return [profile.name for _, _, profile in state.profiles] if state else []
