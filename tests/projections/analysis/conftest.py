"""A ledger with the schema of the analysts beside its views."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ledger.connect import Addresses
from ledger.migrate import migrate
from projections.analysis.schema import ANALYSIS
from projections.follow.schema import PROJECTIONS
from tests.postgres import Server
from tests.projections.conftest import conn, desk, fresh, installed_rules

__all__ = ["conn", "desk", "fresh", "installed_rules"]

Sql = Callable[[str | None], "Connection[Any]"]
LOGIN = "dudao_test_analyst"


@pytest.fixture
def tables(addresses: Addresses) -> Addresses:
    """The addresses of a database that has the views of analysts too."""
    with psycopg.connect(addresses.owner) as connection:
        migrate(connection, [PROJECTIONS, ANALYSIS])
    return addresses


@pytest.fixture
def above(server: Server, tables: Addresses) -> Iterator[Connection[Any]]:
    """A superuser's connection."""
    name = psycopg.conninfo.conninfo_to_dict(tables.owner)["dbname"]
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=name)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


@pytest.fixture
def admitted(above: Connection[Any], tables: Addresses) -> Iterator[Connection[Any]]:
    """The connection of a login that is an analyst of the whole city."""
    above.execute("DO $$ BEGIN IF to_regrole('dudao_analyst') IS NULL THEN"
                  " CREATE ROLE dudao_analyst NOLOGIN; END IF; END $$")  # fmt: skip
    above.execute(f"DROP ROLE IF EXISTS {LOGIN}".encode())
    above.execute(f"CREATE ROLE {LOGIN} LOGIN IN ROLE dudao_analyst".encode())
    above.execute("INSERT INTO analysis.reader (login) VALUES (%s)", (LOGIN,))
    with psycopg.connect(tables.owner) as connection:
        migrate(connection, [PROJECTIONS, ANALYSIS])  # grants to the role that is there now
    above.execute(f"SET SESSION AUTHORIZATION {LOGIN}".encode())
    yield above
    above.execute("RESET SESSION AUTHORIZATION")
    above.execute(f"DROP ROLE {LOGIN}".encode())
