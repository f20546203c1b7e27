"""A replay for the command line: the rows at a basis, folded from the ledger itself, summed up."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from api.wiring import Installation
from replay import audit, digest, known_at
from replay.audit import Difference
from replay.engines import Executor, InProcess, processes

PARTS_PER_WORKER = 4


class Replayed(NamedTuple):
    """What a replay shows: rows and sums of every table."""

    tables: dict[str, Any]


def replay(house: Installation, position: int, day: date | None, workers: int) -> Replayed:
    """Fold the ledger up to `position` on so many processes; the tables are not looked at."""
    with executor(house, workers) as running:
        parts = known_at.parts(
            house.database.addresses.app, position, running.workers * PARTS_PER_WORKER
        )
        sums = digest.together(running.map(partial(digest.folded, day=day), parts))
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
