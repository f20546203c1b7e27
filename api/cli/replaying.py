"""A replay for the command line: the rows at a basis, folded from the ledger itself, summed up."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from api.cli.engines import executor
from api.cli.imports import Advance
from api.installation.wiring import Installation
from domain.terms.reference import RuleSet
from projections.follow.fold import Rules
from projections.views.views import VIEWS
from replay import audit, digest, known_at
from replay.audit import PARTS_PER_WORKER, Difference
from replay.engines import Engine, watched
from replay.lake import replayed


class Replayed(NamedTuple):
    """What a replay shows: rows and sums of every table."""

    tables: dict[str, Any]


def replay(  # noqa: PLR0913, PLR0917 - at which basis, where, and who looks on
    house: Installation,
    position: int,
    day: date | None,
    engine: Engine,
    advance: Advance,
    rules: RuleSet | None = None,
) -> Replayed:
    """Fold the ledger up to `position`; the tables are not looked at.

    With `rules`, as if that rule set had been in force on every day.
    """
    folding = house.folding if rules is None else under(house.folding, rules)
    with executor(folding, engine) as running:
        parts = known_at.parts(
            house.database.addresses.app, position, running.workers * PARTS_PER_WORKER
        )
        digests = watched(running, partial(digest.folded, day=day), parts, advance)
        sums = digest.together(digests)
    return Replayed(digest.summary(sums))


def tables(house: Installation, position: int, engine: Engine, advance: Advance) -> Replayed:
    """Fold the ledger up to `position`; return rows and digests as a manifest of tables states them."""
    conninfo = house.database.addresses.app
    with executor(house.folding, engine) as running:
        number = running.workers * PARTS_PER_WORKER
        parts = known_at.parts(conninfo, position, number, tuple(VIEWS))
        sums = replayed.together(watched(running, replayed.folded, parts, advance))
    return Replayed(
        {name: {"rows": each.rows, "sum": f"{each.digest:032x}"} for name, each in sums.items()}
    )


def check(house: Installation, position: int, engine: Engine, advance: Advance) -> list[Difference]:
    """Return every row in which the tables differ from what the ledger says."""
    conninfo = house.database.addresses.app
    with executor(house.folding, engine) as running:
        return audit.check(conninfo, house.folding, running, position, advance=advance)


def under(folding: Rules, rules: RuleSet) -> Rules:
    """Return what folds need, with another rule set in force on every day."""
    context = folding.context
    return folding._replace(context=replace(context, reference=context.reference.under(rules)))
