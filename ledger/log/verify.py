"""Recompute the whole ledger and name the first position that differs, and what differs there.

Everything is recomputed from the columns: the bytes of each entry, its leaf, the rows of its tags,
versions, times, commands and positions, the tiles of the tree, and at the end the frontier and the root.
On the way every root that was stated before is held against the tree as it is now: a ledger that was
rewritten to agree with itself does not agree with what was said of it.
"""

import os
import secrets
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from typing import Any, LiteralString, NamedTuple

import msgspec
import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from ledger.log import pages
from ledger.log.entry import (
    FORMATS,
    SALT_BYTES,
    SETS_CLOCK,
    Draft,
    Malformed,
    check,
    entry_bytes,
    instant_text,
)
from ledger.log.log import Head
from ledger.log.merkle import joined, leaf_hash
from ledger.log.pages import PAGE, Accepted
from ledger.log.tiles import STEP, Laid, Layer, lay

MANY = 50_000
"""Entries from which on it is worth starting processes."""
AHEAD = 2 * (os.cpu_count() or 1) + 1
"""Pages that are begun before one is waited for."""
SELDOM = 64
"""One page of so many is put together here as well, from the columns as they are stored: so a server that
puts together other bytes than its columns say is found, without anybody knowing where it is looked at."""
LAST = 2**62
"""Above every position."""
IMPOSSIBLE = "columns: not values that an entry can have"


class Difference(NamedTuple):
    """The first thing that is not as it must be. Position 0: the ledger's state, not an entry."""

    position: int
    what: str


class VerifyReport(NamedTuple):
    """How far the entries agree, the root up to there, and the first difference if there is one."""

    head: Head
    difference: Difference | None


class Statement(NamedTuple):
    """That the tree of the first `position` entries had this root, and who said so."""

    position: int
    root: bytes
    by: str


Stated = Callable[[Connection[Any], int, int], Sequence[Statement]]
"""Returns what was stated about positions above the first and up to the second."""


def nothing_stated(_connection: Connection[Any], _after: int, _upto: int) -> Sequence[Statement]:
    """Nothing was said of this ledger."""
    return ()


Fast = Callable[[pages.Job], Accepted | None]
"""Recomputes a page: in any thread, several at once."""


Progress = Callable[[int, int], None]
"""Called with the position reached and the last one, once a page."""


def verify(
    pool: ConnectionPool[Connection[Any]],
    progress: Progress | None = None,
    stated: Stated = nothing_stated,
    fast: Fast | None = None,
    *,
    slowly: bool = False,
) -> VerifyReport:
    """Check the ledger as it is when this begins; memory is bounded. Takes two connections, at best three.

    A long ledger is recomputed in processes of their own, which have connections of their own. `fast`:
    what does that instead. `slowly`: every entry is put together here, to be compared with.
    """
    with (
        ExitStack() as ending,
        pool.connection() as connection,
        ThreadPoolExecutor(2) as aside,
    ):
        size, hashes, recorded_at = _state(connection)
        lay(connection)
        if fast is None and size >= MANY and not slowly:
            fast = ending.enter_context(pages.processes(str(pool.conninfo)))
        # What needs all entries at once the database checks meanwhile.
        wholes = [aside.submit(_whole, pool, whole, size) for whole in WHOLES]
        checker = _Checker()
        if fast is None:
            difference = _entries(connection, checker, size, progress, stated)
        else:
            difference = _fast_entries(connection, checker, size, progress, stated, fast=fast)
        difference = difference or _state_difference(checker, size, hashes, recorded_at)
        difference = difference or _cut(connection, stated(connection, size, LAST))
        return VerifyReport(checker.head(), _first(difference, wholes))


def verify_alone(connection: Connection[Any], progress: Progress | None = None) -> VerifyReport:
    """Do the same on one connection, in its transaction: what is not committed yet is seen too."""
    size, hashes, recorded_at = _state(connection)
    lay(connection)
    checker = _Checker()
    difference = _entries(connection, checker, size, progress, nothing_stated)
    difference = difference or _state_difference(checker, size, hashes, recorded_at)
    others = [_asked(connection, whole, size) for whole in WHOLES]
    return VerifyReport(checker.head(), _lowest([difference, *others]))


