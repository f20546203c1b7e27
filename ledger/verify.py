"""Recompute the whole ledger and name the first position that differs, and what differs there.

Everything is recomputed from the columns: the bytes of each entry, its leaf, the rows of its tags,
versions, times, commands and positions, and at the end the frontier and the root.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from ledger.entry import Entry, Malformed, check, entry_bytes, instant_text
from ledger.log import Head
from ledger.merkle import Frontier, leaf_hash
from ledger.postgres_log import to_entry

PAGE = 5_000


class Difference(NamedTuple):
    """The first thing that is not as it must be. Position 0: the ledger's state, not an entry."""

    position: int
    what: str


class Report(NamedTuple):
    """How far the check came, the root it computed, and the first difference if there is one."""

    head: Head
    difference: Difference | None


class Row(NamedTuple):
    """An entry with what is stored beside it."""

    entry: Entry
    leaf: bytes


Progress = Callable[[int, int], None]
"""Called with the position reached and the last one, once a page."""


def verify(pool: ConnectionPool[Connection[Any]], progress: Progress | None = None) -> Report:
    """Check the ledger as it is when this begins. Memory is bounded but for one number a stream."""
    checker, tagged = _Checker(), 0
    # The database reads the next page while this one is hashed.
    with pool.connection() as connection, ThreadPoolExecutor(1) as ahead:
        size, hashes, recorded_at = _state(connection)
        coming = ahead.submit(_page, connection, 0, size)
        while (page := coming.result()).rows or page.difference is not None:
            coming = ahead.submit(_page, connection, checker.frontier.size + len(page.rows), size)
            found = checker.page(page.rows) or page.difference
            if found is not None:
                return Report(checker.head(), found)
            tagged += page.tagged
            if progress is not None:
                progress(checker.frontier.size, size)
        found = _state_difference(checker, size, hashes, recorded_at)
        found = found or _stray(connection, size, tagged)
    return Report(checker.head(), found)


class _Checker:
    """Goes through the entries in order, remembering what the next ones must follow from."""

    def __init__(self) -> None:
        self.frontier = Frontier()
        self.recorded_at: datetime | None = None
        self._versions: dict[str, int] = {}
        self._command: tuple[str | None, int] = (None, 0)

    def head(self) -> Head:
        """Return the end of what was checked."""
        return Head(self.frontier.size, self.frontier.root(), self.recorded_at)

    def page(self, rows: list[Row]) -> Difference | None:
        """Check entries that follow those checked before; return the first difference."""
        for row in rows:
            expected = self.frontier.size + 1
            if row.entry.position != expected:
                return Difference(expected, "position: missing")
            what = self._difference(row)
            if what is not None:
                return Difference(expected, what)
            self.frontier.append(row.leaf)
            self.recorded_at = row.entry.recorded_at
        return None

    def _difference(self, row: Row) -> str | None:
        return _content(row) or self._sequence(row.entry)

    def _sequence(self, entry: Entry) -> str | None:
        """Check what an entry must be after those before it."""
        if self.recorded_at is not None and entry.recorded_at < self.recorded_at:
            return "recorded_at: before the entry above"
        version = self._versions.get(entry.stream, 0) + 1 if entry.stream else 0
        if entry.version != version:
            return f"version: {entry.version} where {version} follows"
        self._versions[entry.stream] = version
        if entry.part != 0 and (entry.idempotency_key, entry.part) != self._command:
            return f"part: {entry.part} does not continue a command"
        self._command = (entry.idempotency_key, entry.part + 1)
        return None


def _content(row: Row) -> str | None:
    """Check what an entry must be by itself."""
    entry, draft = row.entry, row.entry.draft()
    try:
        at = instant_text(entry.recorded_at)
        content = entry_bytes(draft, entry.version, at, entry.part, entry.salt)
        check(draft)
    except Malformed as error:
        return str(error)
    except (TypeError, AttributeError, UnicodeError):
        return "columns: not values that an entry can have"
    return None if leaf_hash(content) == row.leaf else "leaf: not the hash of the entry's columns"


STATE = "SELECT size, frontier, recorded_at FROM ledger.log_state"


