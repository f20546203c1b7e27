"""Tables of a test ledger in a folder, and what is read of them."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq

from ledger.log import tiles
from projections.follow import histories
from projections.follow.fold import Rules
from projections.follow.version import FOLD
from replay.engines import Executor, InProcess
from replay.lake import manifest as manifests
from replay.lake.export import Wanted, export
from replay.lake.manifest import Manifest
from replay.lake.reference_tables import Names, reference_tables

Row = dict[str, Any]
NAMES = Names({"110108": ("海淀区", "Haidian")}, {})


def exported(
    conninfo: str,
    rules: Rules,
    folder: Path,
    position: int,
    executor: Executor | None = None,
    **others: int,
) -> Manifest:
    """Export up to `position`; the views must be there."""

    def root_at(at: int) -> str:
        with psycopg.connect(conninfo, autocommit=True) as conn:
            return tiles.root_at(conn, at).hex()

    with psycopg.connect(conninfo, autocommit=True) as conn:
        known = histories.known_rules(conn, rules, position)
    wanted = Wanted(
        position=position,
        fold=others.get("fold", FOLD),
        root=root_at(position),
        recorded_at=None,
        checkpoint=None,
        reference=reference_tables(known.reference_at(position), NAMES),
        since=others.get("since", 0),
    )
    running = executor or InProcess(rules)
    return export(conninfo, running, folder, wanted, root_at, lambda _done, _of: None)


def rows(folder: Path, name: str) -> list[Row]:
    """Every row of a table that the manifest names, as it was written."""
    found = manifests.read(folder)
    assert found is not None
    table = found.table(name)
    assert table is not None
    read: list[Row] = []
    for file in table.files:
        content = (folder / file.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        some = [written(row) for row in pq.read_table(folder / file.path).to_pylist()]
        assert len(some) == file.rows
        read += some
    return read


def written(value: Any) -> Any:
    """A value as rows are written: what a stranger does with a typed file."""
    if isinstance(value, Mapping):
        return {name: written(each) for name, each in value.items()}
    if isinstance(value, list):
        return [written(each) for each in value]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    if isinstance(value, dt.date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else value


def digest(some: list[Row]) -> str:
    """The sum over rows that the manifest states."""
    total = 0
    for row in some:
        line = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        total += int.from_bytes(hashlib.sha256(line).digest()[:16])
    return f"{total % (1 << 128):032x}"


def holding(some: list[Row], day: dt.date, position: int) -> list[Row]:
    """The rows that hold on a day, as known at a position, without the ends of what was known."""
    at = day.isoformat()
    return [
        {**row, "known_to": None}
        for row in some
        if row["known_from"] <= position
        and (row["known_to"] is None or row["known_to"] > position)
        and row["valid_from"] <= at
        and (row["valid_to"] is None or row["valid_to"] > at)
    ]
