"""One page of entries recomputed fast, where possible in a process of its own. It accepts, or says nothing.

The database puts the pieces of each entry's bytes together in a statement written here; their hash, the
hashes of the tree and every rule on the values are this process's. What is accepted, the slow way in
`ledger.log.verify` would accept too: that one names whatever is not, and looks at pages drawn by chance.
"""

import gc
import logging
import os
import pickle
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from operator import le
from queue import SimpleQueue
from struct import unpack
from typing import IO, Any, NamedTuple

import psycopg
from psycopg import Connection

from ledger.log.entry import FORMATS, MAX_ENTRY_BYTES, SETS_CLOCK
from ledger.log.merkle import Frontier
from ledger.log.tiles import STEP, WIDTH, Laid

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


# Absent values have no line, and one that must not be absent makes a piece NULL: then nothing is accepted.
# The last column: how many lines these are, so that no value holds a line break.
PIECES = """
SELECT position, leaf, format, part, timestamptz_send(recorded_at), date_send(valid_from),
       convert_to(CASE WHEN stream = '' THEN ''
                       ELSE 'stream ' || stream || E'\\nversion ' || version || E'\\n' END
                  || 'type ' || type || E'\\n', 'UTF8'),
       convert_to(CASE backfill WHEN true THEN E'backfill yes\n' WHEN false THEN '' END
                  || coalesce('subject ' || subject || E'\n', '')
                  || coalesce('district ' || district || E'\n', '')
                  || CASE WHEN tags = '{}' THEN ''
                          ELSE 'tag ' || array_to_string(tags, E'\ntag ') || E'\n' END
                  || CASE WHEN idempotency_key IS NULL AND request_digest IS NULL THEN ''
                          ELSE 'idempotency_key ' || idempotency_key || E'\nrequest_digest '
                               || encode(request_digest, 'hex') || E'\n' END
                  || 'part ' || part || E'\n', 'UTF8'),
       CASE octet_length(salt) WHEN 16 THEN '\x0a'::bytea || payload || salt END,
       2 + CASE WHEN stream = '' THEN 0 ELSE 2 END + backfill::int
         + (subject IS NOT NULL)::int + (district IS NOT NULL)::int
         + coalesce(array_ndims(tags), 1) * cardinality(tags)
         + CASE WHEN idempotency_key IS NULL THEN 0 ELSE 2 END
  FROM ledger.entry WHERE position > %(after)s AND position <= %(upto)s ORDER BY position
"""


def accepted(connection: Connection[Any], job: Job) -> Accepted | None:
    """Return what follows from the entries of a page, None where anything is out of the ordinary."""
    try:
        values = {"after": job.after, "upto": job.upto}
        rows = connection.execute(PIECES, values, prepare=True, binary=True).fetchall()
        page = _Columns(*zip(*rows, strict=True))
        if not (_is_lawful(job, page) and _hashes(page) == page.leaves):
            return None
        laid = _tiles(job.after >> STEP, page.leaves)
        found = stored_tiles(connection, job.after, job.upto)
    except (psycopg.DataError, TypeError, ValueError, KeyError, OverflowError):
        return None
    if laid != sorted(each for each in found if each.level == 0):
        return None
    moments = page.moments()
    return Accepted(
        [each.root for each in laid],
        list(page.leaves[len(laid) * WIDTH :]),
        _edges(job, page.leaves),
        (_instant(moments[0]), _instant(moments[-1])),
        ((_key(page.abouts[0]), page.parts[0]), (_key(page.abouts[-1]), page.parts[-1])),
        [each for each in found if each.level > 0],
    )


class _Columns(NamedTuple):
    """A page, column by column."""

    positions: tuple[int, ...]
    leaves: tuple[bytes, ...]
    forms: tuple[int, ...]
    parts: tuple[int, ...]
    recorded: tuple[bytes, ...]
    valid: tuple[bytes, ...]
    begins: tuple[bytes, ...]
    """Lines before `recorded_at`."""
    abouts: tuple[bytes, ...]
    """Lines behind `valid_from`."""
    bodies: tuple[bytes, ...]
    lines: tuple[int, ...]

    def moments(self) -> tuple[int, ...]:
        """Return when they were recorded, as PostgreSQL counts."""
        return unpack(f">{len(self.recorded)}q", b"".join(self.recorded))


