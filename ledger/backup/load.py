"""Back into a database without a ledger: all of it, and right, or nothing."""

from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection, sql

from ledger import roles
from ledger.backup.archive import BadArchive, Manifest, Reader, Table
from ledger.backup.dump import PATIENT, PATIENT_SINCE_17, Progress
from ledger.backup.tables import LEFT_OUT, ONE_ROW, Held, held
from ledger.log import pack, verify
from ledger.log.clock import now
from ledger.migrate import Source, migrate, prepare, schema_state
from ledger.unready import OtherKeys, Unready
from ledger.vault import erasures, fingerprints, keys


class Occupied(Unready):
    """There is a ledger already; a restore never writes over one."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"此处已有账本或其他库表：{place}。恢复只写入空的位置；请另建数据库或换一个 DUDAO_DATA",
            f"there is a ledger, or tables of others, already: {place}. A restore goes into an empty "
            "place alone: make a new database, or choose another DUDAO_DATA",
        )


class Restored(NamedTuple):
    """What a restore came to."""

    manifest: Manifest
    erased: int
    """Persons that were in the backup and had been erased since: erased again."""
    verified_at: datetime


def check_keys(manifest: Manifest, folder: Path) -> None:
    """See that the keys in the folder are those of the backup.

    Raises:
        MissingKeys, OtherKeys, UnusableKey: with what to do.
    """
    there = keys.complete(folder, list(manifest.keys))
    differing = [
        f"{name}.key"
        for name, key in there.items()
        if keys.fingerprint(name, key).hex() != manifest.keys[name]
    ]
    if differing:
        raise OtherKeys(str(folder), differing)


REASON = "restored from a backup that was made before the erasure"
TAGS = """
INSERT INTO ledger.entry_tag (tag_hash, position)
SELECT hashtextextended(t.tag, 0), e.position
  FROM ledger.entry e, unnest(e.tags) AS t(tag)
 WHERE t.tag <> 'stream:' || e.stream AND t.tag IS DISTINCT FROM 'subject:' || e.subject
 GROUP BY 1, 2 ORDER BY 1, 2
"""


def restore(  # noqa: PLR0913 - what a restore needs, each once
    connection: Connection[Any],
    sources: Iterable[Source],
    reader: Reader,
    folder: Path,
    *,
    place: str,
    erased: Collection[str],
    progress: Progress,
) -> Restored:
    """Fill an empty database, recompute the ledger, and erase again who was erased since.

    `folder`: of the keys. `erased`: pseudonyms in the lists that are kept outside the ledger. One
    transaction: whatever is raised, nothing has happened.

    Raises:
        Unready: the place is not empty, the archive is damaged or a later release's, or the keys are
            another ledger's.
    """
    sources = list(sources)
    manifest = reader.manifest
    check_keys(manifest, folder)
    with connection.transaction():
        connection.execute(PATIENT)
        if connection.info.server_version >= 170000:
            connection.execute(PATIENT_SINCE_17)
        there = schema_state(connection, sources)
        connection.execute("RESET ROLE")
        if there.is_there or there.foreign:
            raise Occupied(place)
        prepare(connection, sources, _applied(manifest))
        roles.act_as_owner(connection)
        _fill(connection, sources, reader, progress)
        connection.execute("RESET ROLE")
        # What came with later releases, and all owners and grants.
        migrate(connection, sources)
        roles.act_as_owner(connection)
        fingerprints.check(connection, folder)
        _check(connection, manifest, progress)
        gone = erasures.carry_out(
            connection, {*erased, *erasures.receipts(connection)}, "restore", REASON
        )
        connection.execute("RESET ROLE")
    return Restored(manifest, gone, now())


def _applied(manifest: Manifest) -> dict[str, dict[int, str]]:
    return {
        namespace: {int(number): digest for number, digest in ran.items()}
        for namespace, ran in manifest.migrations.items()
    }


def _fill(
    connection: Connection[Any], sources: list[Source], reader: Reader, progress: Progress
) -> None:
    present = {each.name: each for each in held(connection, sources)}
    described = {each.name: each for each in reader.manifest.tables}
    # Another release may have left other tables out.
    strange = sorted(
        (present.keys() - described.keys() - reader.manifest.left_out.keys())
        | (described.keys() - present.keys() - LEFT_OUT.keys())
    )
    if strange:
        raise BadArchive(
            f"备份中的库表与其清单所列版本不符：{'、'.join(strange)}",
            f"the tables of the backup are not those of its release: {', '.join(strange)}",
        )
    for name, table in present.items():
        if name in described:
            _copy(connection, table, described[name], reader, progress)
    connection.execute(TAGS)
    for table in present.values():
        for column in table.counted:
            connection.execute(_counting(table, column))
        # The next questions are about whole tables that were empty a moment ago.
        connection.execute(sql.SQL("ANALYZE {}").format(table.identifier))


def _counting(table: Held, column: str) -> sql.Composed:
    """Return what lets a sequence go on behind the rows that came."""
    return sql.SQL(
        "SELECT setval(pg_get_serial_sequence({name}, {text}), max({column})) FROM {table}"
        " HAVING count(*) > 0"
    ).format(
        name=sql.Literal(table.identifier.as_string(None)),
        text=sql.Literal(column),
        column=sql.Identifier(column),
        table=table.identifier,
    )


def _copy(
    connection: Connection[Any], table: Held, described: Table, reader: Reader, progress: Progress
) -> None:
    target = table.identifier
    if table.name in ONE_ROW:
        # No temporary one: whether a role may make those is the administrator's to say.
        target = sql.Identifier(table.schema, "restored_row")
        connection.execute(sql.SQL("CREATE TABLE {} (LIKE {})").format(target, table.identifier))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(target, table.listed(described.columns))
    octets = 0
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for block in reader.blocks(described):
                copy.write(block)
                octets += len(block)
                progress(table.name, octets)
        if cursor.rowcount != described.rows:
            raise BadArchive(
                f"{table.name} 恢复了 {cursor.rowcount} 行，应为 {described.rows} 行",
                f"{table.name}: {cursor.rowcount} rows came, not {described.rows}",
            )
    if table.name in ONE_ROW:
        columns = table.listed(described.columns)
        connection.execute(
            sql.SQL("UPDATE {} SET ({}) = (SELECT {} FROM {})").format(
                table.identifier, columns, columns, target
            )
        )
        connection.execute(sql.SQL("DROP TABLE {}").format(target))


def _check(connection: Connection[Any], manifest: Manifest, progress: Progress) -> None:
    """Recompute the ledger: it must be whole, and end where the manifest says, with that root."""
    pack.register(connection)
    report = verify.verify_alone(connection, lambda position, _: progress("verify", position))
    if report.difference is not None:
        at, what = report.difference
        raise BadArchive(
            f"备份中的账本不完整：位置 {at}，{what}；未恢复任何内容",
            f"the ledger in the backup is not whole: position {at}, {what}; nothing was restored",
        )
    restored = report.head.position, report.head.root.hex()
    if restored != (manifest.position, manifest.root):
        raise BadArchive(
            f"恢复后的账本到位置 {restored[0]}、根 {restored[1]}，与清单（{manifest.position}、"
            f"{manifest.root}）不符；未恢复任何内容",
            f"the restored ledger ends at {restored[0]} with root {restored[1]}, and the manifest says "
            f"{manifest.position} and {manifest.root}; nothing was restored",
        )
