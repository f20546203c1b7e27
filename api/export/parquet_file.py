"""Rows as Parquet: typed columns, compressed with zstd, the basis as metadata of the file.

Days are `date32`, instants `timestamp` in UTC, records structs and lists lists: nothing is left to be
parsed but what has no fixed members (an event's data), which is JSON.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice
from types import MappingProxyType
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from api.export.formats import Row
from projections.items.shape import Field, Kind
from projections.items.typed import TYPES, arrow_type

FIRST, GROUP = 1_000, 20_000
"""Rows of the first row group, for which the reader waits, and of the others: what is held in memory at once."""
_WIRE: Mapping[Kind, pa.DataType] = MappingProxyType(
    {**TYPES, "day": pa.string(), "instant": pa.string()}
)
"""How plain values arrive: days and instants as JSON writes them. Arrow reads them by columns."""
_READ: Mapping[Kind, Callable[[Any], object]] = MappingProxyType(
    {
        "day": date.fromisoformat,
        "instant": datetime.fromisoformat,
        "json": lambda value: orjson.dumps(value).decode(),
        "any": lambda value: orjson.dumps(value).decode(),
    }
)
"""How they are read inside a record, whose columns Arrow fills also where there is no record."""


class _Pieces:
    """What Arrow writes to: it never looks back, so what is written may be sent at once."""

    def __init__(self) -> None:
        self.closed = False
        self._written: list[bytes] = []
        self._size = 0

    def write(self, piece: bytes) -> int:
        """Take what comes next."""
        self._written.append(bytes(piece))
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Return how much was written in all."""
        return self._size

    def flush(self) -> None:
        """Do nothing: `taken` hands everything on."""

    def close(self) -> None:
        """Take no more."""
        self.closed = True

    def taken(self) -> bytes:
        """Return what was written since this was asked last."""
        written, self._written = b"".join(self._written), []
        return written


def pieces(
    fields: Sequence[Field], batches: Iterable[Sequence[Row]], about: Mapping[str, str]
) -> Iterator[bytes]:
    """Yield the file with the rows of all batches, a group of rows at a time.

    `about` becomes metadata of the file (basis, filters).
    """
    types = [(field, _wire(field), arrow_type(field)) for field in fields]
    plain = pa.schema([pa.field(field.name, to) for field, _, to in types])
    schema: pa.Schema = plain.with_metadata(dict(about))  # pyright: ignore[reportUnknownMemberType]
    rows = chain.from_iterable(batches)
    file, size = _Pieces(), FIRST
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:  # type: ignore[arg-type]
        while group := list(islice(rows, size)):
            arrays = [
                pa.array([_arrow(row.get(field.name), field) for row in group], wire).cast(to)
                for field, wire, to in types
            ]
            table = pa.Table.from_arrays(arrays, schema=schema)
            writer.write_table(table)  # pyright: ignore[reportUnknownMemberType]
            yield file.taken()
            size = GROUP
    yield file.taken()


def _wire(field: Field) -> pa.DataType:
    return arrow_type(field, _WIRE if field.shape is None else TYPES)


def _arrow(value: Any, field: Field) -> object:  # noqa: ANN401 - any JSON value
    """Return a value as Arrow takes it; plain ones are not looked into."""
    if value is None or (field.shape is None and field.kind not in {"json", "any"}):
        return value
    return _read(value, field)


def _read(value: Any, field: Field) -> object:  # noqa: ANN401 - any JSON value
    if value is None:
        return None
    if field.many:
        return [_one(each, field) for each in value]
    return _one(value, field)


def _one(value: Any, field: Field) -> object:  # noqa: ANN401 - any JSON value
    if field.shape is not None:
        return {each.name: _read(value.get(each.name), each) for each in field.shape.fields}
    read = _READ.get(field.kind)
    return value if read is None else read(value)
