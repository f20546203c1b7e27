"""One page of entries recomputed fast, where possible in a process of its own. It accepts, or says nothing.

The database puts the pieces of each entry's bytes together in a statement written here; their hash, the
hashes of the tree and every rule on the values are this process's. What is accepted, the slow way in
`ledger.log.verify` would accept too: that one names whatever is not, and looks at pages drawn by chance.
A tag that stands twice in an entry is left to the comparison with the index of tags.
"""

import gc
import logging
import os
import pickle
import re
import struct
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import accumulate, pairwise, repeat
from operator import le
from queue import SimpleQueue
from typing import IO, Any, NamedTuple

import psycopg
from psycopg import Connection

from ledger.log.entry import MAX_ENTRY_BYTES, SALT_BYTES, SETS_CLOCK
from ledger.log.merkle import Frontier
from ledger.log.tiles import HASH, STEP, WIDTH, Laid, split

logger = logging.getLogger("dudao.ledger")
PAGE = 16 * WIDTH
"""Entries. A power of two and whole tiles: the right edge of the tree after some entries of a page is that
before the page, and behind it the edge of those entries alone."""
ROOM = 600
"""Bytes below the largest entry: who is nearer is looked at the slow way."""


class Job(NamedTuple):
    """Entries after one position up to another, at most a page, and positions where roots were stated."""

    after: int
    upto: int
    stated: tuple[int, ...]


Command = tuple[str | None, int]
"""The key of a command, and the part that an entry is of it."""


class Accepted(NamedTuple):
    """What follows from a page that agrees with itself; what it must continue is for the caller to see."""

    roots: list[bytes]
    """Of its whole tiles."""
    tail: list[bytes]
    """Leaves behind these."""
    edges: Mapping[int, list[bytes]]
    """By each position asked for, the edge of the tree of the page's entries up to there."""
    recorded_at: tuple[datetime, datetime]
    """Of its first entry and its last."""
    commands: tuple[Command, Command]
    """Of its first entry and its last."""
    above: list[Laid]
    """Tiles of higher levels that the database holds, whole with an entry of this page."""


# One row for each tile, its columns one behind the other: to read four thousand rows takes as long as to hash
# them, and one row of all of them is copied from buffer to buffer while it grows.
# Absent values have no line. One that must not be absent makes a piece NULL, and so do a form that nobody
# knows and a salt of another length: the piece is left out, what remains does not fit, and nothing is accepted.
# The last column: how many lines these are, so that no value holds a line break.
PIECES = """
SELECT p.* FROM generate_series(%(after)s::bigint, %(upto)s::bigint - 1, 256) AS t(first),
       LATERAL (
SELECT string_agg(int8send(position), ''), string_agg(leaf, ''),
       string_agg(timestamptz_send(recorded_at), ''), string_agg(date_send(valid_from), ''),
       convert_to(string_agg(head, E'\\x01'), 'UTF8'),
       string_agg(int4send(octet_length(payload)), ''),
       string_agg(CASE octet_length(salt) WHEN 16 THEN payload || salt END, ''), sum(lines)
  FROM (
    SELECT position, leaf, recorded_at, valid_from, payload, salt,
           CASE format WHEN 2 THEN E'dudao/entry/v2\n' WHEN 1 THEN E'dudao/entry/v1\n' END
               || CASE WHEN stream = '' THEN 'type '
                       ELSE 'stream ' || stream || E'\nversion ' || version || E'\ntype ' END || type
               || CASE backfill WHEN true THEN E'\n\\x01backfill yes\n' WHEN false THEN E'\n\\x01' END
               || coalesce('subject ' || subject || E'\n', '')
               || coalesce('district ' || district || E'\n', '')
               || CASE WHEN cardinality(tags) = 0 THEN ''
                       ELSE 'tag ' || array_to_string(tags, E'\ntag ') || E'\n' END
               || CASE WHEN idempotency_key IS NULL AND request_digest IS NULL THEN 'part '
                       ELSE 'idempotency_key ' || idempotency_key || E'\nrequest_digest '
                            || encode(request_digest, 'hex') || E'\npart ' END
               || CASE part WHEN 0 THEN E'0\n\n' ELSE part || E'\n\n' END AS head,
           4 + 2 * least(version, 1) + backfill::int
             + num_nonnulls(subject, district, idempotency_key, request_digest)
             + coalesce(array_ndims(tags), 1) * cardinality(tags) AS lines
      FROM ledger.entry
     WHERE position > t.first AND position <= least(t.first + 256, %(upto)s::bigint)
     ORDER BY position) e) p
"""


