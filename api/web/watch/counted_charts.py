"""The pictures of counts: bars of one dimension, shaded cells of two. A table beside them says the same."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

MOST_BARS = 40
"""Lines that a picture shows; the table has all."""
STEPS = 4
"""Shades above none."""


class CountBar(NamedTuple):
    """One line of a picture: whose number it is, how long it is drawn in hundredths, how dark."""

    value: str | None
    number: int
    length: float
    step: int


class Cells(NamedTuple):
    """A grid: the heads of its columns, and its rows of bars that are drawn as cells."""

    heads: Sequence[str | None]
    rows: Sequence[tuple[str | None, Sequence[CountBar]]]
    most: int


def bars(lines: Sequence[Mapping[str, Any]], named: str, measure: str) -> list[CountBar]:
    """Return a bar for each of the first lines."""
    shown = lines[:MOST_BARS]
    most = max((int(line[measure]) for line in shown), default=0)
    return [_bar(line[named], int(line[measure]), most) for line in shown]


def cells(lines: Sequence[Mapping[str, Any]], across: str, down: str, measure: str) -> Cells:
    """Return the grid of two dimensions: values of `down` as rows, of `across` as columns."""
    numbers = {(line[down], line[across]): int(line[measure]) for line in lines}
    rows = [*dict.fromkeys(line[down] for line in lines)][:MOST_BARS]
    heads = sorted({line[across] for line in lines}, key=lambda told: (told is None, told or ""))
    # Of months the last ones are looked at.
    heads = heads[-MOST_BARS:]
    most = max((numbers.get((row, head), 0) for row in rows for head in heads), default=0)
    return Cells(
        heads,
        [(row, [_bar(head, numbers.get((row, head), 0), most) for head in heads]) for row in rows],
        most,
    )


def _bar(told: str | None, number: int, most: int) -> CountBar:
    share = 100 * number / most if most else 0.0
    step = -(-STEPS * number // most) if most else 0
    return CountBar(told, number, round(share, 2), step)
