"""Laws of the live tables, over generated histories on a real server."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection, sql

from projections.runner import Runner, Sizes
from projections.views import TABLES
from tests.projections.chronicle import chronicles, tell
from tests.projections.conftest import RULES

pytestmark = pytest.mark.postgres

law = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def all_rows(conn: Connection[Any]) -> dict[str, list[Any]]:
    """Return every row of every table."""
    query = "SELECT * FROM projections.{} ORDER BY key, valid_from, known_from"
    return {
        name: conn.execute(sql.SQL(query).format(sql.Identifier(name))).fetchall()
        for name in TABLES
    }


def start_over(conn: Connection[Any]) -> None:
    """Empty the live tables."""
    for name in TABLES:
        conn.execute(sql.SQL("TRUNCATE projections.{}").format(sql.Identifier(name)))
    conn.execute("UPDATE projections.progress SET position = 0")


@law
@given(chronicles(), st.lists(st.integers(0, 60), max_size=6), st.sampled_from([1, 3, 10_000]))
def test_cutting_the_ledger_into_batches_leaves_no_trace(fresh, steps, cuts, memory):
    story, conn, conninfo = fresh()
    tell(story, steps)
    Runner(conninfo, RULES, Sizes(long=0)).catch_up()
    whole = all_rows(conn)
    start_over(conn)
    runner = Runner(conninfo, RULES, Sizes(batch=7, memory=memory))
    for cut in sorted(cuts):
        runner.catch_up(cut)
    runner.catch_up()
    assert all_rows(conn) == whole
