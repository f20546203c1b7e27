"""(q) Pages of the workbench under eight users, while somebody reports sessions without a pause.

The same pages as in (i), drawn by random subject, day, position and filter; what the users open comes in
random order. Users in a process of their own, the reporter in another; all share the machine's cores.
"""

import multiprocessing
import random
from collections.abc import Iterator, Sequence
from multiprocessing.pool import Pool
from statistics import median

from benchmarks import catch_up, http_reads, ledgers, page_ground
from benchmarks.figures import Row, Setting, at_most
from benchmarks.http_client import Load, ask
from benchmarks.http_reads import requests
from benchmarks.http_writes import MOST_A_SECOND
from benchmarks.http_writes import requests as commands
from benchmarks.measuring import percentile
from benchmarks.page_addresses import PAGES, SUPERVISOR
from benchmarks.page_ground import Ground
from benchmarks.pages import FIRMS, Reader
from ledger.log.postgres_log import PostgresLog

USERS = 8
EACH = 6
"""Addresses of a page."""


def run(setting: Setting) -> list[Row]:
    """Let the users read, alone and while sessions are reported."""
    count = setting.sizes.small
    folder = ledgers.varied(setting.work, count, min(FIRMS, max(20, count // 1_000)))
    catch_up.caught_up(folder)
    with ledgers.opened(folder) as database:
        with database.pool(2) as pool, pool.connection() as connection:
            head = PostgresLog(pool).head().position
            subjects = page_ground.subjects(connection, head)
        ground = Ground(subjects, head, random.Random(7))  # noqa: S311 - repeatable, not secret
        with http_reads.server(folder, setting.work) as port, _two() as both:
            bearer = http_reads.token(folder, setting.work)
            paths = list(_addresses(Reader(port, folder), ground))
            opened = [
                each.replace(b"Accept: application/json", b"Accept: text/html")
                for each in requests(paths, bearer)
            ]
            seconds = setting.sizes.seconds * setting.sizes.rounds / 2
            reports = commands(folder, 0, int(MOST_A_SECOND * seconds))
            users = Load(opened, seconds, port, USERS)
            both.map(
                ask, [users._replace(seconds=seconds / 4)]
            )  # a fresh server has read nothing yet
            (alone,) = both.map(ask, [users])
            reporter = Load(reports, seconds, port, 1, once=True)
            meanwhile, reported = both.map(ask, [users, reporter], chunksize=1)
    return [
        *_rows("pages, eight users", alone.waits, alone.seconds),
        *_rows("pages, eight users, while one reports", meanwhile.waits, meanwhile.seconds),
        *_rows("sessions reported meanwhile", reported.waits, reported.seconds),
    ]


def _addresses(reader: Reader, ground: Ground) -> Iterator[str]:
    """Yield addresses at which there is a page: a subject may not be known yet on a day."""
    for page in PAGES:
        if page.who != SUPERVISOR:
            continue
        drawn = (page.draw(ground) for _ in range(EACH))
        yield from (each for each in drawn if reader.ask(each, page.who).status == 200)


def _rows(what: str, waits: Sequence[float], seconds: float) -> Iterator[Row]:
    yield Row(what=f"{what}: a second", value=len(waits) / seconds, unit="/s")
    for name, value in (("p50", median(waits)), ("p99", percentile(waits, 0.99))):
        yield Row(what=f"{what}: {name}", value=value * 1000, unit="ms")
    if what.startswith("pages"):
        worst = percentile(waits, 0.95) * 1000
        yield Row(what=f"{what}: p95", value=worst, unit="ms", targets=(at_most(100),))


def _two() -> Pool:
    # Spawned: a fork would inherit the connections of this process.
    return multiprocessing.get_context("spawn").Pool(2)