def _is_lawful(job: Job, page: _Columns) -> bool:
    """Return whether the rules on values and on their order hold, as `entry.check` and `verify` have them."""
    moments = page.moments()
    longest = max(map(len, page.begins)) + max(map(len, page.abouts)) + max(map(len, page.bodies))
    return (
        page.positions == tuple(range(job.after + 1, job.upto + 1))
        and longest <= MAX_ENTRY_BYTES - ROOM
        and _are_plain((*page.begins, *page.abouts), sum(page.lines))
        and not any(map(_repeats, page.abouts))
        and all(map(le, moments, moments[1:]))
        and (not any(page.parts) or _are_commands(page.abouts, page.parts))
    )


def _hashes(page: _Columns) -> tuple[bytes, ...]:
    pieces = (
        map(_FORMS.__getitem__, page.forms),
        page.begins,
        _texts(page.recorded, _recorded_line),
        _texts(page.valid, _valid_line),
        page.abouts,
        page.bodies,
    )
    return tuple([sha256(b"".join(each)).digest() for each in zip(*pieces, strict=True)])


_FORMS = {number: f"\0{form}\n".encode() for number, form in FORMATS.items()}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Of PostgreSQL, whose instants are microseconds and whose days are days since."""


def _texts(values: Iterable[bytes], line: Callable[[bytes], bytes]) -> list[bytes]:
    known: dict[bytes, bytes] = {}
    texts: list[bytes] = []
    for value in values:  # thousands of entries share a time or a day
        text = known.get(value)
        if text is None:
            text = known[value] = line(value)
        texts.append(text)
    return texts


def _recorded_line(moment: bytes) -> bytes:
    at = _instant(int.from_bytes(moment, signed=True)).replace(tzinfo=None)
    return f"recorded_at {at.isoformat(timespec='microseconds')}Z\n".encode()


def _valid_line(day: bytes) -> bytes:
    found = date(2000, 1, 1) + timedelta(days=int.from_bytes(day, signed=True))
    return f"valid_from {found.isoformat()}\n".encode()


def _instant(moment: int) -> datetime:
    return _EPOCH + timedelta(microseconds=moment)


_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"


def _are_plain(heads: Collection[bytes], lines: int) -> bool:
    """Return whether these are so many lines, none without a value, of nothing but printed characters."""
    joined = b"".join(heads)
    if joined.count(b"\n") != lines or b" \n" in joined or _SETS_CLOCK in joined:
        return False
    if not joined.translate(None, _PLAIN):
        return True
    text = joined.decode()
    return text.replace("\n", "").isprintable() and unicodedata.is_normalized("NFC", text)


_SETS_CLOCK = f"type {SETS_CLOCK}".encode()


def _repeats(about: bytes) -> bool:
    """Return whether a tag stands twice; other lines cannot be alike."""
    lines = about.split(b"\n")
    return len(set(lines)) != len(lines)


_KEY = b"idempotency_key "


def _key(about: bytes) -> str | None:
    for line in about.split(b"\n"):
        if line.startswith(_KEY):
            return line[len(_KEY) :].decode()
    return None


def _are_commands(abouts: Sequence[bytes], parts: Sequence[int]) -> bool:
    """Return whether each part but the first of the page continues the command before it."""
    return all(
        parts[at] == 0
        or (parts[at - 1] + 1 == parts[at] and _key(abouts[at - 1]) == _key(abouts[at]))
        for at in range(1, len(parts))
    )


def _root_of_tile(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a whole tile, level by level: of a frontier it would take twice as long."""
    layer = list(leaves)
    while len(layer) > 1:
        layer = [
            sha256(b"\1" + left + right).digest()
            for left, right in zip(layer[::2], layer[1::2], strict=True)
        ]
    return layer[0]


def _tiles(first: int, leaves: Sequence[bytes]) -> list[Laid]:
    """Return the whole tiles of a page's leaves; `first` is the number of the first."""
    pieces = [leaves[at : at + WIDTH] for at in range(0, len(leaves) - WIDTH + 1, WIDTH)]
    return [
        Laid(0, first + number, _root_of_tile(each), b"".join(each))
        for number, each in enumerate(pieces)
    ]


def _edges(job: Job, leaves: Sequence[bytes]) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    frontier = Frontier()
    for position in sorted(job.stated):
        for leaf in leaves[frontier.size : position - job.after]:
            frontier.append(leaf)
        found[position] = list(frontier.hashes)
    return found


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
            found: Accepted | None = pickle.load(_pipe(process.stdout))  # noqa: S301 - our own child
        except (OSError, EOFError, pickle.UnpicklingError):
            logger.warning("a process that verifies has ended: going on without")
            return None
        finally:
            self._idle.put(process)
        return found

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
