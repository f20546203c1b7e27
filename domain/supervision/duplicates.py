"""C2, the fold across enterprises: one number twice, or one holder certified twice.

Its facts are all entries that carry the number's tag or the holder's tag. The flag stands on the
certificate that was issued later, of equal days on both, whichever arrived first, and names the one
issued before it. So a new certificate bears on its neighbours alone, and nothing here grows with the
square of a group.

What follows are changes of verdict and nothing else. They are merged by position into the entries of
the certificate's own enterprise, as catalogues are; what is shown of them is that fold's.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeAlias, get_args

from domain import correction
from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
    End,
)
from domain.certificate.certificate import Event as CertificateEvent
from domain.certificate.lifetime import CertificateRecord, in_order, read_end, read_late
from domain.checks.outcome import CLEAR, Outcome
from domain.checks.uniqueness import (
    certified_before,
    editions_apart,
    number_taken,
    trades_apart,
)
from domain.correction import CorrectionDecided, CorrectionRequested, RecordCorrected, amended
from domain.terms.decider import Apply
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.vocabulary import Level

_Bears: TypeAlias = CertificateEvent | correction.Event
_BEAR = frozenset(get_args(_Bears))
"""What may say something of a certificate; every entry of an enterprise passes."""
_Grade: TypeAlias = tuple[str, str, Level]
"""Holder and occupation as they are compared, level."""
_Kind: TypeAlias = tuple[str, str]
"""Edition of the occupation, and 工种 as it is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateJudged:
    """What C2 says of the certificate at a position from the entry on with which it is merged."""

    certificate: int
    outcome: Outcome
    claimed_by: int | None = None
    """The certificate of another enterprise that it names, where that one was entered later and claims
    the earlier day: so whoever reports late chooses on whom the breach stands, and that is said."""


class _Judged(NamedTuple):
    """C2 of one certificate, and the other certificate that it names."""

    outcome: Outcome
    against: int | None


_ALONE = _Judged(CLEAR, None)


class _Beside(NamedTuple):
    """Another certificate that stands in the way of one, and the end by which it does no more."""

    record: CertificateRecord
    end: End | None


