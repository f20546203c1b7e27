"""What versions of records change in the tables: new rows are inserted, old ones closed.

A row equal to the one in force is not written again. A row that began and ended within one
batch is written closed. So the tables do not tell how the entries were cut into batches.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, LiteralString, NamedTuple

from psycopg import Connection, sql

from projections.follow.pieces import pieces
from projections.follow.set_apart import Apart
from projections.views.lines import NULL, OPTIONS, day_text, lines, text
from projections.views.row import Row
from projections.views.views import TABLES, Version

LINES_AT_ONCE = 1_000


class Held(NamedTuple):
    """A row and since when it holds; `stored` where the table has it already."""

    known_from: int
    row: Row
    stored: bool


class Closing(NamedTuple):
    """The end of a stored row."""

    key: str
    valid_from: date
    known_from: int
    known_to: int


class Changes(NamedTuple):
    """What has to be done to one table, ready to be sent."""

    table: str
    written: list[bytes]
    """Lines of new rows, closed or not."""
    closings: list[Closing]


class Batch:
    """The versions that follow from the entries behind `after`, by record."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.size = 0
        self.apart: list[Apart] = []
        """Subjects that are not followed further, whatever else is in the batch."""
        self._first: dict[str, dict[str, Version]] = {name: {} for name in TABLES}
        self._later: dict[str, dict[str, list[Version]]] = {name: {} for name in TABLES}

    def add(self, versions: Iterable[Version]) -> None:
        """Add versions, those of one record in order of position."""
        first, later = self._first, self._later
        added = 0
        for version in versions:
            table, key = version.table, version.key
            # Nine of ten records are certificates with a single version: they get no list.
            if first[table].setdefault(key, version) is not version:
                later[table].setdefault(key, []).append(version)
            added += 1
        self.size += added

    def rows(self) -> Iterator[tuple[str, list[Sequence[str]]]]:
        """Yield by table the rows that follow where nothing was there before, closed ones too.

        Each is key, subject, district, known_from, known_to, valid_from, valid_to, doc and own columns.
        """
        for table, first in self._first.items():
            later = self._later[table]
            rows: list[Sequence[str]] = []
            for key, version in first.items():
                follow((version, *later.get(key, ())), {}, rows, [])
            yield table, rows

    def changes(self, conn: Connection[Any], settled: Callable[[], None]) -> list[Changes]:
        """Return what has to be done to the tables.

        `settled` is called before rows are looked at: what earlier batches wrote must be there.
        """
        return [
            _changes(table, first, self._later[table], self._in_force(conn, table, first, settled))
            for table, first in self._first.items()
            if first
        ]

    def _in_force(
        self,
        conn: Connection[Any],
        table: str,
        first: Mapping[str, Version],
        settled: Callable[[], None],
    ) -> dict[str, dict[date, Held]]:
        old = [version.key for version in first.values() if version.began <= self.after]
        if not old:
            return {}
        settled()
        return load(conn, table, old)


def _changes(
    table: str,
    first: Mapping[str, Version],
    later: Mapping[str, Sequence[Version]],
    in_force: Mapping[str, dict[date, Held]],
) -> Changes:
    rows: list[Sequence[str]] = []
    closings: list[Closing] = []
    for key, version in first.items():
        rows_in_force, chain = in_force.get(key), later.get(key, ())
        if rows_in_force is None and not chain:
            _, _, subject, _, position, shown = version
            rows += [_texts(key, subject, position, None, row) for row in shown]
        else:
            follow((version, *chain), rows_in_force or {}, rows, closings)
    return Changes(table, [lines(some) for some in pieces(rows, LINES_AT_ONCE)], closings)


def follow(
    chain: Sequence[Version],
    in_force: dict[date, Held],
    rows: list[Sequence[str]],
    closings: list[Closing],
) -> None:
    """Add what the versions of one record change; `held` are its rows in force by first day."""
    _, key, subject, _, _, _ = chain[0]
    for version in chain:
        position = version.position
        new = {row.valid_from: row for row in version.rows}
        for day, (known_from, row, stored) in list(in_force.items()):
            if new.get(day) == row:
                continue
            if stored:
                closings.append(Closing(key, day, known_from, position))
            elif known_from < position:  # else an entry and the verdict of C2 that it brought about
                rows.append(_texts(key, subject, known_from, position, row))
            del in_force[day]
        for day, row in new.items():
            if day not in in_force:
                in_force[day] = Held(position, row, stored=False)
    for known_from, row, stored in in_force.values():
        if not stored:
            rows.append(_texts(key, subject, known_from, None, row))


def _texts(
    key: str, subject: str, known_from: int, known_to: int | None, row: Row
) -> Sequence[str]:
    start, end, district, columns, doc = row
    return (
        key,
        subject,
        NULL if district is None else district,
        str(known_from),
        NULL if known_to is None else str(known_to),
        day_text(start),
        NULL if end is None else day_text(end),
        doc,
        *columns,
    )


LOAD = """
SELECT key, known_from, valid_from, valid_to, district, doc{columns}
  FROM {table} WHERE key = ANY (%(keys)s) AND known_to IS NULL
"""


def load(conn: Connection[Any], table: str, keys: list[str]) -> dict[str, dict[date, Held]]:
    """Return the rows in force of the records, by key and first day."""
    in_force: dict[str, dict[date, Held]] = defaultdict(dict)
    for row in conn.execute(_statement(LOAD, table), {"keys": keys}, binary=True).fetchall():
        key, known_from, valid_from, valid_to, district, doc, *columns = row
        shown = Row(valid_from, valid_to, district, tuple(map(text, columns)), doc)
        in_force[key][valid_from] = Held(known_from, shown, stored=True)
    return in_force


def apply(conn: Connection[Any], changes: Iterable[Changes]) -> None:
    """Do to the tables what has to be done."""
    for table, written, closings in changes:
        if closings:
            close(conn, table, closings)
        if written:
            insert(conn, table, written)


INSERT = """
COPY {table} (key, subject, district, known_from, known_to, valid_from, valid_to, doc{columns})
FROM STDIN {options}
"""


def insert(conn: Connection[Any], table: str, written: Iterable[bytes]) -> None:
    """Insert rows."""
    with conn.cursor().copy(_statement(INSERT, table)) as copy:
        for some in written:
            copy.write(some)


CLOSE = """
UPDATE {table} t SET known_to = c.known_to
  FROM unnest(%(keys)s::text[], %(days)s::date[], %(froms)s::bigint[], %(tos)s::bigint[])
       AS c(key, valid_from, known_from, known_to)
 WHERE t.key = c.key AND t.valid_from = c.valid_from AND t.known_from = c.known_from
"""


def close(conn: Connection[Any], table: str, closings: Iterable[Closing]) -> None:
    """End stored rows."""
    keys, days, froms, tos = (list(column) for column in zip(*closings, strict=True))
    values = {"keys": keys, "days": days, "froms": froms, "tos": tos}
    conn.execute(_statement(CLOSE, table), values)


@cache
def _statement(template: LiteralString, table: str) -> sql.Composed:
    """Return a statement for one table. Its schema is the connection's: live, or being rebuilt."""
    own = [sql.SQL(", ") + sql.Identifier(name) for name in TABLES[table].columns]
    return sql.SQL(template).format(
        table=sql.Identifier(table), columns=sql.Composed(own), options=sql.SQL(OPTIONS)
    )
