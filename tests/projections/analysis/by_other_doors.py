"""A login that was admitted, however it connects, and what psycopg tells it."""

from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ledger.connect import Addresses
from ledger.migrate import migrate
from projections.analysis.schema import ANALYSIS
from projections.follow.schema import PROJECTIONS
from tests.api.lines import listed, session, uscc
from tests.postgres import Server
from tests.projections.desk import Desk

COUNTED = """
SELECT code, verdict, count(*) AS number FROM {}.flags
 WHERE known_to IS NULL GROUP BY code, verdict ORDER BY code, verdict
"""


@pytest.fixture
def asked(
    desk: Desk, above: Connection[Any], tables: Addresses, server: Server
) -> tuple[str, list[Any]]:
    """How a login that was admitted connects, and what psycopg tells it."""
    above.execute("DO $$ BEGIN IF to_regrole('dudao_analyst') IS NULL THEN"
                  " CREATE ROLE dudao_analyst NOLOGIN; END IF; END $$")  # fmt: skip
    with psycopg.connect(tables.owner) as connection:
        migrate(connection, [PROJECTIONS, ANALYSIS])  # grants to the role that is there now
    for where in ("110105", "110108"):
        code = uscc(where)
        desk.load(*listed(code, "4", where=where), session(code), session(code, "3"))
    # The test server knows logins by the account of their process alone: this one has its own, with
    # the rights of an analyst and no others.
    name = psycopg.conninfo.conninfo_to_dict(tables.owner)["dbname"]
    rights = "-c role=dudao_analyst"
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=name, options=rights)
    above.execute("INSERT INTO analysis.reader (login) VALUES ('postgres')")
    with psycopg.connect(conninfo, autocommit=True) as conn:
        found = conn.execute(COUNTED.format("analysis").encode()).fetchall()
    assert ("S2", "breach", 2) in found
    return conninfo, found
