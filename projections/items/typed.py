"""Values of items in types: how a file holds each, and the one way of writing a row that is hashed.

A row is written as a JSON object with every column of its table, names sorted, without blanks: days as ISO
writes them, instants in UTC with six digits of fraction, numbers as the shortest digits that give the same
double, what has no fixed members as JSON text. From a typed file the same bytes come back.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

import orjson
import pyarrow as pa

from projections.items.disclosure import shower
from projections.items.shape import Audience, Field, Kind, Shape, shape_of

TYPES: Mapping[Kind, pa.DataType] = MappingProxyType(
    {
        "text": pa.string(),
        "day": pa.date32(),
        "instant": pa.timestamp("us", "UTC"),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "json": pa.string(),
        "any": pa.string(),
    }
)
WRITTEN: Mapping[Kind, pa.DataType] = MappingProxyType(
    {**TYPES, "day": pa.string(), "instant": pa.string(), "number": pa.string()}
)
"""How they stand in a row that is written: Arrow casts them, whole columns at once."""

_Convert: TypeAlias = Callable[[Any], Any]


def arrow_type(field: Field, types: Mapping[Kind, pa.DataType] = TYPES) -> pa.DataType:
    """Return the type of a column: records are structs, several values a list."""
    if field.shape is None:
        single = types[field.kind]
    else:
        single = pa.struct(
            [pa.field(member.name, arrow_type(member, types)) for member in field.shape.fields]
        )
    return pa.list_(single) if field.many else single


def arrow_schema(fields: Sequence[Field], types: Mapping[Kind, pa.DataType] = TYPES) -> pa.Schema:
    """Return the columns of a table."""
    return pa.schema([pa.field(field.name, arrow_type(field, types)) for field in fields])


def line(row: Mapping[str, Any]) -> bytes:
    """Return the bytes of a row: those that are hashed."""
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


@cache
def writer(item: type) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return what makes a stored item into values as they are written, as far as analysts see them."""
    show = shower(item, Audience.READERS)
    convert = _of_shape(shape_of(item).seen_by(Audience.READERS))
    if convert is None:
        return show

    def written(stored: Mapping[str, Any]) -> dict[str, Any]:
        shown = show(stored)
        convert(shown)
        return shown

    return written


def _of_shape(shape: Shape) -> Callable[[dict[str, Any]], None] | None:
    """Return what writes the members of a record that are not written as they are; None: all are."""
    converters = [(field.name, _of_field(field)) for field in shape.fields]
    converts = [(name, convert) for name, convert in converters if convert is not None]
    if not converts:
        return None

    def convert_members(record: dict[str, Any]) -> None:
        for name, convert in converts:
            value = record[name]
            if value is not None:
                record[name] = convert(value)

    return convert_members


def _of_field(field: Field) -> _Convert | None:
    one = _of_value(field)
    if one is None or not field.many:
        return one
    return lambda values: [one(value) for value in values]


def _of_value(field: Field) -> _Convert | None:
    if field.shape is not None:
        inside = _of_shape(field.shape)
        if inside is None:
            return None

        def of_record(record: dict[str, Any]) -> dict[str, Any]:
            inside(record)
            return record

        return of_record
    return _PLAIN.get(field.kind)


@lru_cache(maxsize=1_024)  # thousands of entries share the time of their transaction
def instant(value: str) -> str:
    """Return an instant as it is written, however its zone and fraction were."""
    at = datetime.fromisoformat(value).astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


_PLAIN: Mapping[Kind, _Convert] = MappingProxyType(
    {
        "number": lambda value: repr(float(value)),
        "instant": instant,
        "json": lambda value: orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode(),
        "any": lambda value: orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode(),
    }
)
