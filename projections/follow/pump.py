"""Writing on a thread of its own, so that the server writes while the next entries are folded."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

AHEAD = 3
"""Pieces of work that may wait; more would only fill memory."""


class Pump:
    """Does one piece of work after the other, in the order in which they came.

    After a failure nothing more is done; whoever adds work or waits for it gets to know.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="projections-writer")
        self._waiting: deque[Future[None]] = deque()
        self._failed = False

    def add(self, work: Callable[[], None]) -> None:
        """Have `work` done soon; wait if too much is waiting. Raises what earlier work raised."""
        while len(self._waiting) >= AHEAD:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._do, work))

    def wait(self) -> None:
        """Wait until everything is done. Raises what went wrong."""
        while self._waiting:
            self._waiting.popleft().result()

    def _do(self, work: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            work()
        except BaseException:
            self._failed = True
            raise

    def __enter__(self) -> Self:
        """Return the pump itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Do what waits, unless something failed, and end the thread."""
        if error is not None:
            self._failed = True
        self._thread.shutdown(wait=True)


class AtOnce:
    """Does each piece of work when it comes, in the thread that brings it: for what is soon done."""

    def add(self, work: Callable[[], None]) -> None:
        """Do it."""
        work()

    def wait(self) -> None:
        """Everything is done."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to end."""
