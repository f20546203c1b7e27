"""The tables into a folder: everything the first time, then only what has changed.

Killed at any moment the folder still holds the former manifest and every file that it names: files are
named by what they hold, the manifest takes its place last, and only then old files go.
"""

import fcntl
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection, sql

from projections.analysis.adopted import Row
from projections.follow import histories
from projections.follow.fold import Rules
from projections.items.shape import Field
from projections.items.tables import SCHEMA, TABLES, Table
from projections.items.typed import arrow_type
from replay.engines import Executor
from replay.known_at import connection
from replay.lake import files, manifest, rows
from replay.lake.files import MODULUS, Written
from replay.lake.manifest import FORMAT, Column, File, Manifest, TableFiles, Unusable

FEW, MANY = 16, 64
"""Buckets of a small and of a large ledger; a folder keeps those that it began with."""
LARGE = 2_000_000
"""Entries from which a ledger is large."""
SMALL_FILE = 200_000
"""Rows of entries below which the last file of a bucket is written again, with what came since."""

Advance = Callable[[int, int], None]
Rewritten = Mapping[int, list[str | None]]


class Wanted(NamedTuple):
    """What is exported: everything known at `position`, or only what was learnt behind `since`."""

    position: int
    fold: int
    root: str
    recorded_at: str | None
    checkpoint: str | None
    reference: Mapping[str, list[Row]]
    since: int = 0
    buckets: int | None = None
    """Into how many files a table goes; None: as many as the ledger is large."""


class Job(NamedTuple):
    """One file to be written."""

    conninfo: str
    folder: Path
    table: str
    bucket: int
    subjects: tuple[str | None, ...]
    span: rows.Span


class Before(NamedTuple):
    """The files of a table as they are, and up to which entry they hold everything."""

    files: Sequence[File]
    reached: int


def bucket_of(subject: str | None, buckets: int) -> int:
    """Return in which bucket a subject is; what is about nobody is in the first."""
    if subject is None:
        return 0
    return int.from_bytes(sha256(subject.encode()).digest()[:2]) % buckets


