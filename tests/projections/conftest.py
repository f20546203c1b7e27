"""A ledger with live tables beside it."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import Connection, sql

from domain.checks.outcome import Context
from ledger.connect import Addresses, app_pool
from ledger.deciding.amending import apply
from ledger.log.postgres_log import PostgresLog
from ledger.migrate import migrate
from projections.follow.fold import Rules
from projections.follow.schema import PROJECTIONS
from projections.views.views import TABLES
from tests.ledger_story import LedgerStory
from tests.postgres import Server
from tests.projections.desk import desk, installed_rules
from tests.story import LATER, apart, locate

__all__ = ["desk", "installed_rules"]

RULES = Rules(Context(LATER, locate, apart), apply)

# Only a superuser can empty a ledger, and only by switching its guards off.
EMPTY = """
SET session_replication_role = replica;
ALTER TABLE ledger.entry DISABLE TRIGGER ALL;
ALTER TABLE ledger.entry_tag DISABLE TRIGGER ALL;
DELETE FROM ledger.entry;
DELETE FROM ledger.entry_tag;
UPDATE ledger.log_state SET size = 0, frontier = '{}', recorded_at = NULL
"""


class Ledger(NamedTuple):
    """A ledger to write to, a connection to ask, and how to connect otherwise."""

    story: LedgerStory
    conn: Connection[Any]
    conninfo: str


@pytest.fixture
def tables(addresses: Addresses) -> Addresses:
    """The addresses of a database that has the tables of the views too."""
    with psycopg.connect(addresses.owner) as connection:
        migrate(connection, [PROJECTIONS])
    return addresses


@pytest.fixture
def conn(tables: Addresses) -> Iterator[Connection[Any]]:
    """A connection of the application."""
    with psycopg.connect(tables.app, autocommit=True) as connection:
        yield connection


@pytest.fixture
def fresh(tables: Addresses, server: Server) -> Iterator[Callable[[], Ledger]]:
    """Each call gives an empty ledger with empty tables: for the examples of one property."""
    name = psycopg.conninfo.conninfo_to_dict(tables.app)["dbname"]
    superuser = psycopg.conninfo.make_conninfo(server.superuser, dbname=name)
    with (
        psycopg.connect(tables.app, autocommit=True) as conn,
        psycopg.connect(superuser, autocommit=True) as above,
        app_pool(tables.app, 2) as pool,
    ):

        def begin() -> Ledger:
            above.execute(EMPTY)
            for table in ("tallies", "set_apart", *TABLES):
                conn.execute(sql.SQL("DELETE FROM projections.{}").format(sql.Identifier(table)))
            conn.execute("UPDATE projections.progress SET position = 0")
            return Ledger(LedgerStory(PostgresLog(pool)), conn, tables.app)

        yield begin
