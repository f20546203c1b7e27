"""C2 for the fold of an enterprise: the changes of verdict that follow from certificates of others too.

The tags of the ledger say which numbers and holders have more than one entry. Of those groups
as much is read as their certificates' verdicts rest on, and folded by `domain.supervision.duplicates`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from psycopg import Connection

from domain.certificate.certificate import CertificateIssued
from domain.checks import judging
from domain.flag import FlagAnswered, FlagReviewed
from domain.supervision.duplicates import DuplicateJudged, Duplicates
from domain.terms.decider import Apply
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.vocabulary import RaisedBy
from ledger.codec import Illegible
from projections.follow import histories
from projections.follow.pieces import pieces

CERTIFICATES_AT_ONCE = 1_000
CROWD = 100
"""Entries under one number or holder, above which it is asked which of them are neighbours."""
ISSUED = "certificate.certificate-issued/"
REISSUED = "certificate.certificate-reissued/"
MADE = [ISSUED, REISSUED]
"""What makes a certificate that C2 is judged of."""
CODES = [*judging(CertificateIssued, RaisedBy.DUPLICATES)]

Verdicts: TypeAlias = Mapping[str, Sequence[Recorded[DuplicateJudged]]]
"""Enterprise → the changes of C2 of its certificates, in order of position."""


def judged_by_tag(tag: str) -> bool:
    """Return whether entries with the tag belong to a number or a holder."""
    return tag.startswith(("certificate:", "holder:"))


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

    A new certificate bears on its neighbours by the day of issue; an end and a correction bear on
    everybody under the number and the holder.
    """
    certificates: set[int] = set()
    own: dict[str, set[int]] = {}
    others: set[str] = set()
    for entry, tags in entries:
        judged = [tag for tag in tags if judged_by_tag(tag)]
        if type(entry.event) is CertificateIssued:
            for tag in judged:
                own.setdefault(tag, set()).add(entry.position)
        elif not isinstance(entry.event, FlagReviewed | FlagAnswered):
            others.update(judged)
    if own:
        values = {"tags": list(own), "upto": upto}
        shared = [tag for (tag,) in conn.execute(SHARED, values).fetchall()]
        by_tag: dict[str, list[_Under]] = {tag: [] for tag in shared}
        for under in _under(conn, shared, upto):
            for tag in by_tag.keys() & under.tags:
                by_tag[tag].append(under)
        for tag, entries_ in by_tag.items():
            certificates.update(_near(entries_, own[tag]))
    return certificates | _made(_under(conn, others, upto))


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


FLAGGED = """
SELECT DISTINCT record FROM flags WHERE code = ANY (%(codes)s) AND known_to IS NULL AND subject = ANY (%(subjects)s)
"""


def flagged(conn: Connection[Any], subjects: Collection[str]) -> set[int]:
    """Return the certificates of the subjects that ever had such a flag, as the tables know."""
    return {
        record for (record,) in conn.execute(FLAGGED, {"subjects": list(subjects), "codes": CODES})
    }


# Along the index, where a tag that stands twice follows itself: groups by hash would fill the disk.
SEVERAL = """
WITH again AS (
    SELECT tag_hash, position, lag(tag_hash) OVER (ORDER BY tag_hash, position) AS before
      FROM ledger.entry_tag WHERE position <= %(upto)s
), several AS (
    SELECT DISTINCT tag_hash FROM again WHERE before = tag_hash AND position > %(after)s
)
SELECT DISTINCT e.subject, e.position
  FROM several JOIN ledger.entry_tag t USING (tag_hash) JOIN ledger.entry e USING (position)
 WHERE t.position <= %(upto)s AND e.type ^@ ANY (%(made)s) AND e.subject IS NOT NULL
"""


def sharing(conn: Connection[Any], after: int, upto: int) -> dict[str, list[int]]:
    """Return by enterprise its certificates that share a number or a holder with an entry in `(after, upto]`."""
    certificates: dict[str, list[int]] = defaultdict(list)
    values = {"after": after, "upto": upto, "made": MADE}
    for subject, position in conn.execute(SEVERAL, values):
        certificates[subject].append(position)
    return certificates


