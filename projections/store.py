"""Writes versions of rows: what is new is inserted, what no longer holds is closed.

A row equal to the one in force is not written again. A row that began and ended within one
batch is written closed. So the tables do not tell how the entries were cut into batches.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, LiteralString, NamedTuple

from psycopg import Connection, sql

from projections.lines import line
from projections.pieces import pieces
from projections.row import Row
from projections.views import TABLES, Version

LINES_AT_ONCE = 1_000


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


class Changes(NamedTuple):
    """What has to be done to one table."""

    written: list[Written]
    closings: list[Closing]


class Batch:
    """The versions that follow from the entries behind `after`, by record."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.size = 0
        self._first: dict[str, dict[str, Version]] = {name: {} for name in TABLES}
        self._later: dict[str, dict[str, list[Version]]] = {name: {} for name in TABLES}

    def add(self, versions: Iterable[Version]) -> None:
        """Add versions, those of one record in order of position."""
        for version in versions:
            table, key = version.table, version.key
            # Nine of ten records are certificates with a single version: they get no list.
            if self._first[table].setdefault(key, version) is not version:
                self._later[table].setdefault(key, []).append(version)
            self.size += 1

    def write(self, conn: Connection[Any]) -> None:
        """Write everything that follows."""
        for table, first in self._first.items():
            if first:
                written, closings = self._changes(conn, table, first, self._later[table])
                if closings:
                    close(conn, table, closings)
                if written:
                    insert(conn, table, written)

    def _changes(
        self,
        conn: Connection[Any],
        table: str,
        first: Mapping[str, Version],
        later: Mapping[str, Sequence[Version]],
    ) -> Changes:
        old = [key for key in first if not began_after(table, key, self.after)]
        in_force = load(conn, table, old) if old else {}
        found = Changes([], [])
        for key, version in first.items():
            held = in_force.get(key)
            chain = later.get(key)
            if held is None and chain is None:
                _, _, subject, position, rows = version
                found.written.extend([Written(key, subject, position, None, r) for r in rows])
            else:
                changes((version, *(chain or ())), held or {}, found)
        return found


def began_after(table: str, key: str, after: int) -> bool:
    """Return whether the record cannot have rows that are older than the batch."""
    if after == 0:
        return True
    if table == "certificates":
        return int(key) > after
    return table == "flags" and int(key.partition("-")[2]) > after


def changes(chain: Sequence[Version], held: dict[date, Held], found: Changes) -> None:
    """Add to `found` what the versions of one record change; `held`: its rows in force by first day."""
    _, key, subject, _, _ = chain[0]
    for version in chain:
        position = version.position
        new = {row.valid_from: row for row in version.rows}
        for day, (known_from, row, stored) in list(held.items()):
            if new.get(day) == row:
                continue
            if stored:
                found.closings.append(Closing(key, day, known_from, position))
            else:
                found.written.append(Written(key, subject, known_from, position, row))
            del held[day]
        for day, row in new.items():
            if day not in held:
                held[day] = Held(position, row, stored=False)
    found.written.extend(
        Written(key, subject, known_from, None, row)
        for known_from, row, stored in held.values()
        if not stored
    )


LOAD = """
SELECT key, known_from, valid_from, valid_to, district, doc{columns}
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


INSERT = """
COPY {table} (key, subject, district, known_from, known_to, valid_from, valid_to, doc{columns})
FROM STDIN
"""


def insert(conn: Connection[Any], table: str, written: Sequence[Written]) -> None:
    """Insert rows."""
    with conn.cursor().copy(_statement(INSERT, table)) as copy:
        for some in pieces(written, LINES_AT_ONCE):
            copy.write("".join(_lines(some)).encode())


def _lines(written: Iterable[Written]) -> Iterator[str]:
    for key, subject, known_from, known_to, row in written:
        start, end, district, columns, doc = row
        yield line((key, subject, district, known_from, known_to, start, end, doc, *columns))


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
    own = [sql.SQL(", ") + sql.Identifier(name) for name in TABLES[table].columns]
    return sql.SQL(template).format(table=sql.Identifier(table), columns=sql.Composed(own))
