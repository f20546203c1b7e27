"""(l) Proofs out of a million entries, and a bundle verified by a program that knows nothing of us.

Proofs are read from tiles in the database, as receipts are. The bundle is that of the enterprise in the
middle by size; `docs/verify.py` is a process of its own, its start included.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from psycopg import Connection

from benchmarks import ledgers
from benchmarks.figures import Row, Setting, at_most
from benchmarks.measuring import ROOT, cost_of, environment, latencies, python, required
from ledger.log import tiles
from ledger.log.postgres_log import PostgresLog
from proof import bundle as bundles
from proof.bundle import Bundle
from proof.checkpoints import Checkpoint
from proof.kept import Kept
from proof.notes import Kind, new_key, sign

ROUNDS = 5
ORIGIN = "ledger.example/bench"
BY_SIZE = """
SELECT subject FROM (
    SELECT subject, row_number() OVER (ORDER BY count(*), subject) AS n, count(*) OVER () AS all_of_them
      FROM ledger.entry WHERE subject IS NOT NULL GROUP BY subject) s WHERE n = (all_of_them + 1) / 2
"""


def run(setting: Setting) -> list[Row]:
    """Time proofs of random entries, and the check of one bundle."""
    folder = ledgers.large(setting.work, setting.sizes.small)
    chance = random.Random(11)  # noqa: S311 - repeatable, not secret
    with ledgers.opened(folder) as database, database.pool(2) as pool:
        log = PostgresLog(pool)
        with pool.connection() as connection:
            size = log.head().position
            tiles.lay(connection)
            read = tiles.stored(connection)
            count = setting.sizes.questions

            def inclusion() -> None:
                tiles.inclusion_proof(chance.randrange(size), size, read)

            def consistency() -> None:
                tiles.consistency_proof(chance.randrange(1, size), size, read)

            rows = [
                *latencies("inclusion proof", _timed(inclusion, count), None, at_most(20)),
                *latencies("consistency proof", _timed(consistency, count), None, at_most(20)),
            ]
            path, held = _bundle(connection, log, size, setting.work)
    return [*rows, _checked(path, held, setting)]


def _timed(ask: Callable[[], None], count: int) -> list[float]:
    ask()
    taken: list[float] = []
    for _ in range(count):
        started = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - started)
    return taken


def _bundle(
    connection: Connection[Any], log: PostgresLog, size: int, work: Path
) -> tuple[Path, int]:
    """Write a bundle of the enterprise in the middle; return the file and how many entries it holds."""
    row: Any = connection.execute(BY_SIZE).fetchone()
    entries = [*log.history(row[0], upto=size)]
    key = new_key(ORIGIN, Kind.ED25519)
    checkpoint = Checkpoint(ORIGIN, size, log.head().root)
    note = sign(checkpoint, [key], 0)
    policy = f"log {key.public.vkey}\nquorum none\n"
    kept = Kept(checkpoint, note, datetime(2026, 11, 30, tzinfo=UTC))
    named = {tag[9:] for entry in entries for tag in entry.tags if tag.startswith("evidence:")}
    made = Bundle(row[0], kept, entries, sorted(named), policy)
    path = work / "bundle.zip"
    with path.open("wb") as file:
        bundles.write(file, made, (), tiles.stored(connection), bytes(32))
    return path, len(entries)


def _checked(path: Path, held: int, setting: Setting) -> Row:
    command = python(str(ROOT / "docs" / "verify.py"), str(path))
    seconds: list[float] = []
    for _ in range(min(ROUNDS, setting.sizes.rounds)):
        cost = cost_of(command, environment(setting.work), setting.work / "verify.log")
        seconds.append(required(cost).seconds)
    return Row(
        what=f"a bundle of {held:,} entries, by docs/verify.py",
        value=median(seconds),
        unit="s",
        low=min(seconds),
        high=max(seconds),
        targets=(at_most(1),),
    )
