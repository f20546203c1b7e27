"""A replay for the command line: the rows at a basis, folded from the ledger itself, summed up."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from api.installation.wiring import Installation
from domain.terms.reference import RuleSet
from projections.follow.fold import Rules
from projections.views.views import VIEWS
from replay import audit, digest, known_at
from replay.audit import PARTS_PER_WORKER, Difference
from replay.engines import Executor, InProcess, processes
from replay.lake import replayed


class Replayed(NamedTuple):
    """What a replay shows: rows and sums of every table."""

    tables: dict[str, Any]


def replay(
    house: Installation,
    position: int,
    day: date | None,
    workers: int,
    rules: RuleSet | None = None,
) -> Replayed:
    """Fold the ledger up to `position` on so many processes; the tables are not looked at.

    With `rules`, as if that rule set had been in force on every day.
    """
    folding = house.folding if rules is None else under(house.folding, rules)
    with executor(folding, workers) as running:
        parts = known_at.parts(
            house.database.addresses.app, position, running.workers * PARTS_PER_WORKER
        )
        sums = digest.together(running.map(partial(digest.folded, day=day), parts))
    return Replayed(digest.summary(sums))


def tables(house: Installation, position: int, workers: int) -> Replayed:
    """Fold the ledger up to `position`; return rows and digests as a manifest of tables states them."""
    conninfo = house.database.addresses.app
    with executor(house.folding, workers) as running:
        number = running.workers * PARTS_PER_WORKER
        parts = known_at.parts(conninfo, position, number, tuple(VIEWS))
        sums = replayed.together(running.map(replayed.folded, parts))
    return Replayed(
        {name: {"rows": each.rows, "sum": f"{each.digest:032x}"} for name, each in sums.items()}
    )


def check(house: Installation, position: int, workers: int) -> list[Difference]:
    """Return every row in which the tables differ from what the ledger says."""
    with executor(house.folding, workers) as running:
        return audit.check(house.database.addresses.app, house.folding, running, position)


@contextmanager
def executor(folding: Rules, workers: int) -> Generator[Executor]:
    """Yield where the parts run: here for one worker, else on so many processes."""
    if workers == 1:
        yield InProcess(folding)
        return
    with processes(folding, workers) as running:
        yield running


def under(folding: Rules, rules: RuleSet) -> Rules:
    """Return what folds need, with another rule set in force on every day."""
    context = folding.context
    return folding._replace(context=replace(context, reference=context.reference.under(rules)))
