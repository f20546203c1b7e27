"""The lock that every append needs is held while the server writes, and by nobody who is stopped."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ledger.connect import Addresses, app_pool
from ledger.log import append as appending
from ledger.log.clock import DatabaseClock
from ledger.log.log import Append, Appended
from ledger.log.postgres_log import PostgresLog
from tests.ledger.drafts import draft, single

pytestmark = pytest.mark.postgres


@pytest.fixture
def other(addresses: Addresses) -> Iterator[PostgresLog]:
    """Another process's log."""
    with app_pool(addresses.app, 1) as pool:
        yield PostgresLog(pool)


def chain(number: int) -> list[Append]:
    """Commands of an import, decided on top of each other on an empty ledger."""
    items = [Append((draft(f"import/{n}", key=f"k{n}"),), frozenset(), 0) for n in range(number)]
    items[0] = items[0]._replace(boundary=frozenset({"enterprise:1"}))
    return items


def test_others_append_while_an_import_is_stopped_between_reading_and_writing(
    log: PostgresLog, other: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, stopped, between = appending._write, Event(), list[Any]()

    def stops_once(*given: Any) -> None:
        if not stopped.is_set():
            stopped.set()
            between.extend(other.append([single("between/1")]))
        write(*given)

    monkeypatch.setattr(appending, "_write", stops_once)
    done = log.append(chain(200))
    assert [each.first for each in between] == [1]
    assert [each.first for each in done if isinstance(each, Appended)] == list(range(2, 202))


def test_who_is_stopped_with_the_lock_loses_it_after_a_moment(
    addresses: Addresses, other: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = "SET LOCAL idle_in_transaction_session_timeout = '200ms'"
    monkeypatch.setattr(appending, "DEADLINE", moment)
    between: list[Any] = []

    def stopped(_: Connection[Any]) -> None:
        between.extend(other.append([single("between/1")]))

    with psycopg.connect(addresses.app, autocommit=True) as connection:
        with pytest.raises(psycopg.Error):
            appending.append(connection, [single()], DatabaseClock(), guard=stopped)
        assert connection.closed
    assert [each.first for each in between] == [1]
    assert other.head().position == 1
