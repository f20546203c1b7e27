"""Rows as Parquet: typed columns, compressed with zstd, the basis as metadata of the file."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import IO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from api.export.formats import CellKind, Column, Row

GROUP = 20_000
"""Rows of one row group: what is held in memory at once."""
TYPES: Mapping[CellKind, pa.DataType] = {
    "text": pa.string(),
    "day": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}


def write(
    file: IO[bytes],
    shape: Sequence[Column],
    batches: Iterable[Sequence[Row]],
    about: Mapping[str, str],
) -> None:
    """Write the rows of all batches; `about` becomes metadata of the file (basis, filters)."""
    plain = pa.schema([pa.field(column.name, TYPES[column.kind]) for column in shape])
    schema: pa.Schema = plain.with_metadata(dict(about))  # pyright: ignore[reportUnknownMemberType]
    rows = chain.from_iterable(batches)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(rows, GROUP)):
            arrays = [
                pa.array([_arrow(row.get(c.name), c.kind) for row in group], TYPES[c.kind])
                for c in shape
            ]
            table = pa.Table.from_arrays(arrays, schema=schema)
            writer.write_table(table)  # pyright: ignore[reportUnknownMemberType]


def _arrow(value: object, kind: CellKind) -> object:
    if value is None or kind in {"integer", "boolean"}:
        return value
    if kind == "json":
        return orjson.dumps(value).decode()
    return value if isinstance(value, str) else str(value)
