"""What a long stretch of the ledger changes: read subject by subject, each history whole.

Memory is bounded by the largest enterprise, nothing is read twice, and the parts can be folded
on several processes. It is also the way when a catalogue was adopted, which concerns everybody.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection

from domain.supervision.supervision import Supervision
from domain.terms.envelope import Recorded
from projections.follow import duplicate_verdicts, histories, set_apart
from projections.follow.fold import Rules, SetApart, follow, take_in
from projections.follow.schema import SEARCH
from projections.follow.set_apart import Apart, of_entry
from projections.follow.store import Batch, Changes

ENTRIES = 20_000
"""Entries in one part, so far as they belong to several subjects."""


class BulkPart(NamedTuple):
    """One job: the stretch, which subjects of it, and which of their certificates C2 may flag."""

    conninfo: str
    schema: str
    after: int
    upto: int
    subjects: tuple[str, ...] = ()
    certificates: tuple[int, ...] = ()


def parts(conn: Connection[Any], whole: BulkPart) -> Iterator[BulkPart]:
    """Yield the parts of a stretch, in order of subject."""
    adopted = any(e.position > whole.after for e in histories.adoptions(conn, whole.upto))
    since = 0 if adopted else whole.after
    apart = set_apart.subjects(conn)
    # A superset does no harm: what shows the same as before is not written again.
    sharing = duplicate_verdicts.sharing(conn, whole.after, whole.upto)
    for subjects in _together(histories.sizes(conn, since, whole.upto, sharing)):
        followed = set_apart.without(subjects, apart)
        certificates = {at for subject in followed for at in sharing.get(subject, ())}
        if whole.after:
            certificates |= duplicate_verdicts.flagged(conn, followed)
        yield whole._replace(subjects=followed, certificates=tuple(certificates))


def _together(sizes: list[tuple[str, int]]) -> Iterator[tuple[str, ...]]:
    subjects: list[str] = []
    entries = 0
    for subject, size in sizes:
        if entries + size > ENTRIES and subjects:
            yield tuple(subjects)
            subjects, entries = [], 0
        subjects.append(subject)
        entries += size
    if subjects:
        yield tuple(subjects)


class Folded(NamedTuple):
    """What a part came to: what it changes, and which subjects it could not follow to the end."""

    changes: list[Changes]
    apart: list[Apart]


def changes(rules: Rules, part: BulkPart) -> Folded:
    """Return what a part changes, with `rules` as installed."""
    with psycopg.connect(part.conninfo, autocommit=True) as conn:
        conn.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        conn.execute(SEARCH, {"schema": part.schema})
        known = histories.known_rules(conn, rules, part.upto)
        batch = Batch(part.after)
        verdicts = duplicate_verdicts.of_certificates(
            conn, known.apply, 0, part.upto, part.certificates
        )
        for uscc, history in histories.of_subjects(conn, part.subjects, part.upto):
            supervision = known.new_file(uscc)
            entries = known.among(history, 0, part.upto, verdicts.get(uscc, ()))
            try:
                batch.add(follow(supervision, _behind(supervision, entries, part.after)))
            except SetApart as error:
                batch.apart.append(of_entry(error))
        return Folded(batch.changes(conn, _settled), batch.apart)


def _behind(
    supervision: Supervision, entries: Iterator[Recorded[Any]], after: int
) -> Iterator[Recorded[Any]]:
    """Take in the entries up to `after`; yield the others."""
    for entry in entries:
        if entry.position > after:
            yield entry
        else:
            take_in(supervision, entry)


def _settled() -> None:
    """Parts share no record, so what was there before the stretch is all that matters."""
