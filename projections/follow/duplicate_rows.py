"""C2 on the live tables: certificates that share a number or a holder, whoever assessed them.

The tags of the ledger say which numbers and holders have more than one entry. Of those groups
as much is read as their certificates' flags rest on, and folded by `domain.supervision.duplicates`, with the
entries about the enterprises (who supervises), the sessions (on whose behalf) and the adoptions
(by which rules).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from psycopg import Connection

from domain.assessment import AssessmentHeld
from domain.catalogue import CatalogueAdopted
from domain.certificate.certificate import CertificateIssued
from domain.correction import RecordCorrected, amended
from domain.flag import FlagAnswered, FlagReviewed
from domain.supervision.corrected_file import reread
from domain.supervision.duplicates import Twins
from domain.supervision.subject_file import SubjectFile, group_of
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.identifiers import flag_parts
from ledger.codec import Illegible
from projections.follow import histories
from projections.follow.fold import Rules
from projections.follow.pieces import pieces
from projections.views.flag_rows import Concerned, Told, flag_row
from projections.views.views import Version

CERTIFICATES_AT_ONCE = 1_000
CROWD = 100
"""Entries under one number or holder, above which it is asked which of them are neighbours."""
HELD = "assessment.assessment-held/"
ISSUED = "certificate.certificate-issued/"
REISSUED = "certificate.certificate-reissued/"
MADE = [ISSUED, REISSUED]
"""What makes a certificate that C2 is judged of."""


def judged_by_tag(tag: str) -> bool:
    """Return whether entries with the tag belong to a number or a holder."""
    return tag.startswith(("certificate:", "holder:"))


def of_session(tag: str) -> bool:
    """Return whether entries with the tag belong to a session."""
    return tag.startswith("assessment:")


SHARED = """
SELECT t.tag FROM unnest(%(tags)s::text[]) AS t(tag)
 WHERE (SELECT count(*) FROM (
           SELECT FROM ledger.entry_tag e
            WHERE e.tag_hash = hashtextextended(t.tag, 0) AND e.position <= %(upto)s LIMIT 2) two) > 1
"""


def concerned(
    conn: Connection[Any], entries: Iterable[tuple[Recorded[Any], Sequence[str]]], upto: int
) -> set[int]:
    """Return the certificates whose C2 may follow from the entries, given with their tags.

    A new certificate bears on its neighbours by the day of issue and what is said to a flag on that flag;
    an end and a correction bear on everybody under the number and the holder.
    """
    found: set[int] = set()
    own: dict[str, set[int]] = {}
    others: set[str] = set()
    for entry, tags in entries:
        judged = [tag for tag in tags if judged_by_tag(tag)]
        event = entry.event
        if type(event) is CertificateIssued:
            for tag in judged:
                own.setdefault(tag, set()).add(entry.position)
        elif isinstance(event, FlagReviewed | FlagAnswered):
            parts = flag_parts(event.flag)
            found.update(() if parts is None or parts[0] != "C2" else (parts[1],))
        else:
            others.update(judged)
    if own:
        values = {"tags": list(own), "upto": upto}
        shared = [tag for (tag,) in conn.execute(SHARED, values).fetchall()]
        by_tag: dict[str, list[_Under]] = {tag: [] for tag in shared}
        for under in _under(conn, shared, upto):
            for tag in by_tag.keys() & under.tags:
                by_tag[tag].append(under)
        for tag, entries_ in by_tag.items():
            found.update(_near(entries_, own[tag]))
    return found | _made(_under(conn, others, upto))


def _near(under: Sequence["_Under"], new: AbstractSet[int]) -> set[int]:
    """Return the new certificates under a tag, and those of the others that may name one of them.

    Thousands may bear one number. As long as nothing was corrected, ended or reissued among them,
    the day of issue is that of the entry.
    """
    if len(under) <= CROWD or any(not entry.type.startswith(ISSUED) for entry in under):
        return _made(under)
    order = sorted(under, key=lambda entry: (entry.day, entry.subject or "", entry.position))
    positions = [entry.position for entry in order]
    behind = {at for one, at in pairwise(positions) if one in new}
    return behind.union(new, positions[:2])


OF_SESSIONS = """
SELECT record FROM flags
 WHERE code = 'C2' AND known_to IS NULL AND key IN (
           SELECT 'C2-' || c.key FROM ledger.entry e JOIN certificates c ON c.session = substr(e.stream, 12)
            WHERE e.position = ANY (%(corrected)s) AND e.stream ^@ 'assessment/' AND e.type ^@ %(held)s)
"""


def in_sessions(conn: Connection[Any], corrected: Collection[int]) -> set[int]:
    """Return the certificates with a C2 flag in the tables whose session is among these entries."""
    values = {"corrected": list(corrected), "held": HELD}
    return {record for (record,) in conn.execute(OF_SESSIONS, values)}


SHOWN = """
SELECT DISTINCT record FROM flags
 WHERE code = 'C2' AND known_to IS NULL AND (%(all)s OR subject = ANY (%(subjects)s))
