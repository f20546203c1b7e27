"""What a fold reads of the ledger: a part of the columns, streamed, decoded.

Only what folds look at is fetched; stream, version, time and salt of an entry are left blank.
Every reader below takes the same part, so no view can depend on who read for it.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, LiteralString, NamedTuple, TypeAlias

from psycopg import Connection

from domain.catalogue import ALL
from domain.envelope import Recorded
from ledger.codec import part

FETCHED_AT_ONCE = 4_000

History: TypeAlias = Iterator[Recorded[Any]]
_Lean: TypeAlias = tuple[int, str, date, str | None, str | None, bytes]


class Span(NamedTuple):
    """The subjects from `low` (included) to `high` (excluded; None: to the last)."""

    low: str = ""
    high: str | None = None


def lean(row: _Lean) -> Recorded[Any]:
    """Return what a fold sees of an entry."""
    return part(*row)


NEXT = """
SELECT position, type, valid_from, subject, district, payload, tags FROM ledger.entry
 WHERE position > %(after)s AND position <= %(upto)s ORDER BY position
"""


def entries(conn: Connection[Any], after: int, upto: int) -> list[tuple[Recorded[Any], list[str]]]:
    """Return the entries in `(after, upto]`, in order of position, with their tags."""
    values = {"after": after, "upto": upto}
    found = conn.execute(NEXT, values, binary=True).fetchall()
    return [(lean(row[:6]), row[6]) for row in found]


OF_SUBJECTS = """
SELECT position, type, valid_from, subject, district, payload FROM ledger.entry
 WHERE subject = ANY (%(subjects)s) AND position <= %(upto)s ORDER BY subject, position
"""


def of_subjects(
    conn: Connection[Any], subjects: Iterable[str], upto: int
) -> Iterator[tuple[str, History]]:
    """Yield each of the subjects that has entries, with its history up to `upto`."""
    values: dict[str, object] = {"subjects": list(subjects), "upto": upto}
    yield from _by_subject(conn, OF_SUBJECTS, values)


SIZES = """
SELECT subject, count(*) FROM ledger.entry
 WHERE position <= %(upto)s AND subject IN (
           SELECT subject FROM ledger.entry WHERE position > %(after)s AND position <= %(upto)s)
 GROUP BY subject ORDER BY subject
"""
ALL_SIZES = """
SELECT subject, count(*) FROM ledger.entry
 WHERE position <= %(upto)s AND subject IS NOT NULL GROUP BY subject ORDER BY subject
"""


def sizes(conn: Connection[Any], after: int, upto: int) -> list[tuple[str, int]]:
    """Return the subjects of the entries in `(after, upto]`, each with its entries up to `upto`."""
    query = SIZES if after else ALL_SIZES
    return conn.execute(query, {"after": after, "upto": upto}).fetchall()


IN_SPAN = """
SELECT position, type, valid_from, subject, district, payload FROM ledger.entry
 WHERE subject >= %(low)s AND (%(high)s::text IS NULL OR subject < %(high)s)
   AND position <= %(upto)s
 ORDER BY subject, position
"""


def in_span(conn: Connection[Any], span: Span, upto: int) -> Iterator[tuple[str, History]]:
    """Yield every subject of the span, with its history up to `upto`."""
    values: dict[str, object] = {"low": span.low, "high": span.high, "upto": upto}
    yield from _by_subject(conn, IN_SPAN, values)


# The index holds the order already; a sort would put the whole ledger on disk a second time.
FOLLOW_INDEX = "SET LOCAL enable_sort = off; SET LOCAL cursor_tuple_fraction = 1"


def _by_subject(
    conn: Connection[Any], query: LiteralString, values: dict[str, object]
) -> Iterator[tuple[str, History]]:
    with conn.transaction():
        conn.execute(FOLLOW_INDEX)
        with conn.cursor("histories", binary=True) as cursor:
            cursor.itersize = FETCHED_AT_ONCE
            cursor.execute(query, values)
            for subject, rows in groupby(cursor, key=itemgetter(3)):
                yield subject, map(lean, rows)


ADOPTIONS = """
SELECT position, type, valid_from, subject, district, payload FROM ledger.entry
 WHERE position IN (SELECT ledger.tagged(%(tags)s::text[], %(upto)s))
   AND starts_with(type, 'catalogue.')
 ORDER BY position
"""


def adoptions(conn: Connection[Any], upto: int) -> tuple[Recorded[Any], ...]:
    """Return every adoption of a catalogue up to `upto`, in order of position."""
    values = {"tags": [ALL.tag], "upto": upto}
    return tuple(map(lean, conn.execute(ADOPTIONS, values, binary=True).fetchall()))
