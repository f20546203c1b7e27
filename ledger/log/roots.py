"""Merkle roots of the ledger as it was at any position.

The database keeps only the tree's right edge. An older root is computed from the leaf hashes, and
the roots of complete blocks are remembered: entries never change, so neither do they. The first
root after a start reads all leaves before it, a later one only what came since and one block.
"""

import threading
from typing import Any

from psycopg import Connection

from ledger.log.merkle import Frontier, root_of

HEIGHT = 12
"""Height of the subtrees whose roots are remembered: 4096 leaves each."""
HASH = 32
"""Bytes of a hash."""

LEAVES = """
SELECT string_agg(leaf, ''::bytea ORDER BY position) FROM ledger.entry
 WHERE position > %(after)s AND position <= %(upto)s
"""


class Roots:
    """The roots of one ledger. Threads may share it; memory is 32 bytes for every 4096 entries."""

    def __init__(self, height: int = HEIGHT) -> None:
        self._height = height
        self._blocks: list[bytes] = []
        self._lock = threading.Lock()

    def at(self, connection: Connection[Any], position: int) -> bytes:
        """Return the root over the entries up to `position`.

        Raises:
            KeyError: the ledger does not reach that position.
        """
        block = 1 << self._height
        whole = position >> self._height
        with self._lock:
            for index in range(len(self._blocks), whole):
                self._blocks.append(root_of(_leaves(connection, index * block, block)))
            edge = Frontier()
            for root in self._blocks[:whole]:
                edge.append(root)
        # A block is a complete subtree: the tree over blocks has the edge of the tree over leaves.
        tree = Frontier(whole << self._height, edge.hashes)
        for leaf in _leaves(connection, whole * block, position - whole * block):
            tree.append(leaf)
        return tree.root()


def _leaves(connection: Connection[Any], after: int, count: int) -> list[bytes]:
    if count == 0:
        return []
    values = {"after": after, "upto": after + count}
    row = connection.execute(LEAVES, values, binary=True).fetchone()
    joined: bytes = (row[0] if row else None) or b""
    if len(joined) != count * HASH:
        raise KeyError(after + count)
    return [joined[at : at + HASH] for at in range(0, len(joined), HASH)]