def accepted(connection: Connection[Any], job: Job) -> Accepted | None:
    """Return what follows from the entries of a page, None where anything is out of the ordinary."""
    try:
        values = {"after": job.after, "upto": job.upto}
        rows = connection.execute(PIECES, values, prepare=True, binary=True).fetchall()
        page = _page(job, rows)
        if not (_is_lawful(job, page) and _hashes(page) == page.leaves):
            return None
        laid = _tiles(job.after >> STEP, page.leaves)
        tiles = stored_tiles(connection, job.after, job.upto)
    except (psycopg.DataError, TypeError, ValueError, OverflowError, struct.error):
        return None
    if laid != sorted(each for each in tiles if each.level == 0):
        return None
    return Accepted(
        [each.root for each in laid],
        split(page.leaves[len(laid) * WIDTH * HASH :]),
        _edges(job, page.leaves),
        (_instant(page.recorded[0]), _instant(page.recorded[-1])),
        (_command(page.abouts[0]), _command(page.abouts[-1])),
        [each for each in tiles if each.level > 0],
    )


class _Page(NamedTuple):
    """A page, column by column."""

    positions: tuple[int, ...]
    leaves: bytes
    """One behind the other."""
    recorded: tuple[int, ...]
    valid: tuple[int, ...]
    """As PostgreSQL counts them."""
    heads: bytes
    """All lines but those of times and days, in two pieces for each entry."""
    begins: list[bytes]
    """Lines before `recorded_at`."""
    abouts: list[bytes]
    """Lines behind `valid_from`, and the empty one."""
    bodies: list[bytes]
    """Payloads, each with its salt."""
    lines: int


_BETWEEN = b"\1"
"""Stands between pieces; no line holds one, or there are more pieces than entries have."""


def _page(job: Job, rows: Sequence[tuple[Any, ...]]) -> _Page:
    """Cut the columns of tiles into their values.

    Raises:
        ValueError, TypeError, struct.error: they are not those of so many entries.
    """
    count = job.upto - job.after
    positions, leaves, recorded, valid, heads, lengths, bodies, lines = zip(*rows, strict=True)
    pieces = (joined := _BETWEEN.join(heads)).split(_BETWEEN)
    if len(pieces) != 2 * count:
        raise ValueError("not the pieces of so many entries")
    return _Page(
        struct.unpack(f">{count}q", b"".join(positions)),
        b"".join(leaves),
        struct.unpack(f">{count}q", b"".join(recorded)),
        struct.unpack(f">{count}i", b"".join(valid)),
        joined,
        pieces[::2],
        pieces[1::2],
        [body for each in zip(lengths, bodies, strict=True) for body in _cut(*each)],
        sum(lines),
    )


def _cut(lengths: bytes, bodies: bytes) -> list[bytes]:
    """Return the payloads of these lengths, each with its salt."""
    sizes = struct.unpack(f">{len(lengths) // 4}i", lengths)
    ends = [*accumulate((length + SALT_BYTES for length in sizes), initial=0)]
    if ends[-1] != len(bodies):
        raise ValueError("not the payloads of these lengths")
    return [bodies[begin:end] for begin, end in pairwise(ends)]


