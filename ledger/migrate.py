"""Numbered SQL files, each run once, as the owner, under a lock, and never edited afterwards."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, cast

from psycopg import Connection

FILE_NAME = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql")


class Edited(RuntimeError):  # noqa: N818 - reads as what it says
    """A migration that already ran has different content or is missing."""


class Source(NamedTuple):
    """A folder of migrations. `namespace` has numbers of its own.

    `role`: in whose name they run; objects belong to that role. None is the owner.
    """

    namespace: str
    folder: Path
    role: str | None = None


class Migration(NamedTuple):
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the file's content in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


LEDGER = Source("ledger", Path(__file__).parent / "sql")

BOOTSTRAP = """
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE IF NOT EXISTS ledger.migration (
    namespace  text COLLATE "C" NOT NULL,
    number     integer NOT NULL,
    name       text NOT NULL,
    digest     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (namespace, number)
)
"""
LOCK = "SELECT pg_advisory_xact_lock(6077002110)"
IS_BOOTSTRAPPED = "SELECT to_regclass('ledger.migration') IS NOT NULL"


def migrate(connection: Connection, sources: Iterable[Source] = (LEDGER,)) -> list[str]:
    """Run what has not run yet, all in one transaction; return the names of those files.

    Raises:
        Edited: a file that ran before was changed or removed since.
    """
    ran: list[str] = []
    with connection.transaction():
        connection.execute(LOCK)
        if connection.execute(IS_BOOTSTRAPPED).fetchone() == (False,):
            connection.execute(BOOTSTRAP)
        for source in sources:
            ran.extend(_run(connection, source))
    return ran


def files(folder: Path) -> list[Migration]:
    """Return the migrations of a folder in order of their numbers.

    Raises:
        ValueError: a name is not `NNNN_what_it_does.sql`, or two files have one number.
    """
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None or int(match[1]) in found:
            raise ValueError(f"{path}: not NNNN_what_it_does.sql with a number of its own")
        found[int(match[1])] = Migration(int(match[1]), path.name, path.read_text("utf-8"))
    return list(found.values())


APPLIED = "SELECT number, digest FROM ledger.migration WHERE namespace = %(namespace)s"
RECORD = """
INSERT INTO ledger.migration (namespace, number, name, digest)
VALUES (%(namespace)s, %(number)s, %(name)s, %(digest)s)
"""


def _run(connection: Connection, source: Source) -> list[str]:
    migrations = files(source.folder)
    rows = connection.execute(APPLIED, {"namespace": source.namespace}).fetchall()
    applied = cast("dict[int, str]", dict(rows))
    _refuse_edited(source, migrations, applied)
    pending = [migration for migration in migrations if migration.number not in applied]
    for migration in pending:
        if source.role is not None:
            connection.execute("SELECT set_config('role', %s, true)", (source.role,))
        # No parameters, so a file may hold many statements.
        connection.execute(migration.sql.encode())
        connection.execute("RESET ROLE")
        values = (source.namespace, *migration[:2], migration.digest)
        names = ("namespace", "number", "name", "digest")
        connection.execute(RECORD, dict(zip(names, values, strict=True)))
    return [migration.name for migration in pending]


def _refuse_edited(
    source: Source, migrations: Iterable[Migration], applied: Mapping[int, str]
) -> None:
    present = {migration.number: migration for migration in migrations}
    for number, digest in applied.items():
        if number not in present or present[number].digest != digest:
            name = present[number].name if number in present else f"{number:04}_….sql"
            raise Edited(
                f"{source.namespace}/{name} ran before and is different now: "
                "restore it, and put the change into a file with a new number"
            )
