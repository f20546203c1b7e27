"""Where a replay runs: in this process, on several of this machine, or on the workers of a Dask cluster.

All three are one interface, over `concurrent.futures`, and what is asked of them gives the same digests.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from projections.follow.executor import Executor, InProcess, processes
from projections.follow.fold import Rules

__all__ = ["Engine", "Executor", "InProcess", "processes", "running", "watched"]

R = TypeVar("R")
J = TypeVar("J")


class Engine(NamedTuple):
    """Where parts are to run: on so many processes here (one: in this one), or where a scheduler sends them."""

    workers: int = 1
    scheduler: str | None = None
    """The address of a Dask scheduler, as `tcp://10.0.0.5:8786`; it decides how many workers there are."""


@contextmanager
def running(rules: Rules, engine: Engine) -> Generator[Executor]:
    """Open the executor of an engine.

    Raises:
        cluster.NoCluster: there is none at that address, or it cannot do it; with what to do.
    """
    if engine.scheduler is not None:
        from replay import cluster  # noqa: PLC0415 - an extra, needed by nothing else

        with cluster.opened(rules, engine.scheduler) as executor:
            yield executor
    elif engine.workers == 1:
        yield InProcess(rules)
    else:
        with processes(rules, engine.workers) as executor:
            yield executor


def watched(
    executor: Executor,
    function: Callable[[Rules, J], R],
    jobs: Iterable[J],
    advance: Callable[[int, int], None],
) -> Iterator[R]:
    """Yield what the executor comes to, and tell after each job how many of all are done."""
    known = list(jobs)
    for done, result in enumerate(executor.map(function, known), 1):
        advance(done, len(known))
        yield result
