"""Which tables a backup holds, in the order in which they can be filled again."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection, sql

from ledger import roles
from ledger.migrate import Source

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "ledger.migration": "written by the migrations that a restore carries out",
        # A server of another major version may hash otherwise.
        "ledger.entry_tag": "follows from the entries",
        "ledger.tile": "follows from the entries",
        "office.session": "people sign in again",
        "office.invitation": "a one-time link that was used must not come back",
        "office.attempt": "counts of the minutes before",
        "office.first_use": "a use after the restore is remembered anew",
        "office.pace": "counts of the minutes before",
        # Files name people, and no erasure would reach them in a backup.
        "office.operation": "an import that is under way is sent again, and adds nothing twice",
        "office.operation_turn": "as its operation",
        "office.operation_piece": "as its operation",
    }
)
"""Tables that no backup holds → why. Every other one that belongs to the owner is held."""
ONE_ROW = frozenset({"ledger.log_state"})
"""Tables whose one row is made with them and changed by a restore."""


class Held(NamedTuple):
    """A table that a backup holds."""

    schema: str
    table: str
    columns: tuple[str, ...]
    counted: tuple[str, ...]
    """Columns that a sequence counts."""

    @property
    def name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.table}"

    @property
    def identifier(self) -> sql.Identifier:
        """As SQL names it."""
        return sql.Identifier(self.schema, self.table)

    def listed(self, columns: Iterable[str]) -> sql.Composed:
        """Return the names of columns with commas between them."""
        return sql.SQL(", ").join(map(sql.Identifier, columns))


TABLES = """
SELECT c.oid, n.nspname, c.relname,
       array_agg(a.attname::text ORDER BY a.attnum),
       coalesce(array_agg(a.attname::text) FILTER (WHERE pg_get_serial_sequence(
           quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) IS NOT NULL), '{}')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND a.attgenerated = ''
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY (%(schemas)s)
 GROUP BY c.oid, n.nspname, c.relname ORDER BY n.nspname, c.relname
"""
REFERENCES = """
SELECT conrelid, confrelid FROM pg_constraint
 WHERE contype = 'f' AND conrelid <> confrelid AND conrelid = ANY (%(tables)s)
"""


def held(connection: Connection[Any], sources: Iterable[Source]) -> list[Held]:
    """Return the tables of these sources that a backup holds, each behind those it refers to."""
    # What belongs to the application are views: they follow from the ledger and are made again.
    schemas = [s for each in sources for s, owner in each.owners.items() if owner == roles.OWNER]
    rows = connection.execute(TABLES, {"schemas": schemas}).fetchall()
    tables = {
        oid: Held(schema, table, tuple(columns), tuple(counted))
        for oid, schema, table, columns, counted in rows
        if f"{schema}.{table}" not in LEFT_OUT
    }
    needs: dict[int, set[int]] = {oid: set() for oid in tables}
    for table, other in connection.execute(REFERENCES, {"tables": list(tables)}):
        if other in tables:
            needs[table].add(other)
    order: list[Held] = []
    while needs:
        ready = [oid for oid, others in needs.items() if not others & needs.keys()]
        if not ready:
            raise ValueError(f"tables refer to each other in a circle: {sorted(needs)}")
        order += [tables[oid] for oid in ready]
        for oid in ready:
            del needs[oid]
    return order
