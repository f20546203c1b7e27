"""One file of a table: written beside its place, flushed to the disk, and named by what it holds.

A name is never used for two contents, so a reader that holds a manifest finds what it says, and whoever
is killed in the middle leaves files that no manifest names.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pyarrow as pa
import pyarrow.json as pj
import pyarrow.parquet as pq

from projections.items.tables import Table
from projections.items.typed import WRITTEN, arrow_schema

GROUP_ROWS = 50_000
GROUP_BYTES = 32 * 1024 * 1024
"""What one row group may hold: what is in memory at once."""
MODULUS = 1 << 128
ENDING = ".part"
"""Of a file that is being written."""


class Written(NamedTuple):
    """A file that is on the disk."""

    path: Path
    rows: int
    bytes: int
    sha256: str
    digest: int
    """Sum over its rows, of the first 16 bytes of the SHA-256 of each, modulo 2¹²⁸."""


def row_digest(written: bytes) -> int:
    """Return as what a row counts in a sum."""
    return int.from_bytes(sha256(written).digest()[:16])


def write(place: Path, table: Table, lines: Iterable[bytes], about: Mapping[str, str]) -> Written:
    """Write the rows of one file; it is named `<place>-<digest of its bytes>.parquet`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    # On a cluster two machines may have one process number, and write the same file after a fault.
    part = place.with_name(f"{place.name}.{uuid4().hex}{ENDING}")
    rows = digest = 0
    try:
        with part.open("wb") as file:
            schema = arrow_schema(table.fields)
            named: pa.Schema = schema.with_metadata(dict(about))  # pyright: ignore[reportUnknownMemberType]
            with pq.ParquetWriter(file, named, compression="zstd") as parquet:
                for group in _groups(lines):
                    rows += len(group)
                    digest = (digest + sum(map(row_digest, group))) % MODULUS
                    parquet.write_table(_typed(table, group).cast(named))  # pyright: ignore[reportUnknownMemberType]
            file.flush()
            os.fsync(file.fileno())
        with part.open("rb") as file:
            hashed = _digest_of(iter(lambda: file.read(1 << 20), b""))
        path = place.with_name(f"{place.name}-{hashed[:16]}.parquet")
        part.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            part.unlink()
        raise
    return Written(path, rows, path.stat().st_size, hashed, digest)


def _digest_of(some: Iterator[bytes]) -> str:
    digest = sha256()
    for chunk in some:
        digest.update(chunk)
    return digest.hexdigest()


def _groups(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    size = 0
    for encoded in lines:
        group.append(encoded)
        size += len(encoded)
        if len(group) == GROUP_ROWS or size > GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _typed(table: Table, lines: list[bytes]) -> pa.Table:
    """Return rows as columns: Arrow reads the JSON, and casts whole columns."""
    joined = b"\n".join(chain(lines, [b""]))
    parse = pj.ParseOptions(
        explicit_schema=arrow_schema(table.fields, WRITTEN), unexpected_field_behavior="error"
    )
    read = pj.ReadOptions(use_threads=False, block_size=len(joined) + 1)
    columns = pj.read_json(BytesIO(joined), read_options=read, parse_options=parse)
    return columns.cast(arrow_schema(table.fields))


def flush_folder(folder: Path) -> None:
    """See to it that the names in a folder outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
