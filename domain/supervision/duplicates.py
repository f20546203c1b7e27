"""C2, the fold across enterprises: one number twice, or one holder certified twice.

Its facts are all entries that carry the number's tag or the holder's tag. The flag stands
on the certificate that was recorded later: the first one could not know of the second. So a new
certificate is judged alone, and nothing here grows with the square of a group.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
)
from domain.certificate.lifetime import CertificateRecord, end
from domain.checks.outcome import CLEAR, Outcome, breach
from domain.correction import (
    CorrectionDecided,
    CorrectionRequested,
    RecordCorrected,
    Request,
    amended,
)
from domain.correction import evolve as ask
from domain.flag import FlagAnswered, FlagReviewed, Said
from domain.flag import evolve as say
from domain.supervision.flags import FlagState, raised, settled
from domain.terms.decider import Apply
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.identifiers import flag_parts
from domain.terms.reference import Occupation
from domain.terms.vocabulary import Level, Verdict

_Grade: TypeAlias = tuple[str, Occupation, Level]


class Judged(NamedTuple):
    """C2 of one certificate, and the earlier certificate that it is a breach against."""

    outcome: Outcome
    against: int | None


_FIRST = Judged(CLEAR, None)


class Twins:
    """C2 of certificates, as known at the entry that was read last.

    What it says of a certificate is right where it has read, in order of position: every entry
    that carries the holder's tag, the first certificate under the number, every entry under the
    number that is no certificate, and for each reissue among these what its enterprise recorded
    under the number that it replaces, and so on for the reissues among those. A reissue makes a
    certificate of its own.
    """

    def __init__(self, apply: Apply) -> None:
        self._apply = apply
        self._records: dict[int, CertificateRecord] = {}
        self._of_number: dict[str, list[CertificateRecord]] = defaultdict(list)
        self._of_grade: dict[_Grade, list[CertificateRecord]] = defaultdict(list)
        self._ends: dict[str, dict[int, Recorded[Any]]] = defaultdict(dict)
        self._strangers: dict[str, int] = {}
        """Number → the reissue that first gave it in place of a certificate that nobody recorded."""
        self._others: dict[int, Recorded[Any]] = {}
        """Ends and reviews by position, as corrected so far."""
        self._flags: dict[int, FlagState] = {}
        self._said: dict[int, Said] = {}
        self._requests: dict[int, tuple[Request, ...]] = {}
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
        if isinstance(event, FlagReviewed | FlagAnswered):
            return self._say(entry)
        if isinstance(event, CorrectionRequested | CorrectionDecided):
            return self._ask(entry)
        if isinstance(event, CertificateReissued | CertificateRevoked):
            self._others[entry.position] = entry
            self._ends[_key(entry, event.certificate_no)][entry.position] = entry
            return self._judged(self._end(entry), entry.position)
        return []

    def flag(self, position: int) -> tuple[FlagState, Said] | None:
        """Return the flag of the certificate at `position` with what was said to it; None: never raised."""
        state = self._flags.get(position)
        return None if state is None else (state, self._said.get(position, Said()))

    def requests(self, position: int) -> tuple[Request, ...]:
        """Return the corrections of the certificate at `position` that were asked for."""
        return self._requests.get(position, ())

    def rests_on(self, position: int) -> bool:
        """Return whether a breach rests on the certificate: its own, or one of a later certificate."""
        return position in self._against or bool(self._blamed.get(position))

    def certificate(self, position: int) -> Recorded[CertificateIssued]:
        """Return the certificate at `position` with its corrections."""
        return self._records[position].entry

    def _add(self, record: CertificateRecord) -> None:
        self._records[record.position] = record
        self._of_number[_key(record.entry, record.number)].append(record)
        insort(self._of_grade[_grade(record)], record, key=_order)

    def _end(self, entry: Recorded[Any]) -> Iterator[int]:
        """Yield the certificates that an end bears on: ended, blamed on these, made by a reissue."""
        event = entry.event
        under = self._of_number.get(_key(entry, event.certificate_no), [])
        known = self._records.get(entry.position)
        made = end(under, entry, known)
        for record in under:
            if record.ended_position == entry.position:
                yield record.position
                yield from sorted(self._blamed.get(record.position, ()))
        if made is not None:
            if made is not known:
                self._add(made)
            yield made.position
        elif isinstance(event, CertificateReissued):
            number = _key(entry, event.new_certificate_no)
            self._strangers.setdefault(number, entry.position)

    def _say(self, entry: Recorded[Any]) -> list[int]:
        parts = flag_parts(entry.event.flag)
        if parts is None or parts[0] != "C2":
            return []
        position = parts[1]
        state = self._flags.get(position)
        if state is not None and isinstance(entry.event, FlagReviewed):
            # A review of schema 1 is about the outcome in force (§1).
            outcome = entry.event.outcome or state.name
            entry = entry._replace(event=replace(entry.event, outcome=outcome))
        self._others[entry.position] = entry
        self._said[position] = say(self._said.get(position, Said()), entry)
        return [position] if state is not None else []

    def _ask(self, entry: Recorded[Any]) -> list[int]:
        event = entry.event
        if isinstance(event, CorrectionRequested):
            position = event.position
        else:
            found = (
                at
                for at, asked in self._requests.items()
                if any(r.position == event.position for r in asked)
            )
            position = next(found, 0)
        self._requests[position] = ask(self._requests.get(position, ()), entry)
        return [position] if position in self._flags else []

    def _correct(self, entry: Recorded[RecordCorrected]) -> list[int]:
        event = entry.event
        record = self._records.get(event.position)
        if record is not None and record.reissue is None:
            line, old = record.line(), self._of_grade[_grade(record)]
            for each in line:
                old.remove(each)
            record.correct(amended(record.entry, event, self._apply))
            new = self._of_grade[_grade(record)]
            for each in line:
                insort(new, each, key=_order)
            judged = self._judged(_later(event.position, old, new), entry.position)
            # A flag shows its certificate: who issued it, for what and at which level.
            shown = (each.position for each in line if each.position in self._flags)
            return list(dict.fromkeys((*judged, *shown)))
        wrong = self._others.get(event.position)
        if wrong is None:
            return []
        right = self._others[event.position] = amended(wrong, event, self._apply)
        if isinstance(right.event, FlagReviewed | FlagAnswered):
            return self._say(right)
        return self._end_otherwise(right, entry.position)

    def _end_otherwise(self, right: Recorded[Any], at: int) -> list[int]:
        """Take in an end as it was corrected by the entry `at`."""
        event = right.event
        ends = self._ends[_key(right, event.certificate_no)]
        ends[right.position] = right
        concerned = self._of_number.get(_key(right, event.certificate_no), [])
        for record in concerned:
            record.reopen()
        again = [position for each in ends.values() for position in self._end(each)]
        # An end that comes later than was thought lets a certificate stand in the way of others.
        grades = [self._of_grade[_grade(record)] for record in concerned]
        return self._judged([*_later(0, concerned, *grades), *again], at)

    def _judged(self, positions: Iterable[int], at: int) -> list[int]:
        """Judge certificates again; return those whose flag changed."""
        return [position for position in dict.fromkeys(positions) if self._settle(position, at)]

    def _settle(self, position: int, at: int) -> bool:
        own = self._records[position]
        outcome, against = self._judge(own)
        self._blame(position, against)
        state, day = self._flags.get(position), own.entry.valid_from
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
        """C2 of one certificate against those recorded before it; the first of them is named.

        What replaced a certificate stands in its place: the order is that of the first issues.
        """
        if own.ended is not None and not own.ended_by_enterprise:
            return _FIRST
        same_number = self._first_under(own)
        if (
            own.replaced_by is not None
        ):  # what replaced it stands in its place, under its own number
            taken = same_number
            return _FIRST if taken is None else Judged(_number_taken(own.entry, taken), taken)
        for other in self._of_grade[_grade(own)]:
            if _order(other)[0] >= _order(own)[0] or other.position >= (same_number or LAST):
                break
            if _stands_in_the_way(other, own):
                return Judged(_certified_before(own.entry, other.entry), other.position)
        if same_number is not None:
            return Judged(_number_taken(own.entry, same_number), same_number)
        return _FIRST

    def _first_under(self, own: CertificateRecord) -> int | None:
        """Return what came first under the number; None where that is the certificate itself."""
        number = _key(own.entry, own.number)
        first = self._of_number[number][0]
        stranger = self._strangers.get(number, LAST)
        if min(first.position, stranger) >= own.position:
            return None
        if stranger < first.position:
            return stranger
        return None if _is_same_paper(own, first) else first.position


def _key(entry: Recorded[Any], number: str) -> str:
    """Return a number as it is compared; one that an earlier release recorded is compared as it was.

    Entries carry the tag of the folded number since numbers are folded. Without it an entry meets
    those of other spellings by chance alone, and chance must not raise a flag.
    """
    plain = folded(number)
    if plain != number and entry.tags and f"certificate:{plain}" not in entry.tags:
        return number
    return plain


LAST = 1 << 60
"""Behind every position."""


def _order(record: CertificateRecord) -> tuple[int, int]:
    return record.first.position, record.position


def _is_same_paper(own: CertificateRecord, other: CertificateRecord) -> bool:
    """Whether one replaced the other, or a replacement is recorded twice: as reissued and as issued."""
    if other.first is own.first:
        return True
    if own.before is None and other.before is None:
        return False
    if folded(own.number) != folded(other.number):
        return False
    return (own.uscc, _grade(own)) == (other.uscc, _grade(other))


def _stands_in_the_way(other: CertificateRecord, own: CertificateRecord) -> bool:
    """Whether the holder's certificate `other` still held when `own` came."""
    if _is_same_paper(own, other) or (
        other.replaced_by is not None
        and not other.ended_by_enterprise
        and folded(other.replaced_by) == folded(own.number)
    ):
        return False
    return other.ended is None or other.ended > own.entry.valid_from


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
        reason="number-taken",
        values=(number,),
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
        reason="certified-before",
        values=(own.event.certificate_no, number, *own.event.occupation.parts, level.value),
    )