def _state(connection: Connection[Any]) -> tuple[int, list[bytes], datetime | None]:
    row: Any = connection.execute(STATE, binary=True).fetchone()
    size, hashes, recorded_at = row
    return size, hashes, recorded_at


class _Page(NamedTuple):
    """Entries, how many rows their tags have, and what differs behind the last of `rows`."""

    rows: list[Row]
    tagged: int
    difference: Difference | None


ROWS = """
SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
       idempotency_key, payload, salt, request_digest, part, leaf
  FROM ledger.entry WHERE position > %(after)s AND position <= %(upto)s ORDER BY position
 LIMIT %(page)s
"""


def _page(connection: Connection[Any], after: int, upto: int, size: int = PAGE) -> _Page:
    values = {"after": after, "upto": upto, "page": size}
    try:
        found = connection.execute(ROWS, values, prepare=True, binary=True).fetchall()
    except psycopg.DataError:
        # A time or a day that no entry can have. Alone it can be named.
        if size == 1:
            return _Page([], 0, Difference(after + 1, "columns: not values that an entry can have"))
        return _page(connection, after, upto, 1)
    rows = [Row(to_entry(row[:-1]), row[-1]) for row in found]
    if not rows:
        return _Page([], 0, None)
    tagged, lost = _tags(connection, rows[0].entry.position, rows[-1].entry.position)
    return _Page(rows, tagged, lost)


TAGS = """
SELECT count(*), min(x.position) FILTER (WHERE NOT EXISTS (
       SELECT FROM ledger.entry_tag t WHERE t.tag_hash = x.tag_hash AND t.position = x.position))
  FROM (SELECT hashtextextended(t.tag, 0) AS tag_hash, e.position
          FROM ledger.entry e, unnest(e.tags) AS t(tag)
         WHERE e.position BETWEEN %(first)s AND %(last)s
           AND t.tag <> 'stream:' || e.stream AND t.tag IS DISTINCT FROM 'subject:' || e.subject
         GROUP BY 1, 2) x
"""


def _tags(connection: Connection[Any], first: int, last: int) -> tuple[int, Difference | None]:
    """Return how many tag rows the entries must have, and the first entry that lacks one."""
    values = {"first": first, "last": last}
    row: Any = connection.execute(TAGS, values, prepare=True).fetchone()
    lost = None if row[1] is None else Difference(row[1], "tags: not found under one of them")
    return row[0], lost


COUNT_TAGS = "SELECT count(*) FROM ledger.entry_tag WHERE position BETWEEN 1 AND %(size)s"
STRAY_TAG = """
SELECT min(t.position) FROM ledger.entry_tag t LEFT JOIN ledger.entry e USING (position)
 WHERE t.position <= %(size)s AND NOT EXISTS (
       SELECT FROM unnest(e.tags) AS u(tag) WHERE hashtextextended(u.tag, 0) = t.tag_hash)
"""
BEYOND = """
SELECT least((SELECT min(e.position) FROM ledger.entry e WHERE e.position > s.size),
             (SELECT min(t.position) FROM ledger.entry_tag t
               WHERE t.position > s.size OR t.position < 1))
  FROM ledger.log_state s
"""


def _stray(connection: Connection[Any], size: int, tagged: int) -> Difference | None:
    """Return the first row that belongs to no entry: behind the end, or a tag not carried."""
    with connection.transaction():
        connection.execute("SET LOCAL statement_timeout = 0")
        row: Any = connection.execute(BEYOND).fetchone()
        if row[0] is not None:
            return Difference(row[0], "position: behind the end of the tree")
        row = connection.execute(COUNT_TAGS, {"size": size}).fetchone()
        # All that must be there was found; so only more of them is left to be wrong.
        if row[0] == tagged:
            return None
        row = connection.execute(STRAY_TAG, {"size": size}).fetchone()
        return Difference(row[0] or 0, "tags: found under one it does not carry")


def _state_difference(
    checker: _Checker, size: int, hashes: list[bytes], recorded_at: datetime | None
) -> Difference | None:
    if checker.frontier.size != size:
        return Difference(checker.frontier.size + 1, "position: missing at the end")
    if checker.frontier.hashes != hashes:
        return Difference(0, "frontier: not that of the entries")
    if checker.recorded_at != recorded_at:
        return Difference(0, "recorded_at: not that of the last entry")
    return None
