"""(j) Point reads by one server process and by two: both servers stand at the same time, asked in turns.

Clients in processes of their own, each kept to one core, so that both are asked by the same load. Servers,
database and clients share the machine's cores: with fewer than four, clients take part of what a second
worker could have. What each of them takes for a read is measured beside, and says what more workers can give:
where the cores are busy, no more than cores divided by that sum.
"""

import multiprocessing
import os
import random
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from multiprocessing.pool import Pool
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import catch_up, ledgers
from benchmarks.figures import Row, Setting, at_least
from benchmarks.http_client import Load, ask
from benchmarks.http_reads import (
    CLIENTS_EACH,
    DIFFERENT,
    PROCESSES,
    process_at,
    requests,
    server,
    token,
)
from benchmarks.measuring import family
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
            seen = {
                name: Seen([], [], _costs(port, folder / "postgres" / "postmaster.pid"))
                for name, port in {"one worker": one, "two workers": two}.items()
            }
            _in_turns({"one worker": one, "two workers": two}, seen, asked, setting, clients)
    alone, both = seen["one worker"].rates, seen["two workers"].rates
    ratio = median(many / single for many, single in zip(both, alone, strict=True))
    unit, number = "/s", PROCESSES * CLIENTS_EACH
    rows = [
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
    return [
        *rows,
        *(row for name in seen for row in _shares(name, seen[name])),
        _bound(*seen.values()),
    ]


class Seen(NamedTuple):
    """What one server answered a second, round by round, and what was spent on each answer."""

    rates: list[float]
    spent: list[dict[str, float]]
    """Role → seconds of CPU for an answer."""
    costs: Callable[[], dict[str, float]]
    """Role → seconds of CPU so far."""


def _shares(name: str, seen: Seen) -> list[Row]:
    """Return what a read costs whom, and how much of the cores was left."""
    cores = len(os.sched_getaffinity(0))
    spent = {role: median(each[role] for each in seen.spent) for role in seen.spent[0]}
    busy = median(
        rate * sum(each.values()) / cores for rate, each in zip(seen.rates, seen.spent, strict=True)
    )
    return [
        *(
            Row(what=f"{name}: CPU of the {role} for a read", value=seconds * 1e6, unit="µs")
            for role, seconds in spent.items()
        ),
        Row(what=f"{name}: of {cores} cores busy with it", value=busy * 100, unit="%"),
    ]


def _bound(one: Seen, two: Seen) -> Row:
    """Return how many times one worker's reads these cores have room for.

    One worker ends where its interpreter fills a core; two end where all that a read takes fills all.
    """
    cores = len(os.sched_getaffinity(0))
    alone = median(each["server"] for each in one.spent)
    whole = median(sum(each.values()) for each in two.spent)
    return Row(what=f"two workers: room on {cores} cores", value=cores * alone / whole, unit="×")


def _in_turns(
    ports: Mapping[str, int],
    seen: Mapping[str, Seen],
    asked: list[bytes],
    setting: Setting,
    clients: Pool,
) -> None:
    """Ask each server round by round; each round begins with another."""
    for number in range(setting.sizes.rounds + 1):
        order = list(ports) if number % 2 else list(reversed(ports))
        for name in order:
            load = Load(asked, setting.sizes.seconds, ports[name], CLIENTS_EACH)
            before = seen[name].costs()
            answered = clients.map(ask, [load] * PROCESSES, chunksize=1)
            after = seen[name].costs()
            if number:  # the first round warms up
                answers = sum(len(each.waits) for each in answered)
                seen[name].rates.append(sum(len(each.waits) / each.seconds for each in answered))
                seen[name].spent.append({k: (after[k] - before[k]) / answers for k in after})


def _costs(port: int, postmaster: Path) -> Callable[[], dict[str, float]]:
    """Return what tells the CPU that the server at a port, the database and the clients have taken."""
    server_ = process_at(port)
    database = int(postmaster.read_text().split()[0])

    def costs() -> dict[str, float]:
        clients = [each.pid for each in multiprocessing.active_children() if each.pid]
        return {
            "server": _cpu(family(server_)),
            "database": _cpu(family(database)),
            "clients": _cpu(clients),
        }

    return costs


def _cpu(pids: Iterable[int]) -> float:
    """Return the seconds of CPU that processes have taken, by themselves."""
    ticks = 0
    for pid in pids:
        # Behind the name, which may hold anything: state is field 3, user and system time 14 and 15.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


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
