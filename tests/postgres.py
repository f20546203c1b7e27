"""A real server for tests: started once in a session, and a fresh database for every test.

Each database is cloned from a template in which every migration has run.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ledger.connect import Addresses, app_pool, in_role
from ledger.log.postgres_log import PostgresLog
from ledger.migrate import LEDGER, migrate
from ledger.server import embedded

TEMPLATE = "dudao_template"
_number = count(1)


class Server:
    """Connection strings of one server in three roles."""

    def __init__(self, superuser: str, owner: str, app: str) -> None:
        self.superuser, self.owner, self.app = superuser, owner, app

    def create(self, name: str, template: str) -> Addresses:
        """Create a database; return how the owner and the application connect to it."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
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
    """The server of `DUDAO_TEST_DATABASE_URL` (a superuser's), else the embedded one."""
    url = os.environ.get("DUDAO_TEST_DATABASE_URL")
    if url is not None:
        yield Server(url, url, in_role(url, "dudao_app"))
        return
    folder = Path(tempfile.mkdtemp(prefix="dudao-test-"))
    folder.chmod(0o755)
    try:
        with embedded.attach(folder) as running:
            yield Server(
                *(running.conninfo(role) for role in ("postgres", "dudao_owner", "dudao_app"))
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
