"""C2, the fold across enterprises: one number twice, or one holder certified twice.

Its facts are all entries that carry the number's tag or the holder's tag. The flag stands
on the certificate that was recorded later: the first one could not know of the second. So a new
certificate is judged alone, and nothing here grows with the square of a group.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from domain.certificate import CertificateIssued, CertificateReissued, CertificateRevoked
from domain.checks.outcome import CLEAR, Outcome, breach
from domain.correction import RecordCorrected, amended
from domain.decider import Apply
from domain.envelope import Recorded
from domain.flag import FlagReviewed, Review, review_in
from domain.flags import FlagState, raised, settled
from domain.identifiers import flag_parts
from domain.reference import Occupation
from domain.subject_file import CertificateRecord
from domain.vocabulary import Level, Verdict

_Grade: TypeAlias = tuple[str, Occupation, Level]


class Judged(NamedTuple):
    """C2 of one certificate, and the earlier certificate that it is a breach against."""

    outcome: Outcome
    against: int | None


_FIRST = Judged(CLEAR, None)


class Twins:
    """C2 of certificates, as known at the entry that was read last.

    What it says of a certificate is right where it has read, in order of position: every entry
    that carries the holder's tag, the first certificate under the number, and every entry under
    the number that is no certificate.
    """

    def __init__(self, apply: Apply) -> None:
        self._apply = apply
        self._records: dict[int, CertificateRecord] = {}
        self._of_number: dict[str, list[CertificateRecord]] = defaultdict(list)
        self._of_grade: dict[_Grade, list[CertificateRecord]] = defaultdict(list)
        self._ends: dict[str, dict[int, Recorded[Any]]] = defaultdict(dict)
        self._others: dict[int, Recorded[Any]] = {}
        """Ends and reviews by position, as corrected so far."""
        self._flags: dict[int, FlagState] = {}
        self._reviews: dict[int, Review] = {}
        self._against: dict[int, int] = {}
        """Certificate in breach → the earlier one that it is a breach against."""
        self._blamed: dict[int, set[int]] = defaultdict(set)
        """The same from the other side."""

    def read(self, entry: Recorded[Any]) -> list[int]:
        """Take in the next entry; return the certificates whose C2 shows something else now."""
        event = entry.event
        if isinstance(event, CertificateIssued):
            self._add(CertificateRecord(entry))
            return self._judged([entry.position], entry.position)
        if isinstance(event, RecordCorrected):
            return self._correct(entry)
        if isinstance(event, FlagReviewed):
            self._others[entry.position] = entry
            return self._review(entry)
        if isinstance(event, CertificateReissued | CertificateRevoked):
            self._others[entry.position] = entry
            self._ends[event.certificate_no][entry.position] = entry
            return self._judged(self._end(entry), entry.position)
        return []

    def flag(self, position: int) -> tuple[FlagState, Review | None] | None:
        """Return the flag of the certificate at `position` with its review; None: never raised."""
        state = self._flags.get(position)
        return None if state is None else (state, self._reviews.get(position))

    def certificate(self, position: int) -> Recorded[CertificateIssued]:
        """Return the certificate at `position` with its corrections."""
        return self._records[position].entry

    def _add(self, record: CertificateRecord) -> None:
        self._records[record.entry.position] = record
        self._of_number[record.entry.event.certificate_no].append(record)
        insort(self._of_grade[_grade(record)], record, key=_position)

    def _end(self, entry: Recorded[Any]) -> Iterator[int]:
        """Yield the certificates that an end may bear on: those it ends, and who is blamed on them."""
        event = entry.event
        for record in self._of_number.get(event.certificate_no, ()):
            before = record.entry.position < entry.position
            if before and record.entry.subject == entry.subject and record.ended is None:
                record.ended = entry.valid_from
                record.ended_position = entry.position
                if isinstance(event, CertificateReissued):
                    record.replaced_by = event.new_certificate_no
                yield record.entry.position
                yield from sorted(self._blamed.get(record.entry.position, ()))

    def _review(self, entry: Recorded[FlagReviewed]) -> list[int]:
        parts = flag_parts(entry.event.flag)
        if parts is None or parts[0] != "C2":
            return []
        held = self._reviews.get(parts[1])
        if held is not None and held.position > entry.position:
            return []
        self._reviews[parts[1]] = review_in(entry)
        return [parts[1]] if parts[1] in self._flags else []

    def _correct(self, entry: Recorded[RecordCorrected]) -> list[int]:
        event = entry.event
        record = self._records.get(event.position)
        if record is not None:
            old = self._of_grade[_grade(record)]
            old.remove(record)
            record.entry = amended(record.entry, event, self._apply)
            new = self._of_grade[_grade(record)]
            insort(new, record, key=_position)
            return self._judged(_later(event.position, old, new), entry.position)
        wrong = self._others.get(event.position)
        if wrong is None:
            return []
        right = self._others[event.position] = amended(wrong, event, self._apply)
        if isinstance(right.event, FlagReviewed):
            return self._review(right)
        return self._end_otherwise(right, entry.position)

    def _end_otherwise(self, right: Recorded[Any], at: int) -> list[int]:
        """Take in an end as it was corrected by the entry `at`."""
        event = right.event
        ends = self._ends[event.certificate_no]
        ends[right.position] = right
        concerned = self._of_number.get(event.certificate_no, [])
        for record in concerned:
            record.ended, record.ended_position, record.replaced_by = None, 0, None
        for end in ends.values():
            tuple(self._end(end))
        # An end that comes later than was thought lets a certificate stand in the way of others.
        grades = [self._of_grade[_grade(record)] for record in concerned]
        return self._judged(_later(0, concerned, *grades), at)

    def _judged(self, positions: Iterable[int], at: int) -> list[int]:
        """Judge certificates again; return those whose flag changed."""
        return [position for position in dict.fromkeys(positions) if self._settle(position, at)]

    def _settle(self, position: int, at: int) -> bool:
        own = self._records[position]
        outcome, against = self._judge(own)
        self._blame(position, against)
        state, day = self._flags.get(position), own.entry.event.issued_on
        if state is not None:
            after = settled(state, outcome, day, at)
        elif outcome is CLEAR:
            return False
        else:
            then = outcome.verdict if at == position else Verdict.CLEAR
            after = raised("C2", position, day, outcome, then=then, at=at)
        self._flags[position] = after
        return after is not state

    def _blame(self, position: int, against: int | None) -> None:
        before = self._against.pop(position, None)
        if before is not None:
            self._blamed[before].discard(position)
        if against is not None:
            self._against[position] = against
            self._blamed[against].add(position)

    def _judge(self, own: CertificateRecord) -> Judged:
        """C2 of one certificate against those recorded before it; the first of them is named."""
        if own.ended is not None:
            return _FIRST
        event, position = own.entry.event, own.entry.position
        same_number = self._of_number[event.certificate_no][0].entry.position
        for other in self._of_grade[_grade(own)]:
            before = other.entry
            if before.position >= min(position, same_number):
                break
            if other.replaced_by != event.certificate_no and (
                other.ended is None or other.ended > event.issued_on
            ):
                return Judged(_certified_before(own.entry, before), before.position)
        if same_number < position:
            return Judged(_number_taken(own.entry, same_number), same_number)
        return _FIRST


def _position(record: CertificateRecord) -> int:
    return record.entry.position


def _grade(record: CertificateRecord) -> _Grade:
    event = record.entry.event
    return event.holder.subject_id, event.occupation, event.level


def _later(position: int, *groups: Iterable[CertificateRecord]) -> list[int]:
    """Return the certificates from `position` on, in order."""
    found = {record.entry.position for group in groups for record in group}
    return sorted(at for at in found if at >= position)


def _number_taken(own: Recorded[CertificateIssued], other: int) -> Outcome:
    number = own.event.certificate_no
    return breach(
        f"证书编号 {number} 已用于另一本证书(位置 {other})",
        f"number {number} already stands on another certificate (position {other})",
        own.position,
        other,
    )


def _certified_before(
    own: Recorded[CertificateIssued], other: Recorded[CertificateIssued]
) -> Outcome:
    occupation, level, number = (
        own.event.occupation.label,
        own.event.level,
        other.event.certificate_no,
    )
    return breach(
        f"同一持有人的 {occupation} {level.zh} 已有证书 {number}",
        f"the holder already has certificate {number} for {occupation} at {level.en}",
        own.position,
        other.position,
    )
