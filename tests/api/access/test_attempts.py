"""How often somebody may try, counted in the database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from psycopg import Connection

from api.access import attempts
from api.access.attempts import Bounds, begin, clear, forgive, keys
from tests.api.access.house import House

pytestmark = pytest.mark.postgres

KEY = bytes(32)
LOCK = timedelta(minutes=15)
BOUNDS = Bounds(5, 8, LOCK)
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
_number = count(1)


@pytest.fixture
def connection(house: House) -> Iterator[Connection[Any]]:
    with house.gate.connection() as made:
        yield made


def fresh() -> attempts.Keys:
    number = next(_number)
    return keys(KEY, f"account {number}", f"address {number}")


def test_the_fifth_try_is_looked_at_and_the_sixth_is_not(connection: Connection[Any]) -> None:
    tried = fresh()
    seen = [begin(connection, tried, BOUNDS, START + timedelta(seconds=n)) for n in range(7)]
    assert [s.allowed for s in seen] == [True] * 5 + [False] * 2
    assert [s.last for s in seen] == [False] * 4 + [True] + [False] * 2


def test_the_lock_ends_fifteen_minutes_after_the_fifth_however_often_one_knocks(
    connection: Connection[Any],
) -> None:
    tried = fresh()
    for _ in range(5):
        begin(connection, tried, BOUNDS, START)
    for minute in range(1, 15):
        assert not begin(connection, tried, BOUNDS, START + timedelta(minutes=minute)).allowed
    assert begin(connection, tried, BOUNDS, START + LOCK).allowed


def test_wrong_tries_that_lie_apart_are_not_added_up(connection: Connection[Any]) -> None:
    tried = fresh()
    for n in range(12):
        assert begin(connection, tried, BOUNDS, START + n * LOCK).allowed


def test_a_right_one_clears_the_account_and_leaves_the_address_its_wrong_ones(
    connection: Connection[Any],
) -> None:
    tried = fresh()
    for _ in range(4):
        begin(connection, tried, BOUNDS, START)
    assert begin(connection, tried, BOUNDS, START).allowed
    forgive(connection, tried)
    for _ in range(4):
        assert begin(connection, tried, BOUNDS, START).allowed
    # Eight wrong tries came from this address by now, and one that was right.
    other = attempts.Keys(fresh().account, tried.address)
    assert not begin(connection, other, BOUNDS, START).allowed


def test_an_address_is_locked_whatever_accounts_it_tries(connection: Connection[Any]) -> None:
    address = fresh().address
    tries = [
        begin(connection, attempts.Keys(fresh().account, address), BOUNDS, START).allowed
        for _ in range(9)
    ]
    assert tries == [True] * 8 + [False]


def test_knocking_at_a_locked_account_locks_nobody_else_out(connection: Connection[Any]) -> None:
    tried = fresh()
    for _ in range(30):
        begin(connection, tried, BOUNDS, START)
    neighbour = attempts.Keys(fresh().account, tried.address)
    assert begin(connection, neighbour, BOUNDS, START).allowed


def test_a_locked_address_locks_no_accounts(connection: Connection[Any]) -> None:
    address, victim = fresh().address, fresh()
    for _ in range(9):
        begin(connection, attempts.Keys(fresh().account, address), BOUNDS, START)
    for _ in range(9):
        assert not begin(connection, attempts.Keys(victim.account, address), BOUNDS, START).allowed
    assert begin(connection, victim, BOUNDS, START).allowed


def test_guesses_at_once_are_no_better_than_one_after_the_other(house: House) -> None:
    tried = fresh()

    def guess(_: int) -> bool:
        with house.gate.connection() as connection:
            return begin(connection, tried, Bounds(5, 1000, LOCK), START).allowed

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(guess, range(60))) == 5


def test_an_administrator_lets_an_account_try_again(connection: Connection[Any]) -> None:
    tried = fresh()
    for _ in range(6):
        begin(connection, tried, Bounds(5, 1000, LOCK), START)
    assert tried.account in attempts.locked(connection, BOUNDS, START)
    assert clear(connection, tried)
    assert not clear(connection, tried)
    assert tried.account not in attempts.locked(connection, BOUNDS, START)
    assert begin(connection, tried, Bounds(5, 1000, LOCK), START).allowed


def test_old_tries_are_forgotten(house: House, connection: Connection[Any]) -> None:
    tried = fresh()
    begin(connection, tried, BOUNDS, START - timedelta(days=1))
    begin(connection, fresh(), BOUNDS, START)
    kept = {bytes(row[0]) for row in house.rows("SELECT key FROM office.attempt")}
    assert tried.account not in kept


def test_a_name_that_was_typed_is_not_kept(house: House) -> None:
    slip = "a password in the wrong field"
    house.visitor().sign_in(slip, "whatever else")
    tables = ("attempt", "session", "credential", "invitation", "access_log")
    for table in tables:
        rows = house.rows(f"SELECT t::text FROM office.{table} t")  # noqa: S608 - names of ours
        assert not [row for row in rows if slip in row[0]]
