"""The Merkle tree of RFC 6962 and RFC 9162 (SHA-256), as pure functions over hashes.

A leaf's index counts from 0; the entry at position p is leaf p - 1.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the complete subtrees at the tree's right edge, largest first.

    This is all that is needed to append: one hash for each bit set in `size`.
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} frontier hashes")
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        size, hashes = self.size, self.hashes
        while size & 1:
            leaf = sha256(b"\x01" + hashes.pop() + leaf).digest()
            size >>= 1
        hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree."""
        return joined(self.hashes)


def joined(subtrees: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees, each smaller than the one to its left."""
    if not subtrees:
        return EMPTY_ROOT
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = node_hash(left, root)
    return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """Return the largest power of two below `size` (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)


Range = tuple[int, int]
"""Leaves from the first index to before the second."""


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the ranges whose roots are the path from leaf `index` to the root, leaf side first."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    path: list[Range] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return path[::-1]


def consistency_ranges(old_size: int, size: int) -> list[Range]:
    """Return the ranges whose roots prove that the first `old_size` leaves are a prefix."""
    if not 0 <= old_size <= size:
        raise ValueError(f"{old_size} leaves are no prefix of {size}")
    if old_size in (0, size):
        return []
    path: list[Range] = []
    low, high, wanted, whole = 0, size, old_size, True
    while wanted != high - low:
        middle = _split(high - low)
        if wanted <= middle:
            path.append((low + middle, high))
            high = low + middle
        else:
            path.append((low, low + middle))
            low, wanted, whole = low + middle, wanted - middle, False
    if not whole:
        path.append((low, high))
    return path[::-1]


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the path from leaf `index` to the root over `leaves`, leaf side first."""
    return [root_of(leaves[low:high]) for low, high in inclusion_ranges(index, len(leaves))]


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the proof that the first `old_size` leaves are a prefix of `leaves`."""
    return [root_of(leaves[low:high]) for low, high in consistency_ranges(old_size, len(leaves))]


def verify_inclusion(
    index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether `path` proves that `leaf` is leaf `index` of the tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether `path` proves that the old tree is a prefix of the new (RFC 9162 §2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    # A complete old tree is its own first node, so the proof leaves it out.
    nodes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    return bool(path) and _climb(old_size - 1, new_size - 1, nodes) == (old_root, new_root)


def _climb(node: int, last: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Rebuild the old and the new root from a consistency proof; None if it does not fit."""
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None
