"""Tiles answer for the tree of every size as the leaves themselves would."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.connect import Addresses
from ledger.log import tiles
from ledger.log.log import Append
from ledger.log.merkle import (
    Frontier,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from ledger.log.merkle import consistency_proof as over_leaves_consistency
from ledger.log.merkle import inclusion_proof as over_leaves_inclusion
from ledger.log.postgres_log import PostgresLog
from ledger.log.tiles import HASH, WIDTH, Layer, Tile, lay
from tests.ledger.drafts import draft

MOST = 3 * WIDTH * WIDTH + 5 * WIDTH + 77
"""Into the third level, with partial tiles on each."""
LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(MOST)]


class Shelf:
    """All tiles of a tree in memory, made level by level from the definition."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels = [list(leaves)]
        while len(self.levels[-1]) >= WIDTH:
            below = self.levels[-1]
            whole = range(0, len(below) - len(below) % WIDTH, WIDTH)
            self.levels.append([root_of(below[at : at + WIDTH]) for at in whole])
        self.asked: list[int] = []

    def read(self, wanted: Collection[Tile]) -> Mapping[Tile, bytes]:
        self.asked.append(len(wanted))
        return {tile: self.tile(tile) for tile in wanted}

    def tile(self, tile: Tile) -> bytes:
        first = tile.number * WIDTH
        hashes = self.levels[tile.level][first : first + tile.width]
        assert len(hashes) == tile.width > 0, tile
        return b"".join(hashes)


SHELF = Shelf(LEAVES)
sizes = st.integers(1, MOST) | st.sampled_from(
    [
        near
        for edge in (WIDTH, 2 * WIDTH, WIDTH**2, 2 * WIDTH**2)
        for near in range(edge - 1, edge + 2)
    ]
)


