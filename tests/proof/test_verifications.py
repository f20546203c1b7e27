"""Verifications of an installation: one at a time, and nothing of them stays behind."""

import pytest

from ledger.log.postgres_log import PostgresLog
from proof.verifications import alone, running

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
