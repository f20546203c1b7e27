"""(j) Point reads by one server process and by two: both servers stand at the same time, asked in turns.

Clients in processes of their own, each kept to one core, so that both are asked by the same load. Servers,
database and clients share the machine's cores: with fewer than four, clients take part of what a second
worker could have.
"""

import multiprocessing
import os
import random
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing.pool import Pool
from multiprocessing.queues import SimpleQueue
from statistics import median

from benchmarks import catch_up, ledgers
from benchmarks.figures import Row, Setting, at_least
from benchmarks.http_client import Load, ask
from benchmarks.http_reads import CLIENTS_EACH, DIFFERENT, PROCESSES, requests, server, token
from ledger.log.postgres_log import PostgresLog


def run(setting: Setting) -> list[Row]:
    """Ask for single enterprises of a million entries: one worker and two, in turns."""
    folder = ledgers.large(setting.work, setting.sizes.small)
    catch_up.caught_up(folder)
    with ledgers.opened(folder) as database:
        with database.pool(1) as pool:
            usccs = PostgresLog(pool).subjects(limit=5_000)
        chance = random.Random(7)  # noqa: S311 - repeatable, not secret
        paths = [f"/v1/enterprises/{chance.choice(usccs)}" for _ in range(DIFFERENT)]
        with (
            server(folder, setting.work) as one,
            server(folder, setting.work, "--workers", "2") as two,
            _pinned() as clients,
        ):
            asked = requests(paths, token(folder, setting.work))
            rates = _in_turns({"one worker": one, "two workers": two}, asked, setting, clients)
    alone, both = rates["one worker"], rates["two workers"]
    ratio = median(many / single for many, single in zip(both, alone, strict=True))
    unit, number = "/s", PROCESSES * CLIENTS_EACH
    return [
        Row(
            what=f"one enterprise, live, {number} clients: one worker",
            value=median(alone),
            unit=unit,
            low=min(alone),
            high=max(alone),
        ),
        Row(
            what=f"one enterprise, live, {number} clients: two workers",
            value=median(both),
            unit=unit,
            low=min(both),
            high=max(both),
            ratio=ratio,
            to="one worker, round by round",
            targets=(at_least(1.8, of_ratio=True),),
        ),
    ]


def _in_turns(
    ports: dict[str, int], asked: list[bytes], setting: Setting, clients: Pool
) -> dict[str, list[float]]:
    """Return the answers a second of each server, round by round; each round begins with another."""
    rates: dict[str, list[float]] = {name: [] for name in ports}
    for number in range(setting.sizes.rounds + 1):
        order = list(ports) if number % 2 else list(reversed(ports))
        for name in order:
            load = Load(asked, setting.sizes.seconds, ports[name], CLIENTS_EACH)
            answered = clients.map(ask, [load] * PROCESSES, chunksize=1)
            if number:  # the first round warms up
                rates[name].append(sum(len(each.waits) / each.seconds for each in answered))
    return rates


@contextmanager
def _pinned() -> Generator[Pool]:
    """Yield processes that are each kept to a core of their own, as long as there are enough."""
    spawning = multiprocessing.get_context("spawn")
    cores: SimpleQueue[int] = spawning.SimpleQueue()
    allowed = sorted(os.sched_getaffinity(0))
    for number in range(PROCESSES):
        cores.put(allowed[number % len(allowed)])
    # Spawned: a fork would inherit the connections of this process.
    with spawning.Pool(PROCESSES, initializer=_keep_to, initargs=(cores,)) as pool:
        yield pool


def _keep_to(cores: "SimpleQueue[int]") -> None:
    os.sched_setaffinity(0, {cores.get()})
