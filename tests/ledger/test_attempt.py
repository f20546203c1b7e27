"""Whether anything can be recorded is found out by doing it, and leaves nothing behind."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ledger import attempt
from ledger.attempt import CannotRecord, try_append
from ledger.connect import Addresses, app_pool
from ledger.log.clock import ClockRefused, DatabaseClock
from ledger.log.postgres_log import PostgresLog
from tests.ledger.drafts import single

pytestmark = pytest.mark.postgres


@pytest.fixture
def connection(addresses: Addresses) -> Iterator[Connection[Any]]:
    with app_pool(addresses.app, 1) as pool, pool.connection() as connection:
        yield connection


def test_it_leaves_no_entry_behind_and_may_be_done_again(
    log: PostgresLog, connection: Connection[Any]
):
    log.append([single("a/1", key="k")])
    before = log.head()
    for _ in range(2):
        try_append(connection, DatabaseClock())
    assert log.head() == before
    assert [entry.position for entry in log.entries()] == [1]
    log.append([single("a/2")])
    assert log.head().position == 2


def test_a_forgotten_session_that_holds_the_lock_is_named(
    addresses: Addresses, connection: Connection[Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(attempt, "PATIENCE", "SET LOCAL lock_timeout = '100ms'")
    with psycopg.connect(addresses.owner) as forgotten:
        forgotten.execute("SELECT FROM ledger.log_state FOR UPDATE")
        with pytest.raises(
            CannotRecord, match=rf"terminate_backend\({forgotten.info.backend_pid}\)"
        ):
            try_append(connection, DatabaseClock())
    try_append(connection, DatabaseClock())


def test_a_database_that_is_read_only_says_what_to_type(connection: Connection[Any]):
    connection.execute("SET default_transaction_read_only = on")
    with pytest.raises(CannotRecord, match="RESET default_transaction_read_only"):
        try_append(connection, DatabaseClock())


def test_a_function_that_fails_is_found_though_every_read_goes_on(
    addresses: Addresses, connection: Connection[Any], log: PostgresLog
):
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute("SET ROLE dudao_ledger")
        owner.execute("ALTER FUNCTION ledger.open_append SET search_path = pg_catalog")
    assert log.head().position == 0
    with pytest.raises(CannotRecord, match="log_state"):
        try_append(connection, DatabaseClock())


def test_a_clock_that_is_refused_is_named(connection: Connection[Any]):
    def clock(*_: object) -> Any:
        raise ClockRefused("时钟为 2030", "the clock reads 2030")

    with pytest.raises(CannotRecord, match="2030"):
        try_append(connection, clock)
