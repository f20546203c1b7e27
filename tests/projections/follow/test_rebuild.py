"""A second set of tables beside the live ones: equal, or the differences are named."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from projections.follow import version
from projections.follow.rebuild import Busy, Unlike, rebuild
from projections.follow.runner import Runner, position, wait_for
from replay.audit import check
from replay.engines import InProcess
from tests.projections.chronicle import tell
from tests.projections.conftest import RULES, Ledger
from tests.projections.follow.test_runner import PATIENCE, running, steps
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


RENEWING = """
import sys
from functools import partial
from projections.follow.rebuild import rebuild
from projections.follow.runner import Runner, Sizes
from tests.projections.conftest import RULES

conninfo = sys.argv[1]
renew = lambda stopped: rebuild(conninfo, RULES, sizes=Sizes(batch=2), stopped=stopped)
Runner(conninfo, RULES, renew=renew).run()
"""


@contextmanager
def renewing(conninfo: str) -> Iterator[None]:
    """A follower that makes the tables anew where an earlier version of the fold made them."""

    def renew(stopped: Event) -> None:
        rebuild(conninfo, RULES, stopped=stopped)

    runner = Runner(conninfo, RULES, renew=renew)
    thread = Thread(target=runner.run)
    thread.start()
    try:
        yield
    finally:
        runner.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def of_an_earlier_release(ledger: Ledger) -> None:
    """Tables as an earlier version of the fold would have made them."""
    ledger.conn.execute("UPDATE projections.roster SET doc = replace(doc, '\"name\"', '\"title\"')")
    ledger.conn.execute("UPDATE projections.progress SET fold = 0")


def fold_of(ledger: Ledger) -> int:
    row = ledger.conn.execute("SELECT fold FROM projections.progress").fetchone()
    assert row is not None
    return int(row[0])


def until_renewed(ledger: Ledger) -> None:
    """Wait; whoever asks meanwhile is answered from the tables as they were."""
    deadline = time.monotonic() + PATIENCE
    while fold_of(ledger) < version.FOLD:
        rows = ledger.conn.execute("SELECT count(*) FROM projections.roster").fetchone()
        assert rows is not None
        assert rows[0] > 0
        assert position(ledger.conn) > 0
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_tables_of_an_earlier_version_are_made_anew_beside_while_they_answer(
    fresh: Callable[[], Ledger],
):
    ledger = fresh()
    story, _, conninfo = ledger
    tell(story, steps(60))
    Runner(conninfo, RULES).catch_up()
    assert fold_of(ledger) == version.FOLD
    of_an_earlier_release(ledger)
    assert check(conninfo, RULES, InProcess(RULES), story.position) != []
    with renewing(conninfo):
        tell(story, steps(20, seed=4)[3:])
        until_renewed(ledger)
        assert wait_for(ledger.conn, story.position, PATIENCE) == story.position
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_a_renewal_that_is_killed_leaves_the_tables_and_is_done_by_the_next(
    fresh: Callable[[], Ledger],
):
    ledger = fresh()
    story, conn, conninfo = ledger
    tell(story, steps(300))
    Runner(conninfo, RULES).catch_up()
    of_an_earlier_release(ledger)
    command = [sys.executable, "-c", RENEWING, conninfo]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3]) as process:  # noqa: S603 - ours
        made = "SELECT position FROM projections_next.progress"
        while (conn.execute(made).fetchone() or (0,))[0] == 0:
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
    assert fold_of(ledger) == 0
    assert position(conn) == story.position
    with renewing(conninfo):
        until_renewed(ledger)
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_an_earlier_release_beside_a_later_one_adds_nothing_and_may_go_back_when_told(
    fresh: Callable[[], Ledger], monkeypatch: pytest.MonkeyPatch
):
    ledger = fresh()
    story, conn, conninfo = ledger
    tell(story, steps(30))
    Runner(conninfo, RULES).catch_up()
    at = story.position
    conn.execute("UPDATE projections.progress SET fold = fold + 1")
    tell(story, steps(10, seed=4)[3:])
    with pytest.raises(version.LaterFold, match="later release"):
        Runner(conninfo, RULES).catch_up()
    with renewing(conninfo):
        assert wait_for(conn, story.position, 0.5) == at
    with monkeypatch.context() as later:
        later.setattr(version, "FOLD", version.FOLD + 1)
        Runner(conninfo, RULES).catch_up()
        assert check(conninfo, RULES, InProcess(RULES), story.position) == []
    rebuild(conninfo, RULES)
    assert fold_of(ledger) == version.FOLD
    tell(story, steps(10, seed=5)[3:])
    assert Runner(conninfo, RULES).catch_up() == story.position


def test_tables_that_an_earlier_release_makes_under_a_later_one_are_made_anew(
    fresh: Callable[[], Ledger],
):
    ledger = fresh()
    story, conn, conninfo = ledger
    tell(story, steps(30))
    with renewing(conninfo):
        assert wait_for(conn, story.position, PATIENCE) == story.position
        of_an_earlier_release(ledger)
        tell(story, steps(10, seed=4)[3:])
        until_renewed(ledger)
        assert wait_for(conn, story.position, PATIENCE) == story.position
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_two_rebuilds_at_once_are_refused(fresh: Callable[[], Ledger]):
    _, _, conninfo = fresh()
    with psycopg.connect(conninfo, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(6077, hashtext('rebuild'))")
        with pytest.raises(Busy):
            rebuild(conninfo, RULES)
