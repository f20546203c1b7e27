"""The log on PostgreSQL."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from ledger.log import append as appending
from ledger.log import pack
from ledger.log.clock import Clock, DatabaseClock
from ledger.log.entry import Entry
from ledger.log.log import Append, Head, Look, OutcomeUnknown, Result, Use, is_keyed
from ledger.log.merkle import Frontier

T = TypeVar("T")
PAGE = 5_000
"""Entries fetched at once when streaming."""
LAST = 2**62
"""Above every position: stands for "no upper end"."""


class PostgresLog:
    """See `ledger.log.log.Log`. Threads may share it; it takes connections from the pool."""

    def __init__(self, pool: ConnectionPool[Connection[Any]], clock: Clock | None = None) -> None:
        self.pool = pool
        self.clock = clock or DatabaseClock()

    HEAD = "SELECT size, frontier, recorded_at FROM ledger.log_state"

    def head(self) -> Head:
        """Return the end of the ledger."""
        size, frontier, recorded_at = self._rows(self.HEAD)[0]
        return Head(size, Frontier(size, frontier).root(), recorded_at)

    READ = """
    SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
           idempotency_key, payload, salt, request_digest, part,
           backfill, format
      FROM ledger.entry
     WHERE position IN (SELECT ledger.tagged(%(tags)s, %(upto)s))
     ORDER BY position
    """

    def read(self, tags: Collection[str], upto: int | None = None) -> list[Entry]:
        """Return the entries that carry any of the tags, in order of position."""
        if not tags:
            return []
        upto = LAST if upto is None else upto
        entries = self._entries(self.READ, tags=pack.texts(tags), upto=upto)
        wanted = frozenset(tags)
        return [entry for entry in entries if not wanted.isdisjoint(entry.tags)]

    AT = """
    SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
           idempotency_key, payload, salt, request_digest, part,
           backfill, format
      FROM ledger.entry WHERE position = ANY (%(positions)s) ORDER BY position
    """

    def at(self, positions: Collection[int]) -> list[Entry]:
        """Return the entries at these positions, in order of position."""
        return self._entries(self.AT, positions=list(positions)) if positions else []

    OF_STREAM = """
    SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
           idempotency_key, payload, salt, request_digest, part,
           backfill, format
      FROM ledger.entry WHERE stream = %(stream)s AND version > 0 ORDER BY version
    """

    def of_stream(self, stream: str) -> list[Entry]:
        """Return the entries of a stream, in order."""
        return self._entries(self.OF_STREAM, stream=stream)

    ENTRIES = """
    SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
           idempotency_key, payload, salt, request_digest, part,
           backfill, format
      FROM ledger.entry WHERE position > %(after)s AND position <= %(upto)s ORDER BY position
     LIMIT %(page)s
    """

    def entries(
        self, after: int = 0, upto: int | None = None, limit: int | None = None
    ) -> Iterator[Entry]:
        """Stream entries in order of position, page by page: no snapshot is held open."""
        upto = LAST if upto is None else upto
        left = LAST if limit is None else limit
        while left > 0:
            size = min(PAGE, left)
            page = self._entries(self.ENTRIES, after=after, upto=upto, page=size)
            yield from page
            if len(page) < size:
                return
            after, left = page[-1].position, left - size

    HISTORIES = """
    SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
           idempotency_key, payload, salt, request_digest, part,
           backfill, format
      FROM ledger.entry
     WHERE subject = ANY (%(subjects)s) AND position > %(after)s AND position <= %(upto)s
     ORDER BY subject, position
    """

    def history(self, subject: str, after: int = 0, upto: int | None = None) -> Iterator[Entry]:
        """Stream the entries about one subject in order of position."""
        return self.histories((subject,), after, upto)

    def histories(
        self, subjects: Collection[str], after: int = 0, upto: int | None = None
    ) -> Iterator[Entry]:
        """Stream the entries about many subjects, ordered by (subject, position)."""
        upto = LAST if upto is None else upto
        yield from self._entries(
            self.HISTORIES, subjects=pack.texts(subjects), after=after, upto=upto
        )

    def _entries(self, query: LiteralString, **values: object) -> list[Entry]:
        return [to_entry(row) for row in self._rows(query, **values)]

    def _rows(self, query: LiteralString, **values: object) -> list[Any]:
        def fetch(connection: Connection[Any]) -> list[Any]:
            return connection.execute(query, values, prepare=True, binary=True).fetchall()

        return self._twice(fetch, safe=True)

    # One statement has one snapshot, so the entries are exactly those up to the size. Tags are looked
    # up as in ledger.tagged, which would cost as much again as all the rest.
    LOOK = """
    SELECT s.size, s.frontier, s.recorded_at, ledger.clock(),
           v.versions, u.keys, u.firsts, u.counts, u.digests, e.*
      FROM ledger.log_state s
     CROSS JOIN (
           SELECT array_agg(coalesce((SELECT max(o.version) FROM ledger.entry o
                                       WHERE o.stream = t.stream AND o.version > 0), 0) ORDER BY n)
             FROM unnest(%(streams)s) WITH ORDINALITY AS t(stream, n)) v(versions)
     CROSS JOIN (
           SELECT array_agg(k.key), array_agg(k.first), array_agg(k.count), array_agg(k.digest)
             FROM (SELECT idempotency_key, min(position), count(*),
                          (array_agg(request_digest))[1]
                     FROM ledger.entry WHERE idempotency_key = ANY (%(keys)s)
                    GROUP BY idempotency_key) k(key, first, count, digest)
           ) u(keys, firsts, counts, digests)
      LEFT JOIN LATERAL (
           SELECT position, stream, version, type, recorded_at, valid_from, subject, district,
                  tags, idempotency_key, payload, salt, request_digest, part,
           backfill, format
             FROM ledger.entry
            WHERE position = ANY (ARRAY(
                  SELECT p.position FROM unnest(%(tags)s) AS t(tag) CROSS JOIN LATERAL (
                      SELECT position FROM ledger.entry_tag
                       WHERE tag_hash = hashtextextended(t.tag, 0) OFFSET 0) p))) e ON true
     ORDER BY e.position
    """

    def look(self, keys: Collection[str], streams: Collection[str], tags: Collection[str]) -> Look:
        """Return the end of the ledger with what is asked, in one round trip."""
        rows = self._rows(
            self.LOOK,
            keys=pack.texts(keys),
            streams=pack.texts(streams),
            tags=pack.texts(tags),
        )
        size, frontier, recorded_at, clock, versions, used, *uses = rows[0][:9]
        entries = [to_entry(row[9:]) for row in rows] if rows[0][9] is not None else []
        wanted = frozenset(tags)
        return Look(
            size,
            frontier,
            recorded_at,
            clock,
            frozenset(keys),
            dict(zip(used, map(Use, *uses), strict=True)) if used else {},
            dict(zip(streams, versions or (), strict=True)),
            [entry for entry in entries if not wanted.isdisjoint(entry.tags)],
        )

    def append(self, batch: Sequence[Append], *, look: Look | None = None) -> list[Result]:
        """Append all items, or none, in one transaction; one result for each item, in order."""

        def once(connection: Connection[Any]) -> list[Result]:
            return appending.append(connection, batch, self.clock, look=look)

        return self._twice(once, safe=all(is_keyed(item) for item in batch))

    def _twice(self, work: Callable[[Connection[Any]], T], *, safe: bool) -> T:
        """Do the work; when the connection broke under it and it is safe, do it once more.

        A restarted server leaves every connection of the pool broken without anybody's fault.
        """
        try:
            return self._once(work)
        except _Broken as error:
            if not safe:
                raise OutcomeUnknown("the connection broke before the answer") from error
        self.pool.check()
        try:
            return self._once(work)
        except _Broken as error:
            raise error.cause from None

    def _once(self, work: Callable[[Connection[Any]], T]) -> T:
        with self.pool.connection() as connection:
            try:
                return work(connection)
            except psycopg.Error as error:
                if connection.closed:
                    raise _Broken(error) from error
                raise

    USED = """
    SELECT idempotency_key, min(position), count(*), (array_agg(request_digest))[1]
      FROM ledger.entry WHERE idempotency_key = ANY (%(keys)s) GROUP BY idempotency_key
    """

    def used_keys(self, keys: Collection[str]) -> Mapping[str, Use]:
        """Return where those of the idempotency keys that were used were used."""
        rows = self._rows(self.USED, keys=pack.texts(keys)) if keys else []
        return {key: Use(first, count, digest) for key, first, count, digest in rows}

    POSITION_AT = """
    WITH RECURSIVE set_back AS MATERIALIZED (
        SELECT position, recorded_at FROM ledger.entry
         WHERE stream = 'clock/database' AND version > 0 ORDER BY version
    ),
    search (low, high) AS (
        SELECT b.low, coalesce((SELECT min(position) - 1 FROM set_back WHERE position > b.low), b.size)
          FROM (SELECT s.size, coalesce((SELECT max(position) FROM set_back
                                          WHERE recorded_at <= %(instant)s), 0) AS low
                  FROM ledger.log_state s) b
        UNION ALL
        SELECT CASE WHEN e.recorded_at <= %(instant)s THEN s.middle ELSE s.low END,
               CASE WHEN e.recorded_at <= %(instant)s THEN s.high ELSE s.middle - 1 END
          FROM (SELECT low, high, (low + high + 1) / 2 AS middle FROM search WHERE low < high) s
          JOIN ledger.entry e ON e.position = s.middle
    )
    SELECT low FROM search WHERE low = high
    """

    def position_at(self, instant: datetime) -> int:
        """Return the last position recorded at or before the instant, 0 if there is none."""
        # Times decrease only where the clock was set back. From the last such place at or before the
        # instant up to the next they rise, so the primary key is searched by halving: no index by time.
        return int(self._rows(self.POSITION_AT, instant=instant)[0][0])

    RECORDED_AT = "SELECT recorded_at FROM ledger.entry WHERE position = %(position)s"

    def recorded_at(self, position: int) -> datetime:
        """Return when the position was recorded; KeyError if it was not."""
        rows = self._rows(self.RECORDED_AT, position=position)
        if not rows:
            raise KeyError(position)
        instant: datetime = rows[0][0]
        return instant

    SUBJECTS = """
    WITH RECURSIVE next (subject) AS (
        SELECT min(subject) FROM ledger.entry WHERE subject > %(after)s
        UNION ALL
        SELECT (SELECT min(e.subject) FROM ledger.entry e WHERE e.subject > next.subject)
          FROM next WHERE next.subject IS NOT NULL
    )
    SELECT subject FROM next WHERE subject IS NOT NULL LIMIT %(limit)s
    """

    def subjects(self, after: str = "", limit: int | None = None) -> list[str]:
        """Return the subjects behind `after` in byte order: one index probe for each."""
        return [row[0] for row in self._rows(self.SUBJECTS, after=after, limit=limit)]

    SUBJECT_SIZES = """
    SELECT subject, count(*) FROM ledger.entry
     WHERE subject IS NOT NULL AND position <= %(upto)s GROUP BY subject
    """

    def subject_sizes(self, upto: int | None = None) -> dict[str, int]:
        """Return how many entries each subject has."""
        return dict(self._rows(self.SUBJECT_SIZES, upto=LAST if upto is None else upto))


class _Broken(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, cause: psycopg.Error) -> None:
        super().__init__(str(cause))
        self.cause = cause


def to_entry(row: tuple[Any, ...]) -> Entry:
    """Return the entry of a row with its columns in the entry's order."""
    # Entry(…) would go through a Python function; this is the hot path of every replay.
    return Entry._make((*row[:8], tuple(row[8]), *row[9:]))
