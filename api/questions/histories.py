"""Entries of the ledger page by page: the history of one enterprise, and everything in order."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions.policy import NOTHING_WITHHELD, Withheld
from domain.registry import EVENTS
from domain.terms.envelope import Recorded
from ledger import codec
from ledger.log.postgres_log import to_entry
from projections.views.basis import BadCursor, Basis

LAST = 2**62


class Entries(NamedTuple):
    """A page of entries; `next` is the position behind which the next page begins."""

    entries: list[Recorded[Any]]
    next: str | None


HISTORY = """
SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
       idempotency_key, payload, salt, request_digest, part,
           backfill, format
  FROM ledger.entry
 WHERE subject = %(uscc)s AND position < %(before)s
   AND (%(types)s::text[] IS NULL OR type = ANY (%(types)s))
   AND position <> ALL (%(withheld)s)
 ORDER BY position DESC LIMIT %(limit)s
"""


TOLD = """
SELECT type = ANY (%(certificates)s), stream
  FROM ledger.entry
 WHERE subject = %(uscc)s AND position < %(before)s
   AND (%(types)s::text[] IS NULL OR type = ANY (%(types)s))
   AND position <> ALL (%(withheld)s)
 ORDER BY position DESC LIMIT %(limit)s
"""
"""Of each entry whether it is a certificate, and its stream: that of its session."""


class Wanted(NamedTuple):
    """Which entries about an enterprise."""

    uscc: str
    type: str | None = None
    withheld: Withheld = NOTHING_WITHHELD


def history(
    conn: Connection[Any], basis: Basis, wanted: Wanted, cursor: str | None, limit: int
) -> Entries:
    """Return the entries about an enterprise that are known at the basis, newest first.

    Raises:
        BadCursor: the cursor is no position.
    """
    values = _values(basis, wanted, cursor) | {"limit": limit + 1}
    return _page(conn.execute(HISTORY, values).fetchall(), limit)


class Lines(NamedTuple):
    """How many lines a page has, and how many entries they tell at most."""

    number: int
    most: int


def told_in(
    conn: Connection[Any], basis: Basis, wanted: Wanted, cursor: str | None, lines: Lines
) -> int:
    """Return how many entries are told in so many lines.

    Certificates of one session that follow each other are one line: one upload may be hundreds of them.

    Raises:
        BadCursor: the cursor is no position.
    """
    certificates = list(EVENTS["CertificateIssued"].ever_stored)
    values = _values(basis, wanted, cursor) | {"limit": lines.most, "certificates": certificates}
    told, before = 0, None
    for number, row in enumerate(conn.execute(TOLD, values).fetchall()):
        session = row[1] if row[0] else None
        if session is None or session != before:
            if told == lines.number:
                return number
            told += 1
        before = session
    return lines.most


def _values(basis: Basis, wanted: Wanted, cursor: str | None) -> dict[str, Any]:
    before = basis.position + 1
    if cursor is not None:
        before = min(before, _position(cursor))
    kind = EVENTS.get(wanted.type or "")
    return {
        "uscc": wanted.uscc,
        "before": before,
        "withheld": list(wanted.withheld.positions),
        # A name that no event has is the type of no entry.
        "types": list(kind.ever_stored) if kind else wanted.type and [wanted.type],
    }


EVENTS_AFTER = """
SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
       idempotency_key, payload, salt, request_digest, part,
           backfill, format
  FROM ledger.entry
 WHERE position > %(after)s AND position <= %(upto)s
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(types)s::text[] IS NULL OR type = ANY (%(types)s))
   AND position <> ALL (%(withheld)s)
 ORDER BY position LIMIT %(limit)s
"""
LOOKED_AT = 200_000
"""Positions that one page looks at: what is rare is found over several pages."""


class Among(NamedTuple):
    """Which entries of all."""

    uscc: str | None = None
    district: str | None = None
    type: str | None = None
    withheld: Withheld = NOTHING_WITHHELD

    @property
    def types(self) -> list[str] | None:
        """The names under which entries of the type were ever stored."""
        return None if self.type is None else [*EVENTS[self.type].ever_stored]


def events(conn: Connection[Any], after: int, upto: int, limit: int, among: Among) -> Entries:
    """Return entries in order of position; fewer than `limit` is not yet the end of them."""
    # The index finds those of one enterprise, however far apart they stand.
    end = upto if among.uscc is not None else min(upto, after + LOOKED_AT)
    values = {
        "after": after,
        "upto": end,
        "uscc": among.uscc,
        "district": among.district,
        "types": among.types,
        "withheld": list(among.withheld.positions),
        "limit": limit + 1,
    }
    page = _page(conn.execute(EVENTS_AFTER, values).fetchall(), limit)
    return page._replace(next=str(end)) if page.next is None and end < upto else page


def _page(rows: Sequence[tuple[Any, ...]], limit: int) -> Entries:
    entries = [codec.legible(to_entry(row)) for row in rows[:limit]]
    return Entries(entries, str(entries[-1].position) if len(rows) > limit else None)


def _position(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 16):
        raise BadCursor(cursor)
    return int(cursor)
