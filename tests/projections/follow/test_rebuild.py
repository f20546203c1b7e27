"""A second set of tables beside the live ones: equal, or the differences are named."""

from collections.abc import Callable

import psycopg
import pytest

from projections.follow.rebuild import Busy, Unlike, rebuild
from projections.follow.runner import Runner, position
from replay.audit import check
from replay.engines import InProcess
from tests.projections.chronicle import tell
from tests.projections.conftest import RULES, Ledger
from tests.projections.follow.test_runner import running, steps
from tests.projections.test_laws import all_rows

pytestmark = pytest.mark.postgres


def test_rebuilt_tables_equal_the_live_ones(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    tell(story, steps(60))
    Runner(conninfo, RULES).catch_up(story.position - 10)
    before = rebuild(conninfo, RULES)
    assert before == (story.position, [])
    rows = all_rows(conn)
    assert rebuild(conninfo, RULES, switch=False) == (story.position, [])
    assert all_rows(conn) == rows
    assert position(conn) == story.position


def test_a_tampered_row_is_named_and_gone_after_the_switch(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    tell(story, steps(60))
    Runner(conninfo, RULES).catch_up()
    conn.execute("UPDATE projections.roster SET name = 'x', doc = '{}' WHERE known_to IS NULL")
    looked = rebuild(conninfo, RULES, switch=False)
    assert {(x.table, x.only) for x in looked.differences} == {
        ("roster", "live"),
        ("roster", "rebuilt"),
    }
    assert isinstance(looked.differences[0], Unlike)
    assert check(conninfo, RULES, InProcess(RULES), story.position) != []
    rebuild(conninfo, RULES)
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_a_running_follower_goes_on_over_the_switch(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    with running(conninfo):
        for seed in range(3):
            tell(story, steps(20, seed)[3 * bool(seed) :])
            assert rebuild(conninfo, RULES).differences == []
        end = Runner(conninfo, RULES).catch_up()
    assert end == story.position
    assert check(conninfo, RULES, InProcess(RULES), end) == []
    left = conn.execute("SELECT count(*) FROM projections_next.roster").fetchone()
    assert left == (0,)


def test_two_rebuilds_at_once_are_refused(fresh: Callable[[], Ledger]):
    _, _, conninfo = fresh()
    with psycopg.connect(conninfo, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(6077, hashtext('rebuild'))")
        with pytest.raises(Busy):
            rebuild(conninfo, RULES)
