"""What a stretch of the ledger changes in the tables: two ways, one result.

A short stretch is read in order of position and the files of its subjects come from memory.
A long one, and one in which a catalogue was adopted, is read subject by subject, each history
whole: memory is bounded by the largest enterprise, and nothing is read twice.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from psycopg import Connection

from domain.catalogue import CatalogueAdopted
from domain.envelope import Recorded
from domain.supervision import Supervision
from projections import histories, twin_rows
from projections.fold import Rules, follow, read
from projections.histories import Span
from projections.memory import Memory
from projections.pieces import pieces
from projections.store import Batch

WRITTEN_AT_ONCE = 20_000
"""Versions that are collected before they are written, when going subject by subject."""
SUBJECTS_AT_ONCE = 20
"""Subjects whose histories are fetched together on a miss."""


class Stretch(NamedTuple):
    """The entries behind `after` up to `upto`, and the connection to read them through."""

    reader: Connection[Any]
    after: int
    upto: int


def by_position(stretch: Stretch, rules: Rules, memory: Memory) -> Batch | None:
    """Return what follows from the entries of the stretch, with `rules` as known before it.

    None where a catalogue was adopted among them: then every subject is concerned, also those
    without an entry of their own.
    """
    reader, after, upto = stretch
    found = histories.entries(reader, after, upto)
    if any(isinstance(entry.event, CatalogueAdopted) for entry, _ in found):
        return None
    batch = Batch(after)
    new: dict[str, list[Recorded[Any]]] = defaultdict(list)
    tags: set[str] = set()
    for entry, own in found:
        if entry.subject is not None:
            new[entry.subject].append(entry)
        tags.update(filter(twin_rows.judged_by_tag, own))
    for of in _files(reader, rules, memory, list(new), after):
        batch.add(follow(of, new[of.file.uscc]))
    shared = twin_rows.shared(reader, after, upto, tags)
    batch.add(twin_rows.versions(reader, rules, after, upto, shared))
    memory.trim()
    return batch


def _files(
    reader: Connection[Any], rules: Rules, memory: Memory, subjects: list[str], after: int
) -> Iterator[Supervision]:
    """Yield the file of each subject as known after `after`; what memory lost is folded again."""
    missing: list[str] = []
    for uscc in subjects:
        of = memory.get(uscc)
        if of is None:
            missing.append(uscc)
        else:
            yield of
    for some in pieces(missing, SUBJECTS_AT_ONCE):
        new = set(some)
        for uscc, history in histories.of_subjects(reader, some, after) if after else ():
            of = rules.new_file(uscc)
            read(of, rules.among(history, 0, after))
            new.discard(uscc)
            memory.put(of)
            yield of
        for uscc in sorted(new):
            of = rules.new_file(uscc)
            read(of, rules.catalogue)
            memory.put(of)
            yield of
        memory.trim()


def by_subject(stretch: Stretch, rules: Rules) -> Iterator[Batch]:
    """Yield what follows from the entries of the stretch, with `rules` as known at its end."""
    reader, after, upto = stretch
    batch = Batch(after)
    for uscc, history in _histories(stretch, rules):
        of = rules.new_file(uscc)
        batch.add(follow(of, _read_until(of, rules.among(history, 0, upto), after)))
        if batch.size > WRITTEN_AT_ONCE:
            yield batch
            batch = Batch(after)
    shared = twin_rows.shared(reader, after, upto)
    batch.add(twin_rows.versions(reader, rules, after, upto, shared))
    yield batch


def _read_until(
    of: Supervision, entries: Iterator[Recorded[Any]], after: int
) -> Iterator[Recorded[Any]]:
    """Take in the entries up to `after`; yield the others."""
    for entry in entries:
        if entry.position > after:
            yield entry
        else:
            of.read(entry)


def _histories(stretch: Stretch, rules: Rules) -> Iterator[tuple[str, histories.History]]:
    reader, after, upto = stretch
    if after == 0 or any(entry.position > after for entry in rules.catalogue):
        yield from histories.in_span(reader, Span(), upto)
        return
    for some in pieces(histories.subjects_behind(reader, after, upto), SUBJECTS_AT_ONCE):
        yield from histories.of_subjects(reader, some, upto)
