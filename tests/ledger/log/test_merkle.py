"""The tree against an independent definition, exhaustively up to 70 leaves, and published vectors."""

from hashlib import sha256
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

MOST = 70
LEAVES = [leaf_hash(bytes([number])) for number in range(MOST)]
ROOTS = [root_of(LEAVES[:size]) for size in range(MOST + 1)]

# The eight entries of the Certificate Transparency test suite, and the roots of their prefixes.
CT_ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def oracle(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, written from its text."""
    if not entries:
        return sha256().digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + oracle(entries[:split]) + oracle(entries[split:])).digest()


def test_the_roots_are_those_of_the_definition():
    for size in range(MOST + 1):
        assert ROOTS[size] == oracle([bytes([number]) for number in range(size)])


def test_the_empty_root_is_the_hash_of_nothing():
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_roots_are_those_of_the_published_vectors():
    leaves = [leaf_hash(entry) for entry in CT_ENTRIES]
    assert [root_of(leaves[:size]).hex() for size in range(1, 9)] == CT_ROOTS


def test_a_frontier_continues_where_it_was_stored():
    for size in range(MOST):
        stored = Frontier()
        for leaf in LEAVES[:size]:
            stored.append(leaf)
        resumed = Frontier(stored.size, stored.hashes)
        resumed.append(LEAVES[size])
        assert resumed.root() == ROOTS[size + 1]


def test_a_frontier_with_a_hash_too_many_is_refused():
    with pytest.raises(ValueError, match="2 frontier hashes"):
        Frontier(3, [EMPTY_ROOT] * 3)


def test_every_inclusion_proof_verifies_and_no_changed_one_does():
    for size in range(1, MOST + 1):
        for index in range(size):
            path = inclusion_proof(index, LEAVES[:size])
            proof = (index, size, LEAVES[index], path, ROOTS[size])
            assert verify_inclusion(*proof)
            assert not verify_inclusion((index + 1) % (size + 1), *proof[1:])
            assert not verify_inclusion(
                index, size, LEAVES[index], [*path, EMPTY_ROOT], ROOTS[size]
            )
            assert not verify_inclusion(index, size, LEAVES[index], path, EMPTY_ROOT)
            if path:
                assert not verify_inclusion(index, size, LEAVES[index], path[:-1], ROOTS[size])
                assert not verify_inclusion(index, size, LEAVES[index], path[1:], ROOTS[size])


def test_every_consistency_proof_verifies_and_no_changed_one_does():
    for old, new in combinations_with_replacement(range(MOST + 1), 2):
        path = consistency_proof(old, LEAVES[:new])
        assert verify_consistency(old, new, ROOTS[old], ROOTS[new], path)
        assert not verify_consistency(old, new, ROOTS[old], ROOTS[new], [*path, EMPTY_ROOT])
        assert (
            not verify_consistency(old, new, ROOTS[old], node_hash(ROOTS[new], b""), path)
            or old == 0
        )
        if path:
            assert not verify_consistency(old, new, ROOTS[old], ROOTS[new], path[:-1])
            assert not verify_consistency(old, new, ROOTS[old], ROOTS[new], [])
            assert not verify_consistency(old, new, EMPTY_ROOT, ROOTS[new], path)


@given(st.integers(2, MOST), st.data())
def test_a_changed_bit_anywhere_in_a_proof_is_found(size: int, chosen: st.DataObject):
    old = chosen.draw(st.integers(1, size - 1))
    path = consistency_proof(old, LEAVES[:size])
    place = chosen.draw(st.integers(0, len(path) * 256 - 1))
    changed = [bytearray(part) for part in path]
    changed[place // 256][place % 256 // 8] ^= 1 << place % 8
    assert not verify_consistency(old, size, ROOTS[old], ROOTS[size], [bytes(p) for p in changed])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int, size: int):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, LEAVES[:size])
    assert not verify_inclusion(index, size, LEAVES[0], [], ROOTS[size])


def test_a_longer_tree_is_no_prefix_of_a_shorter():
    with pytest.raises(ValueError, match="no prefix"):
        consistency_proof(4, LEAVES[:3])
    assert not verify_consistency(4, 3, ROOTS[4], ROOTS[3], [])