@given(size=sizes, data=st.data())
def test_every_leaf_is_proved_in_a_tree_of_any_size(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    path = tiles.inclusion_proof(index, size, SHELF.read)
    root = tiles.root(size, SHELF.read)
    assert verify_inclusion(index, size, LEAVES[index], path, root)


@given(size=sizes, data=st.data())
def test_every_earlier_tree_is_proved_a_prefix(size: int, data: st.DataObject):
    old = data.draw(st.integers(0, size))
    path = tiles.consistency_proof(old, size, SHELF.read)
    roots = (tiles.root(old, SHELF.read), tiles.root(size, SHELF.read))
    assert verify_consistency(old, size, *roots, path)


@given(size=sizes, data=st.data())
def test_a_changed_bit_of_leaf_path_or_root_proves_nothing(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    path = tiles.inclusion_proof(index, size, SHELF.read)
    parts = [LEAVES[index], tiles.root(size, SHELF.read), *path]
    which = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, 8 * HASH - 1))
    changed = bytearray(parts[which])
    changed[bit // 8] ^= 1 << bit % 8
    parts[which] = bytes(changed)
    assert not verify_inclusion(index, size, parts[0], parts[2:], parts[1])


@given(size=sizes, data=st.data())
def test_a_changed_bit_of_a_consistency_proof_proves_nothing(size: int, data: st.DataObject):
    old = data.draw(st.integers(1, size))
    path = tiles.consistency_proof(old, size, SHELF.read)
    parts = [tiles.root(old, SHELF.read), tiles.root(size, SHELF.read), *path]
    which = data.draw(st.integers(0, len(parts) - 1))
    changed = bytearray(parts[which])
    changed[data.draw(st.integers(0, HASH - 1))] ^= 1 << data.draw(st.integers(0, 7))
    parts[which] = bytes(changed)
    assert not verify_consistency(old, size, parts[0], parts[1], parts[2:])


def test_proofs_are_those_that_the_leaves_give():
    size = 700
    for index in (0, 1, 255, 256, 511, 512, 699):
        path = tiles.inclusion_proof(index, size, SHELF.read)
        assert path == over_leaves_inclusion(index, LEAVES[:size])
    for old in (0, 1, 255, 256, 257, 512, 699, 700):
        path = tiles.consistency_proof(old, size, SHELF.read)
        assert path == over_leaves_consistency(old, LEAVES[:size])
    assert tiles.root(0, SHELF.read) == root_of([])


@given(size=sizes, data=st.data())
def test_a_proof_asks_once_and_for_few_tiles(size: int, data: st.DataObject):
    SHELF.asked.clear()
    tiles.inclusion_proof(data.draw(st.integers(0, size - 1)), size, SHELF.read)
    tiles.consistency_proof(data.draw(st.integers(0, size)), size, SHELF.read)
    assert len(SHELF.asked) <= 2
    assert all(number <= 6 for number in SHELF.asked)


def test_tiles_are_laid_as_leaves_come():
    layer, laid = Layer(), []
    for leaf in LEAVES[: 2 * WIDTH * WIDTH + WIDTH + 3]:
        laid += layer.append(leaf)
    for tile in laid:
        assert tile.hashes == SHELF.tile(Tile(tile.level, tile.number))
        assert tile.root == root_of(tiles.split(tile.hashes))
    assert {(tile.level, tile.number) for tile in laid} == {
        *((0, number) for number in range(2 * WIDTH + 1)),
        (1, 0),
        (1, 1),
    }
    edge = Frontier()
    for leaf in LEAVES[: layer.size]:
        edge.append(leaf)
    assert layer.frontier().hashes == edge.hashes


def fill(log: PostgresLog, count: int) -> None:
    log.append([Append(tuple(draft(f"w/{number}") for number in range(count)))])


@pytest.mark.postgres
def test_the_database_lays_the_tiles_of_what_was_appended(
    log: PostgresLog, addresses: Addresses
) -> None:
    for count in (3, 250, 2, 1, 600, 1, 168):
        fill(log, 1) if count == 1 else log.append(
            [Append(tuple(draft(f"v/{count}/{number}") for number in range(count)))]
        )
    layer, laid, leaves = Layer(), [], []
    for entry in log.entries():
        leaves.append(entry.leaf_hash())
        laid += layer.append(leaves[-1])
    with psycopg.connect(addresses.app, autocommit=True) as connection:
        lay(connection)
        lay(connection)
        rows = connection.execute(
            "SELECT level, number, root, hashes FROM ledger.tile ORDER BY level, number"
        ).fetchall()
        assert rows == laid
        read = tiles.stored(connection)
        for size in (0, 1, 255, 256, 257, 512, 1000, len(leaves)):
            assert tiles.root_at(connection, size) == root_of(leaves[:size])
        for index in (0, 255, 256, 1023, len(leaves) - 1):
            path = tiles.inclusion_proof(index, len(leaves), read)
            assert verify_inclusion(index, len(leaves), leaves[index], path, root_of(leaves))
        for position in (len(leaves) + 1, 2000, 70_000):
            with pytest.raises(KeyError):
                tiles.root_at(connection, position)


@pytest.mark.postgres
def test_a_proof_lays_what_it_needs_whoever_appended(
    log: PostgresLog, addresses: Addresses
) -> None:
    fill(log, 700)
    leaves = [entry.leaf_hash() for entry in log.entries()]
    with psycopg.connect(addresses.app, autocommit=True) as connection:
        path = tiles.inclusion_proof(9, 700, tiles.stored(connection))
        laid = connection.execute("SELECT count(*) FROM ledger.tile").fetchone()
    assert verify_inclusion(9, 700, leaves[9], path, root_of(leaves))
    assert laid == (2,)


@pytest.mark.postgres
def test_processes_that_lay_at_once_lay_each_tile_once(
    log: PostgresLog, addresses: Addresses
) -> None:
    fill(log, 3000)

    def work(_: int) -> None:
        with psycopg.connect(addresses.app, autocommit=True) as connection:
            while connection.execute("SELECT ledger.lay_tiles(1)").fetchone() == (1,):
                pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    with psycopg.connect(addresses.app) as connection:
        laid = connection.execute("SELECT count(*), max(number) FROM ledger.tile").fetchone()
        assert tiles.root_at(connection, 3000) == log.head().root
    assert laid == (11, 10)