def _first(
    difference: Difference | None, wholes: list[Future[Difference | None]]
) -> Difference | None:
    return _lowest([difference, *(whole.result() for whole in wholes)])


def _lowest(candidates: list[Difference | None]) -> Difference | None:
    """Return the difference at the lowest position; the state's own only if no entry differs."""
    differences = [each for each in candidates if each is not None]
    return min(differences, key=lambda each: each.position or float("inf"), default=None)


STATE = "SELECT size, frontier, recorded_at FROM ledger.log_state"


def _state(connection: Connection[Any]) -> tuple[int, list[bytes], datetime | None]:
    row: Any = connection.execute(STATE, binary=True).fetchone()
    size, hashes, recorded_at = row
    return size, hashes, recorded_at


def _fast_entries(  # noqa: PLR0913 - what is checked, against what, how, and who wants to know
    connection: Connection[Any],
    checker: "_Checker",
    size: int,
    progress: Progress | None,
    stated: Stated,
    *,
    fast: Fast,
) -> Difference | None:
    """Let pages be recomputed elsewhere, and look here at those of which nothing good is said."""
    for job, coming in _begun(connection, size, stated, fast):
        result = None if coming is None else coming.result()
        if result is None or not checker.takes(job, result):
            difference = _slowly(connection, checker, job.upto, stated)
            # A page that is not there to its end is the last, whatever size the ledger says it has.
            if difference is not None or checker.tree.size < job.upto:
                return difference
        if progress is not None:
            progress(job.upto, size)
    return None


def _entries(
    connection: Connection[Any],
    checker: "_Checker",
    size: int,
    progress: Progress | None,
    stated: Stated,
) -> Difference | None:
    """Check the entries page by page; the database reads the next one while one is hashed."""
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(_page, connection, 0, size, stated)
        while (page := coming.result()).rows:
            last = checker.tree.size + len(page.rows)
            coming = ahead.submit(_page, connection, last, size, stated)
            difference = checker.page(page)
            if difference is not None:
                return difference
            if progress is not None:
                progress(last, size)
    return None


def _slowly(
    connection: Connection[Any], checker: "_Checker", upto: int, stated: Stated
) -> Difference | None:
    while (page := _page(connection, checker.tree.size, upto, stated)).rows:
        difference = checker.page(page)
        if difference is not None:
            return difference
    return None


Begun = tuple["_Job", "Future[Accepted | None] | None"]


def _begun(
    connection: Connection[Any], size: int, stated: Stated, fast: Fast
) -> Generator[Begun, None, None]:
    """Yield pages in order, each with what will be said of it; None of those looked at the slow way."""
    waiting: deque[Begun] = deque()
    aside = ThreadPoolExecutor(os.cpu_count())
    try:
        for after in range(0, size, PAGE):
            upto = min(after + PAGE, size)
            job = _Job(after, upto, _by_position(stated(connection, after, upto)))
            by_chance = secrets.randbelow(SELDOM) == 0
            asked = pages.Job(after, upto, tuple(job.stated))
            coming = None if by_chance else aside.submit(fast, asked)
            waiting.append((job, coming))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        aside.shutdown(cancel_futures=True)


class _Job(NamedTuple):
    """The entries of a page, and what was stated of them."""

    after: int
    upto: int
    stated: Mapping[int, list[Statement]]


class _Page(NamedTuple):
    """Rows in order, the tiles that are whole with their last one, and what was stated of them."""

    rows: list[tuple[Any, ...]]
    tiles: list[Laid]
    stated: Mapping[int, list[Statement]]


ROWS = """
SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
       idempotency_key, payload, salt, request_digest, part, backfill, format, leaf
  FROM ledger.entry WHERE position > %(after)s AND position <= %(upto)s ORDER BY position
 LIMIT %(page)s
"""


def _page(connection: Connection[Any], after: int, upto: int, stated: Stated) -> _Page:
    rows = _rows(connection, after, upto)
    last = after + len(rows)
    tiles = pages.stored_tiles(connection, after, last)
    return _Page(rows, tiles, _by_position(stated(connection, after, last)))