def of_certificates(
    conn: Connection[Any], apply: Apply, after: int, upto: int, certificates: Collection[int]
) -> Verdicts:
    """Return every change of C2 of `certificates` that follows from `(after, upto]`."""
    verdicts: dict[str, list[Recorded[DuplicateJudged]]] = defaultdict(list)
    for own in pieces(_by_number(conn, certificates), CERTIFICATES_AT_ONCE):
        wanted, fold = {certificate.position for certificate in own}, Duplicates(apply)
        for entry in _entries(conn, own, upto):
            changes = fold.read(entry)
            if entry.position > after:
                for judged in changes:
                    if judged.event.certificate in wanted and judged.subject is not None:
                        verdicts[judged.subject].append(judged)
    for changes in verdicts.values():
        changes.sort(key=_POSITION)
    return verdicts


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


OWN = """
SELECT position, type, subject, valid_from, tags FROM ledger.entry
 WHERE position = ANY (%(positions)s) AND type ^@ ANY (%(made)s)
"""


def _by_number(conn: Connection[Any], certificates: Collection[int]) -> list[_Under]:
    """Return certificates, those of one number together: so a crowd is read once."""
    values = {"positions": list(certificates), "made": MADE}
    own = [_Under(*row) for row in conn.execute(OWN, values)] if certificates else []
    return sorted(own, key=lambda one: (min(one.numbers, default=""), one.position))


UNDER = """
SELECT position, type, subject, valid_from, tags FROM ledger.entry
 WHERE position IN (SELECT ledger.tagged(%(tags)s::text[], %(upto)s)) ORDER BY position
"""
ENTRIES = """
SELECT position, type, valid_from, subject, payload FROM ledger.entry
 WHERE position = ANY (%(positions)s) ORDER BY position
"""
_POSITION = attrgetter("position")


def _under(conn: Connection[Any], tags: Collection[str], upto: int) -> list[_Under]:
    values = {"tags": list(tags), "upto": upto}
    return [_Under(*row) for row in conn.execute(UNDER, values)] if tags else []


def _made(entries: Iterable[_Under]) -> set[int]:
    return {entry.position for entry in entries if entry.type.startswith(tuple(MADE))}


def _entries(conn: Connection[Any], own: Iterable[_Under], upto: int) -> list[Recorded[Any]]:
    """Return the entries on which the C2 of certificates rests."""
    tags = {tag for certificate in own for tag in certificate.tags if judged_by_tag(tag)}
    under = _under(conn, tags, upto)
    positions = {entry.position for entry in under}
    positions.update(_replaceable(conn, under, upto))
    values = {"positions": list(positions)}
    entries = histories.lean(conn.execute(ENTRIES, values, binary=True).fetchall())
    return _tagged(conn, [entry for entry in entries if type(entry.event) is not Illegible])


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


def _replaceable(conn: Connection[Any], under: Iterable[_Under], upto: int) -> Iterator[int]:
    """Yield what says which certificates the reissues among the entries replace.

    Of several under one number, the holder of the last that holds gets another one: so all are
    read that the enterprise recorded under it, the ends between them, and what these replaced.
    """
    known: set[str] = set()
    numbers = _reissued(under)
    while numbers:
        known |= numbers
        recorded = _under(conn, numbers, upto)
        enterprises = {entry.subject for entry in recorded if entry.type.startswith(REISSUED)}
        yield from (
            entry.position
            for entry in recorded
            if not entry.type.startswith(ISSUED) or entry.subject in enterprises
        )
        numbers = _reissued(recorded) - known


def _reissued(entries: Iterable[_Under]) -> set[str]:
    """Return the numbers, old and new, of the reissues among the entries."""
    return {
        number for entry in entries if entry.type.startswith(REISSUED) for number in entry.numbers
    }
