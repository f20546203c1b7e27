"""The public rows at any position, folded from the ledger itself without a look at the live tables.

Subjects are independent, so a replay is a map over stretches of subjects; what C2 says of a
certificate that shares a number or a holder is folded first, and merged into those of its enterprise.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection

from projections.follow import duplicate_verdicts, histories
from projections.follow.fold import Rules, SetApart, current, follow, read
from projections.follow.store import Batch
from projections.views.row import Row
from projections.views.views import VIEWS


class Shown(NamedTuple):
    """One row of one table, with the subject that it is about."""

    subject: str
    table: str
    key: str
    row: Row


class SubjectsPart(NamedTuple):
    """One job of a replay: which ledger, up to which entry, which subjects, which certificates for C2."""

    conninfo: str
    upto: int
    views: tuple[str, ...] = tuple(VIEWS)
    subjects: tuple[str, ...] = ()
    certificates: tuple[int, ...] = ()


def rows(rules: Rules, part: SubjectsPart) -> Iterator[Shown]:
    """Yield every row of the part as known after the entry at `part.upto`."""
    with connection(part.conninfo) as conn:
        known = histories.known_rules(conn, rules, part.upto)
        yield from _of_subjects(conn, known, part)


def _of_subjects(conn: Connection[Any], rules: Rules, part: SubjectsPart) -> Iterator[Shown]:
    verdicts = _verdicts(conn, rules, part)
    for uscc, entries in histories.of_subjects(conn, part.subjects, part.upto):
        try:
            supervision = rules.new_file(uscc)
            read(supervision, rules.among(entries, 0, part.upto, verdicts.get(uscc, ())))
        except SetApart as error:
            # As the views show it: what it came to before that entry.
            yield from _of_subjects(
                conn, rules, part._replace(subjects=(uscc,), upto=error.position - 1)
            )
            continue
        for table, key, _, _, _, rows_shown in current(supervision, part.upto, part.views):
            for row in rows_shown:
                yield Shown(uscc, table, key, row)


def _verdicts(
    conn: Connection[Any], rules: Rules, part: SubjectsPart
) -> duplicate_verdicts.Verdicts:
    return duplicate_verdicts.of_certificates(conn, rules.apply, 0, part.upto, part.certificates)


def history(rules: Rules, part: SubjectsPart) -> Iterator[tuple[str, list[Sequence[str]]]]:
    """Yield by table every row of the part that ever held up to `part.upto`, and from when to when.

    Each is subject, key, district, known_from, known_to, valid_from, valid_to, doc and own columns.
    """
    with connection(part.conninfo) as conn:
        known = histories.known_rules(conn, rules, part.upto)
        verdicts = _verdicts(conn, known, part)
        for uscc, recorded in histories.of_subjects(conn, part.subjects, part.upto):
            batch = Batch(0)
            with suppress(SetApart):  # what came before stands, as in the tables
                supervision = known.new_file(uscc)
                entries = known.among(recorded, 0, part.upto, verdicts.get(uscc, ()))
                batch.add(follow(supervision, entries))
            yield from _by_subject(batch)


def _by_subject(batch: Batch) -> Iterator[tuple[str, list[Sequence[str]]]]:
    for table, rows in batch.rows():
        yield table, [(subject, key, *rest) for key, subject, *rest in rows]


JUDGED = tuple(view for view in VIEWS if view != "certificates")
"""What a replay shows unless asked for more: every judgement. A certificate shows nothing that
was not reported; what is judged of it stands in the flags."""


def parts(
    conninfo: str, upto: int, number: int, views: Sequence[str] = JUDGED
) -> Iterator[SubjectsPart]:
    """Yield jobs of about the same size, at least `number` where there are as many subjects."""
    whole = SubjectsPart(conninfo, upto, tuple(views))
    with connection(conninfo) as conn:
        sharing = duplicate_verdicts.sharing(conn, 0, upto) if "flags" in views else {}
        for subjects in _together(histories.sizes(conn, 0, upto), number):
            certificates = (at for subject in subjects for at in sharing.get(subject, ()))
            yield whole._replace(subjects=subjects, certificates=tuple(certificates))


def _together(sizes: Sequence[tuple[str, int]], number: int) -> Iterator[tuple[str, ...]]:
    share = sum(size for _, size in sizes) / number
    subjects: list[str] = []
    entries = 0
    for subject, size in sizes:
        if entries >= share and subjects:
            yield tuple(subjects)
            subjects, entries = [], 0
        subjects.append(subject)
        entries += size
    if subjects:
        yield tuple(subjects)


@contextmanager
def connection(conninfo: str) -> Generator[Connection[Any]]:
    """Open a connection that a long replay may keep."""
    with psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        yield conn
