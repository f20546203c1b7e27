"""The only reader of clocks.

Entries take their time from the database's clock, read under the append lock. It is refused, never
corrected, when it cannot be right:

* it stands before the last entry by more than `PATIENCE` (less is waited out);
* it is more than `LEAP` ahead of where it must be, reckoned from the last good reading by the time
  that has really passed. That is counted by a clock nobody can set (it also counts while the
  machine sleeps), so a ledger may lie idle for weeks without that looking like a leap. The first
  reading of a process has no such reference and is held against the process's own clock.

What remains: a process that starts when the machine's clock is already wrong. Only a time from
outside (a witness's signature) shows that. After a refusal somebody puts the clock right; if it was
the earlier time that was wrong, restarting the process accepts the new one. Where entries were recorded
at a time that has not come yet, `dudao clock --set` lets the owner go on from now, on the record.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Protocol
from zoneinfo import ZoneInfo

PATIENCE = timedelta(seconds=2)
LEAP = timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")

logger = logging.getLogger(__name__)


class ClockRefused(RuntimeError):  # noqa: N818 - reads as what it says
    """The database's clock cannot be right; nothing is recorded until somebody has looked.

    `zh` and `en` say what it reads and what it should.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def now() -> datetime:
    """Return this process's clock in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def today() -> date:
    """Return the civil day in Beijing."""
    return now().astimezone(SHANGHAI).date()


def elapsed() -> timedelta:
    """Return a time that only ever runs forward, from an arbitrary start."""
    # CLOCK_MONOTONIC stands still while a Linux machine sleeps; a lid closed overnight would look
    # like a leap of the wall clock.
    boottime = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return timedelta(seconds=time.clock_gettime(boottime))


class Clock(Protocol):
    """Turns a reading of the database's clock into the time of an entry."""

    @property
    def refused(self) -> str | None:
        """Why the last reading was refused, if it was."""
        ...

    def __call__(self, reading: datetime, last: datetime | None, /) -> datetime | timedelta:
        """Return the time to record, or how long to wait before reading again.

        Raises:
            ClockRefused: the reading cannot be right.
        """
        ...


class DatabaseClock:
    """Takes the database's reading as it is, after the checks above."""

    def __init__(
        self,
        own: Callable[[], datetime] = now,
        passed: Callable[[], timedelta] = elapsed,
    ) -> None:
        self._own = own
        self._passed = passed
        self._good: tuple[datetime, timedelta] | None = None
        self.refused: str | None = None
        """Why the last reading was refused; None after one that was taken."""
        self._lock = Lock()

    def __call__(self, reading: datetime, last: datetime | None, /) -> datetime | timedelta:
        """Return `reading`, or how long to wait."""
        with self._lock:
            if last is not None and reading < last:
                if last - reading > PATIENCE:
                    raise self._alarm(
                        f"数据库服务器的时钟为 {_told(reading)}，早于最后一条记录的 {_told(last)}",
                        f"the clock of the database's server reads {_told(reading)}, before the last "
                        f"entry of {_told(last)}",
                    )
                return last - reading
            passed = self._passed()
            expected = self._own()
            if self._good is not None:
                expected = self._good[0] + (passed - self._good[1])
            if reading - expected > LEAP:
                raise self._alarm(
                    f"数据库服务器的时钟为 {_told(reading)}，应约为 {_told(expected)}",
                    f"the clock of the database's server reads {_told(reading)}, it should be about "
                    f"{_told(expected)}",
                )
            self._good, self.refused = (reading, passed), None
            return reading

    def _alarm(self, zh: str, en: str) -> ClockRefused:
        logger.critical("clock refused: %s", en)
        self.refused = en
        return ClockRefused(zh, en)


def _told(instant: datetime) -> str:
    """Return an instant to the second, in UTC."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
