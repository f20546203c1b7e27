"""Ledgers of a given size, made once in the work folder and shared by the figures.

Lines to be imported are made by `examples`. Where importing is not the question and would take too
long, prepared entries go through the ledger's own batch append.
"""

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from psycopg import Connection

from api.installation.opening import SOURCES, open_ledger
from api.installation.settings import Settings
from benchmarks import machine
from benchmarks.measuring import ROOT, cost_of, dudao, environment, python, required
from benchmarks.prepared import entries
from ledger.connect import Database, Opening
from ledger.log.entry import Draft
from ledger.log.log import Append, Appended
from ledger.log.postgres_log import PostgresLog

BATCH = 8_000
BYTES_PER_ENTRY = 3_000
"""On disk: entry, indexes, log of the database, rows of the views; measured, rounded up."""
SAMPLE = ROOT / "examples" / "sample_year"
SOME_REFUSED = 3
"""What `dudao import` ends with where lines were refused; the sample year means some to be."""
READY = "ready"
"""A file that says that the ledger in its folder is whole, and by which migrations it was made."""


@contextmanager
def opened(folder: Path) -> Generator[Database]:
    """Yield the database of the folder, migrated, and keep its server up."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_ledger(Settings(data=folder), Opening.RECORDING) as database:
        yield database


def make_lines(work: Path, count: int, firms: int | None = None) -> Path:
    """Return a file of so many lines, of so many enterprises; an existing one is taken as it is."""
    path = work / (f"lines-{count}.ndjson" if firms is None else f"lines-{count}-{firms}.ndjson")
    if not path.exists():
        new = path.with_suffix(".making")
        size = ["--events", str(count)]
        if firms is not None:
            size += ["--enterprises", str(firms)]
        arguments = ("-m", "examples.make_sample_year", *size, "-o", str(new))
        required(cost_of(python(*arguments), environment(work), work / "make.log"))
        new.rename(path)
    return path


def large(work: Path, count: int) -> Path:
    """Return the data folder of a ledger of so many entries, appended in bulk if it is not there."""
    return prepared(work / f"ledger-{count}", count, entries)


def prepared(folder: Path, count: int, made: Callable[[int], Iterator[Draft]]) -> Path:
    """Return the data folder with so many entries of a kind, appended in bulk if it is not there."""
    if not _is_ready(folder):
        _begin(folder, count)
        with opened(folder) as database, database.pool(2) as pool:
            append_all(PostgresLog(pool), made(count))
        _make_ready(folder)
    return folder


def varied(work: Path, count: int, firms: int) -> Path:
    """Return the data folder of a ledger of about so many entries of every kind.

    Three quarters are prepared: enterprises of very different size. Made lines are imported behind
    them, `firms` enterprises on their whole way, inspected and with findings, and the sample year.
    """
    folder = work / f"varied-{count}"
    if not _is_ready(folder):
        _begin(folder, count)
        with opened(folder) as database, database.pool(2) as pool:
            append_all(PostgresLog(pool), entries(count * 3 // 4))
            lines = make_lines(work, count // 4, firms)
            for path in (lines, *sorted(SAMPLE.glob("[0-9]*"))):
                reject = folder / f"{path.name}.reject.ndjson"
                command = dudao("import", str(path), "--reject", str(reject))
                cost = cost_of(command, environment(folder), work / "import.log")
                required(cost, SOME_REFUSED)
        _make_ready(folder)
    return folder


def _is_ready(folder: Path) -> bool:
    ready = folder / READY
    return ready.exists() and ready.read_text() == _migrations()


def _begin(folder: Path, count: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    need_space(folder.parent, count)


def _make_ready(folder: Path) -> None:
    (folder / READY).write_text(_migrations())


def _migrations() -> str:
    files = [path for source in SOURCES for path in sorted(source.folder.glob("*.sql"))]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def append_all(log: PostgresLog, left: Iterator[Draft]) -> None:
    """Append prepared entries, thousands in a transaction."""
    while batch := list(islice(left, BATCH)):
        results = log.append([Append((draft,)) for draft in batch])
        if not isinstance(results[-1], Appended):
            raise TypeError(f"not appended: {results[-1]}")


def head(connection: Connection[Any]) -> int:
    """Return how many entries the ledger has."""
    row: Any = connection.execute("SELECT size FROM ledger.log_state").fetchone()
    return int(row[0])


def need_space(work: Path, count: int) -> None:
    """Raise before the disk is full, not after."""
    free, needed = machine.free_bytes(work), count * BYTES_PER_ENTRY
    if free < needed:
        raise OSError(f"{work} has {free / 2**30:.1f} GiB free, {needed / 2**30:.1f} are needed")


def drop(folder: Path) -> None:
    """Remove a ledger that no other figure needs."""
    shutil.rmtree(folder, ignore_errors=True)
