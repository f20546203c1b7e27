"""A ledger in memory: takes lines through the deciders, so that positions are those of a fresh ledger."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from domain import catalogue
from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.checks.outcome import Context
from domain.correction import resolved
from domain.registry import decide
from domain.supervision.verdicts import Verdicts
from domain.terms.decider import Command, FactKey, Facts, New, Unread
from domain.terms.envelope import Recorded
from domain.terms.identifiers import masked_name
from domain.terms.place import Survey
from domain.terms.reference import Reference
from domain.terms.vocabulary import CatalogueKind
from examples.sample.numbers import digest
from ledger import codec
from ledger.deciding.acts import read_act, write_act
from ledger.deciding.amending import amend, apply
from ledger.gate import shapes
from ledger.reference import SHIPPED, installed, shipped_content
from projections.places.places import installed_places

Json: TypeAlias = dict[str, Any]
Entry: TypeAlias = Recorded[Any]

TODAY = date(2026, 11, 1)
"""No line speaks of a later day as past."""
_FIRST_INSTANT = datetime(2026, 11, 1, tzinfo=UTC)


RULES = next(each for each in SHIPPED if each.kind is CatalogueKind.RULES)
"""The rule set that has every check judge: the first thing that the sample year adopts."""


STANDARDS = next(each for each in SHIPPED if each.kind is CatalogueKind.STANDARDS)
"""The national standards with their levels, which the sample year adopts in its last summer."""


@cache
def held() -> Reference:
    """Return the reference data of the installation, with the content of what the sample year adopts."""
    contents = {each.sha256: shipped_content(each.sha256) for each in (RULES, STANDARDS)}
    return installed().holding({sha256: c for sha256, c in contents.items() if c is not None})


@cache
def _survey() -> Survey:
    places = installed_places()
    return Survey(places, places.apart)


class Trial:
    """Entries so far. `take` raises `Refused` or `Invalid` where the ledger would refuse."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.reference: Reference = held()
        self._by_tag: dict[str, list[Entry]] = {}
        self._states: dict[str, Any] = {}
        self._versions: Counter[str] = Counter()
        self.judged = self._judging()

    def _judging(self) -> Verdicts:
        return Verdicts(
            lambda: Context(self.reference, *_survey()),
            apply,
            lambda: len(self.entries),
            lambda uscc, after: [e for e in self.entries[after:] if e.subject == uscc],
            lambda tags: self.tagged(*tags),
            first=lambda: Context(held(), *_survey()),
        )

    def take(self, raw: bytes) -> list[Entry]:
        """Decide one line and return the entries that it appended."""
        command = command_of(raw)
        return [self._append(each, command) for each in self._decided(command)]

    def record(self, command: Command[Any]) -> list[Entry]:
        """Decide one command and return the entries that it appended."""
        return [self._append(each, command) for each in self._decided(command)]

    def copy(self) -> "Trial":
        """Return a ledger with the same entries, which goes on by itself."""
        other = Trial()
        other.entries, other.reference = list(self.entries), self.reference
        other._by_tag = {tag: list(told) for tag, told in self._by_tag.items()}
        other._versions = self._versions.copy()
        return other

    def rehearse(self, command: Command[Any]) -> list[Entry]:
        """Return the entries that a command would append; nothing is appended."""
        start = len(self.entries) + 1
        new = self._decided(command)
        return [_entry(each, command, start + n, 0) for n, each in enumerate(new)]

    def _decided(self, command: Command[Any]) -> Sequence[New]:
        while True:
            try:
                facts = Facts(
                    self.reference,
                    amend,
                    self.judged,
                    self._states,
                    read=read_act,
                    write=write_act,
                )
                return decide(facts, command)
            except Unread as unread:
                self._states[unread.key.tag] = self._read(unread.key)

    def _read(self, key: FactKey[Any]) -> Any:  # noqa: ANN401 - the state of any kind of fact
        state = key.kind.initial
        for entry in resolved(self._by_tag.get(key.tag, ()), apply):
            state = key.kind.evolve(state, entry)
        return state

    def _append(self, new: New, command: Command[Any]) -> Entry:
        self._versions[new.stream] += 1
        position = len(self.entries) + 1
        entry = _entry(new, command, position, self._versions[new.stream])
        self.entries.append(entry)
        for tag in {*entry.tags, f"entry:{position}"}:
            self._by_tag.setdefault(tag, []).append(entry)
            self._states.pop(tag, None)
        if catalogue.ALL.tag in entry.tags:
            self.reference = catalogue.reference_after(held(), self._read(catalogue.ALL))
            self.judged = self._judging()
        return entry

    def tagged(self, *tags: str) -> list[Entry]:
        """Return all entries that carry one of `tags`, in order."""
        found = {e.position: e for tag in tags for e in self._by_tag.get(tag, ())}
        return [found[position] for position in sorted(found)]

    def sessions(self, uscc: str) -> list[AssessmentHeld]:
        """Return the sessions of an enterprise as they were first told."""
        events = (e.event for e in self.entries if e.subject == uscc)
        return [event for event in events if isinstance(event, AssessmentHeld)]

    def session_of(self, certificate: Json) -> AssessmentHeld:
        """Return the session of a certificate."""
        entries = self._by_tag[f"assessment:{certificate['assessment_id']}"]
        held: AssessmentHeld = entries[0].event
        return held


def _entry(new: New, command: Command[Any], position: int, version: int) -> Entry:
    draft = codec.draft(new, command)  # it must fit into an entry, too
    command = new.under or command
    return Recorded(
        position=position,
        stream=draft.stream,
        version=version,
        type=draft.type,
        recorded_at=_FIRST_INSTANT + timedelta(milliseconds=position),
        valid_from=new.valid_from,
        subject=new.subject,
        district=new.district,
        tags=draft.tags,
        actor=command.actor,
        event=new.event,
        reason=command.reason,
        document_no=command.document_no,
        stamps=command.stamps,
    )


def command_of(raw: bytes) -> Command[Any]:
    """Return the command that a line stands for, with a holder as the vault would name them."""
    asked = shapes.from_line(raw)
    body = asked.body
    if isinstance(body, CertificateIssued) and asked.holder is not None:
        subject = digest(asked.holder.id_no)[:32]
        name = masked_name(asked.holder.name)
        body = replace(body, holder=replace(body.holder, subject_id=subject, masked_name=name))
    return Command(
        body=body,
        actor=asked.actor,
        valid_from=asked.valid_from,
        today=TODAY,
        reason=asked.reason,
        document_no=asked.document_no,
        stamps=asked.stamps,
    )
