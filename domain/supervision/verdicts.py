"""What the checks say of an enterprise's records while something is decided about them (§1, §6).

The same folds as everywhere, over what the ledger holds at the moment: a review belongs to the
outcome in force, and an enterprise does not correct a record that a breach rests on.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any, TypeAlias

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued, CertificateReissued
from domain.checks.outcome import Context
from domain.finding.finding import Finding
from domain.supervision.duplicates import Twins
from domain.supervision.supervision import Supervision
from domain.terms.decider import Apply, Judgement
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.identifiers import flag_parts
from domain.terms.vocabulary import Verdict

History: TypeAlias = Callable[[str, int], Iterable[Recorded[Any]]]
"""Return the entries about an enterprise behind a position, in order."""
Tagged: TypeAlias = Callable[[Collection[str]], Iterable[Recorded[Any]]]
"""Return the entries that carry any of the tags, in order of position."""


class Verdicts:
    """The files of enterprises as they stand, read on when something was added. See `decider.Judged`."""

    def __init__(
        self,
        context: Callable[[], Context],
        apply: Apply,
        head: Callable[[], int],
        history: History,
        tagged: Tagged,
    ) -> None:
        """`head` says which entry is the last one now."""
        self._context, self._apply, self._head = context, apply, head
        self._history, self._tagged = history, tagged
        self._files: dict[str, Supervision] = {}
        self._read: dict[str, int] = {}

    def flag(self, record: Recorded[Any], key: str, day: date) -> Judgement | None:
        """Return what the check says of the record now; None where no flag was raised up to `day`."""
        if key.startswith("C2-"):
            found = self._twins(record).flag(record.position)
            outcome = found[0].outcome if found is not None else None
        else:
            outcome = self._file(record.subject or "").outcome(key, day)
        return None if outcome is None else Judgement(outcome.verdict, outcome.name)

    def bears_breach(self, record: Recorded[Any]) -> bool:
        """Return whether a breach, of this record or another, rests on the record."""
        of, position = self._file(record.subject or ""), record.position
        breaches = [f for f in of.flags.values() if f.outcome.verdict is Verdict.BREACH]
        if any(position in flag.outcome.because for flag in breaches):
            return True
        if isinstance(record.event, CertificateIssued):
            session = of.file.sessions.get(record.event.assessment_id)
            # All certificates of a session are counted; C3 names those alone that are too many.
            if session and f"C3-{session.entry.position}" in {flag.key for flag in breaches}:
                return True
        made = isinstance(record.event, CertificateIssued | CertificateReissued)
        return made and self._twins(record).rests_on(position)

    def has_finding(self, record: Recorded[Any]) -> bool:
        """Return whether a finding that was not withdrawn names the record or a flag of it."""
        findings = self._file(record.subject or "").file.findings.values()
        return any(_names(finding, record) for finding in findings if finding.ended != "withdrawn")

    def has_certificates(self, record: Recorded[Any]) -> bool:
        """Return whether the record is a certificate, or a session on which some were issued."""
        if isinstance(record.event, CertificateIssued):
            return True
        if not isinstance(record.event, AssessmentHeld):
            return False
        sessions = self._file(record.subject or "").file.sessions
        session = sessions.get(record.event.assessment_id)
        return session is not None and bool(session.certificates)

    def _file(self, uscc: str) -> Supervision:
        of = self._files.get(uscc)
        if of is None:
            of = self._files[uscc] = Supervision(uscc, self._context(), self._apply)
        head, read = self._head(), self._read.get(uscc, 0)
        for entry in self._history(uscc, read) if read < head else ():
            if type(entry.event) is CertificateIssued:
                of.read_certificate(entry)
            else:
                of.read(entry)
        self._read[uscc] = head
        return of

    def _twins(self, record: Recorded[Any]) -> Twins:
        """Return C2 of the certificate, with all that bears on it: what reissues replaced included."""
        known = {tag for tag in record.tags if tag.startswith(("certificate:", "holder:"))}
        entries: dict[int, Recorded[Any]] = {}
        tags = known
        while tags:
            found = list(self._tagged(tags))
            entries |= {entry.position: entry for entry in found}
            named = {
                tag
                for entry in found
                if isinstance(entry.event, CertificateReissued)
                for tag in entry.tags
                if tag.startswith("certificate:")
            }
            tags = named - known
            known |= tags
        twins = Twins(self._apply)
        for position in sorted(entries):
            twins.read(entries[position])
        return twins


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
