"""One runner among many, whatever happens to it; and who waits for it."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import psycopg
import pytest

from projections.follow.executor import processes
from projections.follow.lease import NAME, Lease
from projections.follow.pump import Pump
from projections.follow.runner import Overtaken, Runner, Sizes, position, wait_for
from projections.views import roster
from projections.views.basis import Basis
from replay.audit import check
from replay.engines import InProcess
from tests.projections.chronicle import START, SUBJECTS, Step, tell
from tests.projections.conftest import RULES, Ledger
from tests.story import USCC

pytestmark = pytest.mark.postgres

PROJECT = Path(__file__).parents[3]
PATIENCE = 30.0
KILLS = 4


def steps(number: int, seed: int = 0) -> list[Step]:
    """A long history in which most entries are certificates."""
    chance = random.Random(seed)  # noqa: S311 - a history, not a key
    beginning = [
        Step(USCC, kind, day, 0, 0)
        for kind, day in (
            ("EnterpriseRegistered", 0),
            ("ApplicationSubmitted", 5),
            ("EnterpriseListed", 10),
        )
    ]
    kinds = ("AssessmentHeld", *("CertificateIssued",) * 4, "ScopeChanged", "FindingRaised")
    kinds += ("RectificationOrdered", "CertificateRevoked", "RecordCorrected", "FlagReviewed")
    return beginning + [
        Step(
            USCC,
            chance.choice(kinds),
            chance.randrange(400),
            chance.randrange(4),
            chance.randrange(6),
        )
        for _ in range(number)
    ]


@contextmanager
def running(conninfo: str) -> Iterator[Runner]:
    """A runner on a thread of its own."""
    runner = Runner(conninfo, RULES)
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        yield runner
    finally:
        runner.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def follower(conninfo: str, batch: int) -> subprocess.Popen[bytes]:
    """A runner in a process of its own."""
    command = [sys.executable, "-m", "tests.projections.run_follower", conninfo, str(batch)]
    return subprocess.Popen(command, cwd=PROJECT)  # noqa: S603 - our own program


def test_who_wrote_sees_the_effect_after_waiting(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    with running(conninfo):
        for step in steps(0):
            tell(story, [step])
            assert wait_for(conn, story.position, PATIENCE) >= story.position
            assert roster.one(conn, Basis(START, story.position), USCC) is not None


def test_who_waits_beside_the_runner_is_told_by_it(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    tell(story, steps(1))
    with running(conninfo) as runner:
        told = (runner.wait_until(story.position, 0.01) for _ in range(1_000))
        assert any(told)
        assert position(conn) == story.position


def test_a_runner_that_does_not_write_holds_nobody_up(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    standing_by = Runner(conninfo, RULES)
    tell(story, steps(0))
    assert wait_for(conn, story.position, 0.05, standing_by.wait_until) == 0


def test_waiting_ends_with_where_the_views_are_when_time_is_up(fresh: Callable[[], Ledger]):
    story, conn, _ = fresh()
    tell(story, steps(0))
    assert wait_for(conn, story.position, 0.05) == 0


def test_of_two_runners_one_follows_and_the_other_takes_over(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    with running(conninfo) as first:
        tell(story, steps(5))
        wait_for(conn, story.position, PATIENCE)
        assert offices(conn) == 1
        with running(conninfo):
            first.stop()
            tell(story, steps(5, seed=1)[3:])
            assert wait_for(conn, story.position, PATIENCE) == story.position
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def offices(conn) -> int:
    """How many hold the runner's lock."""
    query = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 6077 AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    (number,) = conn.execute(query).fetchone()
    return number


