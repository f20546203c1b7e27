"""C2, the fold across enterprises: one number twice, or one holder certified twice.

Its facts are all entries that carry the number's tag or the holder's tag. The flag stands on the
certificate that was issued later, of equal days on both, whichever arrived first, and names the one
issued before it. So a new certificate bears on its neighbours alone, and nothing here grows with the
square of a group.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
)
from domain.certificate.lifetime import CertificateRecord, end
from domain.checks.outcome import CLEAR, Outcome
from domain.checks.uniqueness import certified_before, editions_apart, number_taken
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
from domain.terms.vocabulary import Level, Verdict

_Grade: TypeAlias = tuple[str, str, str, Level]
"""Holder, occupation and 工种 as they are compared, level."""


class Judged(NamedTuple):
    """C2 of one certificate, and the other certificate that it names."""

    outcome: Outcome
    against: int | None


_ALONE = Judged(CLEAR, None)


class Twins:
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
        self._of_grade: dict[_Grade, dict[str, list[CertificateRecord]]] = defaultdict(dict)
        """Certificates that replaced none, by edition of the occupation, in the order of their issue."""
        self._ends: dict[str, dict[int, Recorded[Any]]] = defaultdict(dict)
        self._others: dict[int, Recorded[Any]] = {}
        """Ends and reviews by position, as corrected so far."""
        self._flags: dict[int, FlagState] = {}
        self._said: dict[int, Said] = {}
        self._requests: dict[int, tuple[Request, ...]] = {}
        self._against: dict[int, int] = {}
        """Certificate that is flagged → the other one that it names."""
        self._blamed: dict[int, set[int]] = defaultdict(set)
        """The same from the other side."""

    def read(self, entry: Recorded[Any]) -> list[int]:
        """Take in the next entry; return the certificates whose C2 shows something else now."""
        event = entry.event
        if isinstance(event, CertificateIssued):
            record = CertificateRecord(entry)
            self._add(record)
            return self._judged(self._near(record), entry.position)
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
        """Return whether a flag rests on the certificate: its own, or one of another certificate."""
        return position in self._against or bool(self._blamed.get(position))

    def certificate(self, position: int) -> Recorded[CertificateIssued]:
        """Return the certificate at `position` with its corrections."""
        return self._records[position].entry

    def _add(self, record: CertificateRecord) -> None:
        self._records[record.position] = record
        self._place(record)

    def _place(self, record: CertificateRecord) -> None:
        """Put a certificate where it belongs among those of its number and of its holder."""
        insort(self._numbered(record), record, key=_given)
        if record.before is None:
            graded = self._of_grade[_grade(record)]
            insort(graded.setdefault(_edition(record), []), record, key=_given)

    def _displace(self, record: CertificateRecord) -> None:
        """Take it out from there, before what it says is another."""
        self._numbered(record).remove(record)
        if record.before is None:
            self._of_grade[_grade(record)][_edition(record)].remove(record)

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
            yield from (each.position for each in group)

    def _end(self, entry: Recorded[Any]) -> Iterator[int]:
        """Yield the certificates that an end bears on: ended or made by it, and all beside these."""
        event = entry.event
        under = list(self._of_number.get(_key(entry, event.certificate_no), ()))
        under.sort(key=_position)
        known = self._records.get(entry.position)
        made = end(under, entry, known)
        if made is not None:
            if made is known:
                self._displace(made)
            self._add(made)
            yield from self._beside(made)
        for record in under:
            if record.ended_position == entry.position:
                yield from self._beside(record)

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
            line = record.line()
            beside = [at for each in line for at in self._beside(each)]
            self._displace(record)
            record.correct(amended(record.entry, event, self._apply))
            self._place(record)
            beside += [at for each in line for at in self._beside(each)]
            judged = self._judged(beside, entry.position)
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
        concerned = list(self._of_number.get(_key(right, event.certificate_no), ()))
        for record in concerned:
            record.reopen()
        again = [position for each in ends.values() for position in self._end(each)]
        beside = [position for record in concerned for position in self._beside(record)]
        return self._judged([*beside, *again], at)

    def _judged(self, positions: Iterable[int], at: int) -> list[int]:
        """Judge certificates again; return those whose flag changed."""
        return [position for position in dict.fromkeys(positions) if self._settle(position, at)]

    def _settle(self, position: int, at: int) -> bool:
        own = self._records[position]
        outcome, against = self._judge(own)
        self._blame(position, against)
        state, day = self._flags.get(position), own.given_on
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
        """C2 of one certificate, which names the one before it: by its number, else by its holder.

        A holder's certificates are judged line by line, on the first of each: what replaced it stands
        in its place, and a reissue takes no flag from one certificate to another.
        """
        taken = None if own.ended_by_authority else self._taken_by(own)
        if taken is not None:
            return Judged(number_taken(own, taken), taken.position)
        if own.before is not None or own.line()[-1].revoked_by_authority:
            return _ALONE
        editions = self._of_grade[_grade(own)]
        other = _in_the_way(own, editions[_edition(own)])
        if other is not None:
            return Judged(certified_before(own, other), other.position)
        found = (
            _in_the_way(own, group) for name, group in editions.items() if name != _edition(own)
        )
        apart = min(filter(None, found), key=_given, default=None)
        return _ALONE if apart is None else Judged(editions_apart(own, apart), apart.position)

    def _taken_by(self, own: CertificateRecord) -> CertificateRecord | None:
        """Return the other certificate that was given the number before, or on the same day.

        Of two of one day the one that an authority ended says nothing against the other.
        """
        for other in _outwards(own, self._numbered(own)):
            same_day = other.given_on == own.given_on
            if other.first is not own.first and not (same_day and other.ended_by_authority):
                return other
        return None


def _key(entry: Recorded[Any], number: str) -> str:
    """Return a number as it is compared; one that an earlier release recorded is compared as it was.

    Entries carry the tag of the folded number since numbers are folded. Without it an entry meets
    those of other spellings by chance alone, and chance must not raise a flag.
    """
    plain = folded(number)
    if plain != number and entry.tags and f"certificate:{plain}" not in entry.tags:
        return number
    return plain


def _given(record: CertificateRecord) -> tuple[date, str, int]:
    """Return by what certificates are ordered: the day, and nothing that hangs on the order of entry first."""
    return record.given_on, record.uscc or "", record.position


def _position(record: CertificateRecord) -> int:
    return record.position


def _grade(record: CertificateRecord) -> _Grade:
    event = record.entry.event
    occupation = event.occupation
    name, trade = folded(occupation.name), folded(occupation.trade or "")
    return event.holder.subject_id, name, trade, event.level


def _edition(record: CertificateRecord) -> str:
    return record.entry.event.occupation.edition


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
    behind = bisect_left(group, (*_given(own)[:2], own.position + 1), key=_given)
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


def _in_the_way(
    own: CertificateRecord, group: Sequence[CertificateRecord]
) -> CertificateRecord | None:
    """Return which certificate of the holder still held when `own` was issued; None: none did.

    One that its enterprise ended held on that day still, or whoever is flagged on the day of issue
    would revoke the flag away.
    """
    for other in _outwards(own, group):
        last = other.line()[-1]
        if last.revoked_by_authority:
            if other.issued_on < own.issued_on and (last.ended or date.max) > own.issued_on:
                return other
        elif last.ended is None or last.ended >= own.issued_on:
            return other
    return None
