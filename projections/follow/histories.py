"""What a fold reads of the ledger: a part of the columns, decoded many at once.

Only what folds look at is fetched; stream, version, time, district, tags and salt of an entry are
left blank. Every reader below takes the same part, so no view can depend on who read for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby, repeat
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias

from psycopg import Connection

from domain.catalogue import ALL
from domain.registry import EVENTS
from domain.terms.envelope import Recorded
from ledger import catalogues
from ledger.codec import Illegible, parts, parts_one_by_one
from projections.follow.fold import Rules
from projections.follow.pieces import pieces

SUBJECTS_AT_ONCE = 20
"""Subjects whose first entries are fetched together."""
FIRST, FURTHER = 500, 4_000
"""Entries of a subject that are fetched at once: with those of others, and of it alone."""

History: TypeAlias = Iterator[Recorded[Any]]
_POSITION, _SUBJECT = itemgetter(0), itemgetter(3)
_EVENT = attrgetter("event")
_Lean: TypeAlias = tuple[int, str | None, date, Any, bytes]


def lean(rows: Sequence[_Lean], subject: str | None = None) -> list[Recorded[Any]]:
    """Return what a fold sees of entries `(position, type, valid_from, subject, payload)`, in order.

    Type None is `OFTEN`. With `subject` all are about that one, whatever the rows say. An event that
    this version cannot read is `Illegible`.
    """
    of_type: dict[str | None, list[_Lean]] = defaultdict(list)
    for row in rows:
        of_type[row[1]].append(row)
    entries: list[Recorded[Any]] = []
    for stored, some in of_type.items():
        positions, _, days, subjects, payloads = zip(*some, strict=True)
        about = subjects if subject is None else repeat(subject)
        name = stored or OFTEN
        try:
            entries += parts(name, positions, days, about, payloads)
        except Exception:  # noqa: BLE001 - whichever of them it is, the others are read
            about = subjects if subject is None else repeat(subject, len(positions))
            singly = zip(positions, days, about, payloads, strict=True)
            entries += parts_one_by_one(name, singly)
    if len(of_type) > 1:
        entries.sort(key=_POSITION)
    return entries


NEXT = """
SELECT position, type, valid_from, subject, payload, tags FROM ledger.entry
 WHERE position > %(after)s AND position <= %(upto)s ORDER BY position
"""


def entries(conn: Connection[Any], after: int, upto: int) -> list[tuple[Recorded[Any], list[str]]]:
    """Return the entries in `(after, upto]`, in order of position, with their tags."""
    values = {"after": after, "upto": upto}
    rows = conn.execute(NEXT, values, binary=True).fetchall()
    return list(zip(lean([row[:5] for row in rows]), [row[5] for row in rows], strict=True))


# A text for each entry costs as much as all that is not payload: subjects come as numbers, and what
# nine of ten entries are has no name.
OF_SUBJECTS = """
SELECT e.position, nullif(e.type, %(often)s), e.valid_from, s.number::int, e.payload
  FROM unnest(%(subjects)s::text[]) WITH ORDINALITY AS s(subject, number) CROSS JOIN LATERAL (
           SELECT position, type, valid_from, payload FROM ledger.entry
            WHERE subject = s.subject AND position > %(after)s AND position <= %(upto)s
            ORDER BY position LIMIT %(limit)s) e
"""
OFTEN = EVENTS["CertificateIssued"].stored
# The index holds the order already; a sort would put the whole ledger on disk a second time.
FOLLOW_INDEX = "SET LOCAL enable_sort = off"


def of_subjects(
    conn: Connection[Any], subjects: Sequence[str], upto: int
) -> Iterator[tuple[str, History]]:
    """Yield each of the subjects that has entries, with its history up to `upto`.

    A history ends with the first entry that cannot be read, which is `Illegible`.
    """
    with conn.transaction():
        conn.execute(FOLLOW_INDEX)
        for some in pieces(subjects, SUBJECTS_AT_ONCE):
            begun = _after(conn, some, 0, upto, FIRST)
            for number, rows in groupby(begun, key=_SUBJECT):
                subject = some[int(number) - 1]
                yield subject, _history(conn, subject, list(rows), upto)


def _after(
    conn: Connection[Any], subjects: Sequence[str], after: int, upto: int, limit: int
) -> list[_Lean]:
    """Return the next entries of each of the subjects, `limit` at most, one subject after the other."""
    values = {
        "subjects": list(subjects),
        "after": after,
        "upto": upto,
        "limit": limit,
        "often": OFTEN,
    }
    return conn.execute(OF_SUBJECTS, values, binary=True).fetchall()


def _history(conn: Connection[Any], subject: str, first: list[_Lean], upto: int) -> History:
    rows, limit = first, FIRST
    while rows:
        page = lean(rows, subject)
        if Illegible in map(type, map(_EVENT, page)):
            end = next(at for at, entry in enumerate(page, 1) if type(entry.event) is Illegible)
            yield from page[:end]
            return
        yield from page
        if len(rows) < limit:
            return
        limit = FURTHER
        rows = _after(conn, [subject], rows[-1][0], upto, limit)


SIZES = """
SELECT subject, count(*) FROM ledger.entry
 WHERE position <= %(upto)s AND subject IN (
           SELECT subject FROM ledger.entry WHERE position > %(after)s AND position <= %(upto)s
           UNION SELECT unnest(%(also)s::text[]))
 GROUP BY subject ORDER BY subject
"""
ALL_SIZES = """
SELECT subject, count(*) FROM ledger.entry
 WHERE position <= %(upto)s AND subject IS NOT NULL GROUP BY subject ORDER BY subject
"""


def sizes(
    conn: Connection[Any], after: int, upto: int, also: Iterable[str] = ()
) -> list[tuple[str, int]]:
    """Return the subjects of the entries in `(after, upto]`, and these, each with its entries up to `upto`."""
    query = SIZES if after else ALL_SIZES
    return conn.execute(query, {"after": after, "upto": upto, "also": list(also)}).fetchall()


def known_rules(conn: Connection[Any], rules: Rules, upto: int) -> Rules:
    """Return `rules` with what the ledger adopted up to an entry, and the content of that."""
    catalogue = adoptions(conn, upto)
    reference = rules.context.reference
    missing = {e.event.sha256 for e in catalogue} - reference.contents.keys()
    if missing:
        reference = reference.holding(catalogues.contents(conn, sorted(missing)))
    context = replace(rules.context, reference=reference)
    return rules._replace(catalogue=catalogue, context=context)


ADOPTIONS = """
SELECT position, type, valid_from, subject, payload FROM ledger.entry
 WHERE position IN (SELECT ledger.tagged(%(tags)s::text[], %(upto)s))
   AND starts_with(type, 'catalogue.')
 ORDER BY position
"""


def adoptions(conn: Connection[Any], upto: int) -> tuple[Recorded[Any], ...]:
    """Return every adoption of a catalogue up to `upto`, in order of position."""
    values = {"tags": [ALL.tag], "upto": upto}
    adopted = lean(conn.execute(ADOPTIONS, values, binary=True).fetchall())
    return tuple(entry for entry in adopted if type(entry.event) is not Illegible)
