"""Acknowledged means durable: whatever is killed, whenever."""

# ruff: noqa: S311 - chance here chooses victims, not keys

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ledger.connect import app_pool
from ledger.log.merkle import Frontier
from ledger.log.postgres_log import PostgresLog
from ledger.log.verify import verify
from ledger.migrate import migrate
from ledger.server import embedded

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

KILLS = int(os.environ.get("DUDAO_TEST_KILLS", "30"))
SEED = int(os.environ.get("DUDAO_TEST_SEED", "20"))
ROOT = Path(__file__).parents[3]
WRITERS = 3


class Field:
    """A server of its own, three writers on it, and what they say was acknowledged."""

    def __init__(self, folder: Path, options: str = "") -> None:
        self.folder = folder
        self.server = embedded.attach(folder / "data")
        with psycopg.connect(self.server.conninfo(embedded.OWNER)) as connection:
            migrate(connection)
        self.app = make_conninfo(self.server.conninfo(embedded.APP), options=options)
        self._seeds = count()
        self.writers = [self.write() for _ in range(WRITERS)]

    def write(self) -> subprocess.Popen:
        """Start a writer."""
        seed = next(self._seeds)
        notes = self.folder / f"{seed}.notes"
        command = [
            sys.executable,
            "-m",
            "tests.ledger.crash_writer",
            self.app,
            str(notes),
            str(seed),
        ]
        return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603 - ours

    def acknowledged(self) -> dict[str, tuple[int, int]]:
        """Return position and count of every acknowledged command; a torn last line is none."""
        found = {}
        for path in self.folder.glob("*.notes"):
            for line in path.read_text("ascii").splitlines(keepends=True):
                if match := re.fullmatch(r"(\S+) (\d+) (\d+)\n", line):
                    found[match[1]] = (int(match[2]), int(match[3]))
        return found

    def wait_for_progress(self, commands: int = 30) -> None:
        """Return when so many more commands were acknowledged."""
        before = len(self.acknowledged())
        deadline = time.monotonic() + 30
        while len(self.acknowledged()) < before + commands:
            assert time.monotonic() < deadline, "no progress within 30 s of a kill"
            time.sleep(0.02)

    def postmaster(self) -> int:
        """Return the server's process id."""
        pid = self.folder / "data" / "postgres" / "postmaster.pid"
        return int(pid.read_text().splitlines()[0])

    def backends(self) -> list[int]:
        """Return the server's own children, as the kernel knows them."""
        children = Path(f"/proc/{self.postmaster()}/task/{self.postmaster()}/children")
        return [int(pid) for pid in children.read_text().split()]

    def stop_writers(self) -> None:
        """Kill the writers."""
        for writer in self.writers:
            writer.kill()
            writer.wait()

    def close(self) -> None:
        """Stop everything that was started here."""
        self.stop_writers()
        self.server.close()


@contextmanager
def afield(options: str = "") -> Iterator[Field]:
    # Not pytest's folder: as root it is closed to the account that the server runs under.
    with tempfile.TemporaryDirectory(prefix="dudao-crash-") as folder:
        field = Field(Path(folder), options)
        try:
            yield field
        finally:
            field.close()


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it may have gone by itself since it was listed
        os.kill(pid, signal.SIGKILL)


def kill_writer(field: Field, chance: random.Random) -> None:
    place = chance.randrange(WRITERS)
    field.writers[place].kill()
    field.writers[place].wait()
    field.writers[place] = field.write()


def kill_backend(field: Field, chance: random.Random) -> None:
    with psycopg.connect(field.server.conninfo("postgres")) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'dudao_app'"
        ).fetchall()
    if rows:
        kill(chance.choice(rows)[0])


def kill_postmaster(field: Field, chance: random.Random) -> None:
    kill(field.postmaster())


def kill_server(field: Field, chance: random.Random) -> None:
    backends = field.backends()
    kill(field.postmaster())
    for pid in backends:
        kill(pid)


KINDS: list[Callable[[Field, random.Random], None]] = [
    kill_writer,
    kill_backend,
    kill_postmaster,
    kill_server,
]


def losses(field: Field, log: PostgresLog) -> list[str]:
    """Return the acknowledged commands that are not where they were said to be."""
    acknowledged = field.acknowledged()
    stored = {}
    for entry in log.entries():
        if entry.part == 0:
            stored[entry.idempotency_key.rpartition("-")[0]] = [entry.position, 0]
        stored[entry.idempotency_key.rpartition("-")[0]][1] += 1
        if entry.part + 1 == int(entry.idempotency_key.rpartition("-")[2]):
            stored[entry.idempotency_key.rpartition("-")[0]].append("whole")
    halves = [key for key, state in stored.items() if len(state) != 3]
    assert halves == [], "half a command was stored, or one twice"
    return [key for key, said in acknowledged.items() if tuple(stored.get(key, ())[:2]) != said]


def test_nothing_acknowledged_is_lost_or_doubled_by_any_kill():
    chance = random.Random(SEED)
    with afield() as field, app_pool(field.app, 2) as pool:
        log = PostgresLog(pool)
        field.wait_for_progress()
        heads = []
        for number in range(KILLS):
            KINDS[number % len(KINDS)](field, chance)
            field.wait_for_progress()
            heads.append(log.head())
        field.stop_writers()
        assert losses(field, log) == []
        assert verify(pool).difference is None
        frontier, roots = Frontier(), {0: Frontier().root()}
        wanted = {head.position for head in heads}
        for entry in log.entries():
            frontier.append(entry.leaf_hash())
            if entry.position in wanted:
                roots[entry.position] = frontier.root()
        assert [roots[head.position] for head in heads] == [head.root for head in heads]


def test_the_oracle_notices_a_server_that_acknowledges_too_early():
    """Negative control: without this, the test above might be blind."""
    with afield("-c synchronous_commit=off") as field, app_pool(field.app, 2) as pool:
        lost: list[str] = []
        for _ in range(20):
            field.wait_for_progress()
            kill_server(field, random.Random(1))
            field.stop_writers()
            lost = losses(field, PostgresLog(pool))
            if lost:
                break
            field.writers = [field.write() for _ in range(WRITERS)]
        assert lost