"""


def already_shown(conn: Connection[Any], subjects: Collection[str] | None) -> set[int]:
    """Return the certificates that have a C2 flag in the tables: of `subjects`, None for everybody's.

    Where an enterprise moves or a catalogue is adopted, their flags say something else too.
    """
    values = {"all": subjects is None, "subjects": list(subjects or ())}
    return {record for (record,) in conn.execute(SHOWN, values)}


# Along the index, where a tag that stands twice follows itself: groups by hash would fill the disk.
SEVERAL = """
WITH again AS (
    SELECT tag_hash, position, lag(tag_hash) OVER (ORDER BY tag_hash, position) AS before
      FROM ledger.entry_tag WHERE position <= %(upto)s
), several AS (
    SELECT DISTINCT tag_hash FROM again WHERE before = tag_hash AND position > %(after)s
)
SELECT DISTINCT e.position
  FROM several JOIN ledger.entry_tag t USING (tag_hash) JOIN ledger.entry e USING (position)
 WHERE t.position <= %(upto)s AND e.type ^@ ANY (%(made)s)
 ORDER BY 1
"""


def sharing(conn: Connection[Any], after: int, upto: int) -> list[int]:
    """Return the certificates that share a number or a holder with an entry in `(after, upto]`."""
    values = {"after": after, "upto": upto, "made": MADE}
    return [position for (position,) in conn.execute(SEVERAL, values)]


def versions(
    conn: Connection[Any], rules: Rules, after: int, upto: int, certificates: Collection[int]
) -> Iterator[Version]:
    """Yield every version of the C2 flags of `certificates` that follows from `(after, upto]`."""
    for some in pieces(sorted(certificates), CERTIFICATES_AT_ONCE):
        wanted = _Wanted(conn, some, upto)
        fold = _Fold(rules, wanted.subjects)
        for entry in rules.among(wanted.entries, 0, upto):
            touched = fold.read(entry)
            if entry.position > after:
                for position in touched:
                    if position in wanted.subjects:
                        yield from fold.shown(position, entry.position)


class _Fold:
    """Twins with what their flags show besides: who supervises, by which rules."""

    def __init__(self, rules: Rules, subjects: dict[int, str]) -> None:
        self._rules = rules
        self._twins = Twins(rules.apply)
        self._reference = rules.context.reference
        self._sessions: dict[str, Recorded[AssessmentHeld]] = {}
        self._held: dict[int, str] = {}
        """Position of a session → its id."""
        self._files = {uscc: SubjectFile(uscc) for uscc in set(subjects.values())}
        self._of: dict[str, list[int]] = {uscc: [] for uscc in self._files}
        for position, uscc in subjects.items():
            self._of[uscc].append(position)

    def read(self, entry: Recorded[Any]) -> list[int]:
        """Take in the next entry; return the certificates whose flag shows something else now."""
        if isinstance(entry.event, CatalogueAdopted):
            self._reference = self._rules.reference_at(entry.position)
            return [position for positions in self._of.values() for position in positions]
        file = self._files.get(entry.subject or "")
        if file is not None and self._moves(file, entry):
            return self._of[file.uscc]
        if isinstance(entry.event, AssessmentHeld):
            self._sessions[entry.event.assessment_id] = entry
            self._held[entry.position] = entry.event.assessment_id
            return []
        return self._twins.read(entry) or self._held_otherwise(entry)

    def _held_otherwise(self, entry: Recorded[Any]) -> list[int]:
        """Take in what the entry corrects of a session; return the certificates that came of it."""
        event = entry.event
        held = self._held.get(event.position) if isinstance(event, RecordCorrected) else None
        if held is None:
            return []
        self._sessions[held] = amended(self._sessions[held], event, self._rules.apply)
        return [
            position
            for positions in self._of.values()
            for position in positions
            if self._twins.flag(position) is not None
            and self._twins.certificate(position).event.assessment_id == held
        ]

    def _moves(self, file: SubjectFile, entry: Recorded[Any]) -> bool:
        """Take in what the entry says of the enterprise; return whether another authority is competent."""
        before, event = file.districts, entry.event
        if group_of(entry) == "enterprise":
            file.add(entry)
        elif isinstance(event, RecordCorrected):
            wrong = file.told["enterprise"].get(event.position)
            if wrong is not None:
                reread(file, amended(wrong, event, self._rules.apply))
        return file.districts != before

    def shown(self, position: int, at: int) -> Iterator[Version]:
        """Yield what the flag of a certificate shows after the entry `at`, if it was ever raised."""
        found = self._twins.flag(position)
        if found is None:
            return
        state, said = found
        record = self._twins.certificate(position)
        uscc = record.subject or ""
        session = self._sessions.get(record.event.assessment_id)
        about = Concerned(uscc, record, session.event if session is not None else None)
        told = Told(said, self._twins.requests(position))
        rows = tuple(
            flag_row(state, told, about, self._reference, stretch)
            for stretch in self._files[uscc].supervised(state.day)
        )
        yield Version("flags", state.key, uscc, position, at, rows)


OWN = """
SELECT position, subject, tags FROM ledger.entry
 WHERE position = ANY (%(positions)s) AND type ^@ ANY (%(made)s)