class Duplicates:
    """C2 of certificates, as known at the entry that was read last.

    What it says of a certificate is right where it has read, in order of position: every entry
    that carries the holder's tag or the number's, and for each reissue among these what its
    enterprise recorded under the number that it replaces, and so on for the reissues among those.
    A reissue makes a certificate of its own, of which only the number is new: so a number is judged
    on every certificate, a holder's second certificate on the one that was issued first of its line.
    """

    def __init__(self, apply: Apply) -> None:
        self._apply = apply
        self._records: dict[int, CertificateRecord] = {}
        self._of_number: dict[str, list[CertificateRecord]] = defaultdict(list)
        """Certificates under a number, in the order in which they were given it."""
        self._of_grade: dict[_Grade, dict[_Kind, list[CertificateRecord]]] = defaultdict(dict)
        """Certificates that replaced none, by edition and 工种, in the order of their issue."""
        self._ends: dict[str, dict[int, Recorded[Any]]] = defaultdict(dict)
        self._endings: dict[int, Recorded[Any]] = {}
        """Ends by position, as corrected so far."""
        self._corrections: dict[int, tuple[int, ...]] = {}
        """Entry → the corrections of it."""
        self._outcomes: dict[int, tuple[Outcome, date]] = {}
        """What was said last of a certificate that was ever flagged, and its day."""
        self._against: dict[int, int] = {}
        """Certificate that is flagged → the other one that it names."""
        self._blamed: dict[int, set[int]] = defaultdict(set)
        """The same from the other side."""

    def read(self, entry: Recorded[Any]) -> list[Recorded[DuplicateJudged]]:
        """Take in the next entry; return what C2 says since of those of which it says something else.

        Each is about the enterprise on whose certificate it stands.
        """
        changed = [at for at in dict.fromkeys(self._take(entry)) if self._judges_otherwise(at)]
        return [self._merged(entry, position) for position in changed]

    def _merged(self, entry: Recorded[Any], position: int) -> Recorded[DuplicateJudged]:
        judged = DuplicateJudged(
            certificate=position,
            outcome=self._outcomes[position][0],
            claimed_by=self._claimed_by(position),
        )
        return entry._replace(
            type="duplicate.judged", subject=self._records[position].uscc, event=judged
        )

    def _claimed_by(self, position: int) -> int | None:
        against = self._against.get(position)
        if against is None or against < position:
            return None
        own, other = self._records[position], self._records[against]
        return against if other.uscc != own.uscc and other.given_on < own.given_on else None

    def _take(self, entry: Recorded[Any]) -> Iterable[int]:
        """Take in the next entry; return the certificates on whose C2 it may bear."""
        if type(entry.event) not in _BEAR:  # a finding or a visit says nothing of certificates
            return ()
        event: _Bears = entry.event
        match event:
            case CertificateIssued():
                record = CertificateRecord(entry)
                self._add(record)
                if _key(entry, record.number) in self._ends:
                    read_late(record, self._numbered(record))
                    if record.end is not None:
                        return self._beside(record)
                return self._near(record)
            case RecordCorrected():
                return self._correct(entry)
            case CertificateReissued() | CertificateRevoked():
                self._endings[entry.position] = entry
                self._ends[_key(entry, event.certificate_no)][entry.position] = entry
                return self._end(entry)
            case CorrectionRequested() | CorrectionDecided():
                return ()  # what was asked for changes nothing until it is corrected

    def outcome(self, position: int) -> Outcome | None:
        """Return what C2 says of the certificate at `position`; None: it never was flagged."""
        judged = self._outcomes.get(position)
        return None if judged is None else judged[0]

    def rests_on(self, position: int) -> bool:
        """Return whether a flag rests on the certificate: its own, or one of another certificate."""
        return position in self._against or bool(self._blamed.get(position))

    def _add(self, record: CertificateRecord) -> None:
        self._records[record.position] = record
        self._place(record)

    def _place(self, record: CertificateRecord) -> None:
        """Put a certificate where it belongs among those of its number and of its holder."""
        insort(self._numbered(record), record, key=_given)
        if record.before is None:
            graded = self._of_grade[_grade(record)]
            insort(graded.setdefault(_kind(record), []), record, key=_given)

    def _displace(self, record: CertificateRecord) -> None:
        """Take it out from there, before what it says is another."""
        self._numbered(record).remove(record)
        if record.before is None:
            self._of_grade[_grade(record)][_kind(record)].remove(record)

    def _numbered(self, record: CertificateRecord) -> list[CertificateRecord]:
        return self._of_number[_key(record.entry, record.number)]

    def _near(self, own: CertificateRecord) -> Iterator[int]:
        """Yield a new certificate and those that may name it: its neighbours, and who comes first.

        Whoever stands behind one that stands names that one or a later one, whatever comes before.
        """
        yield own.position
        yield from _foremost(own, self._numbered(own), _keeps_number)
        for group in self._of_grade[_grade(own)].values():
            yield from _foremost(own, group, _holds)

    def _beside(self, record: CertificateRecord) -> Iterator[int]:
        """Yield everybody under the number and, with its whole line, of the holder."""
        first = record.first
        for group in (self._numbered(record), *self._of_grade[_grade(first)].values()):
            yield from (neighbour.position for neighbour in group)

    def _end(self, entry: Recorded[Any]) -> Iterator[int]:
        """Yield the certificates that an end bears on: ended or made by it, and all beside these."""
        event = entry.event
        under = list(self._of_number.get(_key(entry, event.certificate_no), ()))
        under.sort(key=_position)
        known = self._records.get(entry.position)
        made = read_end(under, entry, known)
        if made is not None:
            if made is known:
                self._displace(made)
            self._add(made)
            yield from self._beside(made)
        for record in under:
            if record.end is not None and record.end.position == entry.position:
                yield from self._beside(record)

    def _correct(self, entry: Recorded[RecordCorrected]) -> Iterable[int]:
        event, at = entry.event, entry.event.position
        record, ending = self._records.get(at), self._endings.get(at)
        self._corrections[at] = (*self._corrections.get(at, ()), entry.position)
        if ending is not None:
            return self._end_otherwise(amended(ending, event, self._apply))
        if record is None:
            return ()
        line = record.line()
        beside = [at for certificate in line for at in self._beside(certificate)]
        for certificate in line:
            self._displace(certificate)
        record.correct(amended(record.entry, event, self._apply))
        for certificate in line:
            self._place(certificate)
        again = self._end_again(_key(record.entry, record.number))
        return [*beside, *(at for each in line for at in self._beside(each)), *again]

    def _end_otherwise(self, right: Recorded[Any]) -> Iterable[int]:
        """Take in an end as it was corrected."""
        self._endings[right.position] = right
        number = _key(right, right.event.certificate_no)
        self._ends[number][right.position] = right
        return self._end_again(number)

    def _end_again(self, number: str) -> Iterable[int]:
        """Read again what ended under a number, in the order of the entries; nothing where nothing did."""
        if number not in self._ends:
            return ()
        concerned = list(self._of_number.get(number, ()))
        for record in concerned:
            record.reopen()
        again: list[int] = []
        for step in in_order(concerned, self._ends[number].values()):
            if isinstance(step, CertificateRecord):
                read_late(step, concerned)
            else:
                again += self._end(step)
        return [*(at for record in concerned for at in self._beside(record)), *again]

    def _judges_otherwise(self, position: int) -> bool:
        """Judge a certificate again; return whether that says something else of one ever flagged."""
        own = self._records[position]
        outcome, against = self._judge(own)
        self._blame(position, against)
        before = self._outcomes.get(position)
        if outcome is CLEAR and before is None:
            return False
        because = dict.fromkeys(
            corrected
            for at in outcome.because
            for corrected in (at, *self._corrections.get(at, ()))
        )
        now = self._outcomes[position] = outcome._replace(because=tuple(because)), own.given_on
        return now != before

    def _blame(self, position: int, against: int | None) -> None:
        before = self._against.pop(position, None)
        if before is not None:
            self._blamed[before].discard(position)
        if against is not None:
            self._against[position] = against
            self._blamed[against].add(position)

    def _judge(self, own: CertificateRecord) -> _Judged:
        """C2 of one certificate: the gravest of what it is found in, of equal ones what lasts."""
        gravest = max(self._findings(own), key=_weight, default=None)
        return _ALONE if gravest is None else gravest

    def _findings(self, own: CertificateRecord) -> Iterator[_Judged]:
        """Yield in what a certificate is found: by its number, else by its holder.

        A holder's certificates are judged line by line, on the first of each: what replaced it stands
        in its place, and a reissue takes no flag from one certificate to another.
        """
        taken = self._taken_by(own)
        if taken is not None:
            yield _judged(number_taken(own, taken.record), taken)
        if own.before is not None:
            return
        kinds, kind = self._of_grade[_grade(own)], _kind(own)
        other = _in_the_way(own, kinds[kind])
        if other is not None:
            yield _judged(certified_before(own, other.record), other)
            return
        for alike, say in ((True, editions_apart), (False, trades_apart)):
            in_the_way = (
                _in_the_way(own, group)
                for other_kind, group in kinds.items()
                if other_kind != kind and (other_kind[1] == kind[1]) is alike
            )
            apart = sorted(filter(None, in_the_way), key=lambda beside: _given(beside.record))
            if apart:
                longest = max(apart, key=_lasting)
                yield _judged(say(own, longest.record), longest)
                return

    def _taken_by(self, own: CertificateRecord) -> _Beside | None:
        """Return the other certificate that was given the number before, or on the same day.

        Where an authority ended the own one, it is over with that.
        """
        mine = own.end if own.ended_by_authority else None
        others = (
            (other, other.end if other.ended_by_authority else None)
            for other in _outwards(own, self._numbered(own))
            if other.first is not own.first
        )
        return _longest(own.given_on, mine, others)


