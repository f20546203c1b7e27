"""A ledger with the tables of its proofs."""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg import Connection

from api.installation.opening import SOURCES
from ledger.connect import Addresses, app_pool
from ledger.log.postgres_log import PostgresLog
from ledger.migrate import migrate
from tests.postgres import Server

_number = count(1)
PROVED = "dudao_template_proof"


@pytest.fixture(scope="session")
def proved(server: Server) -> str:
    """A database in which all migrations have run."""
    server.drop(PROVED)
    addresses = server.create(PROVED, "template0")
    with psycopg.connect(addresses.owner) as connection:
        migrate(connection, SOURCES)
    return PROVED


@pytest.fixture
def addresses(server: Server, proved: str) -> Iterator[Addresses]:
    """A fresh database."""
    name = f"dudao_test_proof_{next(_number)}"
    server.drop(name)
    yield server.create(name, proved)
    server.drop(name)


@pytest.fixture
def log(addresses: Addresses) -> Iterator[PostgresLog]:
    """An empty log."""
    with app_pool(addresses.app) as pool:
        yield PostgresLog(pool)


@pytest.fixture
def connection(log: PostgresLog) -> Iterator[Connection]:
    """A connection in the application's role."""
    with log.pool.connection() as connection:
        yield connection


@pytest.fixture
def superuser(server: Server, addresses: Addresses) -> Iterator[Connection]:
    """A superuser's connection, guards out of the way."""
    name = psycopg.conninfo.conninfo_to_dict(addresses.owner)["dbname"]
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=name)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for table in ("entry", "entry_tag", "log_state", "tile"):
            connection.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER ALL")
        yield connection
