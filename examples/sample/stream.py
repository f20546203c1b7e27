"""A stream of lines for measurements: as many as are wanted, in bounded memory, all of them accepted.

First every enterprise comes onto the roster, then sessions with their certificates follow day by
day, mixed over the enterprises. About three sessions in a hundred break a rule.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import BinaryIO, NamedTuple

from examples.sample.numbers import ORGANISATIONS
from examples.sample.stream_firms import LISTED_ON, StreamFirm, firm, listings, plans
from examples.sample.stream_sessions import Clerk

LAST_DAY = date(2026, 10, 31)
_PER_SESSION = 35
"""Entries that a session brings with it, on average."""


class Block(NamedTuple):
    """Lines that belong together, as bytes with their line ends. Certificates stand at the end."""

    lines: list[bytes]
    entries: int
    certificates: int = 0

    def first(self, number: int) -> "Block":
        """Return the first lines, where every line is one entry."""
        lost = max(0, len(self.lines) - number)
        return Block(self.lines[:number], number, max(0, self.certificates - lost))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is wanted. The stream ends with the certificate or the entry that is reached first."""

    enterprises: int
    certificates: int | None
    events: int | None
    seed: int

    @classmethod
    def of(
        cls, enterprises: int | None, certificates: int | None, events: int | None, seed: int
    ) -> "Plan":
        """Fill in what was not said."""
        if certificates is None and events is None:
            events = 100_000
        size = events or certificates or 0
        number = enterprises or max(20, min(2_000, size // 2_000))
        if not 0 < number < ORGANISATIONS:
            raise ValueError(f"--enterprises must be from 1 to {ORGANISATIONS - 1}")
        return cls(enterprises=number, certificates=certificates, events=events, seed=seed)

    @property
    def sessions(self) -> int:
        """About how many sessions fit."""
        events = self.events or (self.certificates or 0) * _PER_SESSION // (_PER_SESSION - 2)
        return max(1, (events - self.enterprises * 17) // _PER_SESSION)


def write(plan: Plan, out: BinaryIO) -> int:
    """Write the stream; return the number of entries that the ledger makes of it."""
    entries = 0
    for block in _cut(plan, _blocks(plan)):
        out.write(b"".join(block.lines))
        entries += block.entries
    return entries


def _cut(plan: Plan, blocks: Iterator[Block]) -> Iterator[Block]:
    """End the stream where it must; what is one entry of several is left out whole."""
    left, certificates = plan.events, plan.certificates
    for each in blocks:
        block = each
        if certificates is not None and block.certificates >= certificates > 0:
            block = block.first(len(block.lines) - block.certificates + certificates)
        if left is not None and block.entries > left:
            if block.entries == len(block.lines):
                yield block.first(left)
            return
        yield block
        left = None if left is None else left - block.entries
        certificates = None if certificates is None else certificates - block.certificates
        if 0 in {left, certificates}:
            return


def _blocks(plan: Plan) -> Iterator[Block]:
    chance = random.Random(plan.seed)  # noqa: S311 - a sample, no secret
    firms = [firm(number) for number in range(1, plan.enterprises + 1)]
    position = 0
    for lines, entries in listings(firms):
        position += entries
        yield Block(lines, entries)
    yield from _days(plan, firms, Clerk(chance, position))


def _days(plan: Plan, firms: list[StreamFirm], clerk: Clerk) -> Iterator[Block]:
    """Yield sessions with what belongs to them, spread evenly over the days, and plans at New Year."""
    span = (LAST_DAY - LISTED_ON).days - 40
    year, number = LISTED_ON.year, 0
    while True:
        day = LISTED_ON + timedelta(days=1 + min(span, number * span // plan.sessions))
        if day.year > year:
            year = day.year
            lines = plans(firms, year)
            clerk.position += len(lines)
            yield Block(lines, len(lines))
        about = firms[clerk.chance.randrange(len(firms))]
        lines, certificates = clerk.session(about, day)
        clerk.position += len(lines)
        yield Block(lines, len(lines), certificates)
        number += 1
