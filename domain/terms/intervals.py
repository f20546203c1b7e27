"""Half-open intervals of civil days, and what holds on which day.

All days are calendar days in Asia/Shanghai; `[start, end)`, `end` None is "without end".
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def empty(self) -> bool:
        """Whether no day lies inside."""
        return self.end is not None and self.end <= self.start


def years_after(day: date, years: int) -> date:
    """Return the day on which `years` from `day` on are over: the first one that is not in them.

    It is the same day of a later year. Years from 29 February end with February, its last day
    included: they are over on 1 March where there is no 29th. Decided once, for 六(三).
    """
    year = day.year + years
    if day.day > monthrange(year, day.month)[1]:
        return date(year, day.month + 1, 1)
    return date(year, day.month, day.day)


class Timeline(Generic[V]):
    """A value that changes on days: what holds on a day is the last change on or before it.

    Built from changes `(day, value)` in the order in which they apply to one day.
    """

    __slots__ = ("_days", "_values")

    def __init__(self, changes: Iterable[tuple[date, V]] = ()) -> None:
        self._days: list[date] = []
        self._values: list[V] = []
        for day, value in changes:
            if self._days and self._days[-1] == day:
                self._values[-1] = value
            else:
                self._days.append(day)
                self._values.append(value)

    def on(self, day: date) -> V | None:
        """Return what holds on `day`, None before the first change."""
        index = bisect_right(self._days, day)
        return self._values[index - 1] if index else None

    def over(self, first: date, last: date) -> list[tuple[date, V | None]]:
        """Return what holds on the days from `first` to `last`, each with its first day among these."""
        start = bisect_right(self._days, first)
        if first == last:
            return [(first, self._values[start - 1] if start else None)]
        stop = bisect_right(self._days, last)
        before: list[tuple[date, V | None]] = [(first, self._values[start - 1] if start else None)]
        return before + list(zip(self._days[start:stop], self._values[start:stop], strict=True))

    def segments(self) -> Iterator[tuple[Days, V]]:
        """Yield each stretch of days with its value, in order; the last has no end."""
        for index, day in enumerate(self._days):
            end = self._days[index + 1] if index + 1 < len(self._days) else None
            yield Days(day, end), self._values[index]
