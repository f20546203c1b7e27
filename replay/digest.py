"""Sums over rows that do not depend on their order: what was replayed in parts can be compared whole.

A row counts as the first 16 bytes of the SHA-256 of its line in PostgreSQL's COPY text format, so
the server's own output and the line of a folded row give the same number.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, TypeAlias

from psycopg import Connection, sql

from projections.fold import Rules
from projections.lines import OPTIONS, lines, text
from projections.views import TABLES
from replay.known_at import Part, Shown, rows

Sums: TypeAlias = dict[str, dict[str, tuple[int, int]]]
"""Table → subject → number of rows and their sum modulo 2¹²⁸."""
MODULUS = 1 << 128
NAMES = ("subject", "key", "valid_from", "valid_to", "district")


def bytes_of(shown: Shown) -> bytes:
    """Return the row as `COPY … TO STDOUT` writes it."""
    subject, _, key, row = shown
    start, end, district, columns, doc = row
    return lines([(subject, key, str(start), text(end), text(district), *columns, doc)])


def number(octets: bytes) -> int:
    """Return what a row counts."""
    return int.from_bytes(sha256(octets).digest()[:16], "big")


def folded(rules: Rules, part: Part) -> Sums:
    """Return the sums over the rows of one part of a replay."""
    return added({}, ((shown.table, shown.subject, bytes_of(shown)) for shown in rows(rules, part)))


def added(sums: Sums, found: Iterable[tuple[str, str, bytes]]) -> Sums:
    """Add rows (table, subject, bytes) to `sums`."""
    for table, subject, octets in found:
        of_table = sums.setdefault(table, {})
        count, total = of_table.get(subject, (0, 0))
        of_table[subject] = (count + 1, (total + number(octets)) % MODULUS)
    return sums


def together(parts: Iterable[Sums]) -> Sums:
    """Return the sums over the rows of all parts."""
    whole: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for part in parts:
        for table, of_table in part.items():
            for subject, (count, total) in of_table.items():
                held, sofar = whole[table].get(subject, (0, 0))
                whole[table][subject] = (held + count, (sofar + total) % MODULUS)
    return dict(whole)


STORED = """
COPY (SELECT {names} FROM {table}
       WHERE known_from <= {position} AND (known_to IS NULL OR known_to > {position}))
  TO STDOUT {options}
"""


def stored(conn: Connection[Any], position: int, schema: str) -> Sums:
    """Return the sums over the rows of the tables in `schema`, as known at `position`."""
    sums: Sums = {}
    for table in TABLES:
        names = (*NAMES, *TABLES[table].columns, "doc")
        statement = sql.SQL(STORED).format(
            names=sql.SQL(", ").join(map(sql.Identifier, names)),
            table=sql.Identifier(schema, table),
            position=sql.Literal(position),
            options=sql.SQL(OPTIONS),
        )
        with conn.cursor().copy(statement) as copy:
            added(sums, _rows(table, copy))
    return sums


def _rows(table: str, copy: Iterable[Any]) -> Iterator[tuple[str, str, bytes]]:
    """Yield the rows of a COPY: the server sends one in each message."""
    for message in copy:
        octets = bytes(message)
        # A subject is a USCC: nothing in it is ever escaped.
        yield table, octets.partition(b"\t")[0].decode(), octets


def summary(sums: Sums) -> dict[str, Any]:
    """Return number of rows and sum of every table, the sums in hexadecimal."""
    return {
        table: {
            "rows": sum(count for count, _ in of_table.values()),
            "sum": f"{sum(total for _, total in of_table.values()) % MODULUS:032x}",
        }
        for table, of_table in sorted(sums.items())
    }