def _by_position(statements: Sequence[Statement]) -> dict[int, list[Statement]]:
    by_position: dict[int, list[Statement]] = {}
    for statement in statements:
        by_position.setdefault(statement.position, []).append(statement)
    return by_position


def _rows(
    connection: Connection[Any], after: int, upto: int, size: int = PAGE
) -> list[tuple[Any, ...]]:
    values = {"after": after, "upto": upto, "page": size}
    try:
        return connection.execute(ROWS, values, prepare=True, binary=True).fetchall()
    except psycopg.DataError:
        # A time or a day that cannot be read. Alone it can be named: it comes as no entry at all.
        return [(after + 1,)] if size == 1 else _rows(connection, after, upto, 1)


class _Checker:
    """Goes through the rows in order, remembering what the next ones must follow from."""

    def __init__(self) -> None:
        self.tree = Layer()
        self.recorded_at: datetime | None = None
        self._laid: list[Laid] = []
        self._command: tuple[str | None, int] = (None, 0)

    def head(self) -> Head:
        """Return the end of what agrees."""
        return Head(self.tree.size, self.tree.frontier().root(), self.recorded_at)

    def page(self, page: _Page) -> Difference | None:
        """Check rows that follow those checked before; return the first difference."""
        for row in page.rows:
            expected = self.tree.size + 1
            if row[0] != expected:
                return Difference(expected, "position: missing")
            what = self._row(row) if len(row) > 1 else IMPOSSIBLE
            if what is None and expected in page.stated:
                what = self._contradicted(page.stated[expected])
            if what is not None:
                return Difference(expected, what)
        laid, self._laid = self._laid, []
        wrong = set(laid) ^ set(page.tiles)
        if not wrong:
            return None
        return Difference(min(_first_entry(tile) for tile in wrong), TILE)

    def takes(self, job: _Job, accepted: Accepted) -> bool:
        """Go on behind a page that agrees with itself; return False, and stay, where it does not fit here."""
        (began, ended), (first, last) = accepted.recorded_at, accepted.commands
        if self.tree.size != job.after or (
            self.recorded_at is not None and began < self.recorded_at
        ):
            return False
        if first[1] != 0 and first != self._command:
            return False
        edge = self.tree.frontier().hashes
        for position, statements in job.stated.items():
            root = joined([*edge, *accepted.edges[position]])
            if any(each.root != root for each in statements):
                return False
        tree, laid = self.tree.copy(), list[Laid]()
        for tile in accepted.roots:
            laid += tree.append_tile(tile)
        for leaf in accepted.tail:
            laid += tree.append(leaf)
        if sorted(laid) != sorted(accepted.above):
            return False
        self.tree, self.recorded_at, self._command = tree, ended, (last[0], last[1] + 1)
        return True

    def _contradicted(self, statements: list[Statement]) -> str | None:
        root = self.tree.frontier().root()
        return next((_root_is_not(each) for each in statements if each.root != root), None)

    def _row(self, row: tuple[Any, ...]) -> str | None:
        _, stream, version, type_, recorded_at, valid_from, subject, district, tags = row[:9]
        key, payload, salt, digest, part, backfill, form, leaf = row[9:]
        about = (stream, type_, valid_from, subject, district, tags)
        draft = Draft(*about, payload, key, digest, backfill)
        try:
            at = instant_text(recorded_at)
            content = entry_bytes(draft, version, at, part, salt, form=FORMATS[form])
            check(draft)
        except Malformed as error:
            return str(error)
        except (TypeError, AttributeError, UnicodeError, KeyError):
            return IMPOSSIBLE
        wrong = _unhashed(content, salt, leaf) or self._time(type_, recorded_at, payload)
        if wrong is not None:
            return wrong
        if part != 0 and (key, part) != self._command:
            return f"part: {part} does not continue a command"
        self._command = (key, part + 1)
        self.recorded_at = recorded_at
        self._laid.extend(self.tree.append(leaf))
        return None

    def _time(self, type_: str, recorded_at: datetime, payload: bytes) -> str | None:
        """Times rise; only an entry that says from when to when they go back is earlier, and just so."""
        if not type_.startswith(SETS_CLOCK):
            rises = self.recorded_at is None or recorded_at >= self.recorded_at
            return None if rises else "recorded_at: before the entry above"
        try:
            said = msgspec.json.decode(payload, type=_ClockSet).data
        except msgspec.MsgspecError:
            said = None
        before = self.recorded_at
        if before and recorded_at < before and said == _Instants(before, recorded_at):
            return None
        return "recorded_at: the clock is not set back from the entry above as it says"