def _weight(judged: _Judged) -> tuple[int, date]:
    return judged.outcome.verdict.gravity, judged.outcome.until or date.max


def _judged(outcome: Outcome, beside: _Beside) -> _Judged:
    end = beside.end
    if end is not None:
        outcome = outcome._replace(until=end.day, ended_by=end.position)
    return _Judged(outcome, beside.record.position)


def _key(entry: Recorded[Any], number: str) -> str:
    """Return a number as it is compared; one that an earlier release recorded is compared as it was.

    Entries carry the tag of the folded number since numbers are folded. Without it an entry meets
    those of other spellings by chance alone, and chance must not raise a flag.
    """
    plain = folded(number)
    if plain != number and entry.tags and f"certificate:{plain}" not in entry.tags:
        return number
    return plain


_Given: TypeAlias = tuple[date, str, str, str, Level, tuple[str, ...], int]


def _given(record: CertificateRecord) -> _Given:
    """Return by what certificates are ordered: the day, then what they say, the order of entry last."""
    event = record.entry.event
    return (
        record.given_on,
        record.uscc or "",
        record.number,
        event.holder.subject_id,
        event.level,
        event.occupation.parts,
        record.position,
    )


def _position(record: CertificateRecord) -> int:
    return record.position


def _grade(record: CertificateRecord) -> _Grade:
    event = record.entry.event
    return event.holder.subject_id, folded(event.occupation.name), event.level


