"""The server's process and account: whether it lives, and what it leaves behind when it does not."""

import os
import pwd
import select
import subprocess
import time
from pathlib import Path

ACCOUNT = "pgserver"
"""PostgreSQL refuses to run as root; started by root it runs under this account."""


def account() -> int | None:
    """Return the user id to run the server under, None for our own."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT).pw_uid
    except KeyError:
        command = ("useradd", "--system", "--shell", "/usr/sbin/nologin", ACCOUNT)
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed arguments
        return pwd.getpwnam(ACCOUNT).pw_uid


def group_of(user: int) -> int:
    """Return the account's group."""
    return pwd.getpwuid(user).pw_gid


def hand_over(path: Path) -> None:
    """Give a file or folder to the server's account."""
    user = account()
    if user is not None:
        os.chown(path, user, group_of(user))


def open_way(path: Path) -> None:
    """Let the server's account pass through the folders above `path`; it gets no right to list."""
    if account() is None:
        return
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def is_alive(pgdata: Path) -> bool:
    """Tell whether the postmaster of this folder runs.

    The number in postmaster.pid alone proves nothing: after `kill -9` it may be a zombie that
    nobody reaps, and after a restart of the container somebody else's.
    """
    pid = _pid(pgdata)
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    process = Path(f"/proc/{pid}")
    if not process.exists():
        return not Path("/proc/self").exists()
    try:
        # Field 3 is the state; the name before it is in brackets and may hold anything.
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" and (process / "cwd").readlink() == pgdata
    except OSError:
        return False  # gone meanwhile, or not to be looked into: then it is not ours


def wait_for_end(pgdata: Path, wake: int) -> None:
    """Return when the postmaster has ended, or when `wake` (a file descriptor) can be read."""
    pid = _pid(pgdata)
    sources = [wake]
    try:
        if pid is not None:
            sources.append(os.pidfd_open(pid))
        if len(sources) > 1 and is_alive(pgdata):
            select.select(sources, [], [])
    except ProcessLookupError:
        pass
    finally:
        for source in sources[1:]:
            os.close(source)


def clear_stale(pgdata: Path, within: float = 10.0) -> None:
    """Remove a postmaster.pid that a new server would take for a living one.

    Only when no orphaned backend is attached to the old shared memory: two servers on one folder
    would destroy it. While one is, wait up to `within` seconds; they end when they miss the parent.
    """
    pid = _pid(pgdata)
    if pid is None or not Path(f"/proc/{pid}").exists():
        return  # absent, or a number nobody has: the new server deals with that itself
    deadline = time.monotonic() + within
    while _attached(pgdata) and time.monotonic() < deadline:
        time.sleep(0.02)
    if not _attached(pgdata):
        (pgdata / "postmaster.pid").unlink(missing_ok=True)


def _lines(pgdata: Path) -> list[str]:
    try:
        return (pgdata / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _pid(pgdata: Path) -> int | None:
    lines = _lines(pgdata)
    return abs(int(lines[0])) if lines and lines[0].strip().lstrip("-").isdigit() else None


def _attached(pgdata: Path) -> bool:
    """Tell whether any process still holds the shared memory named in postmaster.pid."""
    lines = _lines(pgdata)
    segment = lines[6].split() if len(lines) > 6 else []
    for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]:
        fields = line.split()
        # Key and number: the number alone may meanwhile be another server's.
        if fields[:2] == segment:
            return int(fields[6]) > 0
    return False