def _unhashed(content: bytes, salt: bytes, leaf: bytes) -> str | None:
    if (
        len(salt) != SALT_BYTES
    ):  # else a byte could go over to it from the payload, under the same hash
        return f"salt: not of {SALT_BYTES} bytes"
    return None if leaf_hash(content) == leaf else "leaf: not the hash of the entry's columns"


class _Instants(msgspec.Struct, rename={"from_": "from"}):
    from_: datetime
    to: datetime


class _ClockSet(msgspec.Struct):
    data: _Instants


def _root_is_not(statement: Statement) -> str:
    return f"root: up to here it is not the one stated by {statement.by}: {statement.root.hex()}"


def _cut(connection: Connection[Any], later: Sequence[Statement]) -> Difference | None:
    """Return the difference where something was stated of positions that the ledger does not reach."""
    # Read after the statements: what was stated meanwhile was recorded before that.
    size, _, _ = _state(connection)
    beyond = [each for each in later if each.position > size]
    if not beyond:
        return None
    last = max(beyond)
    what = f"position: missing at the end; {last.by} reaches {last.position}"
    return Difference(size + 1, what)


TILE = "tile: not the hashes of the entries"


def _first_entry(tile: Laid) -> int:
    return (tile.number << STEP * (tile.level + 1)) + 1


# Accepted in bulk, named slowly, as pages are: the first of each says whether all is well, the others find
# what is not. A stream by its hash is sorted in a third of the time; two streams of one hash are looked at.
VERSIONS_FIT = """
SELECT NOT EXISTS (
    SELECT FROM (SELECT array_agg(version) AS found, max(version) AS last
                   FROM (SELECT hashtextextended(stream, 0) AS stream, version FROM ledger.entry
                          WHERE stream <> '' AND position BETWEEN 1 AND %(size)s
                          ORDER BY position) e
                  GROUP BY stream) s
     WHERE CASE cardinality(found) WHEN last THEN found <> ARRAY(SELECT generate_series(1, last))
                                   ELSE true END)
"""
VERSIONS = """
SELECT min(position) FROM (
    SELECT position, version, row_number() OVER (PARTITION BY stream ORDER BY position) AS n
      FROM ledger.entry WHERE stream <> '' AND position BETWEEN 1 AND %(size)s) e
 WHERE version <> n
"""
# Two sums over what entries carry and what the index says, under a number drawn by chance for this one
# verification: nobody can put rows together that have the same sum under a number that is not known yet.
TAGS_AGREE = """
SELECT carried.number = found.number AND carried.sum IS NOT DISTINCT FROM found.sum
  FROM (SELECT count(*) AS number, sum(hashint8extended(
               t.hash & 4294967295, hashint8extended(t.hash >> 32, t.position # %(chance)s))) AS sum
          FROM (SELECT hashtextextended(c.tag, 0) AS hash, c.position
                  FROM (SELECT position, stream, subject, unnest(tags) AS tag FROM ledger.entry
                         WHERE position BETWEEN 1 AND %(size)s) c
                 WHERE ascii(c.tag) <> ascii('s') OR c.tag <> 'stream:' || c.stream
                       AND c.tag IS DISTINCT FROM 'subject:' || c.subject) t) carried,
       (SELECT count(*) AS number, sum(hashint8extended(
               tag_hash & 4294967295, hashint8extended(tag_hash >> 32, position # %(chance)s))) AS sum
          FROM ledger.entry_tag WHERE position BETWEEN 1 AND %(size)s) found
"""
TAGS = """
SELECT min(position) FROM (
    SELECT hashtextextended(t.tag, 0) AS tag_hash, t.position
      FROM (SELECT e.position, e.stream, e.subject, unnest(e.tags) AS tag
              FROM ledger.entry e WHERE e.position BETWEEN 1 AND %(size)s) t
     WHERE t.tag <> 'stream:' || t.stream
       AND t.tag IS DISTINCT FROM 'subject:' || t.subject) carried
  FULL JOIN (SELECT tag_hash, position FROM ledger.entry_tag
              WHERE position BETWEEN 1 AND %(size)s) found
 USING (tag_hash, position) WHERE carried.position IS NULL OR found.position IS NULL
"""
TAGS_TWICE = """
SELECT min(position) FROM ledger.entry e
 WHERE position BETWEEN 1 AND %(size)s
   AND cardinality(tags) <> (SELECT count(DISTINCT t.tag) FROM unnest(e.tags) AS t(tag))
"""
OUTSIDE = """
SELECT CASE WHEN x.lowest < 1 THEN 0 ELSE x.lowest END FROM (
    SELECT least(
           (SELECT min(e.position) FROM ledger.entry e WHERE e.position > s.size),
           (SELECT min(e.position) FROM ledger.entry e WHERE e.position < 1),
           (SELECT min(t.position) FROM ledger.entry_tag t
             WHERE t.position > s.size OR t.position < 1)) AS lowest
      FROM ledger.log_state s WHERE %(size)s >= 0) x
"""
TILES_OUTSIDE = """
SELECT min(t.number << (8 * (t.level + 1))) + 1 FROM ledger.tile t
 WHERE (t.number + 1) << (8 * (t.level + 1)) > %(size)s
"""


