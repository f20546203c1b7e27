"""(p) Whole lists over HTTP: every certificate of a million entries as a file, and who else is served meanwhile.

The server as a process, one reader of the file, and four clients in a process of their own that ask for single
enterprises, before and meanwhile. All share the machine's cores with the database.
"""

import multiprocessing
import random
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from multiprocessing.pool import AsyncResult, Pool
from typing import Any, NamedTuple

from psycopg import Connection

from benchmarks import catch_up, ledgers
from benchmarks.figures import Row, Setting, at_most
from benchmarks.http_client import Answered, Load, ask
from benchmarks.http_reads import CLIENTS_EACH, DIFFERENT, process_at, requests, server, token
from benchmarks.measuring import MIB, percentile, resident
from ledger.log.postgres_log import PostgresLog

MILLION = 1_000_000
CERTIFICATE = "certificate.certificate-issued/"
PIECE = 1 << 16
PATH = "/v1/certificates?all=true&format="
FORMS = ("csv", "parquet")
PROBE = 2.0
"""Seconds that the others ask at a time, again and again until the file is there."""


class Fetched(NamedTuple):
    """A file that came: when its first byte and its last, and what others waited meanwhile."""

    first: float
    seconds: float
    size: int
    waits: list[float]


def run(setting: Setting) -> list[Row]:
    """Fetch the list in every form, twice: a first one starts what makes them."""
    folder = ledgers.large(setting.work, setting.sizes.small)
    catch_up.caught_up(folder)
    with ledgers.opened(folder) as database:
        with database.pool(2) as pool, pool.connection() as connection:
            usccs = PostgresLog(pool).subjects(limit=5_000)
            rows = _certificates(connection)
        with server(folder, setting.work) as port, _client() as others:
            bearer = token(folder, setting.work)
            chance = random.Random(7)  # noqa: S311 - repeatable, not secret
            paths = [f"/v1/enterprises/{chance.choice(usccs)}" for _ in range(DIFFERENT)]
            asked = requests(paths, bearer)
            alone = others.apply(ask, [_load(asked, setting.sizes.seconds, port)]).waits
            before = resident(process_at(port))
            found = {form: _fetch(port, bearer, form, asked, others) for form in (*FORMS, *FORMS)}
            grown = resident(process_at(port)) - before
    per = MILLION / rows
    return [
        Row(what="one enterprise meanwhile nothing else: p99", value=_p99(alone), unit="ms"),
        *(row for form in FORMS for row in _rows(form, found[form], per)),
        Row(what="resident, more than before", value=grown / MIB, unit="MiB"),
    ]


def _rows(form: str, fetched: Fetched, per: float) -> list[Row]:
    name = form.upper() if form == "csv" else form.capitalize()
    return [
        Row(
            what=f"a million certificates as {name}",
            value=fetched.seconds * per,
            unit="s",
            targets=(at_most(8),),
        ),
        Row(what=f"{name}: first byte", value=fetched.first, unit="s", targets=(at_most(1),)),
        Row(what=f"{name}: size of a million", value=fetched.size * per / MIB, unit="MiB"),
        Row(
            what=f"{name}: one enterprise meanwhile: p99",
            value=_p99(fetched.waits),
            unit="ms",
            targets=(at_most(50),),
        ),
    ]


def _p99(waits: Sequence[float]) -> float:
    return percentile(waits, 0.99) * 1000


def _fetch(port: int, bearer: str, form: str, asked: Sequence[bytes], others: Pool) -> Fetched:
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    waits: list[float] = []
    meanwhile = _begin(others, asked, port)
    started = time.perf_counter()
    connection.request("GET", PATH + form, headers={"Authorization": f"Bearer {bearer}"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise ValueError(f"{answer.status}: {answer.read()[:300]!r}")
    size = len(answer.read(1))
    first = time.perf_counter() - started
    while piece := answer.read(PIECE):
        size += len(piece)
        if meanwhile.ready():
            waits += meanwhile.get().waits
            meanwhile = _begin(others, asked, port)
    seconds = time.perf_counter() - started
    last = (
        meanwhile.get().waits
    )  # in part after the file was there: only where it was there at once
    connection.close()
    return Fetched(first, seconds, size, waits or last)


def _begin(others: Pool, asked: Sequence[bytes], port: int) -> AsyncResult[Answered]:
    return others.apply_async(ask, [_load(asked, PROBE, port)])


def _load(asked: Sequence[bytes], seconds: float, port: int) -> Load:
    return Load(asked, seconds, port, CLIENTS_EACH)


def _client() -> Pool:
    # Spawned: a fork would inherit the connections of this process.
    return multiprocessing.get_context("spawn").Pool(1)


def _certificates(connection: Connection[Any]) -> int:
    counted = "SELECT count(*) FROM ledger.entry WHERE type ^@ %s"
    row: Any = connection.execute(counted, (CERTIFICATE,)).fetchone()
    return int(row[0])
