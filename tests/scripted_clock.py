"""A clock that reads what a test wrote down."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ledger.log.clock import ClockRefused


class ScriptedClock:
    """Gives prepared instants; the last one is repeated."""

    def __init__(self, instants: Iterable[datetime]) -> None:
        self._instants = iter(instants)
        self._last: datetime | None = None

    def __call__(self, reading: datetime, last: datetime | None, /) -> datetime | timedelta:
        """Return the next instant, whatever the database's clock says."""
        self._last = next(self._instants, self._last)
        instant = self._last or reading
        if last is not None and instant < last:
            raise ClockRefused(f"{instant} is before the last entry's {last}")
        return instant
