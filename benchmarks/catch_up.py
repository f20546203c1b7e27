"""(c) Projection catch-up: entries a second that the runner turns into rows of every view.

Two ways of falling behind. Far: the views are empty and the whole ledger is there, so histories
are read subject by subject. Near: entries come in stretches short enough to be read in order.
"""

import sys
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from api.installation.opening import open_ledger
from api.installation.settings import Settings
from api.installation.wiring import folding
from benchmarks import ledgers
from benchmarks.figures import Row, Setting, Target, at_least
from benchmarks.measuring import MIB, Cost, cost_of, environment, python, required
from ledger.connect import Database
from projections.follow.executor import processes
from projections.follow.runner import Runner, Sizes
from projections.views.views import TABLES

TARGET = at_least(30_000)
NEAR = Sizes(long=2**62)
"""Never subject by subject, however far behind."""


def run(setting: Setting) -> list[Row]:
    """Measure on the small ledger both ways, and on the large one from nothing."""
    small, large = setting.sizes.small, setting.sizes.large
    near = min(small, 200_000)
    return [
        row
        for count, way, upto in (
            (small, "far", small),
            (small, "near", near),
            (large, "far", large),
        )
        for row in measured(setting, ledgers.large(setting.work, count), way, upto, TARGET)
    ]


def measured(setting: Setting, folder: Path, way: str, upto: int, target: Target) -> list[Row]:
    """Measure the way through the ledger of a folder, up to an entry."""
    with ledgers.opened(folder) as database:
        cost, seconds = _in_process(setting.work, folder, way, upto)
        _require_position(database, upto)
    what = f"{upto:,} entries, " + ("from nothing" if way == "far" else "in order, 10,000 at once")
    return [
        Row(what=what, value=upto / seconds, unit="entries/s", targets=(target,)),
        Row(what=f"{what}: peak memory", value=cost.peak / MIB, unit="MiB"),
    ]


def _in_process(work: Path, folder: Path, way: str, upto: int) -> tuple[Cost, float]:
    """Run the catch-up in a process of its own, so that its memory is its own."""
    command = python("-m", "benchmarks.catch_up", str(folder), way, str(upto))
    cost = required(cost_of(command, environment(folder), work / "catch-up.log"))
    return cost, float(cost.output.split()[-1])


def _require_position(database: Database, upto: int) -> None:
    with psycopg.connect(database.addresses.app) as connection:
        row: Any = connection.execute("SELECT position FROM projections.progress").fetchone()
    if row[0] != upto:
        raise RuntimeError(f"the views stand at {row[0]}, not at {upto}")


def caught_up(folder: Path) -> None:
    """Bring the views up to the ledger where they are not."""
    with open_ledger(Settings(data=folder)) as database:
        Runner(database.addresses.app, folding(), executors=processes).catch_up()


def _main(folder: Path, way: str, upto: int) -> None:
    with open_ledger(Settings(data=folder)) as database:
        _empty(database)
        sizes = NEAR if way == "near" else None
        runner = Runner(database.addresses.app, folding(), sizes, executors=processes)
        started = time.perf_counter()
        runner.catch_up(upto)
        print(time.perf_counter() - started)


RESTART = "UPDATE projections.progress SET position = 0"


def _empty(database: Database) -> None:
    with psycopg.connect(database.addresses.app) as connection:
        for table in TABLES:
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier("projections", table)))
        connection.execute(RESTART)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