def _is_lawful(job: Job, page: _Page) -> bool:
    """Return whether the rules on values and on their order hold, as `entry.check` and `verify` have them."""
    longest = max(map(len, page.begins)) + max(map(len, page.abouts)) + max(map(len, page.bodies))
    return (
        page.positions == tuple(range(job.after + 1, job.upto + 1))
        and longest <= MAX_ENTRY_BYTES - ROOM
        and _are_plain(page)
        and not (_REPEATABLE.search(page.heads) and _repeat(page.abouts))
        and all(map(le, page.recorded, page.recorded[1:]))
        and (not _CONTINUES.search(page.heads) or _are_commands(page.abouts))
    )


def _hashes(page: _Page) -> bytes:
    """Return the leaves that the entries have, one behind the other."""
    pieces = (
        repeat(b"\0"),
        page.begins,
        _texts(page.recorded, _recorded_line),
        _texts(page.valid, _valid_line),
        page.abouts,
        page.bodies,
    )
    return b"".join([sha256(b"".join(each)).digest() for each in zip(*pieces, strict=False)])


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Of PostgreSQL, whose instants are microseconds and whose days are days since."""


def _texts(values: Sequence[int], line: Callable[[int], bytes]) -> list[bytes]:
    known = {value: line(value) for value in set(values)}  # thousands share a time or a day
    return [known[value] for value in values]


def _recorded_line(moment: int) -> bytes:
    at = _instant(moment).replace(tzinfo=None)
    return f"recorded_at {at.isoformat(timespec='microseconds')}Z\n".encode()


def _valid_line(day: int) -> bytes:
    return f"valid_from {(date(2000, 1, 1) + timedelta(days=day)).isoformat()}\n".encode()


def _instant(moment: int) -> datetime:
    return _EPOCH + timedelta(microseconds=moment)


_PLAIN = bytes(range(0x20, 0x7F)) + b"\n" + _BETWEEN
# Patterns: to look for two characters so takes a third of the time of `in`.
_EMPTY = re.compile(b" \n")
_CONTINUES = re.compile(b"part [1-9]")


def _are_plain(page: _Page) -> bool:
    """Return whether these are so many lines, none without a value, of nothing but printed characters."""
    heads = page.heads
    if heads.count(b"\n") != page.lines or _EMPTY.search(heads) or _SETS_CLOCK in heads:
        return False
    if not heads.translate(None, _PLAIN):
        return True
    text = heads.replace(_BETWEEN, b"").replace(b"\n", b"").decode()
    return text.isprintable() and unicodedata.is_normalized("NFC", heads.decode())


_SETS_CLOCK = f"type {SETS_CLOCK}".encode()


_REPEATABLE = re.compile(b"\ntag (?:stream|subject):")
"""Tags that have no row in the index, so that the sums over it do not tell whether they stand twice."""


def _repeat(abouts: Iterable[bytes]) -> bool:
    """Return whether a tag stands twice in one of them; no other lines can be alike but the two empty ends."""
    lines = [about.split(b"\n") for about in abouts]
    return [len(each) - 1 for each in lines] != [len(set(each)) for each in lines]


_KEY = b"idempotency_key "
_PART = b"part "


def _command(about: bytes) -> Command:
    lines = about.split(b"\n")
    keys = (line[len(_KEY) :].decode() for line in lines if line.startswith(_KEY))
    return next(keys, None), int(lines[-3].removeprefix(_PART))


def _are_commands(abouts: Iterable[bytes]) -> bool:
    """Return whether each part but the first of the page continues the command before it."""
    return all(
        part == 0 or (part == before + 1 and key == its_key)
        for (its_key, before), (key, part) in pairwise(map(_command, abouts))
    )


def _root_of_tile(leaves: bytes) -> bytes:
    """Return the root of a whole tile, level by level: of a frontier it would take twice as long."""
    layer = leaves
    while len(layer) > HASH:
        layer = b"".join(
            [sha256(b"\1" + layer[at : at + 64]).digest() for at in range(0, len(layer), 64)]
        )
    return layer


def _tiles(first: int, leaves: bytes) -> list[Laid]:
    """Return the whole tiles of a page's leaves; `first` is the number of the first."""
    tile = WIDTH * HASH
    pieces = [leaves[at : at + tile] for at in range(0, len(leaves) - tile + 1, tile)]
    return [
        Laid(0, first + number, _root_of_tile(each), each) for number, each in enumerate(pieces)
    ]


