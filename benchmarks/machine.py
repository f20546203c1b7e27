"""The machine that a figure was measured on: a number without it says nothing."""

import os
import platform
import shutil
import subprocess
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

PACKAGES = ("eventsourcing", "psycopg", "msgspec", "orjson", "fastapi", "uvicorn")
SYNCS = 200
PAGE = bytes(8192)
MEASURED = ("domain", "ledger", "projections", "replay", "proof", "api")
"""The rooms of the product: a change of anything else makes no figure stale."""


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


def commit() -> str:
    """Return the commit that is measured, with a plus where files of it were changed; empty outside a checkout."""
    head = _git("rev-parse", "--short=8", "HEAD").strip()
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks")
    return f"{head}+" if changed.strip() else head


def commits_since(measured: str) -> int | None:
    """Return how many commits changed what is measured since then; None where that cannot be told."""
    said = _git("rev-list", "--count", f"{measured.rstrip('+')}..HEAD", "--", *MEASURED).strip()
    return int(said) if said else None


def _git(*arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    ran = subprocess.run(  # noqa: S603 - arguments of ours
        [git, "-C", str(Path(__file__).parent.parent), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout if ran.returncode == 0 else ""


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
