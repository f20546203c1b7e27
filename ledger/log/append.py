"""The append itself: read, judge, hash, write, in two statements."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import Connection

from ledger.log import pack
from ledger.log.clock import Clock
from ledger.log.entry import SALT_BYTES, Draft, Malformed, entry_bytes, instant_text
from ledger.log.judge import Judgement, KnownFacts, judge, questions, validate
from ledger.log.log import Append, Appended, Look, Result, Use
from ledger.log.merkle import Frontier

MAX_BATCH_ENTRIES = 20_000
"""Bounds memory, the length of one transaction, and how long others wait for the lock."""

Guard = Callable[[Connection[Any]], None]
"""Runs under the lock before anything is judged; whatever it raises undoes the append."""


OVERTAKEN = "LG001"
"""What ledger.append raises when the size is not the one that was read."""


class Overtaken(Exception):  # noqa: N818 - reads as what it says
    """Somebody appended between reading and writing."""


class NotAhead(Exception):  # noqa: N818 - reads as what it says
    """The last entry is not later than the clock: there is nothing to set."""

    def __init__(self, last: datetime | None, clock: datetime) -> None:
        super().__init__()
        self.last, self.clock = last, clock


class LogState(NamedTuple):
    """The end of the ledger as it was read."""

    facts: KnownFacts
    frontier: list[bytes]
    recorded_at: datetime | None
    clock: datetime


def append(
    connection: Connection[Any],
    batch: Sequence[Append],
    clock: Clock,
    *,
    guard: Guard | None = None,
    look: Look | None = None,
) -> list[Result]:
    """Append the batch if all of it still holds; it is durable on return. The connection is in autocommit.

    It is written without locking first, and without reading anything where it was decided on a
    `look`: `ledger.append` checks that nobody came in between, and only then is it done again under
    the lock. So the lock is held while the server writes what it has got, and not while this process
    hashes, sends, or is stopped.
    """
    for item in batch:
        validate(item)
    count = sum(len(item.drafts) for item in batch)
    if count > MAX_BATCH_ENTRIES:
        raise Malformed(f"more than {MAX_BATCH_ENTRIES} entries in one transaction")
    if look is not None and look.tells_all_about(batch):
        facts = KnownFacts(look.position, look.versions, look.uses, {})
        state = LogState(facts, look.frontier, look.recorded_at, look.clock)
        with suppress(Overtaken):
            return _append(connection, batch, state, clock)
    elif guard is None:
        with suppress(Overtaken):
            state = _unlocked(connection, batch)
            return _append(connection, batch, state, clock)
    with connection.transaction():
        connection.execute(DEADLINE)
        row: Any = connection.execute(LOCK).fetchone()
        if guard is not None:
            guard(connection)
        # Nobody came in between: no condition can fail, no key can have been used.
        alone = bool(batch) and bool(batch[0].boundary) and batch[0].known == row[0]
        state = _open(connection, batch, lock=True, versions_only=alone)
        return _append(connection, batch, state, clock)


# Whoever is stopped here (Ctrl-Z) would stop every writer. Of one that is stopped in the middle of a
# statement only servers since 17 are told; what it has sent until then is no more than a batch.
DEADLINE = "SET LOCAL idle_in_transaction_session_timeout = '5s'"


def _unlocked(connection: Connection[Any], batch: Sequence[Append]) -> LogState:
    """Read what the batch is judged by; what it finds holds only while nobody else appends."""
    if batch and batch[0].boundary:
        state = _open(connection, batch, lock=False, versions_only=True)
        # Nobody came in since the facts were read: no condition can fail, no key can have been used.
        if state.facts.head == batch[0].known:
            return state
    return _open(connection, batch, lock=False)


def _append(
    connection: Connection[Any],
    batch: Sequence[Append],
    state: LogState,
    clock: Clock,
) -> list[Result]:
    recorded_at = _time(connection, state, clock)
    judgement = judge(batch, state.facts, recorded_at)
    if judgement.drafts:
        frontier = Frontier(state.facts.head, state.frontier)
        _write(connection, judgement, frontier, recorded_at)
    return judgement.results


LOCK = "SELECT size FROM ledger.open_append('{}', '{}', '{}', 0, true)"

OPEN = """
SELECT size, frontier, last_recorded_at, clock, versions,
       used_keys, used_first, used_count, used_digest, new_tags, new_positions
  FROM ledger.open_append(%s, %s, %s, %s::bigint, %s)
