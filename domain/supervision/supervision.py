"""The fold of one enterprise's whole history: its file, and the flags that follow from it.

One function, `supervise`, in three homes: the live runner, replay, what-if. It takes the
entries of one subject in position order, with the adoptions of catalogues and the verdicts of C2
among them, and says after each which public records it touched. Total: it never raises on a recorded fact.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from domain.catalogue import CatalogueAdopted
from domain.catalogue import evolve as adopt
from domain.certificate.certificate import CertificateIssued
from domain.certificate.lifetime import CertificateRecord
from domain.checks import (
    Outcomes,
    departs,
    judge_certificate,
    judge_count,
    judge_departing,
    judge_session,
)
from domain.checks.certificates import is_uncounted
from domain.checks.duties import Due, plans_due
from domain.checks.outcome import CLEAR, Context, Outcome
from domain.checks.uniqueness import TRADES_APART, names_its_trade
from domain.correction import RecordCorrected, amended
from domain.flag import FlagReviewed
from domain.supervision.duplicates import DuplicateJudged
from domain.supervision.flags import FlagState, on_day, raised, settled
from domain.supervision.passing import Passing, Spells, of_order, of_plan
from domain.supervision.rejudging import AS_ASSESSED, OF_PAPER, OF_SESSION, inspection
from domain.supervision.streams import add, reread
from domain.supervision.subject_file import Districts, SessionRecord, SubjectFile
from domain.supervision.touches import Touch
from domain.terms.decider import Apply
from domain.terms.envelope import Recorded
from domain.terms.vocabulary import CatalogueKind


def resting(file: SubjectFile, outcome: Outcome) -> Outcome:
    """Return the outcome with everything that it rests on: with each entry its corrections."""
    if not file.corrections:
        return outcome
    return outcome._replace(
        because=file.corrected(outcome.because),
        earlier=tuple(resting(file, earlier) for earlier in outcome.earlier),
    )


class Owed(NamedTuple):
    """A plan that was found to be owed, and whether it still is, as known at an entry."""

    year: int
    receipt: int
    due: Due | None
    known_from: int
    at: int


class Supervision:
    """The file of one subject with its flags, as known at the entry that was read last."""

    __slots__ = (
        "_departing",
        "_flagged",
        "_today",
        "_trades_apart",
        "apply",
        "behind",
        "claimed_by",
        "context",
        "continued",
        "entries",
        "file",
        "flags",
        "owed",
        "passing",
    )

    def __init__(self, uscc: str, context: Context, apply: Apply) -> None:
        self.context = context
        self.apply = apply
        self.file = SubjectFile(uscc)
        self.entries: dict[int, Recorded[Any]] = {}
        """Entries by position as they stand; certificates stand in the file."""
        self.flags: dict[str, FlagState] = {}
        self._flagged: set[int] = set()
        """Positions of the records that any of the flags is on."""
        self.owed: dict[str, Owed] = {}
        """P1 by key: plans that were ever found to be owed, derived like Q2."""
        self.passing: dict[str, Passing] = {}
        """Q2 and P1 by key: on which days, as known now and then."""
        self._today = date.min
        """The day on which the entry that is read was recorded."""
        self.behind: dict[Touch, list[int]] = {}
        """Record → positions of the entries that it shows, corrections included, certificates aside."""
        self._departing: dict[int, CertificateRecord] = {}
        """Certificates by position that name another occupation or level than their session."""
        self._trades_apart: dict[int, Outcome] = {}
        """Certificates by position of which C2 hangs on whether their 工种 is more than their own word."""
        self.continued: dict[Touch, Any] = {}
        """What a view has folded of a record, to go on from there. It says nothing that the file does not."""
        self.claimed_by: dict[int, int] = {}
        """Certificate → the one of another enterprise that was entered later and claims the earlier day."""

    def read(self, entry: Recorded[Any]) -> list[Touch]:
        """Take in the next entry; return what it touched, without repetition."""
        event = entry.event
        if type(event) is CertificateIssued:
            return [Touch("certificates", str(entry.position)), *self.read_certificate(entry)]
        self._today = entry.recorded_on
        if isinstance(event, CatalogueAdopted):
            return self._adopt(entry)
        if isinstance(event, DuplicateJudged):
            return list(self._judged(entry))
        if isinstance(event, RecordCorrected):
            return self._correct(entry)
        if isinstance(event, FlagReviewed) and event.outcome is None:
            entry = self._about_outcome(entry)
        self.entries[entry.position] = entry
        before = self.file.districts
        stream = add(self.file, entry)
        shown = list(stream.shows(entry))
        for touch in shown:
            self.behind.setdefault(touch, []).append(entry.position)
        judged = stream.bears_on(self, entry, entry.position)
        return list(dict.fromkeys([*shown, *judged, *self._moved(before)]))

    def _about_outcome(self, entry: Recorded[FlagReviewed]) -> Recorded[FlagReviewed]:
        """Return a review of schema 1 with the outcome that it is about: the one in force (§1)."""
        outcome = self.outcome(entry.event.flag, entry.valid_from)
        if outcome is None:
            return entry
        return entry._replace(event=replace(entry.event, outcome=outcome.name))

    def outcome(self, key: str, day: date) -> Outcome | None:
        """Return what a check says of its record on `day`.

        None where the flag was never raised up to the day.
        """
        state = self.flags.get(key)
        if state is not None:
            return on_day(state.outcome, day)
        passing = self.passing.get(key)
        return passing.outcome(day) if passing is not None else None

    def read_certificate(self, entry: Recorded[CertificateIssued]) -> Sequence[Touch]:
        """Take in a new certificate, as `read` does; return what it touched besides itself.

        Nine of ten entries are certificates, and nearly all of them are clear.
        """
        session = self.file.add_certificate(entry)
        departing = session is not None and departs(entry.event, session)
        outcomes = judge_certificate(entry, session, self.context, departing=departing)
        uncounted = (  # asked here of nearly all of them: a call each takes a hundredth of a replay
            session is None
            or len(session.certificates) <= session.candidates
            or self._counts_no_more(entry, session)
        )
        if uncounted and not outcomes and not departing:
            return ()
        position, touched = entry.position, list[Touch]()
        if session is not None and departing:
            self._departing[position] = session.certificates[-1]
            outcomes |= judge_departing(entry, session, self.file, self.context)
        if outcomes:
            touched += self._settle_certificate(entry, session, outcomes, position)
        if session is not None and not uncounted:
            touched += self.count(session, position)
        return touched

    def _judged(self, entry: Recorded[DuplicateJudged]) -> Iterator[Touch]:
        """C2, which is judged over the certificates of all enterprises."""
        position, outcome = entry.event.certificate, entry.event.outcome
        self._trades_apart.pop(position, None)
        self.claimed_by.pop(position, None)
        if outcome.reason == TRADES_APART:
            self._trades_apart[position] = outcome
        if entry.event.claimed_by is not None:
            self.claimed_by[position] = entry.event.claimed_by
        yield from self._settle_duplicate(position, outcome, entry.position)

    def duplicate(self, position: int, outcome: Outcome) -> Outcome:
        """Return C2 of a certificate, given what was found over the certificates of all enterprises.

        Whether its 工种 is another one hangs on what its own session and scope name.
        """
        record = self.file.certificate(position)
        if record is None or outcome.reason != TRADES_APART:
            return outcome
        event = record.entry.event
        session = self.file.sessions.get(event.assessment_id)
        named = names_its_trade(event, session, lambda day: self.file.course.on(day).scope)
        return CLEAR if named else outcome

    def _settle_duplicate(self, position: int, outcome: Outcome, at: int) -> Iterator[Touch]:
        record = self.file.certificate(position)
        if record is not None:
            outcomes = {"C2": self.duplicate(position, outcome)}
            yield from self.settle(position, record.given_on, outcomes, at, ("C2",))

    def judge_trades(self, at: int) -> Iterator[Touch]:
        """Judge again what C2 makes of a 工种 that another certificate of the holder does not name."""
        for position, outcome in self._trades_apart.items():
            yield from self._settle_duplicate(position, outcome, at)

    def _adopt(self, entry: Recorded[CatalogueAdopted]) -> list[Touch]:
        """Judge again what rests on reference data; every flag names the edition of the rules.

        A new ledger adopts fifteen catalogues at once, so only what may differ is shown again.
        """
        before, at = self.context.reference, entry.position
        (adopted,) = adopt((), entry)
        after = before.adopting(adopted)
        self.context = replace(self.context, reference=after)
        touched = [*self.judge_from(date.min, at), *self._inspections(at), *self.owe(at)]
        if adopted.kind is CatalogueKind.RULES or not (before.plain and after.plain):
            for record in self.file.certificates:
                if record.before is None:  # what a reissue made is judged with the first one
                    touched += self.judge_certificate(record, at)
        if adopted.kind is CatalogueKind.RULES:
            for session in self.file.sessions.values():
                touched += self.count(session, at)
            touched += self.raised()
        return list(dict.fromkeys(touched))

    def raised(self) -> Iterator[Touch]:
        """Yield every flag that was ever raised; Q2 of an order is derived and has no state."""
        yield from (Touch("flags", key) for key in self.flags)
        yield from (Touch("flags", f"Q2-{position}") for position in self.file.orders)
        yield from (Touch("flags", key) for key in self.owed)

    def owe(self, at: int) -> Iterator[Touch]:
        """Derive again which plans are owed, as known after the entry `at`; yield all that ever were."""
        due = {
            f"P1-{plan.receipt}-{plan.year}": plan for plan in plans_due(self.file, self.context)
        }
        for key, plan in due.items():
            owed = self.owed.get(key)
            known_from = at if owed is None or owed.due is None else owed.known_from
            self.owed[key] = Owed(plan.year, plan.receipt, plan, known_from, at)
        for key, owed in self.owed.items():
            if key not in due and owed.due is not None:
                self.owed[key] = owed._replace(due=None, at=at)
            self._learn(key, at, of_plan(self.owed[key].due, self.file.plans.get(owed.year)))
        yield from (Touch("flags", key) for key in self.owed)

    def owe_rectification(self, position: int, at: int) -> Touch:
        """Derive again on which days the order at `position` is overdue, as known after the entry `at`."""
        finding = self.file.findings.get(self.file.orders.get(position, ""))
        orders = finding.orders if finding is not None else ()
        order = next((each for each in orders if each.position == position), None)
        key = f"Q2-{position}"
        self._learn(key, at, of_order(finding, order))
        return Touch("flags", key)

    def _learn(self, key: str, at: int, spells: Spells) -> None:
        self.passing.setdefault(key, Passing(at)).learn(self._today, at, spells)

    def _correct(self, entry: Recorded[RecordCorrected]) -> list[Touch]:
        """Read the corrected entry as amended from here on, and judge again what it bears on."""
        wrong = self.entries.get(entry.event.position) or self.record(entry.event.position)
        if wrong is None:
            return []
        right = amended(wrong, entry.event, self.apply)
        before_it = self.file.corrections.get(wrong.position, ())
        self.file.corrections[wrong.position] = (*before_it, entry.position)
        if type(right.event) is not CertificateIssued:
            self.entries[wrong.position] = right
        before = self.file.districts
        stream = reread(self.file, right)
        shown = list(stream.shows(right))
        if type(right.event) is not CertificateIssued:
            for touch in shown:
                self.behind[touch].append(entry.position)
        shown += stream.corrected(self, right, entry.position)
        return list(dict.fromkeys([*shown, *self._moved(before)]))

    def record(self, position: int) -> Recorded[Any] | None:
        """Return the entry at a position as it stands; of a reissue, the certificate that it made."""
        paper = self.file.certificate(position)
        return self.entries.get(position) if paper is None else paper.entry

    @property
    def size(self) -> int:
        """How many entries are kept."""
        return len(self.entries) + len(self.file.certificates)

    def _moved(self, before: Districts) -> Iterator[Touch]:
        """Yield every record where another authority became competent: all of them say which one is."""
        if self.file.districts == before:
            return
        yield from self.behind
        yield from self.raised()
        yield from (Touch("certificates", str(paper.position)) for paper in self.file.certificates)

    def judge_from(self, day: date, at: int) -> Iterator[Touch]:
        """Judge every session held on or after `day` again, as known after the entry `at`.

        Of a certificate, only what departs from its session rests on anything but the two.
        """
        yield from self.judge_sessions(day, at)
        for record in self._departing.values():
            yield from self._judge_departing(record, day, at)
        yield from self.judge_trades(at)

    def _judge_departing(self, record: CertificateRecord, day: date, at: int) -> Iterator[Touch]:
        """Judge again what departs from a session held on or after `day`, by the days of the session."""
        entry = record.entry
        session = self.file.sessions.get(entry.event.assessment_id)
        if session is not None and session.entry.event.held_to >= day:
            outcomes = judge_departing(entry, session, self.file, self.context)
            yield from self._settle_assessed(entry, session, outcomes, at)

    def judge_sessions(self, day: date, at: int) -> Iterator[Touch]:
        """Judge every session held on or after `day` again, and no certificate."""
        for session in self.file.sessions.values():
            assessed = session.entry.event
            if assessed.held_to >= day:
                outcomes = judge_session(session.entry, self.file, self.context)
                yield from self.settle(session.entry.position, assessed.held_from, outcomes, at)

    def judge_again(self, positions: Collection[int], at: int) -> Iterator[Touch]:
        """Judge the sessions, and the certificates that depart from theirs, at the positions again."""
        for session in self.file.sessions.values():
            if session.entry.position in positions:
                outcomes = judge_session(session.entry, self.file, self.context)
                day = session.entry.event.held_from
                yield from self.settle(session.entry.position, day, outcomes, at)
        for position in sorted(positions):
            record = self._departing.get(position)
            if record is not None:
                yield from self._judge_departing(record, date.min, at)

    def judge_certificate(self, record: CertificateRecord, at: int) -> Iterator[Touch]:
        """Judge a certificate again."""
        entry = record.entry
        session = self.file.sessions.get(entry.event.assessment_id)
        departing = session is not None and departs(entry.event, session)
        outcomes = judge_certificate(entry, session, self.context, departing=departing)
        self._departing.pop(entry.position, None)
        if session is not None and departing:
            self._departing[entry.position] = record
            outcomes |= judge_departing(entry, session, self.file, self.context)
        yield from self._settle_certificate(entry, session, outcomes, at)

    def _settle_certificate(
        self,
        entry: Recorded[CertificateIssued],
        session: SessionRecord | None,
        outcomes: Outcomes,
        at: int,
    ) -> Iterator[Touch]:
        """Bring its flags in line with what was found in it."""
        yield from self.settle(entry.position, entry.event.issued_on, outcomes, at, OF_PAPER)
        yield from self._settle_assessed(entry, session, outcomes, at)

    def _settle_assessed(
        self,
        entry: Recorded[CertificateIssued],
        session: SessionRecord | None,
        outcomes: Outcomes,
        at: int,
    ) -> Iterator[Touch]:
        """Bring its flags of what was assessed in line: their day is that of the session.

        Such a flag shows from the day of issue on: before it there was no certificate.
        """
        position, issued = entry.position, entry.event.issued_on
        day = session.first_day if session is not None else issued
        assessed = {
            code: outcome.not_before(max(day, issued))
            for code in AS_ASSESSED
            if (outcome := outcomes.get(code)) is not None
        }
        yield from self.settle(position, day, assessed, at, AS_ASSESSED)

    def count(self, session: SessionRecord, at: int) -> Iterator[Touch]:
        """C3: it stands on the session, of which no certificate was there when it came in (0272)."""
        position, day = session.entry.position, session.entry.event.held_from
        yield from self.settle(
            position, day, judge_count(session, self.context.reference), at, ("C3",)
        )

    def _counts_no_more(self, entry: Recorded[CertificateIssued], session: SessionRecord) -> bool:
        """Whether C3 of a session with too many certificates stays what it is with one more."""
        state = self.flags.get(f"C3-{session.entry.position}")
        return state is not None and is_uncounted(entry.event, state.outcome)

    def _inspections(self, at: int) -> Iterator[Touch]:
        for entries in self.file.inspections.values():
            for entry in entries:
                yield from inspection(self, entry, at)

    def raised_of(self, position: int, codes: Iterable[str]) -> Iterator[Touch]:
        """Yield the flags of one record that were ever raised: what they show of it may have changed."""
        keys = (f"{code}-{position}" for code in codes)
        yield from (Touch("flags", key) for key in keys if key in self.flags)

    def settle(
        self,
        position: int,
        day: date,
        outcomes: Outcomes,
        at: int,
        codes: tuple[str, ...] | None = None,
    ) -> Iterator[Touch]:
        """Bring the flags of one record in line with `outcomes`; `at` is the record's own entry or later."""
        if not outcomes and position not in self._flagged:
            return  # nearly all records: nothing was ever found in them
        own = at == position
        for code in codes or OF_SESSION:
            key = f"{code}-{position}"
            state = self.flags.get(key)
            outcome: Outcome = outcomes.get(code, CLEAR)
            if outcome is not CLEAR:
                outcome = resting(self.file, outcome)
            if state is None:
                if outcome is CLEAR:
                    continue
                self._flagged.add(position)
                self.flags[key] = raised(code, position, day, outcome, at=at, own=own)
            else:
                changed = settled(state, outcome, day, at)
                if changed is state:
                    continue
                self.flags[key] = changed
            yield Touch("flags", key)
