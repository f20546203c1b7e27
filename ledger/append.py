"""The append itself: lock, judge, hash, write; two statements in one transaction."""

import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from psycopg import Connection

from ledger import pack
from ledger.clock import Clock
from ledger.entry import SALT_BYTES, Malformed, entry_bytes, instant_text
from ledger.judge import Facts, Judgement, Numbered, judge, questions, validate
from ledger.log import Append, Result, Use
from ledger.merkle import Frontier

MAX_BATCH_ENTRIES = 20_000
"""Bounds memory, the length of one transaction, and how long others wait for the lock."""

Guard = Callable[[Connection[Any]], None]
"""Runs under the lock before anything is judged; whatever it raises undoes the append."""


class State(NamedTuple):
    """The end of the ledger as read under the lock."""

    facts: Facts
    frontier: list[bytes]
    recorded_at: datetime | None
    clock: datetime


def append(
    connection: Connection[Any],
    batch: Sequence[Append],
    clock: Clock,
    *,
    chained: bool = False,
    guard: Guard | None = None,
) -> list[Result]:
    """Append what still holds and commit. The connection must be idle and not in autocommit."""
    for item in batch:
        validate(item)
    if sum(len(item.drafts) for item in batch) > MAX_BATCH_ENTRIES:
        raise Malformed(f"more than {MAX_BATCH_ENTRIES} entries in one transaction")
    try:
        judgement = _append(connection, batch, clock, chained=chained, guard=guard)
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise
    if judgement.accepted:
        connection.commit()
    else:
        connection.rollback()
    return judgement.results


def _append(
    connection: Connection[Any],
    batch: Sequence[Append],
    clock: Clock,
    *,
    chained: bool,
    guard: Guard | None,
) -> Judgement:
    state = _open(connection, batch)
    if guard is not None:
        guard(connection)
    recorded_at = _time(connection, state, clock)
    judgement = judge(batch, state.facts, recorded_at, chained=chained)
    if judgement.accepted:
        frontier = Frontier(state.facts.head, state.frontier)
        _write(connection, judgement.accepted, frontier, recorded_at)
    return judgement


OPEN = """
SELECT size, frontier, last_recorded_at, clock, versions,
       used_keys, used_first, used_count, used_digest, new_tags, new_positions
  FROM ledger.open_append(%s, %s, %s, %s::bigint)
"""


def _open(connection: Connection[Any], batch: Sequence[Append]) -> State:
    """Take the append lock and read what the batch is judged by."""
    asked = questions(batch)
    values = (pack.texts(asked.streams), pack.texts(asked.keys), pack.texts(asked.tags))
    cursor = connection.execute(OPEN, (*values, asked.known), prepare=True, binary=True)
    row: Any = cursor.fetchone()
    size, frontier, last, clock, versions = row[:5]
    keys, firsts, counts, digests, tags, positions = (column or [] for column in row[5:])
    uses = map(Use, firsts, counts, digests)
    facts = Facts(
        size,
        dict(zip(asked.streams, versions or [], strict=True)),
        dict(zip(keys, uses, strict=True)),
        dict(zip(tags, positions, strict=True)),
    )
    return State(facts, frontier, last, clock)


READ_CLOCK = "SELECT clock_timestamp()"


def _time(connection: Connection[Any], state: State, clock: Clock) -> datetime:
    """Return the time of the entries; wait out a clock that is a little behind the last entry."""
    answer = clock(state.clock, state.recorded_at)
    while not isinstance(answer, datetime):
        time.sleep(answer.total_seconds())
        row: Any = connection.execute(READ_CLOCK).fetchone()
        answer = clock(row[0], state.recorded_at)
    return answer


WRITE = """
SELECT ledger.append(%s::bigint, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def _write(
    connection: Connection[Any],
    accepted: Sequence[Numbered],
    frontier: Frontier,
    recorded_at: datetime,
) -> None:
    first = frontier.size + 1
    drafts = [numbered.draft for numbered in accepted]
    salts, leaves = _hash(accepted, frontier, recorded_at)
    values = (
        first,
        recorded_at,
        pack.byteas(frontier.hashes),
        pack.texts([draft.stream for draft in drafts]),
        pack.integers([numbered.version for numbered in accepted]),
        pack.texts([draft.type for draft in drafts]),
        pack.dates([draft.valid_from for draft in drafts]),
        pack.texts([draft.subject for draft in drafts]),
        pack.texts([draft.district for draft in drafts]),
        pack.texts(["\n".join(draft.tags) for draft in drafts]),
        pack.texts([draft.idempotency_key for draft in drafts]),
        pack.byteas([draft.request_digest for draft in drafts]),
        pack.integers([numbered.part for numbered in accepted]),
        pack.byteas([draft.payload for draft in drafts]),
        pack.byteas(salts),
        pack.byteas(leaves),
    )
    connection.execute(WRITE, values, prepare=True)


def _hash(
    accepted: Sequence[Numbered], frontier: Frontier, recorded_at: datetime
) -> tuple[list[bytes], list[bytes]]:
    """Return salts and leaf hashes, and move the frontier on."""
    at = instant_text(recorded_at)
    chance = os.urandom(SALT_BYTES * len(accepted))
    salts = [chance[start : start + SALT_BYTES] for start in range(0, len(chance), SALT_BYTES)]
    leaves: list[bytes] = []
    for (draft, version, part), salt in zip(accepted, salts, strict=True):
        leaf = sha256(b"\x00" + entry_bytes(draft, version, at, part, salt)).digest()
        leaves.append(leaf)
        frontier.append(leaf)
    return salts, leaves
