"""A ledger whose clock once ran ahead goes on from now, on the record, and stays whole and searchable."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from domain.clock import ClockSet
from ledger import codec
from ledger.connect import Addresses
from ledger.deciding.clock_set import compared, set_clock
from ledger.log import append as appending
from ledger.log.append import NotAhead
from ledger.log.clock import ClockRefused, DatabaseClock, now
from ledger.log.log import Append
from ledger.log.postgres_log import PostgresLog
from ledger.log.verify import verify
from tests.database_clock import as_read, put_clock
from tests.given import CENTRE
from tests.ledger.drafts import draft, single

pytestmark = pytest.mark.postgres

DAYS = timedelta(days=1)
WHY = "服务器时钟曾超前"


def put_back(addresses: Addresses, reason: str = WHY) -> int:
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        return set_clock(owner, "dba", reason).first


@pytest.fixture
def ahead(log: PostgresLog, addresses: Addresses) -> PostgresLog:
    """Two entries of today, two of a day that has not come, and a clock that is right again."""
    today = now() - timedelta(hours=1)
    log.clock = as_read
    for instant in (today, today, today + 400 * DAYS, today + 401 * DAYS):
        put_clock(addresses, instant)
        log.append([single("a/1")])
    put_clock(addresses, today + timedelta(minutes=1))
    log.clock = DatabaseClock()
    return log


def test_nothing_is_recorded_until_the_owner_says_that_the_clock_was_wrong(
    ahead: PostgresLog, addresses: Addresses
):
    with pytest.raises(ClockRefused):
        ahead.append([single("a/1")])
    last = ahead.head().recorded_at
    assert put_back(addresses) == 5
    ahead.append([single("a/1"), single("a/2")])
    entries = list(ahead.entries())
    assert [entry.position for entry in entries] == list(range(1, 8))
    assert entries[3].recorded_at == last
    assert all(entry.recorded_at < last for entry in entries[4:])
    said = codec.recorded(entries[4])
    assert said.event == ClockSet(from_=last, to=entries[4].recorded_at, reason=WHY)
    assert said.actor.account == "dba"
    assert verify(ahead.pool).difference is None


def test_the_entry_says_from_and_to_as_the_contract_does(ahead: PostgresLog, addresses: Addresses):
    (entry,) = ahead.at([put_back(addresses)])
    assert b'"data":{"from":"' in entry.payload
    assert entry.type == "clock.clock-set/1"


def test_a_time_finds_the_last_position_recorded_at_or_before_it(
    log: PostgresLog, addresses: Addresses
):
    """Put back twice: every stretch has times of its own, and they overlap."""
    log.clock = as_read
    start = now() - 2000 * DAYS
    for days in (0, 1, 30, 31, -2, 2, 3, 40, 41, -4, 4, 35):
        put_clock(addresses, start + abs(days) * DAYS)
        if days < 0:
            put_back(addresses)
        log.append([single("a/1")])
    times = [entry.recorded_at for entry in log.entries()]
    assert sorted(times) != times
    asked = [start + timedelta(hours=hours) for hours in range(-6, 45 * 24, 6)]
    for instant in asked:
        last = max((n for n, at in enumerate(times, 1) if at <= instant), default=0)
        assert log.position_at(instant) == last, instant - start


def test_a_clock_that_is_not_ahead_is_not_put_back(log: PostgresLog, addresses: Addresses):
    with pytest.raises(NotAhead):
        put_back(addresses)
    log.append([single("a/1")])
    with pytest.raises(NotAhead):
        put_back(addresses)
    assert log.head().position == 1


def test_what_the_clocks_read_is_told(ahead: PostgresLog, addresses: Addresses):
    with ahead.pool.connection() as connection:
        found = compared(connection)
    assert found.last == ahead.head().recorded_at
    assert found.database < found.own < found.last


def test_the_application_cannot_put_the_clock_back(ahead: PostgresLog, addresses: Addresses):
    with ahead.pool.connection() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            set_clock(connection, "x", WHY)

        def made(last: datetime, reading: datetime) -> Any:
            return draft("clock/database")._replace(type="clock.clock-set/1")

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            appending.set_clock(connection, made)
    ahead.clock = as_of_the_last(ahead)
    one = draft("clock/database")._replace(type="clock.clock-set/1")
    with pytest.raises(psycopg.Error) as refused:
        ahead.append([Append((one,))])
    assert refused.value.sqlstate == "LG003"
    assert ahead.head().position == 4


def as_of_the_last(log: PostgresLog) -> Any:
    return lambda reading, last: reading


LIES = {
    "another time before": lambda last, at: (last + DAYS, at),
    "another time now": lambda last, at: (last, at - timedelta(seconds=1)),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_the_function_and_verify_refuse_an_entry_that_says_other_times(
    ahead: PostgresLog, addresses: Addresses, lie: Any, monkeypatch: pytest.MonkeyPatch
):
    def made(last: datetime, reading: datetime) -> Any:
        one = draft("clock/database", payload=_said(*lie(last, reading)))
        return one._replace(type="clock.clock-set/1")

    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute("SET ROLE dudao_ledger")
        with pytest.raises(psycopg.Error) as refused:
            appending.set_clock(owner, made)
        assert refused.value.sqlstate == "LG003"
        # The owner who goes round it is found out by whoever verifies.
        direct = appending.SET_CLOCK.replace(
            "append_clock_set(", "append_checked(2::smallint, 'dudao/entry/v2', "
        )
        monkeypatch.setattr(appending, "SET_CLOCK", direct)
        appending.set_clock(owner, made)
    found = verify(ahead.pool).difference
    assert found is not None
    assert (found.position, found.what.partition(":")[0]) == (5, "recorded_at")


def _said(last: datetime, at: datetime) -> bytes:
    event = ClockSet(from_=last, to=at, reason=WHY)
    return codec.encode(event, CENTRE)