def export(  # noqa: PLR0913, PLR0917 - from where, to where, and with what
    conninfo: str,
    executor: Executor,
    folder: Path,
    wanted: Wanted,
    root_at: Callable[[int], str],
    advance: Advance,
) -> Manifest:
    """Bring the tables of a folder to a position of the ledger; the views must have reached it.

    `root_at` gives the ledger's root at an earlier position.

    Raises:
        Unusable: the folder holds something else, or tables of another ledger.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        old = _usable(folder, wanted, root_at)
        with connection(conninfo) as conn:
            kept, jobs = _plan(conn, conninfo, folder, wanted, old)
        by_table = kept
        for done, (job, written) in enumerate(executor.map(write_file, jobs), 1):
            if not written.path.exists():
                raise Unusable(
                    f"工作进程写入的 {written.path} 在本机看不到：请用各机器共用的目录",
                    f"a worker wrote {written.path}, which is not here: choose a folder that all machines share",
                )
            if written.rows or job.bucket == 0:  # one file at least says which columns there are
                by_table[job.table].append(_file(folder, job.bucket, job.span, written))
            advance(done, len(jobs))
        span = rows.Span(0, wanted.position)
        for name, some in wanted.reference.items():
            written = files.write(
                folder / name / name, TABLES[name], rows.of_reference(some), _about(name)
            )
            by_table[name] = [_file(folder, 0, span, written)]
        since = wanted.since if old is None else old.since
        made = _manifest(wanted._replace(since=since), _buckets(old, wanted), by_table)
        for name in TABLES:
            files.flush_folder(folder / name)
        manifest.keep(folder, made)
        _sweep(folder, made)
    return made


def write_file(_: Rules, job: Job) -> tuple[Job, Written]:
    """Write one file of a table."""
    table = TABLES[job.table]
    place = job.folder / table.name / f"{job.bucket:02d}-{job.span.upto}"
    with connection(job.conninfo) as conn:
        return job, files.write(place, table, lines_of(conn, table, job), _about(table.name))


def lines_of(conn: Connection[Any], table: Table, job: Job) -> Iterator[bytes]:
    """Yield the rows of one job."""
    if table.view is None:
        return rows.of_ledger(conn, table, job.subjects, job.span)
    named = [subject for subject in job.subjects if subject is not None]
    return rows.of_view(conn, table, named, job.span)


def _about(name: str) -> dict[str, str]:
    return {"dudao.table": name, "dudao.schema": str(SCHEMA)}


def _buckets(old: Manifest | None, wanted: Wanted) -> int:
    if old is not None:
        return old.buckets
    if wanted.buckets is not None:
        return wanted.buckets
    return FEW if wanted.position < LARGE else MANY


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable(
                f"另一次导出正在写入 {folder}", f"another export is writing to {folder}"
            ) from None
        yield


def _usable(folder: Path, wanted: Wanted, root_at: Callable[[int], str]) -> Manifest | None:
    """Return the manifest that the folder goes on from; None: it begins anew."""
    old = manifest.read(folder)
    if old is None:
        known = {*TABLES, ".lock"}
        strange = [
            each.name
            for each in folder.iterdir()
            if each.name not in known and not each.name.endswith(files.ENDING)
        ]
        if strange:
            raise Unusable(
                f"{folder} 中已有其他文件（{strange[0]}）；请另选目录或清空",
                f"{folder} holds other files ({strange[0]}): choose another folder, or empty it",
            )
        return None
    if old.position > wanted.position or old.root != root_at(old.position):
        raise Unusable(
            f"{folder} 中是另一账本的表（位置 {old.position}，根 {old.root[:16]}…）；请另选目录",
            f"{folder} holds tables of another ledger (position {old.position}, root "
            f"{old.root[:16]}…): choose another folder",
        )
    if wanted.since > old.position:
        raise Unusable(
            f"{folder} 中的表只到位置 {old.position}；自位置 {wanted.since} 起会有缺口",
            f"the tables in {folder} end at position {old.position}: those since {wanted.since} "
            "would leave a gap",
        )
    return old if old.schema == SCHEMA else None


def _plan(
    conn: Connection[Any], conninfo: str, folder: Path, wanted: Wanted, old: Manifest | None
) -> tuple[dict[str, list[File]], list[Job]]:
    """Return the files that stay as they are, and the jobs that make the others."""
    buckets = _buckets(old, wanted)
    since = wanted.since if old is None else old.since
    upto = wanted.position
    kept: dict[str, list[File]] = {name: [] for name in TABLES}
    jobs: list[Job] = []
    by_bucket = _by_bucket([subject for subject, _ in histories.sizes(conn, 0, upto)], buckets)
    for table in TABLES.values():
        if table.name in wanted.reference:
            continue
        before = _before(old, table, wanted.fold)
        if table.view is None:
            keep, pieces = _appended(conn, before, rows.Span(since, upto), by_bucket, buckets)
        else:
            keep, pieces = _versioned(conn, table, before, rows.Span(since, upto), buckets)
        kept[table.name] = keep
        jobs += [
            Job(conninfo, folder, table.name, bucket, tuple(by_bucket.get(bucket, ())), span)
            for bucket, span in pieces
        ]
    # The largest first: at the end one process would wait for another's.
    jobs.sort(key=lambda job: -len(job.subjects))
    return kept, jobs


def _before(old: Manifest | None, table: Table, fold: int) -> Before | None:
    """Return what there is of a table; None where all of it has to be made."""
    of_it = None if old is None else old.table(table.name)
    if old is None or of_it is None or (table.view is not None and old.fold != fold):
        return None
    return Before(of_it.files, old.position)


def _by_bucket(subjects: Sequence[str | None], buckets: int) -> dict[int, list[str | None]]:
    by_bucket: dict[int, list[str | None]] = defaultdict(list)
    by_bucket[0].append(None)
    for subject in subjects:
        by_bucket[bucket_of(subject, buckets)].append(subject)
    return by_bucket


Pieces = list[tuple[int, rows.Span]]


def _upto(file: File) -> int:
    return file.upto


def _appended(
    conn: Connection[Any],
    before: Before | None,
    span: rows.Span,
    by_bucket: Rewritten,
    buckets: int,
) -> tuple[list[File], Pieces]:
    """Plan a table to which rows are only added: a file more, or the last one again while it is small."""
    if before is None:
        return [], [(bucket, span) for bucket in sorted({0, *by_bucket})]
    changed = {bucket_of(s, buckets) for s in _recorded_about(conn, before.reached, span.upto)}
    of_bucket: dict[int, list[File]] = defaultdict(list)
    for file in sorted(before.files, key=_upto):
        of_bucket[file.bucket].append(file)
    keep: list[File] = []
    pieces: Pieces = []
    for bucket in sorted({0, *by_bucket}):
        files_of_it = of_bucket[bucket]
        if bucket not in changed:
            keep += files_of_it
            continue
        after = before.reached if files_of_it else span.after
        if files_of_it and files_of_it[-1].rows < SMALL_FILE:
            after = files_of_it.pop().after
        keep += files_of_it
        pieces.append((bucket, rows.Span(after, span.upto)))
    return keep, pieces


RECORDED_ABOUT = """
SELECT DISTINCT subject FROM ledger.entry WHERE position > %(after)s AND position <= %(upto)s
"""


def _recorded_about(conn: Connection[Any], after: int, upto: int) -> list[str | None]:
    subjects = conn.execute(RECORDED_ABOUT, {"after": after, "upto": upto}).fetchall()
    return [subject for (subject,) in subjects]


def _versioned(
    conn: Connection[Any],
    table: Table,
    before: Before | None,
    span: rows.Span,
    buckets: int,
) -> tuple[list[File], Pieces]:
    """Plan a table whose rows end: a bucket in which anything began or ended is written again."""
    if before is None:
        return [], [(bucket, span) for bucket in range(buckets)]
    changed = {bucket_of(s, buckets) for s in _changed(conn, table, before.reached, span.upto)}
    keep = [each for each in before.files if each.bucket not in changed]
    return keep, [(bucket, span) for bucket in sorted(changed)]


CHANGED = """
SELECT subject FROM projections.{view} WHERE known_from > %(after)s AND known_from <= %(upto)s
UNION
SELECT subject FROM projections.{view} WHERE known_to > %(after)s AND known_to <= %(upto)s
"""


def _changed(conn: Connection[Any], table: Table, after: int, upto: int) -> list[str]:
    query = sql.SQL(CHANGED).format(view=sql.Identifier(table.view or ""))
    subjects = conn.execute(query, {"after": after, "upto": upto}).fetchall()
    return [subject for (subject,) in subjects]


def _file(folder: Path, bucket: int, span: rows.Span, written: Written) -> File:
    return File(
        path=written.path.relative_to(folder).as_posix(),
        bucket=bucket,
        rows=written.rows,
        bytes=written.bytes,
        sha256=written.sha256,
        digest=f"{written.digest:032x}",
        after=span.after,
        upto=span.upto,
    )


def _manifest(wanted: Wanted, buckets: int, by_table: Mapping[str, list[File]]) -> Manifest:
    return Manifest(
        format=FORMAT,
        schema=SCHEMA,
        fold=wanted.fold,
        position=wanted.position,
        since=wanted.since,
        root=wanted.root,
        recorded_at=wanted.recorded_at,
        checkpoint=wanted.checkpoint,
        buckets=buckets,
        tables=tuple(table_files(table, by_table[table.name]) for table in TABLES.values()),
    )


def table_files(table: Table, listed: Sequence[File]) -> TableFiles:
    """Return what the manifest says of a table with these files."""
    total = sum(int(each.digest, 16) for each in listed) % MODULUS
    return TableFiles(
        name=table.name,
        zh=table.zh,
        en=table.en,
        rows=sum(each.rows for each in listed),
        digest=f"{total:032x}",
        columns=tuple(map(_column, table.fields)),
        files=tuple(sorted(listed, key=lambda each: (each.bucket, each.after))),
    )


def _column(field: Field) -> Column:
    return Column(field.name, str(arrow_type(field)), field.head.zh, field.head.en)


def _sweep(folder: Path, made: Manifest) -> None:
    """Take away what no manifest names any more."""
    named = {folder / each.path for table in made.tables for each in table.files}
    for name in TABLES:
        for path in (folder / name).iterdir():
            if path not in named and path.suffix in {".parquet", files.ENDING}:
                path.unlink()
    for path in folder.glob(f"*{files.ENDING}"):
        path.unlink()
