"""Questions whose filters may be left out: each is planned for the values that it comes with.

Connections of the ledger plan once for all values (`ledger.connect`), which for such a question is
the index of none of its filters. With the values in its text there is nothing to plan for but them.
"""

from collections.abc import Mapping
from typing import Any

from psycopg import ClientCursor, Connection
from psycopg.abc import QueryNoTemplate

from projections.views.basis import Page
from projections.views.row import item


def asked(
    conn: Connection[Any], query: QueryNoTemplate, values: Mapping[str, Any]
) -> ClientCursor[tuple[Any, ...]]:
    """Return the rows of a query; its values go into its text, quoted by the driver."""
    return ClientCursor(conn).execute(query, values)


def page_of(
    conn: Connection[Any], query: QueryNoTemplate, values: Mapping[str, Any], limit: int
) -> Page:
    """Return a page of what a query answers, `(key, doc)` in order.

    It asks for one row more than the page has: so it knows whether there is another page.
    """
    rows = asked(conn, query, {**values, "limit": limit + 1}).fetchall()
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Page([item(doc) for _, doc in rows[:limit]], last)


def one_of(
    conn: Connection[Any], query: QueryNoTemplate, values: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the one item that a query answers, None where there is none."""
    row = conn.execute(query, values).fetchone()
    return None if row is None else item(row[0])
