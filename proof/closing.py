"""Days of the ledger, closed: an entry with the root over what there is about every subject.

The server writes it when a day has ended, never a client, and not the signer either: that one has keys
and no right to record. `verify` makes every map again from the entries.
"""

import logging
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from psycopg import Connection

from domain.day import DayClosed, closed
from domain.terms.decider import Command
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger import codec
from ledger.deciding.standings import Standings
from ledger.log.clock import SHANGHAI
from ledger.log.entry import Entry
from ledger.log.log import Append, Appended
from ledger.log.postgres_log import PostgresLog, to_entry
from ledger.log.verify import Difference
from proof.subjects import Shown, SubjectMap, Value, blind, leaf

logger = logging.getLogger("dudao.proof")
GRACE = timedelta(minutes=15)
"""After the end of a day: what is recorded as of a moment before it may still be on its way."""
STRETCH = 100_000
"""Entries that are counted in one statement."""
LEDGER = Actor(account="ledger", role=Role.SYSTEM_ADMIN, organisation="centre")


class Closing(NamedTuple):
    """A closed day, as it was recorded."""

    position: int
    event: DayClosed


def end_of(day: date) -> datetime:
    """Return the first instant behind a day."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=SHANGHAI)


GATHER = """
SELECT subject, count(*), max(position), string_agg(position::text, E'\\n' ORDER BY position)
  FROM ledger.entry WHERE position > %(after)s AND position <= %(upto)s AND subject IS NOT NULL
 GROUP BY subject
"""
SALTS = "SELECT subject, salt FROM ledger.entry WHERE position = ANY (%(positions)s)"
# All entries of streams of one kind; corrections of them stand there as well.
OF_KIND = """
SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
       idempotency_key, payload, salt, request_digest, part,
       backfill, format
  FROM ledger.entry
 WHERE stream >= %(first)s AND stream < %(behind)s AND version > 0
   AND position > %(after)s AND position <= %(upto)s ORDER BY position
