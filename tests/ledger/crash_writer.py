"""A writer to be killed: appends for ever, and notes on disk what was acknowledged.

Run as `python -m tests.ledger.crash_writer CONNINFO NOTES SEED`.
"""

import os
import random
import sys
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

import psycopg

from ledger.connect import app_pool
from ledger.log.log import Append, Appended, Replayed, Result
from ledger.log.postgres_log import PostgresLog
from tests.ledger.drafts import draft


def command(seed: int, number: int) -> Append:
    """Return the same command for the same numbers, of 1 to 200 entries."""
    chance = random.Random(seed * 1_000_003 + number)  # noqa: S311 - sizes, not keys
    size = chance.choice([1, 1, 1, 2, 5, 200])
    key = f"{seed}-{number}-{size}"
    streams = [f"stream/{chance.randrange(50)}" for _ in range(size)]
    return Append(tuple(draft(stream, f"w:{seed}", key=key, subject=stream) for stream in streams))


def insist(log: PostgresLog, item: Append) -> Result:
    """Append until there is an answer; the key makes repeating harmless."""
    while True:
        with suppress(psycopg.OperationalError):
            return log.append([item])[0]
        time.sleep(0.02)


def main(conninfo: str, notes: str, seed: str) -> None:
    with app_pool(conninfo, 2) as pool, Path(notes).open("a", encoding="ascii") as file:
        log = PostgresLog(pool)
        for number in count():
            result = insist(log, command(int(seed), number))
            assert isinstance(result, Appended | Replayed), result
            file.write(f"{seed}-{number} {result.first} {result.count}\n")
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:4])
