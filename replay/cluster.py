"""Parts of a replay on the workers of a Dask cluster, found by the address of its scheduler.

`distributed` is an extra (`pip install 'dudao[dask]'`) and has no types of its own: whatever is asked of
it is asked here. Its executor is one of `concurrent.futures`, so parts are handed out and taken back as
from processes. A part whose worker dies is done again by another: it rests on nothing but its arguments,
and what folds need is a task itself, so that a worker which comes later makes it anew.
"""

import importlib
import pickle
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from projections.follow.executor import in_order
from projections.follow.fold import Rules
from projections.follow.garbage import uncollected

J = TypeVar("J")
R = TypeVar("R")
PATIENCE = 15
"""Seconds in which scheduler and a first worker answer."""
DEATHS = 10
"""Workers that may die over one part before it is given up: then it is the part that kills them."""
FOLDED_BY = ("domain", "ledger", "projections", "replay")
"""The packages on which the result of a part rests."""


class NoCluster(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """Parts cannot be sent to a cluster; why and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = zh, en


class OnCluster:
    """Jobs on the workers of a cluster."""

    def __init__(self, pool: Any, rules: Any, workers: int) -> None:  # noqa: ANN401 - see above
        self._pool, self._rules = pool, rules
        self.workers = workers

    def map(self, function: Callable[[Rules, J], R], jobs: Iterable[J]) -> Iterator[R]:
        """Yield `function(rules, job)` for every job; no more are begun than are soon wanted."""
        own = sources()
        return in_order(
            lambda job: self._pool.submit(fold, self._rules, own, function, job),
            jobs,
            2 * self.workers,
        )


@contextmanager
def opened(rules: Rules, scheduler: str) -> Generator[OnCluster]:
    """Open an executor over the workers of the cluster at an address.

    Raises:
        NoCluster: the extra is missing here, nobody answers, or there is no worker.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(
            f"{scheduler} 处没有应答的 Dask 调度器，请用 dask scheduler 启动，或改正 --scheduler",
            f"no Dask scheduler answers at {scheduler} ({error}): start one with `dask scheduler`, "
            "or correct --scheduler",
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise NoCluster(
                f"{scheduler} 没有工作进程，请在各机器上运行 dask worker {scheduler}",
                f"{scheduler} has no worker: run `dask worker {scheduler}` on each machine",
            ) from None
        workers = sum(client.nthreads().values())
        sent = client.submit(pickle.loads, pickle.dumps(rules), pure=False)
        with client.get_executor(pure=False, retries=DEATHS) as pool:
            yield OnCluster(pool, sent, workers)


def _distributed() -> Any:  # noqa: ANN401 - see above
    try:
        return importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        raise NoCluster(
            f"未安装 Dask（缺少 {error.name}），请运行：pip install 'dudao[dask]'",
            f"Dask is not installed ({error.name} is missing): pip install 'dudao[dask]'",
        ) from None


def fold(rules: Rules, wanted: str, function: Callable[[Rules, J], R], job: J) -> R:
    """Do one job on a worker.

    Raises:
        NoCluster: the worker would fold by other sources.
    """
    if sources() != wanted:
        raise NoCluster(
            "工作进程上的督导版本与本机不同，请在各机器上安装同一版本",
            "a worker runs another release of Dudao than this machine: install the same on all",
        )
    with uncollected():
        return function(rules, job)


@cache
def sources() -> str:
    """Return a digest of the programs that a fold rests on: another release may come to other rows."""
    root = Path(__file__).resolve().parent.parent
    digest = sha256()
    for package in FOLDED_BY:
        for path in sorted((root / package).rglob("*.py")):
            content = sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()