"""


def _of_kind(connection: Connection[Any], kind: str, after: int, upto: int) -> Iterator[Entry]:
    # The sign behind the slash.
    values = {"first": f"{kind}/", "behind": f"{kind}0", "after": after, "upto": upto}
    return map(to_entry, connection.execute(OF_KIND, values))


class _Account:
    """What there is about one subject so far."""

    __slots__ = ("blind", "digest", "entries", "known", "last")

    def __init__(self) -> None:
        self.entries, self.last, self.blind = 0, 0, ""
        self.digest = sha256()
        self.known: tuple[Value, bytes] | None = None
        """The value that was made last, and its leaf."""

    def on(self, subject: str, standing: str) -> tuple[Value, bytes]:
        known = self.known
        if known is None or known[0].entries != self.entries or known[0].standing != standing:
            digest = self.digest.hexdigest()
            value = Value(self.entries, self.last, digest, standing, self.blind)
            known = value, leaf(subject, sha256(value.written()).hexdigest())
            self.known = known
        return known


class Books:
    """What there is about every subject, read along with the ledger."""

    def __init__(self) -> None:
        self.position = 0
        self._accounts: dict[str, _Account] = {}
        self._standings = Standings()

    def read(self, connection: Connection[Any], upto: int) -> None:
        """Read on up to a position."""
        while self.position < upto:
            last = min(self.position + STRETCH, upto)
            self._standings.read(_of_kind(connection, "standing", self.position, last))
            values = {"after": self.position, "upto": last}
            lasts: list[int] = []
            for subject, count, position, positions in connection.execute(GATHER, values):
                account = self._accounts.setdefault(subject, _Account())
                account.entries += count
                account.last = position
                account.digest.update(f"{positions}\n".encode())
                lasts.append(position)
            for subject, salt in connection.execute(SALTS, {"positions": lasts}):
                self._accounts[subject].blind = blind(salt)
            self.position = last

    def on(self, day: date) -> SubjectMap:
        """Return the map of a day."""
        subjects = sorted(self._accounts)
        leaves = [
            self._accounts[each].on(each, self._standings.on(each, day).value) for each in subjects
        ]
        return SubjectMap(subjects, [value for value, _ in leaves], [hash_ for _, hash_ in leaves])


def closings(connection: Connection[Any], after: int = 0, upto: int = 2**62) -> list[Closing]:
    """Return the days that were closed, in order of their entries."""
    entries = [codec.recorded(entry) for entry in _of_kind(connection, "day", after, upto)]
    return [
        Closing(each.position, each.event) for each in entries if isinstance(each.event, DayClosed)
    ]


TAKE = "SELECT pg_try_advisory_lock(6077002150)"
GIVE = "SELECT pg_advisory_unlock(6077002150)"
CLOCK = "SELECT ledger.clock()"


def close_day(log: PostgresLog, at: datetime | None = None) -> Closing | None:
    """Close the last day that has ended and return it. `at`: when it is, by default by the ledger's clock.

    None: it is closed, nothing was recorded up to then, or another process is at it.
    """
    with log.pool.connection() as connection:
        if connection.execute(TAKE).fetchone() != (True,):
            return None
        try:
            row: Any = (at,) if at is not None else connection.execute(CLOCK).fetchone()
            day = (row[0].astimezone(SHANGHAI) - GRACE).date() - timedelta(days=1)
            return _close(log, connection, day)
        finally:
            connection.execute(GIVE)


def _close(log: PostgresLog, connection: Connection[Any], day: date) -> Closing | None:
    upto = log.position_at(end_of(day) - timedelta(microseconds=1))
    before = closings(connection)
    if upto == 0 or (before and before[-1].event.day >= day):
        return None
    books = Books()
    books.read(connection, upto)
    subject_map = books.on(day)
    event = DayClosed(day=day, upto=upto, subjects=len(subject_map.subjects), root=subject_map.root)
    new = closed(event)
    command = Command(body=event, actor=LEDGER, valid_from=day, today=day)
    append = Append((codec.draft(new, command),), expected_version=(new.stream, 0))
    (result,) = log.append([append])
    return Closing(result.first, event) if isinstance(result, Appended) else None


def difference(connection: Connection[Any], upto: int) -> Difference | None:
    """Make the map of every closed day again; return the first that is not what the entries say."""
    books, before = Books(), None
    try:
        entries = [codec.recorded(entry) for entry in _of_kind(connection, "day", 0, upto)]
        for entry in entries:
            event = entry.event
            if not isinstance(event, DayClosed):
                return Difference(entry.position, "day: not what closes one")
            wrong = _out_of_order(connection, entry.position, event, before)
            if wrong is None:
                books.read(connection, event.upto)
                made = books.on(event.day)
                if (made.root, len(made.subjects)) != (event.root, event.subjects):
                    wrong = "the map over all subjects is not that of the entries"
            if wrong is not None:
                return Difference(entry.position, f"day {event.day}: {wrong}")
            before = event
    except (codec.UnknownType, codec.Unreadable) as error:
        return Difference(0, f"day: an entry that it rests on cannot be read: {error}")
    return None


RECORDED = """
SELECT position, recorded_at FROM ledger.entry WHERE position IN (%(upto)s, %(upto)s + 1)
"""


def _out_of_order(
    connection: Connection[Any], position: int, event: DayClosed, before: DayClosed | None
) -> str | None:
    if event.upto >= position:
        return "it reaches further than its own entry"
    if before is not None and (event.day <= before.day or event.upto < before.upto):
        return "not behind the day that was closed before"
    times: dict[int, datetime] = dict(connection.execute(RECORDED, {"upto": event.upto}).fetchall())
    end = end_of(event.day)
    last, following = times.get(event.upto), times.get(event.upto + 1)
    if (last is not None and last >= end) or (following is not None and following < end):
        return "it does not reach to the last entry of its day"
    return None


class Shelf(NamedTuple):
    """The map of the day that was closed last."""

    closing: Closing
    found: SubjectMap


class Closings:
    """Maps of closed days, as bundles show them: the last one that was asked for stays at hand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: Shelf | None = None

    def last(self, connection: Connection[Any], upto: int) -> Closing | None:
        """Return the last day that was closed up to a position, None where there is none."""
        closed_days = closings(connection, 0, upto)
        return closed_days[-1] if closed_days else None

    def show(self, connection: Connection[Any], closing: Closing, subject: str) -> Shown:
        """Return what the map of a closed day says of a subject."""
        with self._lock:  # one makes it, the others wait for it
            if self._last is None or self._last.closing != closing:
                books = Books()
                books.read(connection, closing.event.upto)
                self._last = Shelf(closing, books.on(closing.event.day))
            return self._last.found.show(subject)


class Closer:
    """Closes days behind the pages, for as long as a server runs."""

    def __init__(self, log: PostgresLog, every: float = 60.0) -> None:
        self._log, self._every = log, every
        self._stop = threading.Event()
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin. The first look is a minute away: whoever starts a server does not wait for it."""
        self.thread = threading.Thread(target=self._work, name="closer", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while not self._stop.wait(self._every):
            try:
                closing = close_day(self._log)
            except Exception:
                logger.exception("the day that has ended could not be closed")
            else:
                if closing is not None:
                    logger.info("%s is closed at position %s", closing.event.day, closing.position)

    def stop(self) -> None:
        """Tell it to close no more days; who wants to know when it has ended waits for its thread."""
        self._stop.set()
