"""The tree in tiles of 256 hashes: roots and proofs of any size out of a few of them.

The layout is that of C2SP tlog-tiles: the hash at index i of tile (l, n) is the root over the leaves
from (256 n + i) 256^l to before (256 n + i + 1) 256^l. A tile at the right edge has fewer than 256 and is a
prefix of what it becomes, so the tree of any earlier size is read from the tiles of now.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection

from ledger.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    Range,
    consistency_ranges,
    inclusion_ranges,
    joined,
    root_of,
)

WIDTH = 256
"""Hashes of a whole tile."""
STEP = 8
"""Levels of the tree from one level of tiles to the next: 2^8 is the width."""
HASH = 32
"""Bytes of a hash."""


class Tile(NamedTuple):
    """Which tile, and how many of its hashes, from the left."""

    level: int
    number: int
    width: int = WIDTH


Read = Callable[[Collection[Tile]], Mapping[Tile, bytes]]
"""Returns the hashes of tiles, one behind the other; KeyError where the tree does not hold them."""


def width_at(size: int, level: int, number: int) -> int:
    """Return how many hashes the tile has in a tree of `size` leaves; 0 or less: it is not there."""
    return min(WIDTH, (size >> STEP * level) - number * WIDTH)


def root(size: int, read: Read) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _roots(size, [(0, size)], read)[0] if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Return the path from leaf `index` to the root of the first `size`, leaf side first."""
    return _roots(size, inclusion_ranges(index, size), read)


def consistency_proof(old_size: int, size: int, read: Read) -> list[bytes]:
    """Return the proof that the tree of `old_size` leaves is a prefix of that of `size`."""
    return _roots(size, consistency_ranges(old_size, size), read)


class _Piece(NamedTuple):
    """A complete subtree: `width` hashes of a tile from `first` on."""

    tile: Tile
    first: int
    width: int


def _roots(size: int, ranges: Sequence[Range], read: Read) -> list[bytes]:
    """Return the roots over ranges of leaves; all tiles are asked for at once."""
    pieces = [list(_pieces(size, low, high)) for low, high in ranges]
    wanted = {piece.tile for part in pieces for piece in part}
    hashes: Mapping[Tile, bytes] = read(wanted) if wanted else {}
    return [joined([_subtree(piece, hashes[piece.tile]) for piece in part]) for part in pieces]


def _pieces(size: int, low: int, high: int) -> Iterator[_Piece]:
    """Yield the complete subtrees that make up a range, from left to right."""
    while low < high:
        height = (high - low).bit_length() - 1
        level, above = divmod(height, STEP)
        number, first = divmod(low >> STEP * level, WIDTH)
        yield _Piece(Tile(level, number, width_at(size, level, number)), first, 1 << above)
        low += 1 << height


def _subtree(piece: _Piece, hashes: bytes) -> bytes:
    return root_of(split(hashes[piece.first * HASH : (piece.first + piece.width) * HASH]))


def split(hashes: bytes) -> list[bytes]:
    """Return the single hashes of a tile."""
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]


# A whole tile answers for all its prefixes; only of the right edge leaves and roots are gathered.
TILES = """
SELECT w.level, w.number, w.width, coalesce(
       (SELECT substr(t.hashes, 1, 32 * w.width) FROM ledger.tile t
         WHERE t.level = w.level AND t.number = w.number),
       CASE WHEN w.level = 0 THEN
           (SELECT string_agg(e.leaf, ''::bytea ORDER BY e.position) FROM ledger.entry e
             WHERE e.position > w.number * 256 AND e.position <= w.number * 256 + w.width)
       ELSE
           (SELECT string_agg(t.root, ''::bytea ORDER BY t.number) FROM ledger.tile t
             WHERE t.level = w.level - 1
               AND t.number >= w.number * 256 AND t.number < w.number * 256 + w.width)
       END)
  FROM unnest(%(levels)s::int[], %(numbers)s::bigint[], %(widths)s::int[])
       AS w(level, number, width)
"""


AT_ONCE = 500
"""Tiles laid in one statement: about a second."""
LAY = "SELECT ledger.lay_tiles(%(most)s)"


def lay(connection: Connection[Any]) -> None:
    """Lay what whole tiles are missing. It has to be no transaction's part: others wait for it.

    Where leaves are missing, so are the tiles from there on: whoever reads them finds that.
    """
    with suppress(psycopg.IntegrityError):
        while connection.execute(LAY, {"most": AT_ONCE}).fetchone() == (AT_ONCE,):
            pass


def stored(connection: Connection[Any]) -> Read:
    """Return how to read the tiles of the ledger behind a connection; what is missing is laid."""

    def read(tiles: Collection[Tile]) -> dict[Tile, bytes]:
        hashes_of = _stored(connection, tiles)
        if any(len(hashes) != tile.width * HASH for tile, hashes in hashes_of.items()):
            lay(connection)
            hashes_of = _stored(connection, tiles)
        for tile, hashes in hashes_of.items():
            if len(hashes) != tile.width * HASH:
                raise KeyError(tile)
        return hashes_of

    return read


def _stored(connection: Connection[Any], tiles: Collection[Tile]) -> dict[Tile, bytes]:
    levels, numbers, widths = (list(column) for column in zip(*tiles, strict=True))
    values = {"levels": levels, "numbers": numbers, "widths": widths}
    rows = connection.execute(TILES, values, prepare=True, binary=True).fetchall()
    return {Tile(*row[:3]): row[3] or b"" for row in rows}


def root_at(connection: Connection[Any], position: int) -> bytes:
    """Return the root over the entries up to `position`.

    Raises:
        KeyError: the ledger does not reach that position.
    """
    return root(position, stored(connection))


class Laid(NamedTuple):
    """A tile that has become whole. Its width is always `WIDTH`."""

    level: int
    number: int
    root: bytes
    hashes: bytes


class Layer:
    """Lays tiles as leaves come, the same that the database lays, and knows the tree's right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[tuple[Frontier, list[bytes]]] = [(Frontier(), [])]

    def append(self, leaf: bytes) -> Iterator[Laid]:
        """Add a leaf hash; yield the tiles that it makes whole, lowest first."""
        self.size += 1
        yield from self._add(leaf, 0)

    def append_tile(self, root: bytes) -> Iterator[Laid]:
        """Add the root of a whole lowest tile; yield the tiles above that it makes whole.

        Raises:
            ValueError: there are leaves behind the last whole tile.
        """
        if self.size % WIDTH:
            raise ValueError(f"a tile cannot begin at leaf {self.size}")
        self.size += WIDTH
        yield from self._add(root, 1)

    def _add(self, node: bytes, level: int) -> Iterator[Laid]:
        while True:
            if level == len(self._levels):
                self._levels.append((Frontier(), []))
            edge, hashes = self._levels[level]
            edge.append(node)
            hashes.append(node)
            if edge.size < WIDTH:
                return
            node = edge.hashes[0]
            yield Laid(level, (self.size >> STEP * (level + 1)) - 1, node, b"".join(hashes))
            self._levels[level] = (Frontier(), [])
            level += 1

    def copy(self) -> "Layer":
        """Return another that goes on from here by itself."""
        made = Layer()
        made.size = self.size
        made._levels = [
            (Frontier(edge.size, edge.hashes), list(hashes)) for edge, hashes in self._levels
        ]
        return made

    def frontier(self) -> Frontier:
        """Return the tree's right edge."""
        edges = [hash_ for edge, _ in reversed(self._levels) for hash_ in edge.hashes]
        return Frontier(self.size, edges)
