"""(k) `dudao verify` of a million entries: in processes, and the slow way, in turns on one ledger.

Both find the same; the slow way puts the bytes of every entry together in one process, as all of it was
done before. Starting the processes is part of the time.
"""

import time
from statistics import median

from psycopg import Connection
from psycopg_pool import ConnectionPool

from benchmarks import ledgers
from benchmarks.figures import Row, Setting, at_least
from ledger.log.verify import verify

ROUNDS = 3
CONNECTIONS = 4


def run(setting: Setting) -> list[Row]:
    """Verify the ledger both ways, round by round."""
    folder = ledgers.large(setting.work, setting.sizes.small)
    fast: list[float] = []
    slow: list[float] = []
    with ledgers.opened(folder) as database, database.pool(CONNECTIONS) as pool:
        verify(pool)  # warms up, and lays the tiles that are missing
        for _ in range(min(ROUNDS, setting.sizes.rounds)):
            fast.append(_rate(pool, slowly=False))
            slow.append(_rate(pool, slowly=True))
    ratio = median(one / other for one, other in zip(fast, slow, strict=True))
    return [
        Row(
            what="verify, bytes put together in one process",
            value=median(slow),
            unit="entries/s",
            low=min(slow),
            high=max(slow),
        ),
        Row(
            what="verify",
            value=median(fast),
            unit="entries/s",
            low=min(fast),
            high=max(fast),
            ratio=ratio,
            to="one process, round by round",
            targets=(at_least(250_000),),
        ),
    ]


def _rate(pool: ConnectionPool[Connection], *, slowly: bool) -> float:
    started = time.perf_counter()
    report = verify(pool, slowly=slowly)
    seconds = time.perf_counter() - started
    if report.difference is not None:
        raise RuntimeError(f"not whole: {report.difference}")
    return report.head.position / seconds
