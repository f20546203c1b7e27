"""The schema `analysis`: its files, and how its views follow the tables when those change places."""

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection, sql

from ledger.migrate import Source
from ledger.roles import APP

ANALYSIS = Source(
    "analysis",
    Path(__file__).parent / "sql",
    # As the tables that it shows: the application binds the views anew when those change places.
    owners=MappingProxyType({"analysis": APP}),
)


class View(NamedTuple):
    """A view as it stands in the database."""

    name: str
    text: str


# With an empty path every table is written with the schema that it is in.
QUALIFIED = "SELECT set_config('search_path', 'pg_catalog', true)"
STANDING = "SELECT viewname, definition FROM pg_views WHERE schemaname = 'analysis'"
SEARCH = "SELECT current_setting('search_path')"
BACK = "SELECT set_config('search_path', %(path)s, true)"


def views_in_place(connection: Connection[Any]) -> list[View]:
    """Return the views as they stand, which may be an earlier release's. Call it in a transaction."""
    row: Any = connection.execute(SEARCH).fetchone()
    connection.execute(QUALIFIED)
    views = [View(*row) for row in connection.execute(STANDING).fetchall()]
    connection.execute(BACK, {"path": row[0]})
    return views


def bind(connection: Connection[Any], views: Iterable[View]) -> None:
    """Let the views show the tables that bear their names now: PostgreSQL knows tables by identity."""
    for view in views:
        connection.execute(
            sql.SQL("CREATE OR REPLACE VIEW {} WITH (security_barrier) AS {}").format(
                sql.Identifier("analysis", view.name), _as_it_is(view.text)
            )
        )


def _as_it_is(text: str) -> sql.SQL:
    return sql.SQL(text)  # pyright: ignore[reportArgumentType] - the server wrote it
