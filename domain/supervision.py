"""The fold of one enterprise's whole history: its file, and the flags that follow from it.

One function, `supervise`, in three homes: the live runner, replay, what-if. It takes the
entries of one subject in position order, with the adoptions of catalogues among them, and
says after each which public records it touched. Total: it never raises on a recorded fact.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from domain.assessment import AssessmentHeld
from domain.catalogue import CatalogueAdopted
from domain.catalogue import evolve as adopt
from domain.certificate import CertificateIssued, CertificateReissued, CertificateRevoked
from domain.checks import (
    Outcomes,
    departs,
    judge_certificate,
    judge_count,
    judge_departing,
    judge_inspection,
    judge_session,
)
from domain.checks.certificates import number_fits
from domain.checks.outcome import CLEAR, Context, Outcome
from domain.correction import RecordCorrected, amended, day_in
from domain.decider import Amend
from domain.envelope import Recorded
from domain.flags import FlagState, after, raised
from domain.papers import CertificateRecord
from domain.standing import EnterpriseListed, ListingRenewed
from domain.subject_file import SessionRecord, SubjectFile
from domain.touches import Touch, touches
from domain.vocabulary import Verdict


class Supervision:
    """The file of one subject with its flags, as known at the entry that was read last."""

    __slots__ = ("_departing", "amend", "behind", "context", "entries", "file", "flags")

    def __init__(self, uscc: str, context: Context, amend: Amend) -> None:
        self.context = context
        self.amend = amend
        self.file = SubjectFile(uscc)
        self.entries: dict[int, Recorded[Any]] = {}
        self.flags: dict[str, FlagState] = {}
        self.behind: dict[Touch, list[int]] = {}
        """Record → positions of the entries that it shows, corrections included, certificates aside."""
        self._departing: list[CertificateRecord] = []

    def read(self, entry: Recorded[Any]) -> list[Touch]:
        """Take in the next entry; return what it touched, without repetition."""
        event = entry.event
        if type(event) is CertificateIssued:  # nine of ten entries: the shortest way first
            self.entries[entry.position] = entry
            return self._certificate(entry, self.file.add_certificate(entry))
        if isinstance(event, CatalogueAdopted):
            return self._adopt(entry)
        if isinstance(event, RecordCorrected):
            return self._correct(entry)
        self.entries[entry.position] = entry
        self.file.add(entry)
        shown = list(touches(entry))
        for touch in shown:
            self.behind.setdefault(touch, []).append(entry.position)
        return list(dict.fromkeys([*shown, *self._judge(entry)]))

    def _certificate(
        self, entry: Recorded[CertificateIssued], session: SessionRecord | None
    ) -> list[Touch]:
        event = entry.event
        touched = [Touch("certificates", str(entry.position))]
        outcomes = judge_certificate(entry, session)
        if session is not None and departs(event, session.entry.event):
            self._departing.append(session.certificates[-1])
            outcomes |= judge_departing(entry, session, self.file, self.context)
        if outcomes:
            touched += self.settle(
                entry.position, event.issued_on, outcomes, entry.position, _OF_CERTIFICATE
            )
        if session is not None and len(session.certificates) > session.candidates:
            touched += self.count(session, entry.position, own=True)
        return touched

    def _judge(self, entry: Recorded[Any]) -> Iterator[Touch]:
        """Judge again whatever an entry other than a new certificate may bear on."""
        group = entry.type.partition(".")[0]
        judge = _BEARS_ON.get(group)
        if judge is not None:
            yield from judge(self, entry)

    def _adopt(self, entry: Recorded[CatalogueAdopted]) -> list[Touch]:
        reference = self.context.reference
        adopted = adopt((), entry)
        self.context = Context(
            replace(reference, adopted=(*reference.adopted, *adopted)), self.context.locate
        )
        return list(dict.fromkeys(self._everything_again(entry.position)))

    def _everything_again(self, at: int) -> Iterator[Touch]:
        """Judge every record again; every flag names the edition of the rules, so all are touched."""
        yield from self.judge_from(date.min, at)
        yield from self._inspections(at)
        yield from (Touch("flags", key) for key in self.flags)
        yield from (Touch("flags", f"Q2-{position}") for position in self.file.orders)

    def _correct(self, entry: Recorded[RecordCorrected]) -> list[Touch]:
        """Read the corrected entry as amended from here on, and judge everything again."""
        wrong = self.entries.get(entry.event.position)
        if wrong is None:
            return []
        right = amended(wrong, entry.event, self.amend)
        self.entries[wrong.position] = right
        self.file = SubjectFile(self.file.uscc, self.entries.values())
        self._departing = list(self._departed())
        shown = list(dict.fromkeys([*touches(wrong), *touches(right)]))
        for touch in shown:
            self.behind.setdefault(touch, []).append(entry.position)
        shown += self._papers_of(right)
        return list(dict.fromkeys([*shown, *self._everything_again(entry.position)]))

    def _papers_of(self, entry: Recorded[Any]) -> Iterator[Touch]:
        """Yield the certificates that show a reissue or a revocation, or what was issued first."""
        if isinstance(entry.event, CertificateIssued | CertificateReissued | CertificateRevoked):
            for record in self.file.certificates.get(entry.event.certificate_no, ()):
                for each in record.line():
                    yield Touch("certificates", str(each.entry.position))

    def record(self, position: int) -> Recorded[Any] | None:
        """Return the entry at a position as it stands; of a reissue, the certificate that it made."""
        entry = self.entries.get(position)
        if entry is None or not isinstance(entry.event, CertificateReissued):
            return entry
        made = self.file.made_by(entry)
        return made.entry if made is not None else entry

    def _departed(self) -> Iterator[CertificateRecord]:
        for session in self.file.sessions.values():
            for record in session.certificates:
                if departs(record.entry.event, session.entry.event):
                    yield record

    def judge_from(self, day: date, at: int) -> Iterator[Touch]:
        """Judge every session held on or after `day` again, as known after the entry `at`."""
        for session in self.file.sessions.values():
            held = session.entry.event
            if held.held_to >= day:
                outcomes = judge_session(session.entry, self.file, self.context)
                yield from self.settle(session.entry.position, held.held_from, outcomes, at)
        if day == date.min:
            yield from self._certificates_again(at)
        else:
            for record in self._departing:
                yield from self._judge_certificate_again(record, at)

    def _certificates_again(self, at: int) -> Iterator[Touch]:
        for session in self.file.sessions.values():
            for record in session.certificates:
                yield from self._judge_certificate_again(record, at)
                for successor in record.line()[1:]:
                    yield from self.judge_number(successor, at)
            yield from self.count(session, at, own=False)

    def judge_number(self, record: CertificateRecord, at: int) -> Iterator[Touch]:
        """Judge what alone is new about a certificate that replaced another one: its number."""
        entry, outcome = record.entry, number_fits(record.entry)
        found = {} if outcome is CLEAR else {"C1": outcome}
        yield from self.settle(entry.position, entry.valid_from, found, at, ("C1",))

    def _judge_certificate_again(self, record: CertificateRecord, at: int) -> Iterator[Touch]:
        entry = record.entry
        session = self.file.sessions.get(entry.event.assessment_id)
        outcomes = judge_certificate(entry, session)
        if session is not None and departs(entry.event, session.entry.event):
            outcomes |= judge_departing(entry, session, self.file, self.context)
        yield from self.settle(entry.position, entry.event.issued_on, outcomes, at, _OF_CERTIFICATE)

    def count(self, session: SessionRecord, at: int, *, own: bool) -> Iterator[Touch]:
        """C3; its record is complete with the last certificate, so each of them is still "then"."""
        entry = session.entry
        outcome = judge_count(session).get("C3", CLEAR)
        key = f"C3-{entry.position}"
        state = self.flags.get(key)
        if own and outcome is not CLEAR and (state is None or state.then is not Verdict.BREACH):
            then = outcome.verdict
            known_from = state.known_from if state is not None and state.raised else at
            self.flags[key] = replace(
                raised("C3", entry.position, entry.event.held_from, outcome, then=then, at=at),
                known_from=known_from,
            )
            yield Touch("flags", key)
            return
        yield from self.settle(entry.position, entry.event.held_from, {"C3": outcome}, at, ("C3",))

    def _inspections(self, at: int) -> Iterator[Touch]:
        for entries in self.file.inspections.values():
            for entry in entries:
                outcomes = judge_inspection(entry, self.context)
                yield from self.settle(entry.position, entry.valid_from, outcomes, at, ("Q1",))

    def settle(
        self,
        position: int,
        day: date,
        outcomes: Outcomes,
        at: int,
        codes: tuple[str, ...] | None = None,
    ) -> Iterator[Touch]:
        """Bring the flags of one record in line with `outcomes`; `at` is the record's own entry or later."""
        own = at == position
        for code in codes or _OF_SESSION:
            key = f"{code}-{position}"
            state = self.flags.get(key)
            outcome: Outcome = outcomes.get(code, CLEAR)
            if state is None:
                if outcome is CLEAR:
                    continue
                then = outcome.verdict if own else Verdict.CLEAR
                self.flags[key] = raised(code, position, day, outcome, then=then, at=at)
            else:
                changed = after(state, outcome, at)
                if changed is state and state.day == day:
                    continue
                self.flags[key] = replace(changed, day=day)
            yield Touch("flags", key)