"""


def _open(
    connection: Connection[Any],
    batch: Sequence[Append],
    *,
    lock: bool,
    versions_only: bool = False,
) -> LogState:
    """Read what the batch is judged by; with `lock` it holds until the transaction ends."""
    asked = questions(batch)
    if versions_only:
        asked = asked._replace(keys=[], tags=[])
    values = (pack.texts(asked.streams), pack.texts(asked.keys), pack.texts(asked.tags))
    cursor = connection.execute(OPEN, (*values, asked.known, lock), prepare=True, binary=True)
    row: Any = cursor.fetchone()
    size, frontier, last, clock, versions = row[:5]
    nothing: list[Any] = []
    keys, firsts, counts, digests, tags, positions = (column or nothing for column in row[5:])
    uses = map(Use, firsts, counts, digests)
    facts = KnownFacts(
        size,
        dict(zip(asked.streams, versions or nothing, strict=True)),
        dict(zip(keys, uses, strict=True)),
        dict(zip(tags, positions, strict=True)),
    )
    return LogState(facts, frontier, last, clock)


READ_CLOCK = "SELECT ledger.clock()"


def _time(connection: Connection[Any], state: LogState, clock: Clock) -> datetime:
    """Return the time of the entries; wait out a clock that is a little behind the last entry."""
    answer = clock(state.clock, state.recorded_at)
    while not isinstance(answer, datetime):
        time.sleep(answer.total_seconds())
        row: Any = connection.execute(READ_CLOCK).fetchone()
        answer = clock(row[0], state.recorded_at)
    return answer


WRITE = """
SELECT ledger.append_2(%s::bigint, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
                       %s)
"""


def _write(
    connection: Connection[Any],
    judgement: Judgement,
    frontier: Frontier,
    recorded_at: datetime,
    query: LiteralString = WRITE,
) -> None:
    first, drafts = frontier.size + 1, judgement.drafts
    salts, leaves = _hash(judgement, frontier, recorded_at)
    values = (
        first,
        recorded_at,
        pack.byteas(frontier.hashes),
        pack.texts([draft.stream for draft in drafts]),
        pack.integers(judgement.versions),
        pack.texts([draft.type for draft in drafts]),
        pack.dates([draft.valid_from for draft in drafts]),
        pack.texts([draft.subject for draft in drafts]),
        pack.texts([draft.district for draft in drafts]),
        pack.texts(["\n".join(draft.tags) for draft in drafts]),
        pack.texts([draft.idempotency_key for draft in drafts]),
        pack.byteas([draft.request_digest for draft in drafts]),
        pack.integers(judgement.parts),
        pack.byteas([draft.payload for draft in drafts]),
        pack.byteas(salts),
        pack.byteas(leaves),
        pack.integers([draft.backfill for draft in drafts]),
    )
    try:
        connection.execute(query, values, prepare=True)
    except psycopg.Error as error:
        if error.sqlstate == OVERTAKEN:
            raise Overtaken from error
        raise


SET_CLOCK = """
SELECT ledger.append_clock_set(%s::bigint, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
                               %s, %s)
"""


def set_clock(connection: Connection[Any], made: Callable[[datetime, datetime], Draft]) -> Appended:
    """Append the entry from which on the time is earlier than before, as the owner of the tables.

    `made` returns it from the time of the last entry and from what the clock reads, held under the lock.
    The connection must be in autocommit, and act as the owner. No checks of a clock that cannot be right
    are asked: that it was not right is what the entry says.
    """
    pack.register(connection)
    with connection.transaction():
        connection.execute(DEADLINE)
        state = _open(connection, (), lock=True)
        if state.recorded_at is None or state.clock >= state.recorded_at:
            raise NotAhead(state.recorded_at, state.clock)
        batch = [Append((made(state.recorded_at, state.clock),))]
        state = _open(connection, batch, lock=True)._replace(clock=state.clock)
        judgement = judge(batch, state.facts, state.clock)
        frontier = Frontier(state.facts.head, state.frontier)
        _write(connection, judgement, frontier, state.clock, SET_CLOCK)
        (result,) = judgement.results
        if not isinstance(result, Appended):  # it has no key and rests on nothing
            raise TypeError(result)
        return result


def _hash(
    judgement: Judgement, frontier: Frontier, recorded_at: datetime
) -> tuple[list[bytes], list[bytes]]:
    """Return salts and leaf hashes, and move the frontier on."""
    at = instant_text(recorded_at)
    chance = os.urandom(SALT_BYTES * len(judgement.drafts))
    salts = [chance[start : start + SALT_BYTES] for start in range(0, len(chance), SALT_BYTES)]
    leaves: list[bytes] = []
    numbered = zip(judgement.drafts, judgement.versions, judgement.parts, salts, strict=True)
    for draft, version, part, salt in numbered:
        leaf = sha256(b"\x00" + entry_bytes(draft, version, at, part, salt)).digest()
        leaves.append(leaf)
        frontier.append(leaf)
    return salts, leaves
