"""Verifications of an installation: one at a time, nothing of them stays behind, the guards are looked at."""

import psycopg
import pytest

from api.installation.opening import SOURCES
from ledger.connect import app_pool
from ledger.log.postgres_log import PostgresLog
from ledger.migrate import migrate
from proof.verifications import alone, last, running, verify_and_keep
from tests.postgres import Server

pytestmark = pytest.mark.postgres


def test_one_runs_at_a_time_and_its_connection_goes_back_as_it_was(log: PostgresLog) -> None:
    with alone(log.pool) as mine, alone(log.pool) as second:
        assert mine
        assert not second
        with log.pool.connection() as connection:
            assert running(connection)
    for _ in range(8):
        with log.pool.connection() as connection:
            # What is done on it afterwards is committed at once, as by everybody else.
            assert connection.autocommit
            assert not running(connection)


def test_a_trigger_that_is_switched_off_is_a_difference(server: Server):
    addresses = server.create("dudao_verifications", "template0")
    try:
        with psycopg.connect(addresses.owner) as owner:
            migrate(owner, SOURCES)
        with app_pool(addresses.app) as pool:
            assert verify_and_keep(pool, "a", sources=SOURCES).difference is None
            with psycopg.connect(addresses.owner) as owner:
                owner.execute("ALTER TABLE office.access_log DISABLE TRIGGER refuse_change")
            report = verify_and_keep(pool, "a", sources=SOURCES)
            assert report.difference is not None
            assert "trigger office.access_log" in report.difference.what
            with pool.connection() as connection:
                assert last(connection, 1)[0].difference == report.difference.what
    finally:
        server.drop("dudao_verifications")