"""
UNDER = """
SELECT position, type, subject, valid_from, tags FROM ledger.entry
 WHERE position IN (SELECT ledger.tagged(%(tags)s::text[], %(upto)s)) ORDER BY position
"""
ENTRIES = """
SELECT position, type, valid_from, subject, payload FROM ledger.entry
 WHERE position = ANY (%(positions)s) ORDER BY position
"""


# A session begins its stream; its certificates, by the thousand, come behind it.
BEGUN = """
SELECT position FROM ledger.entry
 WHERE stream = ANY (%(streams)s) AND version = 1 AND type ^@ %(held)s
"""
_POSITION = attrgetter("position")


class _Under(NamedTuple):
    """An entry under a number or a holder."""

    position: int
    type: str
    subject: str | None
    day: date
    tags: Sequence[str]

    @property
    def numbers(self) -> set[str]:
        """Return its tags that are numbers."""
        return {tag for tag in self.tags if tag.startswith("certificate:")}


def _under(conn: Connection[Any], tags: Collection[str], upto: int) -> list[_Under]:
    values = {"tags": list(tags), "upto": upto}
    return [_Under(*row) for row in conn.execute(UNDER, values)] if tags else []


def _made(entries: Iterable[_Under]) -> set[int]:
    return {entry.position for entry in entries if entry.type.startswith(tuple(MADE))}


class _Wanted:
    """The entries that the C2 flags of some certificates rest on."""

    def __init__(self, conn: Connection[Any], certificates: Sequence[int], upto: int) -> None:
        self.subjects: dict[int, str] = {}
        tags: set[str] = set()
        own_rows = conn.execute(OWN, {"positions": list(certificates), "made": MADE})
        for position, subject, own in own_rows:
            self.subjects[position] = subject
            tags.update(own)
        under = _under(conn, tags, upto)
        positions = {entry.position for entry in under}
        positions.update(_replaceable(conn, under, upto))
        about = {f"enterprise:{uscc}" for uscc in self.subjects.values()}
        positions.update(entry.position for entry in _under(conn, about, upto))
        read = _read(conn, positions)
        self.entries = sorted([*read, *_sessions(conn, read, upto)], key=_POSITION)


def _read(conn: Connection[Any], positions: Collection[int]) -> list[Recorded[Any]]:
    values = {"positions": list(positions)}
    found = histories.lean(conn.execute(ENTRIES, values, binary=True).fetchall())
    return _tagged(conn, [entry for entry in found if type(entry.event) is not Illegible])


TAGS = "SELECT position, tags FROM ledger.entry WHERE position = ANY (%(positions)s)"


def _tagged(conn: Connection[Any], entries: list[Recorded[Any]]) -> list[Recorded[Any]]:
    """Return the entries, the few whose numbers are not plain with the tags they are found by."""
    odd = [entry.position for entry in entries if _is_odd(entry.event)]
    if not odd:
        return entries
    tags = dict(conn.execute(TAGS, {"positions": odd}).fetchall())
    return [
        entry._replace(tags=tuple(tags[entry.position])) if entry.position in tags else entry
        for entry in entries
    ]


def _is_odd(event: object) -> bool:
    numbers = (getattr(event, name, None) for name in ("certificate_no", "new_certificate_no"))
    return any(number is not None and folded(number) != number for number in numbers)


def _sessions(
    conn: Connection[Any], entries: Iterable[Recorded[Any]], upto: int
) -> list[Recorded[Any]]:
    """Return the sessions that certificates among the entries came of, with their corrections."""
    issued = (e.event for e in entries if isinstance(e.event, CertificateIssued))
    streams = {f"assessment/{event.assessment_id}" for event in issued}
    values = {"streams": sorted(streams), "held": HELD}
    held = [position for (position,) in conn.execute(BEGUN, values)]
    corrected = _under(conn, [f"entry:{position}" for position in held], upto)
    return _read(conn, [*held, *(entry.position for entry in corrected)])


def _replaceable(conn: Connection[Any], under: Iterable[_Under], upto: int) -> Iterator[int]:
    """Yield what says which certificates the reissues among the entries replace.

    Of several under one number, the holder of the last that holds gets another one: so all are
    read that the enterprise recorded under it, the ends between them, and what these replaced.
    """
    known: set[str] = set()
    numbers = _reissued(under)
    while numbers:
        known |= numbers
        found = _under(conn, numbers, upto)
        firms = {entry.subject for entry in found if entry.type.startswith(REISSUED)}
        yield from (
            entry.position
            for entry in found
            if not entry.type.startswith(ISSUED) or entry.subject in firms
        )
        numbers = _reissued(found) - known


def _reissued(entries: Iterable[_Under]) -> set[str]:
    """Return the numbers, old and new, of the reissues among the entries."""
    return {
        number for entry in entries if entry.type.startswith(REISSUED) for number in entry.numbers
    }