class Whole(NamedTuple):
    """What needs all entries at once: statements that name the first position that differs, and as what."""

    named_by: Sequence[tuple[LiteralString, str]]
    agrees: LiteralString | None = None
    """A statement that says, in a part of the time, that none does."""


WHOLES = (
    Whole([(VERSIONS, "version: not the next of its stream")], VERSIONS_FIT),
    Whole(
        [
            (TAGS, "tags: the index does not say what the entry says"),
            (TAGS_TWICE, "tags: the same tag twice"),
        ],
        TAGS_AGREE,
    ),
    Whole([(OUTSIDE, "position: not one of the tree's")]),
    Whole([(TILES_OUTSIDE, "tile: not one of the tree's")]),
)


WHOLE_WITHIN = 86_400.0
"""Seconds that one of these may wait for the connection of another, which takes as long as the tables
are large."""


def _whole(pool: ConnectionPool[Connection[Any]], whole: Whole, size: int) -> Difference | None:
    with pool.connection(WHOLE_WITHIN) as connection, connection.transaction():
        # Made for probes (see connect.py), the session's settings are wrong for whole tables.
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute("SET LOCAL enable_seqscan = on")
        connection.execute("SET LOCAL work_mem = '64MB'")
        if connection.info.server_version >= 170000:
            connection.execute("SET LOCAL transaction_timeout = 0")
        return _asked(connection, whole, size)


def _asked(connection: Connection[Any], whole: Whole, size: int) -> Difference | None:
    values = {"size": size, "chance": secrets.randbits(62)}
    if whole.agrees is not None and connection.execute(whole.agrees, values).fetchone() == (True,):
        return None
    differences: list[Difference | None] = []
    for query, what in whole.named_by:
        row: Any = connection.execute(query, values).fetchone()
        differences.append(None if row[0] is None else Difference(row[0], what))
    return _lowest(differences)


def _state_difference(
    checker: _Checker, size: int, hashes: list[bytes], recorded_at: datetime | None
) -> Difference | None:
    if checker.tree.size != size:
        return Difference(checker.tree.size + 1, "position: missing at the end")
    if checker.tree.frontier().hashes != hashes:
        return Difference(0, "frontier: not that of the entries")
    if checker.recorded_at != recorded_at:
        return Difference(0, "recorded_at: not that of the last entry")
    return None
