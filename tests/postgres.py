"""A real server for tests: started once in a session, and a fresh database for every test.

Each database is cloned from a template in which every migration has run. Without more said it is the
embedded server. `DUDAO_TEST_POSTGRES` names a folder of programs of another PostgreSQL, of which a
private server is made; `DUDAO_TEST_DATABASE_URL` a superuser's address of one that runs already.
`DUDAO_TEST_OWNER` says who owns the databases there: superuser, createrole or plain.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ledger import roles
from ledger.connect import Addresses, app_pool, in_role
from ledger.log.postgres_log import PostgresLog
from ledger.migrate import LEDGER, migrate
from ledger.server import embedded, postmaster

TEMPLATE = "dudao_template"
PREFIX = "dudao-test-"
CONNECTIONS = 300
OWNER, APP = "dudao_test_owner", "dudao_test_app"
_number = count(1)


MEMORY = Path("/dev/shm")  # noqa: S108 - not ours alone, and mkdtemp makes what is
ROOM = 6 * 2**30
"""Bytes that the servers of one run may need, with room to spare."""


def new_folder() -> Path:
    """Make a folder for a server: in memory where there is room, since a test waits for every fsync.

    A server keeps its settings there: what the product looks at (`fsync`) is as it has to be.
    """
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    if roomy:
        for left in MEMORY.glob(f"{PREFIX}*"):  # by a run that was killed
            owner = left.name.removeprefix(PREFIX).partition("-")[0]
            if not Path("/proc", owner).exists():
                shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY if roomy else None))


class Kind(StrEnum):
    """What the login may that owns the databases."""

    SUPERUSER = "superuser"
    CREATEROLE = "createrole"
    PLAIN = "plain"


ATTRIBUTES = {
    Kind.SUPERUSER: "SUPERUSER",
    Kind.CREATEROLE: "CREATEROLE",
    Kind.PLAIN: "NOCREATEROLE",
}


class Server:
    """Connection strings of one server in three roles."""

    def __init__(self, superuser: str, owner: str, app: str) -> None:
        self.superuser, self.owner, self.app = superuser, owner, app

    def create(self, name: str, template: str) -> Addresses:
        """Create a database; return how the owner and the application connect to it."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING 'UTF8'").format(
                    sql.Identifier(name), sql.Identifier(self.owner_name), sql.Identifier(template)
                )
            )
        return self.addresses(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def addresses(self, name: str) -> Addresses:
        """Return how the two roles connect to a database."""
        return Addresses(
            make_conninfo(self.owner, dbname=name), make_conninfo(self.app, dbname=name)
        )

    @property
    def owner_name(self) -> str:
        """Return the role that owns the databases."""
        return psycopg.conninfo.conninfo_to_dict(self.owner)["user"]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server that the environment names, else the embedded one."""
    url, programs = (os.environ.get(f"DUDAO_TEST_{n}") for n in ("DATABASE_URL", "POSTGRES"))
    if url is not None:
        yield peopled(url)
        return
    if programs is not None:
        with private(Path(programs)) as machine:
            yield peopled(machine.superuser)
        return
    folder = new_folder()
    folder.chmod(0o755)
    try:
        with (
            embedded.attach(folder) as first,
            psycopg.connect(first.conninfo("postgres"), autocommit=True) as connection,
        ):
            # A run of tests holds a dozen installations open at once, each with a pool and a follower.
            connection.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
        with embedded.attach(folder) as running:
            yield Server(
                *(running.conninfo(role) for role in ("postgres", "dudao_owner", "dudao_app"))
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Machine:
    """A private server of some programs, in a folder of its own: it can be stopped and started."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.folder = new_folder()
        postmaster.hand_over(self.folder)
        postmaster.open_way(programs / "postgres")
        self._data = f"--pgdata={self.folder / 'data'}"
        names = ("--username=postgres", "--encoding=UTF8", "--locale=C", "--auth=trust")
        self._run("initdb", self._data, *names)

    @property
    def superuser(self) -> str:
        """How its superuser connects."""
        return make_conninfo(host=str(self.folder), user="postgres", dbname="postgres")

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
            f" -c max_connections={CONNECTIONS}"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", self._data, "-w", "-l", log, "-o", settings)

    def stop(self) -> None:
        """Stop it as a power cut would."""
        self._run("pg_ctl", "stop", self._data, "-m", "immediate")

    def processes(self) -> list[int]:
        """Its postmaster and everything that this has started."""
        (first,) = (self.folder / "data" / "postmaster.pid").read_text().splitlines()[:1]
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [int(first), *map(int, children)]

    def _run(self, program: str, *arguments: str) -> None:
        account = postmaster.account()
        subprocess.run(  # noqa: S603 - programs that the environment names
            [str(self._programs / program), *arguments],
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=account,
            group=None if account is None else postmaster.group_of(account),
            extra_groups=None if account is None else [],
        )


@contextmanager
def private(programs: Path) -> Iterator[Machine]:
    """Make a server of these programs in a folder of its own, and start it."""
    machine = Machine(programs)
    try:
        machine.start()
        yield machine
    finally:
        with suppress(subprocess.CalledProcessError):  # a test may have left it stopped
            machine.stop()
        shutil.rmtree(machine.folder, ignore_errors=True)


def peopled(superuser: str) -> Server:
    """Make the logins of owner and application on a server, and the roles as this owner may."""
    kind = Kind(os.environ.get("DUDAO_TEST_OWNER", Kind.SUPERUSER))
    found = Server(
        superuser,
        make_conninfo(superuser, user=OWNER),
        in_role(make_conninfo(superuser, user=APP), "dudao_app"),
    )
    with psycopg.connect(superuser, autocommit=True) as connection:
        for login, attribute in ((OWNER, ATTRIBUTES[kind]), (APP, "NOCREATEROLE")):
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (login,))
            act = "CREATE" if known.fetchone() is None else "ALTER"
            connection.execute(f"{act} ROLE {login} LOGIN {attribute}".encode())
        if kind is Kind.PLAIN:  # what an administrator is told to type
            roles.establish(connection, member=OWNER)
    found.drop(TEMPLATE)
    with psycopg.connect(found.create(TEMPLATE, "template0").owner) as connection:
        migrate(connection)
        if kind is not Kind.PLAIN:
            roles.admit(connection, APP)
    if kind is Kind.PLAIN:
        with psycopg.connect(superuser) as connection:
            roles.admit(connection, APP)
    return found


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """A database in which the ledger's migrations have run, and nothing else happened."""
    server.drop(TEMPLATE)
    addresses = server.create(TEMPLATE, "template0")
    with psycopg.connect(addresses.owner) as connection:
        migrate(connection, [LEDGER])
    return TEMPLATE


@pytest.fixture
def addresses(server: Server, template: str) -> Iterator[Addresses]:
    """A fresh, migrated database."""
    name = f"dudao_test_{os.getpid()}_{next(_number)}"
    yield server.create(name, template)
    server.drop(name)


@pytest.fixture
def log(addresses: Addresses) -> Iterator[PostgresLog]:
    """An empty log."""
    with app_pool(addresses.app) as pool:
        yield PostgresLog(pool)
