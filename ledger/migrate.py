"""Numbered SQL files, each run once, as the owner, under a lock, and never edited afterwards.

Around them, each time: the roles before, owners and grants after (`ledger/roles.py`).
"""

import hashlib
import re
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from psycopg import Connection

from ledger import roles
from ledger.unready import Newer

FILE_NAME = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql")


class Edited(RuntimeError):  # noqa: N818 - reads as what it says
    """A migration that already ran has different content or is missing."""


class Source(NamedTuple):
    """A folder of migrations and of the grants that go with them. `namespace` has numbers of its own.

    `role`: in whose name they run. `owners`: schema → the role that everything in it belongs to.
    """

    namespace: str
    folder: Path
    role: str = roles.OWNER
    owners: Mapping[str, str] = MappingProxyType({})


class Migration(NamedTuple):
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the file's content in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


LEDGER = Source(
    "ledger",
    Path(__file__).parent / "sql",
    owners=MappingProxyType({"ledger": roles.OWNER, "vault": roles.OWNER}),
)

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
ACT_AS = "SELECT set_config('role', %s, true)"
# From the catalogue: to_regclass fails where the login may not look into the schema.
IS_BOOTSTRAPPED = """
SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'ledger' AND c.relname = 'migration')
"""
FOREIGN = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema' AND n.nspname <> ALL (%(own)s)
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                                             AND d.objid = c.oid AND d.deptype = 'e')
"""


def migrate(connection: Connection[Any], sources: Iterable[Source] = (LEDGER,)) -> list[str]:
    """Run what has not run yet, and see to roles, owners and grants; all in one transaction.

    Return the names of the files that ran.

    Raises:
        Edited: a file that ran before was changed or removed since.
        Newer: a later release ran files that this one does not know.
        NeedsAdministrator: the login may not do it; with what somebody has to type who may.
    """
    sources = list(sources)
    ran: list[str] = []
    with connection.transaction():
        connection.execute(LOCK)
        roles.establish(connection)
        for source in sources:  # a ledger of before, or one from a dump, may be anybody's
            roles.settle(connection, source.owners)
        connection.execute(ACT_AS, (roles.OWNER,))
        if not _is_there(connection):
            connection.execute(BOOTSTRAP)
        for source in sources:
            ran.extend(_run(connection, source))
        connection.execute("RESET ROLE")
        for source in sources:
            roles.settle(connection, source.owners)
        connection.execute(ACT_AS, (roles.OWNER,))
        for source in sources:
            roles.grant(connection, source.folder)
        connection.execute("RESET ROLE")
    return ran


def prepare(
    connection: Connection[Any], sources: Iterable[Source], applied: Mapping[str, Mapping[int, str]]
) -> None:
    """Make the tables of an empty database as they were where these files had run: for a restore.

    `applied`: namespace → number → digest. Owners and grants are left to `migrate`, which runs what
    came since. Call it in a transaction.

    Raises:
        Edited, Newer, NeedsAdministrator: as there.
    """
    connection.execute(LOCK)
    roles.establish(connection)
    connection.execute(ACT_AS, (roles.OWNER,))
    connection.execute(BOOTSTRAP)
    for source in sources:
        wanted = applied.get(source.namespace, {})
        _refuse_edited(source, files(source.folder), wanted)
        _run(connection, source, wanted)
    connection.execute("RESET ROLE")


class SchemaState(NamedTuple):
    """How the tables of a database stand to the files of this release."""

    is_there: bool
    pending: list[str]
    """Files that have not run, `namespace/name`."""
    later: list[str]
    """What a later release ran, `namespace/number`."""
    foreign: int
    """Tables of others in this database."""


def schema_state(connection: Connection[Any], sources: Iterable[Source]) -> SchemaState:
    """Return how the tables stand, and change nothing.

    Raises:
        psycopg.errors.InsufficientPrivilege: the login may not know: grants are missing.
    """
    sources = list(sources)
    own = [schema for source in sources for schema in source.owners]
    row: Any = connection.execute(FOREIGN, {"own": own}).fetchone()
    if not _is_there(connection):
        return SchemaState(is_there=False, pending=[], later=[], foreign=row[0])
    pending: list[str] = []
    later: list[str] = []
    for source in sources:
        known = {migration.number: migration.name for migration in files(source.folder)}
        rows = connection.execute(APPLIED, {"namespace": source.namespace}).fetchall()
        applied = {number for number, _ in rows}
        pending += [f"{source.namespace}/{known[n]}" for n in known if n not in applied]
        later += _later(source, known, applied)
    return SchemaState(is_there=True, pending=pending, later=later, foreign=row[0])


def _is_there(connection: Connection[Any]) -> bool:
    return connection.execute(IS_BOOTSTRAPPED).fetchone() == (True,)


def _later(source: Source, known: Iterable[int], applied: Iterable[int]) -> list[str]:
    last = max(known, default=0)
    return [f"{source.namespace}/{number:04}" for number in sorted(applied) if number > last]


def files(folder: Path) -> list[Migration]:
    """Return the migrations of a folder in order of their numbers.

    Raises:
        ValueError: a name is not `NNNN_what_it_does.sql`, or two files have one number.
    """
    migrations: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        if path.name in {roles.GRANTS, roles.TRACES}:
            continue
        match = FILE_NAME.fullmatch(path.name)
        if match is None or int(match[1]) in migrations:
            raise ValueError(f"{path}: not NNNN_what_it_does.sql with a number of its own")
        migrations[int(match[1])] = Migration(int(match[1]), path.name, path.read_text("utf-8"))
    return list(migrations.values())


APPLIED = "SELECT number, digest FROM ledger.migration WHERE namespace = %(namespace)s"
RECORD = """
INSERT INTO ledger.migration (namespace, number, name, digest)
VALUES (%(namespace)s, %(number)s, %(name)s, %(digest)s)
"""


def _run(
    connection: Connection[Any], source: Source, wanted: Container[int] | None = None
) -> list[str]:
    """Run what has not run yet; of that only what is wanted, if anything is said."""
    migrations = files(source.folder)
    rows = connection.execute(APPLIED, {"namespace": source.namespace}).fetchall()
    applied = cast("dict[int, str]", dict(rows))
    _refuse_edited(source, migrations, applied)
    pending = [
        migration
        for migration in migrations
        if migration.number not in applied and (wanted is None or migration.number in wanted)
    ]
    for migration in pending:
        connection.execute(ACT_AS, (source.role,))
        # No parameters, so a file may hold many statements.
        connection.execute(migration.sql.encode())
        connection.execute(ACT_AS, (roles.OWNER,))  # a file may have changed it
        values = (source.namespace, *migration[:2], migration.digest)
        names = ("namespace", "number", "name", "digest")
        connection.execute(RECORD, dict(zip(names, values, strict=True)))
    return [migration.name for migration in pending]


def _refuse_edited(
    source: Source, migrations: Iterable[Migration], applied: Mapping[int, str]
) -> None:
    present = {migration.number: migration for migration in migrations}
    if later := _later(source, present, applied):
        raise Newer(later)
    for number, digest in applied.items():
        if number not in present or present[number].digest != digest:
            name = present[number].name if number in present else f"{number:04}_….sql"
            raise Edited(
                f"{source.namespace}/{name} ran before and is different now: "
                "restore it, and put the change into a file with a new number"
            )
