"""A replay for the command line: the rows at a basis, folded from the ledger itself, summed up."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from api.wiring import Installation
from projections.fold import Rules
from replay import audit, digest, known_at
from replay.audit import Difference
from replay.digest import Sums
from replay.engines import Executor, InProcess, processes
from replay.known_at import Part, Shown

PARTS_PER_WORKER = 4


class Replayed(NamedTuple):
    """What a replay shows: rows and sums of every table."""

    tables: dict[str, Any]


def on_day(day: date | None, rules: Rules, part: Part) -> Sums:
    """Return the sums over the rows of a part that hold on `day`; of all rows for None."""
    found = known_at.rows(rules, part)
    kept = found if day is None else _holding(found, day)
    return digest.added({}, ((s.table, s.subject, digest.bytes_of(s)) for s in kept))


def _holding(found: Iterator[Shown], day: date) -> Iterator[Shown]:
    for shown in found:
        row = shown.row
        if row.valid_from <= day and (row.valid_to is None or day < row.valid_to):
            yield shown


def replay(house: Installation, position: int, day: date | None, workers: int) -> Replayed:
    """Fold the ledger up to `position` on so many processes; the tables are not looked at."""
    with executor(house, workers) as running:
        parts = known_at.parts(
            house.database.addresses.app, position, running.workers * PARTS_PER_WORKER
        )
        sums = digest.together(running.map(partial(on_day, day), parts))
    return Replayed(digest.summary(sums))


def check(house: Installation, position: int, workers: int) -> list[Difference]:
    """Return every row in which the tables differ from what the ledger says."""
    with executor(house, workers) as running:
        return audit.check(house.database.addresses.app, house.folding, running, position)


@contextmanager
def executor(house: Installation, workers: int) -> Generator[Executor]:
    """Yield where the parts run: here for one worker, else on so many processes."""
    if workers == 1:
        yield InProcess(house.folding)
        return
    with processes(house.folding, workers) as running:
        yield running
