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


class Difference(NamedTuple):
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
) -> list[Difference]:
    """Return what would change if the drafts stood behind the entry at `head`, in order of enterprise."""
    now = histories.known_rules(conn, rules, head)
    supposed: dict[str, list[tuple[int, Draft]]] = {}
    for position, draft in enumerate(drafts, head + 1):
        if draft.subject is not None:
            supposed.setdefault(draft.subject, []).append((position, draft))
    found: list[Difference] = []
    known: dict[str, Supervision] = {}
    for subject, history in histories.of_subjects(conn, sorted(supposed), head):
        known[subject] = now.new_file(subject)
        with suppress(SetApart):  # as the views show it: what it came to before that entry
            read(known[subject], now.among(history, 0, head))
    for subject, entries in sorted(supposed.items()):
        of = known.get(subject) or now.new_file(subject)
        found += _differences(of, head, entries, views)
    return found


def _differences(
    of: Supervision, head: int, entries: Sequence[tuple[int, Draft]], views: Sequence[str]
) -> Iterator[Difference]:
    before = _rows(of, head, views)
    lean = [(at, each.type, each.valid_from, each.subject, each.payload) for at, each in entries]
    with suppress(SetApart):
        read(of, histories.lean(lean))
    after = _rows(of, entries[-1][0], views)
    for table, key in sorted(before.keys() | after.keys()):
        one, other = before.get((table, key), ()), after.get((table, key), ())
        if one != other:
            yield Difference(of.file.uscc, table, key, one, other)


def _rows(of: Supervision, position: int, views: Sequence[str]) -> Mapping[tuple[str, str], Rows]:
    return {(each.table, each.key): each.rows for each in current(of, position, views)}
