"""Counts by way of sums are those of the rows, at any day and position, however the views got there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection, sql

from projections.counts import tallies
from projections.counts.tallies import Where
from projections.follow.rebuild import rebuild
from projections.follow.runner import Runner, Sizes
from projections.views.basis import Basis
from replay.audit import check
from replay.engines import InProcess
from tests.projections.chronicle import START, SUBJECTS, chronicles, tell
from tests.projections.conftest import RULES
from tests.projections.follow.test_runner import steps
from tests.projections.test_laws import start_over

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

law = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
TOGETHER = (("district", "month"), ("occupation", "level", "method"), ("code",))


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    """Blocks that a short history fills by the dozen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tallies, "BLOCK", 5)
        yield


ROW_BY_ROW = """
SELECT {value} AS value, count(*) FROM projections.{table}
 WHERE known_from <= %(position)s AND (known_to IS NULL OR known_to > %(position)s)
   AND valid_from <= %(valid_at)s AND (valid_to IS NULL OR valid_to > %(valid_at)s) AND {counts}
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
 GROUP BY 1
"""
# How a session was held as known at the position: of its own row, not of the certificate's.
METHOD = """
(SELECT DISTINCT s.method FROM projections.sessions s
  WHERE s.key = session AND s.known_from <= %(position)s
    AND (s.known_to IS NULL OR s.known_to > %(position)s))
"""
COUNTS = {
    "sessions": "true",
    "certificates": "state = 'valid'",
    "flags": "verdict = 'breach' AND code <> 'Q1'",
}
"""Q1 is the supervisors' own fault and counted apart."""


SAID = {
    "month": "to_char(day, 'YYYY-MM')",
    "edition": "doc::json -> 'occupation' ->> 'edition'",
    "occupation_code": "doc::json -> 'occupation' ->> 'code'",
}
"""How a column is told where the table has none of the name."""


def row_by_row(conn: Connection[Any], basis: Basis, by: str, where: Where) -> dict[str, Any]:
    """What counts at the basis, by one column, from the rows alone."""
    values = {"position": basis.position, "valid_at": basis.valid_at, **where._asdict()}
    found: dict[str, Any] = {}
    for table, counts in COUNTS.items():
        value = SAID.get(by, by)
        if (table, by) == ("certificates", "method"):
            value = METHOD
        statement = sql.SQL(ROW_BY_ROW).format(
            value=sql.SQL(value), table=sql.Identifier(table), counts=sql.SQL(counts)
        )
        known = by != "code" or table == "flags"
        found[table] = dict(conn.execute(statement, values).fetchall()) if known else {}
    return found


def kept(conn: Connection[Any]) -> list[Any]:
    """Every sum that is kept."""
    return sorted(conn.execute("SELECT * FROM projections.tallies").fetchall(), key=repr)


@law
@given(
    chronicles(),
    st.integers(0, 100),
    st.integers(-10, 500),
    st.sampled_from([Where(), Where("110105"), Where(None, SUBJECTS[0]), Where("110108")]),
)
def test_a_number_is_that_of_the_rows_at_any_basis(fresh, history, share, days, where):
    story, conn, conninfo = fresh()
    tell(story, history)
    Runner(conninfo, RULES, Sizes(batch=7)).catch_up()
    basis = Basis(START + timedelta(days=days), story.position * share // 100)
    for together in TOGETHER:
        found = tallies.numbers(conn, basis, together, where)
        for by in together:
            said = {table: found[table][by] for table in COUNTS}
            assert said == row_by_row(conn, basis, by, where), (history, by)


PAIRS = (("district", "month"), ("district", "level"), ("month", "method"), ("code", "occupation"))
OF_SESSION = ("edition", "occupation_code", "occupation")


@law
@given(chronicles(), st.integers(0, 100), st.sampled_from([Where(), Where("110105")]))
def test_two_dimensions_add_up_to_each_of_them(fresh, history, share, where):
    story, conn, conninfo = fresh()
    tell(story, history)
    Runner(conninfo, RULES, Sizes(batch=7)).catch_up()
    basis = Basis(START + timedelta(days=200), story.position * share // 100)
    for pair in (*PAIRS, OF_SESSION):
        found = tallies.crossed(conn, basis, pair, where)
        for place, by in enumerate(pair):
            for table in COUNTS:
                if by in tallies.OF_OCCUPATION and table == "flags":
                    continue  # a flag shows no more of its occupation than the name
                summed: dict[str | None, int] = {}
                for told, number in found[table].items():
                    summed[told[place]] = summed.get(told[place], 0) + number
                known = "code" not in pair or table == "flags"
                expected = row_by_row(conn, basis, by, where)[table] if known else {}
                assert summed == expected, (history, pair, by, table)


@law
@given(chronicles(), st.lists(st.integers(0, 60), max_size=6))
def test_cutting_the_ledger_into_batches_leaves_no_trace_in_the_sums(fresh, history, cuts):
    story, conn, conninfo = fresh()
    tell(story, history)
    Runner(conninfo, RULES, Sizes(long=0)).catch_up()
    at_once = kept(conn)
    start_over(conn)
    runner = Runner(conninfo, RULES, Sizes(batch=7))
    for cut in sorted(cuts):
        runner.catch_up(cut)
    runner.catch_up()
    assert kept(conn) == at_once, (history, cuts)


def test_whole_blocks_are_summed_up_and_no_others(fresh):
    story, conn, conninfo = fresh()
    tell(story, steps(60))
    Runner(conninfo, RULES).catch_up(24)
    assert {block for (block,) in conn.execute("SELECT block FROM projections.tallies")} <= {
        *range(4)
    }
    Runner(conninfo, RULES).catch_up()
    counted = {table for (table,) in conn.execute("SELECT counted FROM projections.tallies")}
    assert counted == set(COUNTS)


def test_sums_come_along_when_rebuilt_tables_are_switched_in(fresh):
    story, conn, conninfo = fresh()
    tell(story, steps(60))
    Runner(conninfo, RULES).catch_up()
    before = kept(conn)
    conn.execute("UPDATE projections.tallies SET change = change + 1")
    assert rebuild(conninfo, RULES).differences == []
    assert kept(conn) == before
    left = conn.execute("SELECT count(*) FROM projections_next.tallies").fetchone()
    assert left == (0,)


def test_a_replay_finds_sums_that_do_not_follow_from_the_rows(fresh):
    story, conn, conninfo = fresh()
    tell(story, steps(60))
    Runner(conninfo, RULES).catch_up()
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []
    conn.execute(
        "UPDATE projections.tallies SET change = change + 1 WHERE counted = 'sessions' AND block ="
        " (SELECT min(block) FROM projections.tallies WHERE counted = 'sessions')"
    )
    (found,) = check(conninfo, RULES, InProcess(RULES), story.position)
    assert (found.what, found.table) == ("different", "tallies")
    assert found.key.startswith("sessions/")
