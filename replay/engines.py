"""Where the parts of a replay run: here, or on all cores. One interface, so that a cluster fits too."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Generic, Protocol, TypeVar

from projections.fold import Rules

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
        return (function(self._rules, job) for job in jobs)


class Processes:
    """Jobs on several processes of this machine."""

    def __init__(self, pool: ProcessPoolExecutor, workers: int) -> None:
        self._pool = pool
        self.workers = workers

    def map(self, function: Callable[[Rules, J], R], jobs: Iterable[J]) -> Iterator[R]:
        """Yield `function(rules, job)` for every job."""
        return self._pool.map(_Call(function), jobs)


@contextmanager
def processes(rules: Rules, workers: int | None = None) -> Generator[Processes]:
    """Open an executor over `workers` processes (one for each core).

    The rules are sent once to each. Processes are spawned: a fork would share connections.
    """
    number = workers or os.cpu_count() or 1
    with ProcessPoolExecutor(
        number, mp_context=get_context("spawn"), initializer=_install, initargs=(rules,)
    ) as pool:
        yield Processes(pool, number)


def _install(rules: Rules) -> None:
    _rules["installed"] = rules


class _Call(Generic[J, R]):
    """The function with the rules that its process holds; only its name travels."""

    def __init__(self, function: Callable[[Rules, J], R]) -> None:
        self._function = function

    def __call__(self, job: J) -> R:
        return self._function(_rules["installed"], job)