def _edges(job: Job, leaves: bytes) -> dict[int, list[bytes]]:
    hashes_at: dict[int, list[bytes]] = {}
    frontier = Frontier()
    for position in sorted(job.stated):
        for leaf in split(leaves[frontier.size * HASH : (position - job.after) * HASH]):
            frontier.append(leaf)
        hashes_at[position] = list(frontier.hashes)
    return hashes_at


LEVELS = range(7)
"""Of tiles: the first whole one of the highest has 2^56 entries below it."""
TILES = """
SELECT t.level, t.number, t.root, t.hashes
  FROM unnest(%(levels)s::int[], %(firsts)s::bigint[], %(lasts)s::bigint[]) AS w(level, first, last)
  JOIN ledger.tile t ON t.level = w.level AND t.number BETWEEN w.first AND w.last
"""


def stored_tiles(connection: Connection[Any], after: int, upto: int) -> list[Laid]:
    """Return the tiles that are whole with an entry after one position and up to the other."""
    shifts = [STEP * (level + 1) for level in LEVELS]
    values = {
        "levels": list(LEVELS),
        "firsts": [after >> shift for shift in shifts],
        "lasts": [(upto >> shift) - 1 for shift in shifts],
    }
    rows = connection.execute(TILES, values, prepare=True, binary=True).fetchall()
    return [Laid(*row) for row in rows]


# --- in processes of their own


class Workers:
    """Processes that recompute pages, one a core, each with a connection of its own.

    Not those of `multiprocessing`: these import the caller's program first, which takes each of them as
    long as hashing a hundred pages. One that loses its parent reads the end of its input, and ends.
    """

    def __init__(self, conninfo: str) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._processes = [
            subprocess.Popen(  # noqa: S603 - this interpreter, and a line of ours
                [sys.executable, "-P", "-c", START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": paths},
            )
            for _ in range(os.cpu_count() or 1)
        ]
        self.count = len(self._processes)
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for process in self._processes:
            # Not as an argument, where everybody on the machine could read a password.
            pickle.dump(conninfo, _pipe(process.stdin))
            self._idle.put(process)

    def recomputed(self, job: Job) -> Accepted | None:
        """Return what one of them says of a page; None as well where it has ended."""
        process = self._idle.get()
        try:
            to = _pipe(process.stdin)
            pickle.dump(job, to)
            to.flush()
            page: Accepted | None = pickle.load(_pipe(process.stdout))  # noqa: S301 - our own child
        except (OSError, EOFError, pickle.UnpicklingError):
            logger.warning("a process that verifies has ended: going on without")
            return None
        finally:
            self._idle.put(process)
        return page

    def close(self) -> None:
        """End them."""
        for process in self._processes:
            process.kill()
            process.communicate()


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise OSError("not a pipe")
    return end


START = "from ledger.log.pages import serve; serve()"


def serve() -> None:
    """Answer jobs from standard input, in a process of its own, until there are no more."""
    gc.disable()  # nothing here refers to itself, and looking for it takes a tenth of the time
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, KeyboardInterrupt), _connected(pickle.load(asked)) as connection:  # noqa: S301
        while True:
            pickle.dump(accepted(connection, pickle.load(asked)), answers)  # noqa: S301
            answers.flush()


def _connected(conninfo: str) -> Connection[Any]:
    connection = psycopg.connect(conninfo, autocommit=True)
    # By position, whatever the server believes of the table's size.
    connection.execute("SET enable_seqscan = off")
    return connection


@contextmanager
def processes(conninfo: str) -> Generator[Callable[[Job], Accepted | None]]:
    """Start them; yield what recomputes a page in whichever is idle."""
    workers = Workers(conninfo)
    try:
        yield workers.recomputed
    finally:
        workers.close()
