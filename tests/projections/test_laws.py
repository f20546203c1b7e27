"""Laws of the live tables, over generated histories on a real server."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import Connection, sql

from projections.follow.runner import Runner, Sizes
from projections.views.views import TABLES
from replay.audit import check
from replay.engines import InProcess
from tests.projections.chronicle import Step, chronicles, tell
from tests.projections.chronicle_events import THIRD
from tests.projections.conftest import RULES
from tests.story import OTHER, USCC

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

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
    for name in ("tallies", *TABLES):
        conn.execute(sql.SQL("DELETE FROM projections.{}").format(sql.Identifier(name)))
    conn.execute("UPDATE projections.progress SET position = 0")


TWICE = """
SELECT a.key, a.known_from, b.known_from FROM projections.{0} a JOIN projections.{0} b
    ON a.key = b.key AND (a.valid_from, a.known_from) < (b.valid_from, b.known_from)
 WHERE a.known_from < coalesce(b.known_to, a.known_from + 1)
   AND b.known_from < coalesce(a.known_to, b.known_from + 1)
   AND a.valid_from < coalesce(b.valid_to, 'infinity')
   AND b.valid_from < coalesce(a.valid_to, 'infinity')
"""


def shown_twice(conn: Connection[Any]) -> dict[str, list[Any]]:
    """Return the records that show two rows for one day at one position, by table."""
    found = {
        name: conn.execute(sql.SQL(TWICE).format(sql.Identifier(name))).fetchall()
        for name in TABLES
    }
    return {name: rows for name, rows in found.items() if rows}


AS_KNOWN = """
SELECT key, subject, district, known_from, valid_from, valid_to, doc FROM projections.{}
 WHERE known_from <= %(at)s AND (known_to IS NULL OR known_to > %(at)s)
 ORDER BY key, valid_from
"""


def as_known(conn: Connection[Any], at: int) -> dict[str, list[Any]]:
    """Return every row that was known when the entry at `at` was the last."""
    return {
        name: conn.execute(sql.SQL(AS_KNOWN).format(sql.Identifier(name)), {"at": at}).fetchall()
        for name in TABLES
    }


MOVED_BACK = [
    *(
        Step(uscc, kind, day)
        for uscc in (USCC, THIRD)
        for kind, day in (
            ("EnterpriseRegistered", 0),
            ("AssessmentHeld", 60),
            ("CertificateIssued", 70),
        )
    ),
    Step(THIRD, "EnterpriseProfileChanged", 384, b=1),
    Step(THIRD, "RecordCorrected", a=1),
]
ONE_HOLDER_AGAIN = [
    *(
        Step(uscc, kind, day, number, 3)
        for number, uscc in enumerate((USCC, OTHER, THIRD))
        for kind, day in (
            ("EnterpriseRegistered", 0),
            ("AssessmentHeld", 60),
            ("CertificateIssued", 70),
        )
    ),
    Step(THIRD, "CertificateIssued", 71, 2, 3),
    Step(OTHER, "EnterpriseProfileChanged", 346, 5, 3),
    Step(THIRD, "CertificateIssued", 129, 2, 3),
]
CORRECTED_CERTIFICATE = [*MOVED_BACK[:3], Step(USCC, "RecordCorrected")]


# An enterprise moved and was moved back within one batch: its C2 flag was elsewhere in between.
@example(MOVED_BACK, [6], 1)
# C2 of one certificate was looked up beside another of the same holder: the third one was not read.
@example(ONE_HOLDER_AGAIN, [10], 1)
# A correction in a later batch than its certificate left the certificate's old row in force.
@example(CORRECTED_CERTIFICATE, [3], 10_000)
@law
@given(chronicles(), st.lists(st.integers(0, 60), max_size=6), st.sampled_from([1, 3, 10_000]))
def test_cutting_the_ledger_into_batches_leaves_no_trace(fresh, steps, cuts, memory):
    story, conn, conninfo = fresh()
    tell(story, steps)
    Runner(conninfo, RULES, Sizes(long=0)).catch_up()
    whole = all_rows(conn)
    assert shown_twice(conn) == {}
    start_over(conn)
    runner = Runner(conninfo, RULES, Sizes(batch=7, memory=memory))
    for cut in sorted(cuts):
        runner.catch_up(cut)
    runner.catch_up()
    assert all_rows(conn) == whole, (steps, cuts, memory)


@law
@given(chronicles(), st.integers(0, 100))
def test_the_fold_of_the_ledger_at_any_position_equals_the_live_tables_there(fresh, steps, share):
    story, _, conninfo = fresh()
    tell(story, steps)
    Runner(conninfo, RULES).catch_up()
    at = story.position * share // 100
    found = check(conninfo, RULES, InProcess(RULES), at)
    assert found == [], (steps, found)
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


@law
@given(chronicles(), st.integers(0, 100))
def test_nothing_that_is_learnt_later_changes_an_answer_known_before(fresh, steps, share):
    story, conn, conninfo = fresh()
    tell(story, steps)
    before = story.position * share // 100
    runner = Runner(conninfo, RULES)
    runner.catch_up(before)
    known = as_known(conn, before)
    runner.catch_up()
    assert as_known(conn, before) == known
