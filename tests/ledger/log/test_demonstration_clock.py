"""The clock of a demonstration is set by the owner, of such a ledger alone, and for as long as they are there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from domain.demonstration import DemonstrationBegun
from ledger import codec
from ledger.connect import Addresses
from ledger.deciding.demonstration import DemonstrationClock, set_by_hand
from ledger.log.clock import DatabaseClock, now
from ledger.log.postgres_log import PostgresLog
from ledger.log.verify import verify
from tests.ledger.drafts import single

pytestmark = pytest.mark.postgres

BEGINS = datetime(2023, 9, 1, 1, tzinfo=UTC)
LATER = BEGINS + timedelta(days=400)
KILL = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_locks
 WHERE locktype = 'advisory' AND classid = 0 AND objid = 6078 AND granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_entries_are_recorded_at_the_days_that_are_shown_and_then_at_their_own(
    log: PostgresLog, addresses: Addresses
):
    before = now()
    with set_by_hand(addresses.owner, log) as hand:
        hand.begin(BEGINS)
        hand.begin(BEGINS)  # again, after an interruption
        hand.move(LATER)
        log.append([single("a/1")])
        hand.move(BEGINS)  # what was there before is known already: the clock stays
        log.append([single("a/2")])
    log.append([single("a/3")])
    entries = list(log.entries())
    assert codec.recorded(entries[0]).event == DemonstrationBegun(clock=BEGINS)
    assert [entry.recorded_at for entry in entries[:3]] == [BEGINS, LATER, LATER]
    assert entries[3].recorded_at >= before
    assert isinstance(log.clock, DatabaseClock)
    assert verify(log.pool).difference is None


def test_it_is_read_only_while_whoever_set_it_is_there(log: PostgresLog, addresses: Addresses):
    def killed() -> None:
        with (
            psycopg.connect(addresses.owner, autocommit=True) as owner,
            set_by_hand(addresses.owner, log) as hand,
        ):
            hand.begin(BEGINS)
            assert _one(owner, "SELECT ledger.clock()") == (BEGINS,)
            assert _one(owner, KILL) == (True,)

    with pytest.raises(psycopg.OperationalError):
        killed()
    assert log.append([single("a/1")])
    assert list(log.entries())[1].recorded_at > BEGINS + timedelta(days=365)


def test_no_other_ledger_has_its_clock_set(log: PostgresLog, addresses: Addresses):
    log.append([single("a/1")])
    with (
        pytest.raises(psycopg.Error, match="no demonstration"),
        set_by_hand(addresses.owner, log) as hand,
    ):
        hand.begin(BEGINS)
    # Nor by whoever writes the table by themselves.
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute("INSERT INTO ledger.demonstration (clock) VALUES ('2023-09-01')")
        owner.execute("SELECT pg_advisory_lock(6078)")
        (read,) = _one(owner, "SELECT ledger.clock()")
    assert abs(read - now()) < timedelta(days=1)


@pytest.mark.parametrize("by", [timedelta(days=-1), timedelta(days=40_000)])
def test_it_stands_between_the_last_entry_and_now(
    log: PostgresLog, addresses: Addresses, by: timedelta
):
    with (
        set_by_hand(addresses.owner, log) as hand,
        psycopg.connect(addresses.owner, autocommit=True) as owner,
    ):
        hand.begin(BEGINS)
        with pytest.raises(psycopg.Error, match="between its last entry and now"):
            owner.execute("SELECT ledger.set_demonstration_clock(%s)", (BEGINS + by,))


def test_the_application_sets_no_clock(log: PostgresLog):
    with (
        log.pool.connection() as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT ledger.set_demonstration_clock(now())")
    with (
        log.pool.connection() as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("INSERT INTO ledger.demonstration (clock) VALUES (now())")
    assert DemonstrationClock.refused is None


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    return connection.execute(query.encode()).fetchone()
