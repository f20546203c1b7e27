"""(f) HTTP reads under load: the server as a process, keep-alive clients in two processes of their own.

All of them share the machine's cores. Bounded in time: a server that stalls ends the run.
"""

import multiprocessing
import random
import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.pool import Pool
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks import catch_up, ledgers
from benchmarks.figures import Row, Setting, Target, at_least
from benchmarks.http_client import Load, ask
from benchmarks.measuring import ROOT, cost_of, dudao, environment, percentile, required
from benchmarks.prepared import LISTED_ON, SESSION_DAYS
from ledger.log.postgres_log import PostgresLog

PROCESSES, CLIENTS_EACH = 2, 4
READY_WITHIN = 60.0
DIFFERENT = 400
"""Paths of a kind."""
UNSLOWED = {"DUDAO_LOOK_UPS_AT_ONCE": "1000000"}
"""Who looks up certificates without a name is slowed down on purpose; that is not what is measured."""


class Kind(NamedTuple):
    """A kind of request, and what is promised for it."""

    what: str
    paths: Sequence[str]
    targets: tuple[Target, ...] = ()


def run(setting: Setting) -> list[Row]:
    """Ask for single enterprises and for pages, live and pinned to a position."""
    folder = ledgers.large(setting.work, setting.sizes.large)
    catch_up.caught_up(folder)
    with ledgers.opened(folder) as database:
        with database.pool(1) as pool:
            log = PostgresLog(pool)
            kinds = _kinds(log.subjects(limit=5_000), log.head().position)
        with server(folder, setting.work) as port, _clients() as clients:
            own = token(folder, setting.work)
            return [
                row
                for kind in kinds
                for row in _rows(kind, requests(kind.paths, own), setting, port, clients)
            ]


def _kinds(usccs: Sequence[str], head: int) -> list[Kind]:
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    live = [f"/v1/enterprises/{chance.choice(usccs)}" for _ in range(DIFFERENT)]
    bases = [
        f"?valid_at={LISTED_ON + timedelta(days=chance.randrange(SESSION_DAYS))}&position={head}"
        for _ in range(DIFFERENT)
    ]
    return [
        Kind("one enterprise, live", live, (at_least(1_000),)),
        Kind("one enterprise as of a day", [a + b for a, b in zip(live, bases, strict=True)]),
        Kind("50 of the roster as of a day", [f"/v1/roster{basis}&limit=50" for basis in bases]),
        Kind("50 flags as of a day", [f"/v1/flags{basis}&limit=50" for basis in bases]),
    ]


def requests(paths: Sequence[str], bearer: str) -> list[bytes]:
    """Return the requests of somebody with that token."""
    head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {bearer}\r\nAccept: application/json\r\n"
    return [f"GET {path} HTTP/1.1\r\n{head}\r\n".encode() for path in paths]


def _rows(
    kind: Kind, requests: list[bytes], setting: Setting, port: int, clients: Pool
) -> list[Row]:
    sizes = setting.sizes
    rates: list[float] = []
    waits: list[float] = []
    for number in range(sizes.rounds + 1):
        load = Load(requests, sizes.seconds, port, CLIENTS_EACH)
        answered = clients.map(ask, [load] * PROCESSES, chunksize=1)
        if number:  # the first round warms up
            rates.append(sum(len(each.waits) / each.seconds for each in answered))
            waits += [wait for each in answered for wait in each.waits]
    rate = Row(
        what=f"{kind.what}, {PROCESSES * CLIENTS_EACH} clients",
        value=median(rates),
        unit="/s",
        low=min(rates),
        high=max(rates),
        targets=kind.targets,
    )
    worst = percentile(waits, 0.99) * 1000
    return [rate, Row(what=f"{kind.what}: p99", value=worst, unit="ms")]


@contextmanager
def _clients() -> Generator[Pool]:
    # Spawned: a fork would inherit the connections of this process.
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        yield pool


@contextmanager
def server(folder: Path, work: Path, *more: str) -> Generator[int]:
    """Serve the ledger from a process of its own, with `more` said to it; yield its port."""
    port = _free_port()
    told = work / f"serve{''.join(more)}.log"
    with told.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - a command of ours
            dudao("serve", "--port", str(port), *more),
            env=environment(folder) | UNSLOWED,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_until_ready(process, port, told)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def process_at(port: int) -> int:
    """Return the process that serves at a port."""
    return next(
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if f"\0--port\0{port}\0".encode() in path.read_bytes()
    )


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not get ready:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def token(folder: Path, work: Path) -> str:
    """Return the token of somebody who sees everything."""
    command = dudao("token", "--role", "quality_supervisor")
    return required(cost_of(command, environment(folder), work / "token.log")).output.strip()
