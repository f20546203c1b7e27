"""The gap test: who follows the ledger misses nothing and never sees n + 1 before n."""

import random
from threading import Thread

import psycopg
import pytest

from ledger.connect import Addresses, app_pool
from ledger.log.follow import Follower
from ledger.log.log import Append
from ledger.log.postgres_log import PostgresLog
from tests.ledger.drafts import draft, single

pytestmark = pytest.mark.postgres

WRITERS = 8
ENTRIES = 100_000


def write(addresses: Addresses, number: int) -> None:
    """Append this writer's share in batches of mixed sizes."""
    chance = random.Random(number)  # noqa: S311 - sizes, not keys
    left = ENTRIES // WRITERS
    with app_pool(addresses.app, 2) as pool:
        log = PostgresLog(pool)
        while left:
            size = min(left, chance.choice([1, 1, 2, 50, 1_000, 2_000]))
            item = Append(tuple(draft(f"w/{number}") for _ in range(size)))
            log.append([item])
            left -= size


def test_a_follower_misses_nothing_of_eight_writers(log: PostgresLog, addresses: Addresses):
    writers = [Thread(target=write, args=(addresses, number)) for number in range(WRITERS)]
    with Follower(addresses.app) as follower:
        for writer in writers:
            writer.start()
        for expected, entry in enumerate(follower.follow(log), 1):
            assert entry.position == expected
            if expected == ENTRIES:
                break
    for writer in writers:
        writer.join()
    assert log.head().position == ENTRIES


def test_waiting_ends_when_stopped_and_when_time_is_up(log: PostgresLog, addresses: Addresses):
    with Follower(addresses.app) as follower:
        assert follower.wait(0, timeout=0.01) == 0
        ended: list[int] = []
        waiting = Thread(target=lambda: ended.append(follower.wait(0)))
        waiting.start()
        follower.stop()
        waiting.join()
        assert ended == [0]
        assert list(follower.follow(log)) == []


def test_what_was_appended_before_waiting_is_not_waited_for(log: PostgresLog, addresses: Addresses):
    log.append([single("a/1"), single("a/2")])
    with Follower(addresses.app) as follower:
        assert follower.wait(0) == 2
        log.append([single("a/3")])
        assert follower.wait(2) == 3


def test_a_lost_connection_is_made_again(log: PostgresLog, addresses: Addresses):
    with Follower(addresses.app) as follower:
        follower.wait(0, timeout=0.01)
        heads: list[int] = []
        waiting = Thread(target=lambda: heads.append(follower.wait(0)))
        waiting.start()
        with psycopg.connect(addresses.owner, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE %s AND pid <> pg_backend_pid() AND datname = current_database()",
                ("%log_state%",),
            )
        log.append([single("a/1")])
        waiting.join()
        assert heads == [1]
