"""The fold of the ledger against the live tables: alone and on several processes, row by row."""

from collections.abc import Callable

import pytest

from projections.follow.runner import Runner
from replay import digest, known_at
from replay.audit import check
from replay.engines import InProcess, processes
from tests.projections.chronicle import SUBJECTS, Step, tell
from tests.projections.conftest import RULES, Ledger
from tests.projections.follow.test_runner import steps

pytestmark = pytest.mark.postgres


@pytest.fixture
def ledger(fresh: Callable[[], Ledger]) -> Ledger:
    made = fresh()
    for seed, uscc in enumerate(SUBJECTS):
        tell(made.story, [step._replace(uscc=uscc) for step in steps(60, seed)])
    tell(made.story, [Step(SUBJECTS[0], "CatalogueAdopted", 0, 0, 0)])
    Runner(made.conninfo, RULES).catch_up()
    return made


def test_every_difference_is_named(ledger: Ledger):
    story, conn, conninfo = ledger
    conn.execute("DELETE FROM projections.sessions WHERE key LIKE %s", (f"%{SUBJECTS[0][-3:]}%",))
    conn.execute(
        "UPDATE projections.roster SET doc = '{}' WHERE key = %s AND known_to IS NULL",
        (SUBJECTS[1],),
    )
    conn.execute(
        "INSERT INTO projections.scope SELECT 'Z', subject, district, known_from, known_to,"
        " valid_from, valid_to, doc FROM projections.scope WHERE known_to IS NULL LIMIT 1"
    )
    found = check(conninfo, RULES, InProcess(RULES), story.position)
    named = {(x.what, x.table) for x in found}
    assert named == {("missing", "sessions"), ("different", "roster"), ("surplus", "scope")}
    assert all((x.replayed is None) == (x.what == "surplus") for x in found)
    assert all((x.stored is None) == (x.what == "missing") for x in found)


def test_a_past_that_was_changed_is_named_though_all_that_is_in_force_is_right(ledger: Ledger):
    story, conn, conninfo = ledger
    (shifted,) = conn.execute(
        "UPDATE projections.sessions SET known_from = known_from + 1 WHERE ctid = ("
        " SELECT ctid FROM projections.sessions WHERE known_to IS NULL LIMIT 1) RETURNING key"
    ).fetchone()
    (deleted,) = conn.execute(
        "DELETE FROM projections.flags WHERE ctid = ("
        " SELECT ctid FROM projections.flags WHERE known_to IS NOT NULL LIMIT 1) RETURNING key"
    ).fetchone()
    found = check(conninfo, RULES, InProcess(RULES), story.position)
    named = {(x.what, x.table, x.key) for x in found if x.table != "tallies"}
    assert named == {("history", "sessions", shifted), ("history", "flags", deleted)}


def test_one_process_and_several_come_to_the_same_sums(ledger: Ledger):
    story, _, conninfo = ledger
    alone = InProcess(RULES)
    whole = digest.together(alone.map(digest.folded, known_at.parts(conninfo, story.position, 1)))
    with processes(RULES, 2) as executor:
        parts = list(known_at.parts(conninfo, story.position, 5))
        assert len(parts) > 2
        divided = digest.together(executor.map(digest.folded, parts))
        assert check(conninfo, RULES, executor, story.position) == []
    assert divided == whole
    assert digest.summary(divided)["roster"]["rows"] > 0


def test_a_replay_of_some_views_gives_only_those(ledger: Ledger):
    story, _, conninfo = ledger
    parts = known_at.parts(conninfo, story.position, 2, ("roster", "scope"))
    tables = {shown.table for part in parts for shown in known_at.rows(RULES, part)}
    assert tables == {"roster", "scope"}
