"""`replay --check`: the rows that follow from the ledger against the rows of the tables.

Not only those in force: every row that ever held, with the entries from which and up to which it
did, since an answer for the past rests on them. First sums by subject, then, where they differ, row
against row. The sums that counts rest on are held against the rows themselves.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from psycopg import Connection, sql

from projections.counts import tallies
from projections.follow import duplicate_verdicts
from projections.follow.fold import Rules
from projections.follow.schema import LIVE, SEARCH
from projections.views.basis import KNOWN
from projections.views.lines import text
from projections.views.row import Row
from projections.views.views import TABLES, VIEWS
from replay import digest, known_at
from replay.digest import Sums
from replay.engines import Executor, watched
from replay.known_at import SubjectsPart

PARTS_PER_WORKER = 12
"""So many that all workers end at about the same time."""

What: TypeAlias = Literal["missing", "surplus", "different", "history"]


class Difference(NamedTuple):
    """A row that the tables lack (`missing`), have beyond the ledger (`surplus`), or show otherwise.

    `history`: what is shown now is right, and what was known before is not.
    """

    what: What
    table: str
    key: str
    subject: str
    replayed: Row | None
    stored: Row | None


def check(  # noqa: PLR0913, PLR0917 - what is held against what, and who looks on
    conninfo: str,
    rules: Rules,
    executor: Executor,
    position: int,
    schema: str = LIVE,
    advance: Callable[[int, int], None] = lambda _done, _whole: None,
) -> list[Difference]:
    """Return every difference between the ledger's rows and the tables', as known at `position`.

    The tables must have reached the position. `advance` hears how many parts of all are folded.
    """
    number = executor.workers * PARTS_PER_WORKER
    parts = known_at.parts(conninfo, position, number, tuple(VIEWS))
    folded = digest.together(watched(executor, digest.histories, parts, advance))
    with known_at.connection(conninfo) as conn:
        stored = digest.stored_histories(conn, position, schema)
        unlike = differing(folded, stored)
        sharing = duplicate_verdicts.sharing(conn, 0, position) if unlike else {}
        differences: list[Difference] = []
        for table, subjects in unlike.items():
            for subject in subjects:
                certificates = tuple(sharing.get(subject, ()))
                part = SubjectsPart(
                    conninfo, position, subjects=(subject,), certificates=certificates
                )
                now = list(_differences(conn, rules, part, table, subject, schema))
                before = _of_the_past(conn, rules, part, table, subject, schema)
                known = {difference.key for difference in now}
                differences += [
                    *now,
                    *(difference for difference in before if difference.key not in known),
                ]
        conn.execute(SEARCH, {"schema": schema})
        differences += [
            Difference("different", "tallies", f"{table}/{block}", "", None, None)
            for table, block in tallies.wrong(conn, position)
        ]
    return differences


def differing(folded: Sums, stored: Sums) -> dict[str, list[str]]:
    """Return by table the subjects whose sums differ."""
    by_table: dict[str, list[str]] = {}
    for table in TABLES:
        ours, theirs = folded.get(table, {}), stored.get(table, {})
        subjects = sorted(s for s in {*ours, *theirs} if ours.get(s) != theirs.get(s))
        if subjects:
            by_table[table] = subjects
    return by_table


def _differences(  # noqa: PLR0913, PLR0917 - where to look, for what
    conn: Connection[Any], rules: Rules, part: SubjectsPart, table: str, subject: str, schema: str
) -> Iterator[Difference]:
    replayed = {
        (shown.key, shown.row.valid_from): shown.row
        for shown in known_at.rows(rules, part)
        if shown.table == table and shown.subject == subject
    }
    stored = _stored(conn, part.upto, table, subject, schema)
    for key, day in sorted({*replayed, *stored}):
        ours, theirs = replayed.get((key, day)), stored.get((key, day))
        if ours == theirs:
            continue
        what: What = "missing" if theirs is None else "surplus" if ours is None else "different"
        yield Difference(what, table, key, subject, ours, theirs)


EVER = """
SELECT key, district, known_from, CASE WHEN known_to <= %(position)s THEN known_to END,
       valid_from, valid_to, doc{columns}
  FROM {table} WHERE subject = %(subject)s AND known_from <= %(position)s
"""


def _of_the_past(  # noqa: PLR0913, PLR0917 - as above
    conn: Connection[Any], rules: Rules, part: SubjectsPart, table: str, subject: str, schema: str
) -> Iterator[Difference]:
    """Yield a difference for each record of which other rows ever held than the tables have."""
    replayed: dict[str, set[tuple[str, ...]]] = {}
    for name, rows in known_at.history(rules, part):
        for about, key, *rest in rows:
            if name == table and about == subject:
                replayed.setdefault(key, set()).add(tuple(rest))
    own = [sql.SQL(", ") + sql.Identifier(name) for name in TABLES[table].columns]
    statement = sql.SQL(EVER).format(columns=sql.Composed(own), table=sql.Identifier(schema, table))
    stored: dict[str, set[tuple[str, ...]]] = {}
    values = {"subject": subject, "position": part.upto}
    for key, *rest in conn.execute(statement, values).fetchall():
        stored.setdefault(key, set()).add(tuple(map(text, rest)))
    for key in sorted({*replayed, *stored}):
        if replayed.get(key) != stored.get(key):
            yield Difference("history", table, key, subject, None, None)


OF_SUBJECT = f"""
SELECT key, valid_from, valid_to, district, doc{{columns}} FROM {{table}}
 WHERE subject = %(subject)s
   AND {KNOWN}
"""


def _stored(
    conn: Connection[Any], position: int, table: str, subject: str, schema: str
) -> dict[tuple[str, Any], Row]:
    own = [sql.SQL(", ") + sql.Identifier(name) for name in TABLES[table].columns]
    statement = sql.SQL(OF_SUBJECT).format(
        columns=sql.Composed(own), table=sql.Identifier(schema, table)
    )
    values = {"subject": subject, "position": position}
    rows: dict[tuple[str, Any], Row] = {}
    for key, start, end, district, doc, *columns in conn.execute(statement, values).fetchall():
        rows[key, start] = Row(start, end, district, tuple(map(text, columns)), doc)
    return rows
