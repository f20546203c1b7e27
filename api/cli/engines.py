"""`--engine`, `--scheduler`, `--workers`: where what folds the ledger runs."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.failures import Failure

if TYPE_CHECKING:
    from projections.follow.fold import Rules
    from replay.engines import Engine, Executor


class EngineKind(StrEnum):
    """What runs the parts."""

    LOCAL = "local"
    DASK = "dask"


EngineOption = Annotated[
    EngineKind,
    typer.Option(
        "--engine",
        help="在本机各进程，或 Dask 集群（需 pip install 'dudao[dask]'）/ processes of this machine, or a Dask cluster",
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask 调度器的地址，如 tcp://10.0.0.5:8786 / address of the Dask scheduler",
    ),
]
WorkersOption = Annotated[
    int, typer.Option(min=0, max=256, help="进程数，0 为每核一个 / processes, 0: one a core")
]


def chosen_engine(kind: EngineKind, scheduler: str | None, workers: int) -> "Engine":
    """Return what the options say; what contradicts itself is said before anything is opened."""
    from replay.engines import Engine  # noqa: PLC0415 - start-up time

    if kind is EngineKind.DASK:
        if scheduler is None:
            raise Failure(
                "请用 --scheduler 给出 Dask 调度器的地址，如 tcp://10.0.0.5:8786",
                "say where the Dask scheduler is: --scheduler tcp://10.0.0.5:8786",
            )
        if workers:
            raise Failure(
                "--workers 只用于本机；集群有多少工作进程由调度器决定",
                "--workers is of this machine alone: the scheduler knows how many workers a cluster has",
            )
    elif scheduler is not None:
        raise Failure("--scheduler 须与 --engine dask 同用", "--scheduler needs --engine dask")
    return Engine(workers or os.cpu_count() or 1, scheduler)


@contextmanager
def executor(folding: "Rules", engine: "Engine") -> Generator["Executor"]:
    """Yield what runs the parts; that there is no cluster is a sentence and not a traceback."""
    from replay.cluster import NoCluster  # noqa: PLC0415 - start-up time
    from replay.engines import running  # noqa: PLC0415

    try:
        with running(folding, engine) as running_executor:
            yield running_executor
    except NoCluster as error:
        raise Failure(error.zh, error.en) from None