_OF_SESSION = ("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "G1", "G2")
_OF_CERTIFICATE = ("R1", "C1", "T1", "S1", "S2", "S3", "S4", "S5")


def _own_session(of: Supervision, entry: Recorded[AssessmentHeld]) -> Iterator[Touch]:
    outcomes = judge_session(entry, of.file, of.context)
    yield from of.settle(entry.position, entry.event.held_from, outcomes, entry.position)


def _from_its_day(of: Supervision, entry: Recorded[Any]) -> Iterator[Touch]:
    event = entry.event
    start = (
        event.valid_from
        if isinstance(event, EnterpriseListed | ListingRenewed)
        else entry.valid_from
    )
    yield from of.judge_from(start, entry.position)


def _whole(of: Supervision, entry: Recorded[Any]) -> Iterator[Touch]:
    yield from of.judge_from(day_in(entry.event) or entry.valid_from, entry.position)
    if entry.type.startswith("enterprise."):
        yield from (Touch("flags", key) for key in of.flags)


def _ended_certificate(of: Supervision, entry: Recorded[Any]) -> Iterator[Touch]:
    for record in of.file.certificates.get(entry.event.certificate_no, ()):
        yield Touch("certificates", str(record.entry.position))
        session = of.file.sessions.get(record.entry.event.assessment_id)
        if session is not None:
            yield from of.count(session, entry.position, own=False)
    made = of.file.made_by(entry)
    if made is not None:
        yield Touch("certificates", str(entry.position))
        yield from of.judge_number(made, entry.position)


def _own_inspection(of: Supervision, entry: Recorded[Any]) -> Iterator[Touch]:
    outcomes = judge_inspection(entry, of.context)
    yield from of.settle(entry.position, entry.valid_from, outcomes, entry.position, ("Q1",))


def _own_orders(of: Supervision, entry: Recorded[Any]) -> Iterator[Touch]:
    finding_id = entry.event.finding_id
    for position, known in of.file.orders.items():
        if known == finding_id:
            yield Touch("flags", f"Q2-{position}")


def _reviewed(of: Supervision, entry: Recorded[Any]) -> Iterator[Touch]:  # noqa: ARG001
    yield Touch("flags", entry.event.flag)


_BEARS_ON: Mapping[str, Callable[[Supervision, Recorded[Any]], Iterable[Touch]]] = MappingProxyType(
    {
        "enterprise": _whole,
        "application": _whole,
        "standing": _from_its_day,
        "plan": _from_its_day,
        "assessment": _own_session,
        "certificate": _ended_certificate,
        "inspection": _own_inspection,
        "finding": _own_orders,
        "flag": _reviewed,
    }
)
"""Which judgements an entry of a stream may change."""
