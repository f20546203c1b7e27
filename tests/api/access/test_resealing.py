"""After a new token key every second factor is the one that it was."""

import pytest

from api.access import credentials
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import House, code

pytestmark = pytest.mark.postgres


def test_a_second_factor_outlives_the_key_that_it_was_sealed_with(house: House) -> None:
    account, other = house.account(Role.QUALITY_SUPERVISOR), house.account(Role.CENTRE_OFFICER)
    secret = house.set_factor(account)
    house.set_factor(other)
    old, new = house.gate.factor_key, bytes(32)
    with house.gate.connection() as connection, connection.transaction(force_rollback=True):
        # How many the old key opens: other holders of this database may have lost theirs already.
        opened = credentials.reseal_factors(connection, old, old)
        # One more that it does not open, whatever became of it.
        credentials.put_factor(connection, bytes(range(32)), other, b"x" * 20, None)
        assert credentials.reseal_factors(connection, old, new) == opened - 1
        assert credentials.reseal_factors(connection, old, new) == 0
        held = credentials.find(connection, account)
        assert held is not None
        digits = code(secret, now())
        assert not credentials.use_code(connection, old, held, digits, now())
        assert credentials.use_code(connection, new, held, digits, now())
