"""Merkle roots of the past: the same as over the leaves alone, remembered or not."""

import psycopg
import pytest

from ledger.connect import Addresses
from ledger.log.log import Append
from ledger.log.merkle import root_of
from ledger.log.postgres_log import PostgresLog
from ledger.log.roots import Roots
from tests.ledger.drafts import draft

pytestmark = pytest.mark.postgres

ENTRIES = 70


def test_the_root_at_every_position_is_that_of_its_leaves(
    log: PostgresLog, addresses: Addresses
) -> None:
    log.append([Append(tuple(draft(f"w/{number}") for number in range(ENTRIES)))])
    leaves = [entry.leaf_hash() for entry in log.entries()]
    roots = Roots(height=3)
    with psycopg.connect(addresses.app) as connection:
        for position in (ENTRIES, 0, 1, 7, 8, 9, 24, 63, 64, 65, *range(ENTRIES + 1)):
            assert roots.at(connection, position) == root_of(leaves[:position]), position
    assert log.head().root == root_of(leaves)


def test_a_position_that_is_not_there_has_no_root(log: PostgresLog, addresses: Addresses) -> None:
    log.append([Append(tuple(draft(f"w/{number}") for number in range(5)))])
    with psycopg.connect(addresses.app) as connection:
        for position in (6, 8, 20):
            with pytest.raises(KeyError):
                Roots(height=2).at(connection, position)
