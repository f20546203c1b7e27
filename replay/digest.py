"""Sums over rows that do not depend on their order: what was replayed in parts can be compared whole.

A row counts as the first 16 bytes of the SHA-256 of its line in PostgreSQL's COPY text format, so
the server's own output and the line of a folded row give the same number.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, TypeAlias

from psycopg import Connection, sql

from projections.follow.fold import Rules
from projections.follow.pieces import pieces
from projections.views.lines import OPTIONS, day_text, lines, text
from projections.views.views import TABLES
from replay import known_at
from replay.known_at import Shown, SubjectsPart

Sums: TypeAlias = dict[str, dict[str, tuple[int, int]]]
"""Table → subject → number of rows and their sum modulo 2¹²⁸."""
MODULUS = 1 << 128
LINES_AT_ONCE = 500
NAMES = ("subject", "key", "valid_from", "valid_to", "district")


def texts(shown: Shown) -> Sequence[str]:
    """Return the row as texts, in the order in which `stored` asks for them."""
    subject, _, key, row = shown
    start, end, district, columns, doc = row
    return (subject, key, day_text(start), text(end), text(district), *columns, doc)


def folded(rules: Rules, part: SubjectsPart, day: date | None = None) -> Sums:
    """Return the sums over the rows of one part of a replay; with `day`, those that hold on it."""
    sums: Sums = {}
    waiting: dict[str, list[Sequence[str]]] = defaultdict(list)
    for shown in known_at.rows(rules, part):
        row = shown.row
        if day is None or row.holds_on(day):
            of_table = waiting[shown.table]
            of_table.append(texts(shown))
            if len(of_table) == LINES_AT_ONCE:
                added(sums, shown.table, lines(of_table).splitlines())
                of_table.clear()
    for table, of_table in waiting.items():
        added(sums, table, lines(of_table).splitlines())
    return sums


def histories(rules: Rules, part: SubjectsPart) -> Sums:
    """Return the sums over every row that ever held in one part of a replay, with since when and until when."""
    sums: Sums = {}
    for table, rows in known_at.history(rules, part):
        for some in pieces(rows, LINES_AT_ONCE):
            added(sums, table, lines(some).splitlines())
    return sums


def added(sums: Sums, table: str, lines: Iterable[bytes]) -> None:
    """Add lines to `sums`. A subject is a USCC: nothing in it is ever escaped."""
    of_table = sums.setdefault(table, {})
    for line in lines:
        subject = line[: line.index(b"\t")].decode()
        count, total = of_table.get(subject, (0, 0))
        number = int.from_bytes(sha256(line).digest()[:16])
        of_table[subject] = (count + 1, (total + number) % MODULUS)


def together(parts: Iterable[Sums]) -> Sums:
    """Return the sums over the rows of all parts."""
    whole: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for part in parts:
        for table, of_table in part.items():
            for subject, (count, total) in of_table.items():
                rows, sofar = whole[table].get(subject, (0, 0))
                whole[table][subject] = (rows + count, (sofar + total) % MODULUS)
    return dict(whole)


EVER = """
COPY (SELECT {names}, known_from, CASE WHEN known_to <= {position} THEN known_to END,
             valid_from, valid_to, doc{columns}
        FROM {table} WHERE known_from <= {position})
  TO STDOUT {options}
"""


def stored_histories(conn: Connection[Any], position: int, schema: str) -> Sums:
    """Return the sums over every row of the tables in `schema`, as it was known at `position`."""
    sums: Sums = {}
    for table in TABLES:
        own = [sql.SQL(", ") + sql.Identifier(name) for name in TABLES[table].columns]
        statement = sql.SQL(EVER).format(
            names=sql.SQL(", ").join(map(sql.Identifier, ("subject", "key", "district"))),
            columns=sql.Composed(own),
            table=sql.Identifier(schema, table),
            position=sql.Literal(position),
            options=sql.SQL(OPTIONS),
        )
        with conn.cursor().copy(statement) as copy:
            added(sums, table, (bytes(message)[:-1] for message in copy))
    return sums


def summary(sums: Sums) -> dict[str, Any]:
    """Return number of rows and sum of every table, the sums in hexadecimal."""
    return {
        table: {
            "rows": sum(count for count, _ in of_table.values()),
            "sum": f"{sum(total for _, total in of_table.values()) % MODULUS:032x}",
        }
        for table, of_table in sorted(sums.items())
    }
