"""Out of the database: everything as it was at one moment, while others go on recording."""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, IsolationLevel, sql

from ledger.backup.archive import Manifest, Table, Writer
from ledger.backup.tables import LEFT_OUT, Held, held
from ledger.log.clock import now
from ledger.log.entry import instant_text
from ledger.log.merkle import Frontier
from ledger.migrate import Source
from ledger.unready import Unready
from ledger.vault import fingerprints

Progress = Callable[[str, int], None]
"""Called with the name of a table and how many of its bytes were copied."""
STATE = "SELECT size, frontier FROM ledger.log_state"
APPLIED = "SELECT namespace, number, digest FROM ledger.migration ORDER BY namespace, number"
# Whole tables take as long as they take, and what may not be seen must not be left out in silence.
PATIENT = """
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL row_security = off
"""
PATIENT_SINCE_17 = "SET LOCAL transaction_timeout = 0"


class Untied(Unready):
    """A ledger that is tied to no keys: nobody could tell later which belong to the backup."""

    def __init__(self) -> None:
        super().__init__(
            "账本尚未登记密钥指纹；请在存放密钥的服务器上运行一次 dudao doctor，再备份",
            "the ledger is tied to no keys yet: run dudao doctor once where they are, then back up",
        )


@contextmanager
def one_moment(connection: Connection[Any]) -> Generator[None]:
    """Show the database as it is now until the block ends, whatever is recorded meanwhile."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    try:
        with connection.transaction():
            connection.execute(PATIENT)
            if connection.info.server_version >= 170000:
                connection.execute(PATIENT_SINCE_17)
            yield
    finally:
        connection.isolation_level = connection.read_only = None


def dump(  # noqa: PLR0913 - what the manifest says beside the tables
    connection: Connection[Any],
    sources: Iterable[Source],
    writer: Writer,
    *,
    place: str,
    release: str,
    configuration: Mapping[str, Any],
    progress: Progress,
) -> Manifest:
    """Write everything that a ledger is, but its keys; return the manifest.

    Raises:
        Untied: the ledger is tied to no keys.
        psycopg.Error: a table may not be read; then the archive has no end and is none.
    """
    with one_moment(connection):
        keys = fingerprints.in_use(connection)
        if not keys:
            raise Untied
        row: Any = connection.execute(STATE, binary=True).fetchone()
        size, hashes = row
        applied: dict[str, dict[str, str]] = {}
        for namespace, number, digest in connection.execute(APPLIED):
            applied.setdefault(namespace, {})[str(number)] = digest
        tables = [_table(connection, each, writer, progress) for each in held(connection, sources)]
    manifest = Manifest(
        made_at=instant_text(now()),
        release=release,
        server=str(connection.info.server_version // 10_000),
        place=place,
        position=size,
        root=Frontier(size, hashes).root().hex(),
        keys={name: digest.hex() for name, digest in keys.items()},
        migrations=applied,
        tables=tuple(tables),
        left_out=dict(LEFT_OUT),
        configuration=configuration,
    )
    writer.close(manifest)
    return manifest


def _table(connection: Connection[Any], table: Held, writer: Writer, progress: Progress) -> Table:
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        table.identifier, table.listed(table.columns)
    )
    with writer.member(f"tables/{table.name}.copy") as member, connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for block in copy:
                member.write(block)
                progress(table.name, member.octets)
        return Table(table.name, table.columns, cursor.rowcount, member.octets, member.sha256)
