"""Questions whose filters may be left out: each is planned for the values that it comes with.

Connections of the ledger plan once for all values (`ledger.connect`), which for such a question is
the index of none of its filters. With the values in its text there is nothing to plan for but them.
"""

from collections.abc import Mapping
from typing import Any

from psycopg import ClientCursor, Connection
from psycopg.abc import QueryNoTemplate


def asked(
    conn: Connection[Any], query: QueryNoTemplate, values: Mapping[str, Any]
) -> ClientCursor[tuple[Any, ...]]:
    """Return the rows of a query; its values go into its text, quoted by the driver."""
    return ClientCursor(conn).execute(query, values)
