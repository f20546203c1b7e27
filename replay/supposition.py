"""What entries would change that are only supposed: the fold of their enterprises, gone on with.

The same fold that makes the views judges them, so what is shown beforehand is what comes. Nothing
is recorded. What spans enterprises (C2) is judged when it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from psycopg import Connection

from domain.supervision.supervision import Supervision
from ledger.log.entry import Draft
from projections.follow import histories
from projections.follow.fold import Rules, SetApart, current, read
from projections.views.row import Rows

SHOWN = ("roster", "flags")
"""The views whose rows are compared: what an enterprise may do, and what is said of what it did."""


class Consequence(NamedTuple):
    """A record that would show something else."""

    subject: str
    table: str
    key: str
    before: Rows
    after: Rows


def differences(
    conn: Connection[Any],
    rules: Rules,
    head: int,
    drafts: Sequence[Draft],
    views: Sequence[str] = SHOWN,
) -> list[Consequence]:
    """Return what would change if the drafts stood behind the entry at `head`, in order of enterprise."""
    now = histories.known_rules(conn, rules, head)
    supposed: dict[str, list[tuple[int, Draft]]] = {}
    for position, draft in enumerate(drafts, head + 1):
        if draft.subject is not None:
            supposed.setdefault(draft.subject, []).append((position, draft))
    changes: list[Consequence] = []
    known: dict[str, Supervision] = {}
    for subject, history in histories.of_subjects(conn, sorted(supposed), head):
        known[subject] = now.new_file(subject)
        with suppress(SetApart):  # as the views show it: what it came to before that entry
            read(known[subject], now.among(history, 0, head))
    for subject, entries in sorted(supposed.items()):
        supervision = known.get(subject) or now.new_file(subject)
        changes += _differences(supervision, head, entries, views)
    return changes


def _differences(
    supervision: Supervision, head: int, entries: Sequence[tuple[int, Draft]], views: Sequence[str]
) -> Iterator[Consequence]:
    before = _rows(supervision, head, views)
    lean = [
        (at, draft.type, draft.valid_from, draft.subject, draft.payload) for at, draft in entries
    ]
    with suppress(SetApart):
        read(supervision, histories.lean(lean))
    after = _rows(supervision, entries[-1][0], views)
    for table, key in sorted(before.keys() | after.keys()):
        row_before, row_after = before.get((table, key), ()), after.get((table, key), ())
        if row_before != row_after:
            yield Consequence(supervision.file.uscc, table, key, row_before, row_after)


def _rows(
    supervision: Supervision, position: int, views: Sequence[str]
) -> Mapping[tuple[str, str], Rows]:
    return {
        (version.table, version.key): version.rows
        for version in current(supervision, position, views)
    }