def _kind(record: CertificateRecord) -> _Kind:
    occupation = record.entry.event.occupation
    return occupation.edition, folded(occupation.trade or "")


def _outwards(
    own: CertificateRecord, group: Sequence[CertificateRecord]
) -> Iterator[CertificateRecord]:
    """Yield those before a certificate, the nearest first, then those behind it of the same day."""
    at = bisect_left(group, _given(own), key=_given)
    for index in range(at - 1, -1, -1):
        yield group[index]
    for index in range(at, len(group)):
        if group[index].given_on != own.given_on:
            return
        if group[index] is not own:
            yield group[index]


def _foremost(
    own: CertificateRecord,
    group: Sequence[CertificateRecord],
    stands: Callable[[CertificateRecord], bool],
) -> Iterator[int]:
    """Yield who may name `own` in a group: up to the first that stands, from the start and behind it."""
    behind = bisect_right(group, _given(own), key=_given)
    for start in (0, behind):
        for index in range(start, len(group)):
            other = group[index]
            yield other.position
            if other.first is not own.first and stands(other):
                break


def _keeps_number(record: CertificateRecord) -> bool:
    return not record.ended_by_authority


def _holds(record: CertificateRecord) -> bool:
    return record.line()[-1].state == "valid"


def _in_the_way(own: CertificateRecord, group: Sequence[CertificateRecord]) -> _Beside | None:
    """Return which certificate of the holder still held when `own` was issued; None: none did.

    One that its enterprise ended held on that day still, or whoever is flagged on the day of issue
    would revoke the flag away.
    """
    return _longest(own.issued_on, _revoked(own), _holding(own, group))


def _holding(
    own: CertificateRecord, group: Sequence[CertificateRecord]
) -> Iterator[tuple[CertificateRecord, End | None]]:
    for other in _outwards(own, group):
        end, revoked = other.line()[-1].end, _revoked(other)
        if revoked is not None:
            if own.issued_on < revoked.day:
                yield other, revoked
        elif end is None or end.day >= own.issued_on:
            yield other, None


def _revoked(record: CertificateRecord) -> End | None:
    """Return the end by which an authority revoked a certificate, or what stood in its place."""
    end = record.line()[-1].end
    return end if end is not None and end.revokes_by_authority else None


def _longest(
    day: date, mine: End | None, others: Iterable[tuple[CertificateRecord, End | None]]
) -> _Beside | None:
    """Return the certificate beside which one given on `day` stood longest, and what ended that.

    It ends with the own one (`mine`): of the other one it stays true that it held when the own one was
    given. Of two of one day an authority that ends the one says which was wrong: that one says nothing
    against the other, unless that ended so too.
    """
    if mine is not None and mine.day <= day:
        return None
    longest: _Beside | None = None
    for other, end in others:
        theirs = end if other.given_on == day else None
        if theirs is not None and (mine is None or theirs.day <= day):
            continue
        ends = [each for each in (mine, theirs) if each is not None]
        beside = _Beside(other, min(ends, key=lambda each: each.day, default=None))
        if beside.end is mine:
            return beside
        if longest is None or _lasting(longest) < _lasting(beside):
            longest = beside
    return longest


def _lasting(beside: _Beside) -> date:
    return beside.end.day if beside.end is not None else date.max
