"""The machine that a figure was measured on: a number without it says nothing."""

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

PACKAGES = ("eventsourcing", "psycopg", "msgspec", "orjson", "fastapi", "uvicorn")
SYNCS = 200
PAGE = bytes(8192)


def described(folder: Path) -> dict[str, Any]:
    """Return cores, memory, how long `folder`'s disk takes to sync, and versions."""
    syncs = sync_times(folder)
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "fdatasync_ms_median": round(median(syncs) * 1000, 3),
        "fdatasync_ms_worst": round(max(syncs) * 1000, 3),
        # Not the whole release: what follows the version is the installation's own name for it.
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def server_version(conninfo: str) -> str:
    """Return the version of the PostgreSQL server."""
    with psycopg.connect(conninfo) as connection:
        number = connection.info.server_version
    return f"{number // 10_000}.{number % 10_000}"


def load() -> float:
    """Return how many processes wanted to run in the last minute, this one not yet among them."""
    return round(os.getloadavg()[0], 2)


def free_bytes(folder: Path) -> int:
    """Return how much an ordinary user may still write."""
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def sync_times(folder: Path) -> list[float]:
    """Write a page and sync it, again and again: what every commit has to wait for."""
    path = folder / "sync-time"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    times: list[float] = []
    try:
        for _ in range(SYNCS):
            started = time.perf_counter()
            os.write(descriptor, PAGE)
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - started)
    finally:
        os.close(descriptor)
        path.unlink()
    return times


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
