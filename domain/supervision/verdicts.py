"""What the checks say of an enterprise's records while something is decided about them (§1, §6).

The same folds as everywhere, over what the ledger holds at the moment: a review belongs to the
outcome in force, and an enterprise does not correct a record that a breach rests on.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from heapq import merge
from operator import attrgetter
from typing import Any, TypeAlias

from domain.assessment import AssessmentHeld
from domain.catalogue import ALL
from domain.certificate.certificate import CertificateIssued, CertificateReissued
from domain.checks import CHECKS
from domain.checks.outcome import CLEAR, Context, Outcome
from domain.checks.venue import located
from domain.correction import RecordCorrected
from domain.finding.finding import Finding
from domain.flag import Said, shown
from domain.supervision.duplicates import Duplicates
from domain.supervision.flags import on_day
from domain.supervision.subject_file import SubjectFile
from domain.supervision.supervision import Supervision
from domain.terms.decider import Apply, Judgement
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.identifiers import flag_parts
from domain.terms.place import Location, Place
from domain.terms.vocabulary import Mode, ReviewDecision, Severity, Verdict

History: TypeAlias = Callable[[str, int], Iterable[Recorded[Any]]]
"""Return the entries about an enterprise behind a position, in order."""
Tagged: TypeAlias = Callable[[Collection[str]], Iterable[Recorded[Any]]]
"""Return the entries that carry any of the tags, in order of position."""


class Verdicts:
    """The files of enterprises as they stand, read on when something was added. See `decider.Judged`."""

    def __init__(  # noqa: PLR0913 - one argument a source
        self,
        context: Callable[[], Context],
        apply: Apply,
        head: Callable[[], int],
        history: History,
        tagged: Tagged,
        *,
        first: Callable[[], Context],
    ) -> None:
        """`head` says which entry is the last one now; `first` is the context before any adoption."""
        self._context, self._apply, self._head, self._first = context, apply, head, first
        self._history, self._tagged = history, tagged
        self._files: dict[str, Supervision] = {}
        self._read: dict[str, int] = {}

    def flag(self, record: Recorded[Any], key: str, day: date) -> Judgement | None:
        """Return what the check says of the record now; None where no flag was raised up to `day`."""
        if key.startswith("C2-"):
            outcome = self._duplicates(record).outcome(record.position)
            if outcome is not None:
                outcome = self._file(record.subject or "").duplicate(record.position, outcome)
                outcome = on_day(outcome, day)
        else:
            outcome = self._file(record.subject or "").outcome(key, day)
            if outcome is None and self._was_raised(record.subject or "", key, day):
                outcome = CLEAR  # by catalogues of before; those of now never raised it
        return None if outcome is None else Judgement(outcome.verdict, outcome.name)

    def was_ever(self, record: Recorded[Any], key: str, outcome: str, day: date) -> bool:
        """Return whether the check ever said `outcome` of the record, whatever it says now."""
        course = (
            self._course_of_duplicate(record)
            if key.startswith("C2-")
            else self._course(record.subject or "", key, day)
        )
        return any(judged.name == outcome for judged in course)

    def _was_raised(self, uscc: str, key: str, day: date) -> bool:
        return any(outcome.verdict is not Verdict.CLEAR for outcome in self._course(uscc, key, day))

    def _course(self, uscc: str, key: str, day: date) -> Iterator[Outcome]:
        """Yield what the check said after each entry: read again from the beginning, as it is rare."""
        supervision, last = Supervision(uscc, self._first(), self._apply), None
        entries = merge(self._history(uscc, 0), self._tagged({ALL.tag}), key=attrgetter("position"))
        for entry in entries:
            supervision.read(entry)
            # What an authority made an end of was so on the days before, whenever that end came in.
            state = supervision.flags.get(key)
            outcome = state.outcome if state is not None else supervision.outcome(key, day)
            if outcome is not None and outcome is not last:
                yield from outcome.earlier
                yield outcome
            last = outcome

    def _course_of_duplicate(self, record: Recorded[Any]) -> Iterator[Outcome]:
        duplicates = Duplicates(self._apply)
        for entry in self._sharing(record):
            for judged in duplicates.read(entry):
                if judged.event.certificate == record.position:
                    supervision = self._file(record.subject or "")
                    yield supervision.duplicate(record.position, judged.event.outcome)

    def ends_severe_breach(self, foreseen: Sequence[Recorded[Any]]) -> bool:
        """Return whether a severe breach that nobody dismissed would be none after the entries."""
        return any(
            self._ends_severe_breach(uscc, [e for e in foreseen if e.subject == uscc])
            for uscc in dict.fromkeys(e.subject for e in foreseen if e.subject)
        )

    def _ends_severe_breach(self, uscc: str, foreseen: Sequence[Recorded[Any]]) -> bool:
        supervision = self._file(uscc)
        before = _severe_breaches(supervision)
        if not any(_may_end(supervision, before, entry) for entry in foreseen):
            return False
        for entry in foreseen:
            supervision.read(entry)
        # It has read what may never be recorded.
        del self._files[uscc], self._read[uscc]
        return not before <= _severe_breaches(supervision)

    def bears_breach(self, record: Recorded[Any]) -> bool:
        """Return whether a breach, of this record or another, rests on the record.

        So does what a visit saw against it, undecided while the visit names no session.
        """
        supervision, position = self._file(record.subject or ""), record.position
        breaches = [f for f in supervision.flags.values() if f.outcome.verdict is Verdict.BREACH]
        against = [f for f in supervision.flags.values() if f.code == "V1"]
        if any(position in flag.outcome.because for flag in (*breaches, *against)):
            return True
        if isinstance(record.event, CertificateIssued):
            session = supervision.file.sessions.get(record.event.assessment_id)
            # All certificates of a session bear on C3, which names no more than it counts.
            if session and f"C3-{session.entry.position}" in {flag.key for flag in breaches}:
                return True
        made = isinstance(record.event, CertificateIssued | CertificateReissued)
        return made and self._duplicates(record).rests_on(position)

    def has_finding(self, record: Recorded[Any]) -> bool:
        """Return whether a finding that was not withdrawn names the record, or a flag of it became one."""
        file = self._file(record.subject or "").file
        standing = {key: f for key, f in file.findings.items() if f.ended != "withdrawn"}
        if any(_names(finding, record) for finding in standing.values()):
            return True
        return any(
            (parts := flag_parts(key)) is not None
            and parts[1] == record.position
            and any(review.finding_id in standing for review in said.reviews)
            for key, said in file.said.items()
        )

    def lies(self, place: Place, day: date) -> Location:
        """Return where a place lies, by the outline and rules of the day."""
        return located(place, Mode.ON_SITE, day, self._context())

    def has_certificates(self, record: Recorded[Any]) -> bool:
        """Return whether the record is a certificate, or a session on which some were issued."""
        if isinstance(record.event, CertificateIssued):
            return True
        if not isinstance(record.event, AssessmentHeld):
            return False
        sessions = self._file(record.subject or "").file.sessions
        session = sessions.get(record.event.assessment_id)
        return session is not None and bool(session.certificates)

    def file(self, uscc: str) -> SubjectFile:
        """Return the file of an enterprise as it stands."""
        return self._file(uscc).file

    def _file(self, uscc: str) -> Supervision:
        supervision = self._files.get(uscc)
        if supervision is None:
            supervision = self._files[uscc] = Supervision(uscc, self._context(), self._apply)
        head, read = self._head(), self._read.get(uscc, 0)
        for entry in self._history(uscc, read) if read < head else ():
            if type(entry.event) is CertificateIssued:
                supervision.read_certificate(entry)
            else:
                supervision.read(entry)
        self._read[uscc] = head
        return supervision

    def _duplicates(self, record: Recorded[Any]) -> Duplicates:
        duplicates = Duplicates(self._apply)
        for entry in self._sharing(record):
            duplicates.read(entry)
        return duplicates

    def _sharing(self, record: Recorded[Any]) -> list[Recorded[Any]]:
        """Return what C2 of the certificate rests on, in order: what reissues replaced included."""
        known = {tag for tag in record.tags if tag.startswith(("certificate:", "holder:"))}
        entries: dict[int, Recorded[Any]] = {}
        tags = known
        while tags:
            tagged = list(self._tagged(tags))
            entries |= {entry.position: entry for entry in tagged}
            named = {
                tag
                for entry in tagged
                if isinstance(entry.event, CertificateReissued)
                for tag in entry.tags
                if tag.startswith("certificate:")
            }
            tags = named - known
            known |= tags
        return [entries[position] for position in sorted(entries)]


def _severe_breaches(supervision: Supervision) -> set[str]:
    """Return the keys of the severe breaches that stand: one that two persons dismissed does not."""
    return {
        key
        for key, flag in supervision.flags.items()
        if flag.outcome.verdict is Verdict.BREACH
        and CHECKS[flag.code].severity is Severity.SEVERE
        and not _is_dismissed(supervision, key, flag.outcome)
    }


def _is_dismissed(supervision: Supervision, key: str, outcome: Outcome) -> bool:
    said = supervision.file.said.get(key, Said())
    review = shown(said, outcome.verdict, outcome.name, supervision.file.findings).holding
    return review is not None and review.decision is ReviewDecision.DISMISSED


def _may_end(supervision: Supervision, breaches: Collection[str], entry: Recorded[Any]) -> bool:
    """Return whether it is worth looking: a session or certificate bears on its own breaches alone.

    Corrections of these come by the thousand.
    """
    if not breaches:
        return False
    if not isinstance(entry.event, RecordCorrected):
        return True
    corrected = supervision.record(entry.event.position)
    if corrected is None or not isinstance(corrected.event, AssessmentHeld | CertificateIssued):
        return True
    return any(corrected.position in supervision.flags[key].outcome.because for key in breaches)


def _names(finding: Finding, record: Recorded[Any]) -> bool:
    raised, event = finding.raised, record.event
    if isinstance(event, AssessmentHeld) and event.assessment_id in raised.assessments:
        return True
    if isinstance(event, CertificateIssued):
        number = folded(event.certificate_no)
        if any(folded(named) == number for named in raised.certificates):
            return True
    flags = (flag_parts(key) for key in raised.flags)
    return any(parts is not None and parts[1] == record.position for parts in flags)
