"""Writes versions of rows: what is new is inserted, what no longer holds is closed.

A row equal to the one in force is not written again. A row that began and ended within one
batch is written closed. So the tables do not tell how the entries were cut into batches.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, LiteralString, NamedTuple, TypeAlias

from psycopg import Connection, sql

from projections import copying
from projections.row import Row
from projections.views import TABLES, Version

Chains: TypeAlias = dict[tuple[str, str], list[Version]]
"""Table and key → the versions of that record in a batch, in order of position."""


class Held(NamedTuple):
    """A row and since when it holds; `stored` where the table has it already."""

    known_from: int
    row: Row
    stored: bool


class Written(NamedTuple):
    """A row for the table, closed or not."""

    key: str
    subject: str
    known_from: int
    known_to: int | None
    row: Row


class Closing(NamedTuple):
    """The end of a stored row."""

    key: str
    valid_from: date
    known_from: int
    known_to: int


class Batch:
    """The versions of one batch, by record."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.size = 0
        self._chains: dict[str, dict[str, list[Version]]] = {name: {} for name in TABLES}
        self._subjects: dict[str, str] = {}

    def add(self, subject: str, versions: Iterable[Version]) -> None:
        """Add versions of records about `subject`, in order of position."""
        for version in versions:
            chain = self._chains[version.table].setdefault(version.key, [])
            if not chain:
                self._subjects[f"{version.table}/{version.key}"] = subject
            chain.append(version)
            self.size += 1

    def write(self, conn: Connection[Any]) -> None:
        """Write everything that follows, and forget it."""
        for table, chains in self._chains.items():
            if chains:
                self._write_table(conn, table, chains)
                chains.clear()
        self._subjects.clear()
        self.size = 0

    def _write_table(
        self, conn: Connection[Any], table: str, chains: Mapping[str, list[Version]]
    ) -> None:
        old = [key for key in chains if not began_after(table, key, self.after)]
        in_force = load(conn, table, old) if old else {}
        written: list[Written] = []
        closings: list[Closing] = []
        for key, chain in chains.items():
            subject = self._subjects[f"{table}/{key}"]
            changes(key, subject, chain, in_force.get(key, {}), written, closings)
        if closings:
            close(conn, table, closings)
        if written:
            insert(conn, table, written)


def began_after(table: str, key: str, after: int) -> bool:
    """Return whether the record cannot have rows that are older than the batch."""
    if after == 0:
        return True
    if table == "certificates":
        return int(key) > after
    return table == "flags" and int(key.partition("-")[2]) > after


def changes(  # noqa: PLR0913, PLR0917 - one chain, and where its consequences go
    key: str,
    subject: str,
    chain: Iterable[Version],
    in_force: dict[date, Held],
    written: list[Written],
    closings: list[Closing],
) -> None:
    """Add what the versions of one record change, given its rows in force (by first day)."""
    held = in_force
    for _, _, position, rows in chain:
        new = {row.valid_from: row for row in rows}
        for day, (known_from, row, stored) in list(held.items()):
            if new.get(day) == row:
                continue
            if stored:
                closings.append(Closing(key, day, known_from, position))
            else:
                written.append(Written(key, subject, known_from, position, row))
            del held[day]
        for day, row in new.items():
            if day not in held:
                held[day] = Held(position, row, stored=False)
    written.extend(
        Written(key, subject, known_from, None, row)
        for known_from, row, stored in held.values()
        if not stored
    )


COMMON = ("key", "subject", "district", "known_from", "known_to", "valid_from", "valid_to")
COMMON_TYPES = ("text", "text", "text", "bigint", "bigint", "date", "date")

LOAD = """
SELECT key, known_from, valid_from, valid_to, district, doc, {columns}
  FROM {table} WHERE key = ANY (%(keys)s) AND known_to IS NULL
"""


def load(conn: Connection[Any], table: str, keys: list[str]) -> dict[str, dict[date, Held]]:
    """Return the rows in force of the records, by key and first day."""
    found: dict[str, dict[date, Held]] = defaultdict(dict)
    for row in conn.execute(_statement(LOAD, table), {"keys": keys}, binary=True).fetchall():
        key, known_from, valid_from, valid_to, district, doc, *columns = row
        shown = Row(valid_from, valid_to, district, tuple(columns), doc)
        found[key][valid_from] = Held(known_from, shown, stored=True)
    return found


INSERT = "COPY {table} ({common}, doc, {columns}) FROM STDIN (FORMAT binary)"


def insert(conn: Connection[Any], table: str, written: Iterable[Written]) -> None:
    """Insert rows."""
    with conn.cursor().copy(_statement(INSERT, table)) as copy:
        copy.write(copying.HEADER)
        for piece in packed(table, written):
            copy.write(piece)
        copy.write(copying.TRAILER)


def packed(table: str, written: Iterable[Written]) -> Iterator[bytes]:
    """Yield the rows as binary COPY wants them, in pieces of some hundred kilobytes."""
    kinds = (*COMMON_TYPES, "bytea", *(kind for _, kind in TABLES[table].columns))
    packers = [copying.PACKERS[kind] for kind in kinds]
    pieces: list[bytes] = []
    for key, subject, known_from, known_to, row in written:
        valid_from, valid_to, district, columns, doc = row
        values = (
            key, subject, district, known_from, known_to, valid_from, valid_to, doc, *columns
        )  # fmt: skip
        pieces.append(copying.row(packers, values))
        if len(pieces) == 512:
            yield b"".join(pieces)
            pieces.clear()
    yield b"".join(pieces)


CLOSE = """
UPDATE {table} t SET known_to = c.known_to
  FROM unnest(%(keys)s::text[], %(days)s::date[], %(froms)s::bigint[], %(tos)s::bigint[])
       AS c(key, valid_from, known_from, known_to)
 WHERE t.key = c.key AND t.valid_from = c.valid_from AND t.known_from = c.known_from
"""


def close(conn: Connection[Any], table: str, closings: list[Closing]) -> None:
    """End stored rows."""
    keys, days, froms, tos = (list(column) for column in zip(*closings, strict=True))
    values = {"keys": keys, "days": days, "froms": froms, "tos": tos}
    conn.execute(_statement(CLOSE, table), values)


@cache
def _statement(template: LiteralString, table: str) -> sql.Composed:
    """Return a statement for one table. Its schema is the connection's: live, or being rebuilt."""
    names = [name for name, _ in TABLES[table].columns]
    # A view without columns of its own repeats none: `doc, ` must not stay behind.
    if not names:
        template = template.replace(", {columns}", "")
    return sql.SQL(template).format(
        table=sql.Identifier(table),
        common=sql.SQL(", ").join(map(sql.Identifier, COMMON)),
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
    )
