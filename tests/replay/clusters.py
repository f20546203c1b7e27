"""A Dask cluster on this machine, for tests: a scheduler and workers, each a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


class Cluster(NamedTuple):
    """Where the scheduler listens, and the processes of its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a scheduler and so many workers of one thread; all are gone afterwards."""
    distributed: Any = pytest.importorskip("distributed")
    told = folder / "scheduler.json"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        with (folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)  # noqa: S603

    own = ("--host", "127.0.0.1", "--scheduler-file", str(told))
    begun = [start("scheduler", "--port", "0", "--no-dashboard", "--no-show", *own)]
    try:
        single = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
        begun += [start("worker", *single, *own) for _ in range(workers)]
        with distributed.Client(
            scheduler_file=str(told), timeout=60, set_as_default=False
        ) as client:
            client.wait_for_workers(workers, timeout=60)
        yield Cluster(json.loads(told.read_text())["address"], begun[1:])
    finally:
        for process in begun:
            process.kill()
        for process in begun:
            process.wait()
