"""By which columns a list is sorted: of rows with the same value the key decides, so the order is total.

A page begins behind the value and the key of the last row of the page before. What may be asked for
is what an index gives in order, or a column of a view that has few rows on any day.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, LiteralString, NamedTuple, TypeAlias

import msgspec
from psycopg import Connection, sql

from projections.views.asking import asked
from projections.views.basis import BadCursor, Page
from projections.views.row import item


class Column(NamedTuple):
    """What a list may be sorted by: an expression that is never null, and of which kind its values are."""

    expression: LiteralString
    kind: Literal["text", "day", "number"] = "text"


class Sorting(NamedTuple):
    """One order of a list: by which of its columns, and whether the last comes first."""

    name: str
    column: Column
    backwards: bool

    def place(self, value: str, key: str) -> str:
        """Return the cursor behind a row."""
        return msgspec.json.encode([value, key]).decode()


def sorting(columns: Mapping[str, Column], name: str | None) -> Sorting | None:
    """Return the order that `name` or `-name` asks for; None: the list's own."""
    if name is None:
        return None
    plain = name.removeprefix("-")
    return Sorting(plain, columns[plain], plain != name)


def orders(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Return every order that there is: each column, and the same with the last first."""
    return tuple(order for name in columns for order in (name, f"-{name}"))


Keyed: TypeAlias = tuple[tuple[LiteralString, LiteralString], ...]
"""The key of a list as its own order has it: its columns, each with the parameter that holds the last row's."""

BY_KEY: Keyed = (("key", "%(after)s"),)


def sorted_page(  # noqa: PLR0913, PLR0917 - one argument a part of the question
    conn: Connection[Any],
    query: LiteralString,
    values: Mapping[str, Any],
    limit: int,
    order: Sorting | None,
    cursor: str | None,
    keyed: Keyed = BY_KEY,
    rows: LiteralString = "",
) -> Page:
    """Return a page of what a query answers, sorted as it is asked for.

    The query has places for `value` (what its rows are sorted by), `behind` (the condition that a row
    lies behind the last one of the page before) and `order`; and for `rows`, where they differ.

    Raises:
        BadCursor: the cursor is no place in this order.
    """
    if order is None:
        key = sql.SQL(", ").join(sql.SQL(name) for name, _ in keyed)
        after = sql.SQL(", ").join(sql.SQL(last) for _, last in keyed)
        parts = {
            "value": sql.SQL("key"),
            "behind": sql.SQL("({}) > ({})").format(key, after),
            "order": key,
            "rows": sql.SQL(rows),
        }
        return _page(conn, sql.SQL(query).format(**parts), values, limit, None)
    # What it is sorted by stands once: an index is looked into by a comparison as it has its columns.
    kept = [each for each in keyed if each[0] != order.column.expression]
    value = sql.SQL(order.column.expression)
    # One direction for all columns: an index over them is read forwards or backwards.
    way = sql.SQL(" DESC" if order.backwards else "")
    named = [sql.SQL(name) for name, _ in kept]
    lasts = [sql.SQL(last) for _, last in kept]
    behind: sql.Composable = sql.SQL("true")
    if cursor is not None:
        sign = sql.SQL("<" if order.backwards else ">")
        comma = sql.SQL(", ")
        behind = sql.SQL("({}) {} ({})").format(
            comma.join((value, *named)), sign, comma.join((sql.Placeholder("after_value"), *lasts))
        )
        values = {**values, "after_value": _place(order, cursor)[0]}
    parts = {
        "value": value,
        "behind": behind,
        "order": sql.SQL(", ").join(each + way for each in (value, *named)),
        "rows": sql.SQL(rows),
    }
    return _page(conn, sql.SQL(query).format(**parts), values, limit, order)


def key_of(order: Sorting | None, cursor: str | None) -> str | None:
    """Return the key of the last row of the page before; None on the first page.

    Raises:
        BadCursor: the cursor is no place in this order.
    """
    if order is None or cursor is None:
        return cursor
    return _place(order, cursor)[1]


def _place(order: Sorting, cursor: str) -> tuple[str, str]:
    """Return value and key behind which a page begins."""
    try:
        value, key = msgspec.json.decode(cursor, type=tuple[str, str])
        match order.column.kind:
            case "day":
                date.fromisoformat(value)
            case "number":
                int(value)
            case "text":
                pass
    except (ValueError, msgspec.MsgspecError):
        raise BadCursor(cursor) from None
    return value, key


def _page(
    conn: Connection[Any],
    query: sql.Composed,
    values: Mapping[str, Any],
    limit: int,
    order: Sorting | None,
) -> Page:
    # One row more than the page has: so it is known whether there is another page.
    rows = asked(conn, query, {**values, "limit": limit + 1}).fetchall()
    last = None
    if len(rows) > limit:
        key, _, value = rows[limit - 1]
        last = key if order is None else order.place(str(value), key)
    return Page([item(doc) for _, doc, _ in rows[:limit]], last)