def test_catching_up_inline_waits_for_the_process_that_follows(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    with running(conninfo):
        tell(story, steps(20))
        assert Runner(conninfo, RULES).catch_up() == story.position
    assert position(conn) == story.position


def test_a_runner_killed_at_any_moment_leaves_tables_that_another_continues(
    fresh: Callable[[], Ledger],
):
    story, conn, conninfo = fresh()
    tell(story, steps(400))
    chance = random.Random(1)  # noqa: S311 - moments, not keys
    for _ in range(KILLS):
        process = follower(conninfo, batch=20)
        at = position(conn)
        while position(conn) == at < story.position:
            assert process.poll() is None
            time.sleep(0.005)
        time.sleep(chance.random() / 50)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert check(conninfo, RULES, InProcess(RULES), position(conn)) == []
    Runner(conninfo, RULES).catch_up()
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_another_takes_over_from_a_process_that_stands_still_with_its_session_open(
    fresh: Callable[[], Ledger], monkeypatch: pytest.MonkeyPatch
):
    """As a machine without power does: nobody closes its connections, its transaction stays open."""
    monkeypatch.setattr("projections.follow.lease.TERM", 1.0)
    story, conn, conninfo = fresh()
    tell(story, steps(60))
    process = follower(conninfo, batch=2)
    try:
        while position(conn) == 0:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGSTOP)
        tell(story, steps(20, seed=5)[3:])
        with running(conninfo):
            assert wait_for(conn, story.position, PATIENCE) == story.position
            process.send_signal(signal.SIGCONT)
            # The one that was away stands by now, and the tables are not written twice.
            tell(story, steps(20, seed=6)[3:])
            assert wait_for(conn, story.position, PATIENCE) == story.position
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_a_holder_that_lives_is_left_alone(
    fresh: Callable[[], Ledger], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("projections.follow.lease.BEAT", 0.02)
    _, conn, conninfo = fresh()
    with running(conninfo), psycopg.connect(conninfo, autocommit=True) as session:
        while offices(conn) == 0:
            time.sleep(0.01)
        lease = Lease(conninfo, "projections")
        beats = "SELECT beat FROM projections.lease"
        while (conn.execute(beats).fetchone() or (0,))[0] < 3:
            assert not lease.try_take(session)
        monkeypatch.setattr("projections.follow.lease.TERM", -1.0)
        assert lease.try_take(session)
        assert offices(conn) == 1


def test_a_connection_that_breaks_is_made_again(fresh: Callable[[], Ledger], server):
    story, conn, conninfo = fresh()
    with running(conninfo):
        tell(story, steps(5))
        wait_for(conn, story.position, PATIENCE)
        with psycopg.connect(server.superuser, autocommit=True) as above:
            above.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND application_name = %s",
                (conn.info.dbname, NAME),
            )
        tell(story, steps(3, seed=2)[3:])
        assert wait_for(conn, story.position, PATIENCE) == story.position


def test_two_writers_of_the_same_tables_do_not_mix(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    tell(story, steps(30))

    class Slow(Runner):
        """Lets somebody else write after it has read where the tables are."""

        def _rules(self, reader, upto):
            conn.execute("UPDATE projections.progress SET position = 7 WHERE position = 0")
            return super()._rules(reader, upto)

    with pytest.raises(Overtaken):
        Slow(conninfo, RULES).catch_up()
    assert position(conn) == 7
    assert conn.execute("SELECT count(*) FROM projections.roster").fetchone() == (0,)


def test_a_catalogue_adopted_in_the_middle_judges_every_subject_again(fresh: Callable[[], Ledger]):
    story, _, conninfo = fresh()
    adopted = Step(USCC, "CatalogueAdopted", 0, 0, 0)
    tell(story, [*steps(30), adopted, *steps(30, seed=3)[3:]])
    Runner(conninfo, RULES, Sizes(batch=5)).catch_up()
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_a_long_stretch_on_two_processes_comes_to_the_same_rows(fresh: Callable[[], Ledger]):
    story, conn, conninfo = fresh()
    for seed, uscc in enumerate(SUBJECTS):
        tell(story, [step._replace(uscc=uscc) for step in steps(80, seed)])
    Runner(conninfo, RULES).catch_up(100)
    Runner(conninfo, RULES, Sizes(long=0), executors=partial(processes, workers=2)).catch_up()
    assert position(conn) == story.position
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_what_waits_is_not_done_after_a_failure():
    done: list[int] = []

    def fail() -> None:
        raise ZeroDivisionError

    def work(pump: Pump) -> None:
        pump.add(fail)
        pump.add(lambda: done.append(1))
        pump.wait()

    with pytest.raises(ZeroDivisionError), Pump() as pump:
        work(pump)
    assert done == []


class Once:
    """Runs the first part, and is told that nobody waits for the rest."""

    workers = 1

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped

    def map(self, function, jobs):
        for job in jobs:
            changes = function(RULES, job)
            self._stopped.set()
            yield changes


def test_a_long_stretch_that_nobody_waits_for_is_broken_off_and_leaves_nothing(
    fresh: Callable[[], Ledger],
):
    story, conn, conninfo = fresh()
    tell(story, steps(30))
    stopped = threading.Event()
    runner = Runner(
        conninfo,
        RULES,
        Sizes(long=10),
        executors=lambda _: nullcontext(Once(stopped)),
        stopped=stopped,
    )
    runner.catch_up()
    assert position(conn) == 0
    assert Runner(conninfo, RULES).catch_up() == story.position
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []
