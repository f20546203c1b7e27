"""What reached the ledger when: days of entry as positions, and entries that came long after their day.

The ledger has no index by time: times rise along positions, so a day is found by halving.
A page of late entries looks at a bounded stretch of the ledger, so its answer may be short and still
not be the last.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from domain.terms.envelope import Recorded
from ledger import codec
from ledger.log.clock import SHANGHAI
from ledger.log.postgres_log import PostgresLog, to_entry
from projections.views.asking import asked
from projections.views.basis import BadCursor

LOOKED_AT_ONCE = 20_000
"""Entries that one page looks at."""
_JUST_BEFORE = timedelta(microseconds=1)


def position_before(conn: Connection[Any], day: date) -> int:
    """Return the last position recorded before the day began in Beijing, 0 if there is none."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    values = {"instant": midnight - _JUST_BEFORE}
    row: Any = conn.execute(PostgresLog.POSITION_AT, values).fetchone()
    return int(row[0])


# What the product brought along is in no sense late, and no history of anybody's.
HISTORY = """
SELECT EXISTS (SELECT FROM ledger.entry WHERE backfill AND starts_with(type, 'catalogue.') IS NOT TRUE)
"""


def holds_history(conn: Connection[Any]) -> bool:
    """Return whether anything was brought in from an older system: of that nothing is late or old."""
    row: Any = conn.execute(HISTORY).fetchone()
    return bool(row[0])


RECORDED_ON = """
SELECT position, (recorded_at AT TIME ZONE 'Asia/Shanghai')::date FROM ledger.entry
 WHERE position = ANY (%(positions)s) AND NOT backfill
"""


def recorded_on(conn: Connection[Any], positions: Iterable[int]) -> dict[int, date]:
    """Return the days, in Beijing, on which these entries were recorded; history is left out."""
    return dict(conn.execute(RECORDED_ON, {"positions": sorted(set(positions))}).fetchall())


class Wanted(NamedTuple):
    """Which entries: recorded more than `days` days after their day, in `(after, upto]`."""

    days: int
    after: int
    upto: int
    uscc: str | None = None
    district: str | None = None
    type: str | None = None
    """Stored name of the event."""
    without: Collection[int] = ()
    """Positions that are left out."""


class Counted(NamedTuple):
    """How many entries came late; `whole` is False where only the last of them were looked at."""

    number: int
    whole: bool


class Late(NamedTuple):
    """A page of late entries, newest first; `next` is the position behind which to go on.

    `counted`: how many there are in the stretch that was looked at for the page.
    """

    entries: list[Recorded[Any]]
    next: str | None
    counted: Counted


# Of one enterprise its last entries are looked at, found by index; else the late ones of a stretch.
LATE = """
WITH looked AS MATERIALIZED (
    SELECT position, (recorded_at AT TIME ZONE 'Asia/Shanghai')::date - valid_from AS days
      FROM ledger.entry
     WHERE position > %(after)s AND position <= %(upto)s
       AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
       AND (%(district)s::text IS NULL OR district = %(district)s)
       AND (%(type)s::text IS NULL OR type = %(type)s)
       AND position <> ALL (%(without)s)
       AND NOT backfill
       AND (%(uscc)s::text IS NOT NULL
            OR (recorded_at AT TIME ZONE 'Asia/Shanghai')::date - valid_from > %(days)s)
     ORDER BY position DESC LIMIT %(look)s
)
SELECT array(SELECT position FROM looked WHERE days > %(days)s ORDER BY position DESC
              LIMIT %(limit)s),
       (SELECT min(position) FROM looked), (SELECT count(*) FROM looked),
       (SELECT count(*) FROM looked WHERE days > %(days)s)
"""
AT = """
SELECT position, stream, version, type, recorded_at, valid_from, subject, district, tags,
       idempotency_key, payload, salt, request_digest, part,
           backfill, format
  FROM ledger.entry WHERE position = ANY (%(positions)s) ORDER BY position DESC
"""


def late(conn: Connection[Any], wanted: Wanted, cursor: str | None, limit: int) -> Late:
    """Return a page of the entries that came late, newest first.

    Raises:
        BadCursor: the cursor is no position.
    """
    upto = wanted.upto if cursor is None else min(wanted.upto, _position(cursor) - 1)
    after = _from_where(wanted, upto)
    values = {**wanted._asdict(), "upto": upto, "after": after}
    values |= {"look": LOOKED_AT_ONCE, "limit": limit + 1, "without": list(wanted.without)}
    row: Any = asked(conn, LATE, values).fetchone()
    positions, lowest, looked, number = row
    entries = _at(conn, positions[:limit])
    ended = wanted.uscc is None or looked < LOOKED_AT_ONCE
    counted = Counted(number, whole=ended and after == wanted.after)
    if len(positions) > limit:
        return Late(entries, str(positions[limit - 1]), counted)
    if looked == LOOKED_AT_ONCE:
        return Late(entries, str(lowest), counted)
    return Late(entries, str(after + 1) if after > wanted.after else None, counted)


def _from_where(wanted: Wanted, upto: int) -> int:
    """Return behind which position to look: one enterprise is found by index, the rest is a stretch."""
    if wanted.uscc is not None:
        return wanted.after
    return max(wanted.after, upto - LOOKED_AT_ONCE)


def _at(conn: Connection[Any], positions: Sequence[int]) -> list[Recorded[Any]]:
    rows = conn.execute(AT, {"positions": list(positions)}).fetchall() if positions else []
    return [codec.legible(to_entry(row)) for row in rows]


def _position(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 16):
        raise BadCursor(cursor)
    return int(cursor)
