"""Medians, percentiles, and what a command costs as a whole process."""

import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import NamedTuple

from benchmarks.figures import Row, Target

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
LOOK_EVERY = 0.1
"""Seconds between two looks at the memory of a command."""


class Cost(NamedTuple):
    """What a command took. `peak`: bytes resident, over all its processes at once."""

    seconds: float
    peak: int
    status: int
    output: str


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(len(values) * share) - 1]


def latencies(what: str, seconds: Sequence[float], p50: Target | None, p99: Target) -> list[Row]:
    """Return the two rows of a latency, in milliseconds."""
    values = [second * 1000 for second in seconds]
    return [
        Row(
            what=f"{what}, p50",
            value=median(values),
            unit="ms",
            targets=() if p50 is None else (p50,),
        ),
        Row(what=f"{what}, p99", value=percentile(values, 0.99), unit="ms", targets=(p99,)),
    ]


def python(*arguments: str) -> list[str]:
    """Return how to run `arguments` with this interpreter."""
    return [sys.executable, *arguments]


def dudao(*arguments: str) -> list[str]:
    """Return how to run `dudao` from the checkout, as `./run` does."""
    start = "import sys; sys.argv[0] = 'dudao'; from api.cli.main import main; sys.exit(main())"
    return python("-c", start, *arguments)


def environment(data: Path) -> dict[str, str]:
    """Return the environment of a command that works on the data folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUDAO_")}
    return {**own, "DUDAO_DATA": str(data), "PYTHONPATH": str(ROOT)}


def cost_of(command: Sequence[str], env: Mapping[str, str], log: Path) -> Cost:
    """Run the command to its end; its output goes to `log`."""
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - a command of ours
            command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        memory = _Memory(process.pid)
        try:
            status = process.wait()
        finally:
            seconds = time.perf_counter() - started
            peak = memory.end()
    return Cost(seconds, peak, status, log.read_text(errors="replace"))


def required(cost: Cost, *allowed: int) -> Cost:
    """Return the cost of a command that ended as it should; raise with its last words if not."""
    if cost.status not in {0, *allowed}:
        raise RuntimeError(f"the command ended with {cost.status}:\n{cost.output[-2000:]}")
    return cost


class _Memory:
    """Looks at a process and its descendants until told to stop."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._ended = Event()
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while True:
            self._peak = max(self._peak, sum(_high_water(pid) for pid in family(self._pid)))
            if self._ended.wait(LOOK_EVERY):
                return


def cpu_of_ended() -> float:
    """Return the seconds of CPU that processes which ended took so far, theirs included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def family(pid: int) -> list[int]:
    """Return the process and all its descendants."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def resident(pid: int) -> int:
    """Return the bytes that a process and its descendants have resident at the moment."""
    return sum(_status(each, "VmRSS:") for each in family(pid))


def _high_water(pid: int) -> int:
    """Return the most bytes that the process has had resident; 0 once it is gone."""
    return _status(pid, "VmHWM:")


def _status(pid: int, name: str) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    return 0
