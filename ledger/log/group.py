"""Work that is done for many at once: what arrives while it is under way shares the next time.

Whoever finds nobody at work does it in its own thread, for everybody who waits; so a lone client
pays for no other thread, and sixteen pay for one transaction.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition, Lock, Thread
from typing import Generic, TypeAlias, TypeVar

from ledger.log.clock import ClockRefused
from ledger.log.log import OutcomeUnknown
from ledger.pool import is_temporary

T = TypeVar("T")
R = TypeVar("R")

MAX_GROUP = 256
"""Items in one group. More would only make each of them wait longer."""
GATHER = 0.0005
"""Seconds to wait for clients that were just answered to come back with their next item. Without
it two halves of them take turns, and each group carries half of what it could."""


class Closed(RuntimeError):  # noqa: N818 - reads as what it says
    """No more items are taken."""


class _Waiting(Generic[T, R]):
    """An item whose thread waits for the answer. A lock is a tenth of what a future costs."""

    __slots__ = ("_answered", "_error", "_result", "item")

    def __init__(self, item: T) -> None:
        self.item = item
        self._error: Exception | None = None
        self._result: tuple[R, ...] = ()
        self._answered = Lock()
        self._answered.acquire()

    def begin(self) -> bool:
        """Tell whether the item is still wanted."""
        return True

    def settle(self, result: R) -> None:
        """Answer. Called once."""
        self._result = (result,)
        self._answered.release()

    def fail(self, error: Exception) -> None:
        """Answer with an error. Called once."""
        self._error = error
        self._answered.release()

    def result(self) -> R:
        """Wait for the answer. Called once."""
        with self._answered:
            if self._error is not None:
                raise self._error
            return self._result[0]


class _Promised(Generic[T, R]):
    """An item whose answer goes into a future."""

    __slots__ = ("future", "item")

    def __init__(self, item: T) -> None:
        self.item = item
        self.future: Future[R] = Future()

    def begin(self) -> bool:
        """Tell whether the item is still wanted."""
        return self.future.set_running_or_notify_cancel()

    def settle(self, result: R) -> None:
        """Answer. Called once."""
        self.future.set_result(result)

    def fail(self, error: Exception) -> None:
        """Answer with an error. Called once."""
        self.future.set_exception(error)


_Queued: TypeAlias = _Waiting[T, R] | _Promised[T, R]


class Group(Generic[T, R]):
    """Does `work` on the items of any number of threads, one group at a time, in their order.

    `work` answers each item, or fails as a whole; then each item is tried by itself, unless
    `may_repeat` says that this could do it twice. Make it after forking, never before.
    """

    def __init__(
        self,
        work: Callable[[Sequence[T]], Sequence[R]],
        may_repeat: Callable[[T, Exception], bool],
    ) -> None:
        self._work = work
        self._may_repeat = may_repeat
        self._queue: deque[_Queued[T, R]] = deque()
        self._working = Lock()
        self._changed = Condition()
        self._closed = False
        self._crowd = 1  # how many items were about when the last group was answered
        self._wanted = 1  # how many must be queued before the thread is woken
        self._thread: Thread | None = None

    def submit(self, item: T) -> Future[R]:
        """Queue one item; the future ends with its answer."""
        promised: _Promised[T, R] = _Promised(item)
        self._enqueue(promised)
        return promised.future

    def do(self, item: T) -> R:
        """Have the work done on one item and wait for the answer."""
        waiting: _Waiting[T, R] = _Waiting(item)
        if self._crowd > 1 or not self._working.acquire(blocking=False):
            self._enqueue(waiting)
            return waiting.result()
        try:
            self._enqueue(waiting, wake=False)
            self._drain()
        finally:
            self._working.release()
        # Others may have come while this thread was at work, and found nobody to wake.
        self._wake()
        return waiting.result()

    def close(self) -> None:
        """Take no more, do what waits, and return."""
        with self._changed:
            self._closed = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join()

    def _enqueue(self, queued: _Queued[T, R], *, wake: bool = True) -> None:
        # Under the same lock as closing, so that nothing is queued behind the last drain.
        with self._changed:
            if self._closed:
                raise Closed("closed: no more is taken")
            self._queue.append(queued)
            if wake:
                self._summon()

    def _wake(self) -> None:
        with self._changed:
            if self._queue:
                self._summon()

    def _summon(self) -> None:
        """Have the thread look at the queue; it is started when it is first needed."""
        if self._thread is None:
            self._thread = Thread(target=self._serve, name="ledger-group", daemon=True)
            self._thread.start()
        elif len(self._queue) >= self._wanted:
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
            with self._working:
                self._drain()

    def _is_enough(self) -> bool:
        return self._closed or len(self._queue) >= self._wanted

    def _drain(self) -> None:
        """Do what waits, up to `MAX_GROUP`, as one group. Called by who holds `_working`."""
        group: list[_Queued[T, R]] = []
        while self._queue and len(group) < MAX_GROUP:
            queued = self._queue.popleft()  # only the holder of `_working` takes
            if queued.begin():
                group.append(queued)
        if group:
            self._settle(group)
        self._crowd = len(group) + len(self._queue)

    def _settle(self, group: Sequence[_Queued[T, R]]) -> None:
        try:
            results = self._work([queued.item for queued in group])
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers get it
            self._settle_failed(group, error)
            return
        except BaseException:  # Ctrl-C in this thread; the others must not wait for ever
            for queued in group:
                queued.fail(OutcomeUnknown("interrupted at work"))
            raise
        for queued, result in zip(group, results, strict=True):
            queued.settle(result)

    def _settle_failed(self, group: Sequence[_Queued[T, R]], error: Exception) -> None:
        """Find out whose fault it was."""
        for queued in group:
            # Of an outage it is nobody's: each tried by itself would wait as long, one after the other.
            alone = len(group) == 1 or is_temporary(error) or isinstance(error, ClockRefused)
            if alone or not self._may_repeat(queued.item, error):
                queued.fail(error)
            else:
                self._settle([queued])
