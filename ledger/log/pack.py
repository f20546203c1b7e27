"""PostgreSQL arrays in binary, packed by hand.

psycopg adapts lists element by element through Python, at several times the cost of everything
else in an append of thousands of entries.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

NULL = b"\xff\xff\xff\xff"
LENGTH = struct.Struct(">i").pack
HEADER = struct.Struct(">iiIii").pack
POSTGRES_EPOCH = date(2000, 1, 1).toordinal()
BYTEA, INT4, TEXT, DATE = 17, 23, 25, 1082


class Packed(bytes):
    """An array, ready to be sent."""


class TextArray(Packed):
    """text[]."""


class ByteaArray(Packed):
    """bytea[]."""


class IntArray(Packed):
    """integer[]."""


class DateArray(Packed):
    """date[]."""


ARRAY_TYPES = {TextArray: 1009, ByteaArray: 1001, IntArray: 1007, DateArray: 1182}


def register(connection: Connection[Any]) -> None:
    """Teach the connection to send packed arrays."""
    for kind, oid in ARRAY_TYPES.items():
        dumper = type("PackedDumper", (_PackedDumper,), {"oid": oid})
        connection.adapters.register_dumper(kind, dumper)


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> Packed:
        return obj


def texts(values: Iterable[str | None]) -> TextArray:
    """Return text[]."""
    return TextArray(_variable(TEXT, [None if text is None else text.encode() for text in values]))


def byteas(values: Sequence[bytes | None]) -> ByteaArray:
    """Return bytea[]."""
    return ByteaArray(_variable(BYTEA, values))


def integers(values: Sequence[int]) -> IntArray:
    """Return integer[]."""
    return IntArray(_fixed(INT4, values))


def dates(values: Iterable[date]) -> DateArray:
    """Return date[]."""
    return DateArray(_fixed(DATE, [day.toordinal() - POSTGRES_EPOCH for day in values]))


def _variable(oid: int, values: Sequence[bytes | None]) -> bytes:
    pieces = [HEADER(1, 1, oid, len(values), 1)]
    for value in values:
        if value is None:
            pieces.append(NULL)
        else:
            pieces.append(LENGTH(len(value)))
            pieces.append(value)
    return b"".join(pieces)


def _fixed(oid: int, values: Sequence[int]) -> bytes:
    flat = [4] * (2 * len(values))
    flat[1::2] = values
    return HEADER(1, 0, oid, len(values), 1) + struct.pack(f">{len(flat)}i", *flat)
