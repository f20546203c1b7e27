"""Group commit: commands that arrive while an append is under way share the next one.

Whoever finds nobody appending does it in its own thread, for everybody who waits; so a lone client
pays for no other thread, and sixteen pay for one transaction.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import Self, TypeAlias

from ledger.judge import validate
from ledger.log import Append, Log, OutcomeUnknown, Result, is_keyed

MAX_GROUP = 256
"""Commands in one transaction. More would only make each of them wait longer."""
GATHER = 0.0005
"""Seconds to wait for clients that were just answered to come back with their next command. Without
it two halves of them take turns, and each transaction carries half of what it could."""


class _Waiting:
    """A command whose thread waits for the answer. A lock is a tenth of what a future costs."""

    __slots__ = ("_answered", "_outcome", "item")

    def __init__(self, item: Append) -> None:
        self.item = item
        self._outcome: Result | Exception | None = None
        self._answered = Lock()
        self._answered.acquire()

    def begin(self) -> bool:
        """Tell whether the command is still wanted."""
        return True

    def settle(self, outcome: Result | Exception) -> None:
        """Answer. Called once."""
        self._outcome = outcome
        self._answered.release()

    def result(self) -> Result:
        """Wait for the answer. Called once."""
        with self._answered:
            if isinstance(self._outcome, Exception):
                raise self._outcome
            if self._outcome is None:
                raise Closed("released without an answer")
            return self._outcome


class _Promised:
    """A command whose answer goes into a future."""

    __slots__ = ("future", "item")

    def __init__(self, item: Append) -> None:
        self.item = item
        self.future: Future[Result] = Future()

    def begin(self) -> bool:
        """Tell whether the command is still wanted."""
        return self.future.set_running_or_notify_cancel()

    def settle(self, outcome: Result | Exception) -> None:
        """Answer. Called once."""
        if isinstance(outcome, Exception):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)


_Queued: TypeAlias = _Waiting | _Promised


class Closed(RuntimeError):  # noqa: N818 - reads as what it says
    """The writer takes no more commands."""


class Writer:
    """Appends to `log` for any number of threads. Make it after forking, never before."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._queue: deque[_Queued] = deque()
        self._appending = Lock()
        self._changed = Condition()
        self._closed = False
        self._crowd = 1  # how many commands were about when the last group was answered
        self._wanted = 1  # how many must be queued before the thread is woken
        self._thread = Thread(target=self._serve, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(self, item: Append) -> Future[Result]:
        """Queue one command; the future ends when it is durable or judged otherwise.

        Raises:
            Malformed: a draft cannot become an entry. Found here, so that no neighbour suffers.
        """
        promised = _Promised(item)
        self._enqueue(promised)
        return promised.future

    def append(self, item: Append) -> Result:
        """Append one command and wait for its result."""
        waiting = _Waiting(item)
        if self._crowd > 1 or not self._appending.acquire(blocking=False):
            self._enqueue(waiting)
            return waiting.result()
        try:
            self._enqueue(waiting, wake=False)
            self._drain()
        finally:
            self._appending.release()
        # Others may have come while this thread was appending, and found nobody to wake.
        self._wake()
        return waiting.result()

    def append_chain(self, items: Sequence[Append]) -> list[Result]:
        """Append commands that were decided on top of each other: all or none (imports)."""
        with self._appending:
            return self._log.append(items, chained=True)

    def close(self) -> None:
        """Take no more, append what waits, and return."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Drain and close."""
        self.close()

    def _enqueue(self, queued: _Queued, *, wake: bool = True) -> None:
        validate(queued.item)
        # Under the same lock as closing, so that nothing is queued behind the last drain.
        with self._changed:
            if self._closed:
                raise Closed("the writer is closed")
            self._queue.append(queued)
            if wake and len(self._queue) >= self._wanted:
                self._changed.notify()

    def _wake(self) -> None:
        with self._changed:
            if self._queue:
                self._changed.notify()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._wanted = min(self._crowd, MAX_GROUP)
                self._changed.wait_for(self._is_enough, timeout=GATHER)
                self._wanted = 1
                self._changed.wait_for(self._is_enough)
                if not self._queue:
                    return
            with self._appending:
                self._drain()

    def _is_enough(self) -> bool:
        return self._closed or len(self._queue) >= self._wanted

    def _drain(self) -> None:
        """Append what waits, up to `MAX_GROUP`, in one transaction. Called while appending."""
        group: list[_Queued] = []
        while self._queue and len(group) < MAX_GROUP:
            queued = self._queue.popleft()  # only the holder of `_appending` takes
            if queued.begin():
                group.append(queued)
        if group:
            self._settle(group)
        self._crowd = len(group) + len(self._queue)

    def _settle(self, group: Sequence[_Queued]) -> None:
        try:
            results = self._log.append([queued.item for queued in group])
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers get it
            self._settle_failed(group, error)
            return
        except BaseException:  # Ctrl-C in this thread; the others must not wait for ever
            for queued in group:
                queued.settle(OutcomeUnknown("interrupted while appending"))
            raise
        for queued, result in zip(group, results, strict=True):
            queued.settle(result)

    def _settle_failed(self, group: Sequence[_Queued], error: Exception) -> None:
        """Find out whose fault it was: nothing of the group was appended, or its fate is unknown."""
        for queued in group:
            unknown = isinstance(error, OutcomeUnknown) and not is_keyed(queued.item)
            if len(group) == 1 or unknown:
                queued.settle(error)
            else:
                self._settle([queued])
