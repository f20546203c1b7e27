"""Where parts of a fold run: here, or on all cores. One interface, so that a cluster fits too."""

import gc
import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from typing import Generic, Protocol, TypeVar

from projections.follow.fold import Rules
from projections.follow.garbage import uncollected

J = TypeVar("J")
R = TypeVar("R")
_rules: dict[str, Rules] = {}


class Executor(Protocol):
    """Runs one function over many jobs; results come in the order of the jobs."""

    @property
    def workers(self) -> int:
        """How many jobs run at the same time."""
        ...

    def map(self, function: Callable[[Rules, J], R], jobs: Iterable[J]) -> Iterator[R]:
        """Yield `function(rules, job)` for every job."""
        ...


class InProcess:
    """One job after the other, in this thread."""

    workers = 1

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def map(self, function: Callable[[Rules, J], R], jobs: Iterable[J]) -> Iterator[R]:
        """Yield `function(rules, job)` for every job."""
        for job in jobs:
            with uncollected():
                result = function(self._rules, job)
            yield result


class Processes:
    """Jobs on several processes of this machine."""

    def __init__(self, pool: ProcessPoolExecutor, workers: int) -> None:
        self._pool = pool
        self.workers = workers

    def map(self, function: Callable[[Rules, J], R], jobs: Iterable[J]) -> Iterator[R]:
        """Yield `function(rules, job)` for every job; no more are begun than are soon wanted."""
        call = _Call(function)
        return in_order(lambda job: self._pool.submit(call, job), jobs, 2 * self.workers)


def in_order(
    begin: Callable[[J], Future[R]], jobs: Iterable[J], most: int
) -> Generator[R, None, None]:
    """Yield the results in the order of the jobs; about `most` are begun that nobody has taken yet."""
    begun: deque[Future[R]] = deque()
    try:
        for job in jobs:
            if len(begun) > most:
                yield begun.popleft().result()
            begun.append(begin(job))
        while begun:
            yield begun.popleft().result()
    finally:  # of whoever breaks off, what has not begun never does
        for future in begun:
            future.cancel()


@contextmanager
def processes(rules: Rules, workers: int | None = None) -> Generator[Processes]:
    """Open an executor over `workers` processes (one for each core).

    The rules are sent once to each. Processes are spawned: a fork would share connections.
    """
    number = workers or os.cpu_count() or 1
    pool = ProcessPoolExecutor(
        number, mp_context=get_context("spawn"), initializer=_install, initargs=(rules,)
    )
    try:
        yield Processes(pool, number)
    finally:  # what was begun ends; whoever breaks off waits for nothing more
        pool.shutdown(cancel_futures=True)


def _install(rules: Rules) -> None:
    # A worker does nothing but fold: see `uncollected`.
    gc.disable()
    threading.Thread(target=end_with_parent, name="parent-watch", daemon=True).start()
    _rules["installed"] = rules


def end_with_parent() -> None:
    """End at once when the parent is gone: a killed one cannot say goodbye."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


class _Call(Generic[J, R]):
    """The function with the rules that its process holds; only its name travels."""

    def __init__(self, function: Callable[[Rules, J], R]) -> None:
        self._function = function

    def __call__(self, job: J) -> R:
        return self._function(_rules["installed"], job)
