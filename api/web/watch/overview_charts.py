"""The pictures of the overview: a tile for each of the 17 authorities, bars for each month.

Tiles lie where their districts lie, all of one size: no boundary is drawn and none is meant. A
picture is a list of numbers here; the template draws it, and a table beside it says the same.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

MEASURES = ("breaches", "sessions", "certificates", "open_findings")
"""What the tiles may show: the counts of `GET /v1/stats`."""

GRID = (
    (None, "110119", "110116", "110118", None),
    (None, "110114", None, "110113", "110117"),
    ("110109", "110108", "110102", "110101", "110105"),
    (None, "110107", "110106", "BDA", "110112"),
    (None, "110111", "110115", None, None),
)
"""The authorities row by row, north on top; None: an empty cell."""
STEPS = 4
"""Shades above none: with it, five."""
MONTHS = 24


class Tile(NamedTuple):
    """One authority: its number, and how dark it is shown (0 to `STEPS`)."""

    district: str
    number: int
    step: int


def tiles(districts: Sequence[Mapping[str, Any]], measure: str) -> list[Tile | None]:
    """Return the cells of the grid in order; None for an empty one."""
    numbers = {line["district"]: int(line[measure]) for line in districts}
    most = max((numbers.get(code, 0) for row in GRID for code in row if code), default=0)
    return [
        None if code is None else Tile(code, (n := numbers.get(code, 0)), _step(n, most))
        for row in GRID
        for code in row
    ]


def _step(number: int, most: int) -> int:
    return 0 if number == 0 else -(-STEPS * number // most)


class Month(NamedTuple):
    """One month with its counts."""

    month: str
    """2026-03"""
    first: date
    last: date
    sessions: int
    certificates: int
    breaches: int


def months(counted: Iterable[Mapping[str, Any]], day: date) -> list[Month]:
    """Return the last `MONTHS` months up to `day`, oldest first, those without anything too."""
    by_month = {line["month"]: line for line in counted if line["month"] is not None}
    last = day.year * 12 + day.month - 1
    counted_months: list[Month] = []
    for index in range(last - MONTHS + 1, last + 1):
        year, month = divmod(index, 12)
        first = date(year, month + 1, 1)
        line = by_month.get(first.isoformat()[:7], {})
        counted_months.append(
            Month(
                first.isoformat()[:7],
                first,
                first.replace(day=monthrange(year, month + 1)[1]),
                int(line.get("sessions", 0)),
                int(line.get("certificates", 0)),
                int(line.get("breaches", 0)),
            )
        )
    return counted_months


class Bar(NamedTuple):
    """One bar, in hundredths of the picture's width and height."""

    x: float
    y: float
    width: float
    height: float
    month: str
    number: int


class Chart(NamedTuple):
    """Bars of one count: the highest number, the sum, and the bars."""

    name: str
    most: int
    total: int
    bars: list[Bar]


def charts(shown_months: Sequence[Month]) -> list[Chart]:
    """Return a chart for sessions, certificates and breaches, each with a scale of its own."""
    return [_chart(name, shown_months) for name in ("sessions", "certificates", "breaches")]


def _chart(name: str, shown_months: Sequence[Month]) -> Chart:
    numbers = [int(getattr(month, name)) for month in shown_months]
    most, room = max(numbers, default=0), 100 / max(1, len(shown_months))
    bars: list[Bar] = []
    for index, (month, number) in enumerate(zip(shown_months, numbers, strict=True)):
        height = round(100 * number / most, 2) if most else 0.0
        x, width = round(index * room + room * 0.12, 2), round(room * 0.76, 2)
        bars.append(Bar(x, round(100 - height, 2), width, height, month.month, number))
    return Chart(name, most, sum(numbers), bars)
