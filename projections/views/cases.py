"""Cases: applications, inspections, findings and annual plans, as they stood on every day.

One table for the four, with the key `findings/f-1`. What stands on a day is the fold of those
entries of the case whose day has come, in the order of their days.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from operator import is_
from types import MappingProxyType
from typing import Any, LiteralString

from psycopg import Connection

from domain.application.submission import ApplicationSubmitted
from domain.finding.finding import ENDED, FindingRaised
from domain.supervision.subject_file import Stretch, SubjectFile
from domain.supervision.supervision import Supervision
from domain.supervision.touches import Touch
from domain.terms.envelope import Recorded
from projections.views.asking import one_of
from projections.views.basis import HOLDS, Basis, Page
from projections.views.case_docs import (
    ApplicationFold,
    CaseFold,
    ComplaintFold,
    FindingFold,
    InspectionFold,
    PlanFold,
    RegisterFold,
)
from projections.views.row import Row, Rows, View, document, item
from projections.views.sorting import Column, Sorting, key_of, sorted_page

KINDS: Mapping[str, Callable[[], CaseFold]] = MappingProxyType(
    {
        "applications": ApplicationFold,
        "inspections": InspectionFold,
        "findings": FindingFold,
        "plans": PlanFold,
        "registers": RegisterFold,
        "complaints": ComplaintFold,
    }
)
"""Kind → a case of which nothing has been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which kind (`applications`, `inspections`, `findings`, `plans`), and what it is narrowed to."""

    kind: str
    uscc: str | None = None
    district: str | None = None
    stage: str | None = None
    open: bool | None = None
    """Whether it has neither been closed nor withdrawn; of meaning for findings alone."""
    without: Sequence[str] = ()
    """Keys of those that are left out."""


def rows_of(kind: str) -> Callable[[Supervision, str], Rows]:
    """Return the rendering of one kind of case."""

    def rows(supervision: Supervision, key: str) -> Rows:
        return _folded(supervision, Touch(kind, key)).rows(kind, supervision.file)

    return rows


KEPT = 32
"""Cases of one file whose fold is kept, to be continued by their next entry."""


def _folded(supervision: Supervision, touch: Touch) -> "_Folded":
    """Return the fold of a case: continued where its last entry is the last of its days, else made anew."""
    positions = supervision.behind.get(touch, [])
    entries = [supervision.entries[p] for p in positions if p in supervision.entries]
    kept = supervision.continued
    folded: _Folded | None = kept.pop(touch, None)
    if folded is None or not folded.is_continued_by(entries):
        folded = _Folded(KINDS[touch.view]())
    folded.take(entries)
    kept[touch] = folded
    if len(kept) > KEPT:
        del kept[next(iter(kept))]
    return folded


class _Folded:
    """A case folded forward once: a stretch of days rests on what had happened by then alone.

    An entry that comes behind all others leaves the earlier stretches as they are.
    """

    __slots__ = ("_because", "_begun", "_case", "_entries", "_last", "_rows", "_starts")

    def __init__(self, case: CaseFold) -> None:
        self._case = case
        self._entries: list[Recorded[Any]] = []
        self._begun = date.min
        self._last = date.min
        self._because: list[int] = []
        self._starts: list[tuple[date, dict[str, Any] | None, tuple[int, ...]]] = []
        self._rows: dict[tuple[Stretch, tuple[int, ...]], Row] = {}
        """By their days and what they rest on, which is all that they follow from."""

    def is_continued_by(self, entries: Sequence[Recorded[Any]]) -> bool:
        """Tell whether the entries are those that were taken, and others that come behind them."""
        taken = len(self._entries)
        return len(entries) >= taken and all(map(is_, self._entries, entries)) and all(
            max(entry.valid_from, self._begun) >= self._last
            and not isinstance(entry.event, _BEGINNING)
            for entry in entries[taken:]
        )  # fmt: skip

    def take(self, entries: Sequence[Recorded[Any]]) -> None:
        """Take in those of the entries that are new."""
        new = entries[len(self._entries) :]
        if not new:
            return
        if not self._entries:
            # What begins it comes first, whatever day an older ledger gave to what followed.
            begins = (e.valid_from for e in new if isinstance(e.event, _BEGINNING))
            self._begun = next(begins, date.min)
        self._entries += new
        by_day = sorted((max(each.valid_from, self._begun), each.position, each) for each in new)
        first = by_day[0][0]
        while self._starts and self._starts[-1][0] >= first:
            self._starts.pop()
        for (day, position, entry), following in zip_longest(by_day, by_day[1:]):
            self._case.take(entry)
            self._because.append(position)
            after = following[0] if following else None
            if day == after:
                continue
            between = (d for d in self._case.days() if day < d and (after is None or d < after))
            known = tuple(self._because)
            self._starts += [(d, self._case.doc(d), known) for d in (day, *sorted(between))]
        self._last = by_day[-1][0]

    def rows(self, kind: str, file: SubjectFile) -> Rows:
        """Return the rows: for each stretch of days one for each authority; those that were made are kept."""
        made, self._rows = self._rows, {}
        merged: list[Row] = []
        for (start, doc, because), following in zip_longest(self._starts, self._starts[1:]):
            if doc is None:
                continue
            known = file.corrected(because)
            for stretch in file.supervised(start, following[0] if following else None):
                row = made.get((stretch, known))
                if row is None:
                    shown = {**doc, "district": stretch.district, "because": known}
                    row = Row(*stretch, (kind, doc["stage"]), document(shown))
                self._rows[stretch, known] = row
                if merged and merged[-1][2:] == row[2:]:
                    merged[-1] = merged[-1]._replace(valid_to=stretch.end)
                else:
                    merged.append(row)
        return tuple(merged)


_BEGINNING = (ApplicationSubmitted, FindingRaised)
"""Without these nothing else of their kind is recorded."""

CASES: Mapping[str, View] = MappingProxyType(
    {kind: View("cases", ("kind", "stage"), rows_of(kind)) for kind in KINDS}
)
"""Kind → view; all of them in the table `cases`."""

SEVERITY: LiteralString = (
    "coalesce(array_position(ARRAY['minor', 'major', 'severe'], doc::json ->> 'severity'), 0)"
)
_OF_ALL: Mapping[str, Column] = MappingProxyType(
    {
        "uscc": Column("subject"),
        "district": Column("coalesce(district, '')"),
    }
)
SORTED: Mapping[str, Mapping[str, Column]] = MappingProxyType(
    {
        "applications": {
            "submitted_on": Column("coalesce(doc::json ->> 'submitted_on', '')"),
            "window": Column("coalesce(doc::json ->> 'window', '')"),
            **_OF_ALL,
        },
        "inspections": {
            "dispatched_on": Column("coalesce(doc::json ->> 'dispatched_on', '')"),
            **_OF_ALL,
        },
        "findings": {
            "raised_on": Column("coalesce(doc::json ->> 'raised_on', '')"),
            # What has no deadline comes behind what has one.
            "due_on": Column("coalesce(doc::json #>> '{orders,-1,due_on}', '9999-12-31')"),
            "severity": Column(SEVERITY, "number"),
            **_OF_ALL,
        },
        "complaints": {
            "complained_on": Column("coalesce(doc::json ->> 'complained_on', '')"),
            **_OF_ALL,
        },
        "plans": {
            "year": Column("coalesce((doc::json ->> 'year')::int, 0)", "number"),
            "filed_on": Column("coalesce(doc::json ->> 'filed_on', '')"),
            **_OF_ALL,
        },
        "registers": _OF_ALL,
    }
)
"""Kind → by what its list may be sorted: what authorities do is few beside what enterprises report."""

PAGE: LiteralString = f"""
SELECT key, doc, {{value}} FROM projections.cases
 WHERE {HOLDS}
   AND kind = %(kind)s AND {{behind}}
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(stage)s::text IS NULL OR stage = %(stage)s)
   AND (%(open)s::boolean IS NULL OR (stage <> ALL (%(ended)s)) = %(open)s)
   AND key <> ALL (%(without)s)
 ORDER BY {{order}} LIMIT %(limit)s
"""


def page(  # noqa: PLR0913, PLR0917 - one argument a part of the question
    conn: Connection[Any],
    basis: Basis,
    filters: Filters,
    cursor: str | None,
    limit: int,
    order: Sorting | None = None,
) -> Page:
    """Return the cases of one kind in order of their ids, or as `order` says, from behind `cursor`."""
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "after": key_of(order, cursor) or "",
        "kind": filters.kind,
        "uscc": filters.uscc,
        "district": filters.district,
        "stage": filters.stage,
        "open": filters.open,
        "ended": [*ENDED],
        "without": list(filters.without),
    }
    return sorted_page(conn, PAGE, values, limit, order, cursor)


ONE = f"""
SELECT doc FROM projections.cases
 WHERE key = %(key)s
   AND {HOLDS}
"""


def one(conn: Connection[Any], basis: Basis, kind: str, key: str) -> dict[str, Any] | None:
    """Return the case of that kind and id; None if it had not begun or is not known."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "key": f"{kind}/{key}"}
    return one_of(conn, ONE, values)


SOME = f"""
SELECT key, doc FROM projections.cases
 WHERE key = ANY (%(keys)s)
   AND {HOLDS}
"""


def some(
    conn: Connection[Any], basis: Basis, kind: str, keys: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Return those of the cases of that kind that had begun and are known, by id."""
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "keys": [f"{kind}/{key}" for key in keys],
    }
    rows = conn.execute(SOME, values).fetchall()
    return {key.removeprefix(f"{kind}/"): item(doc) for key, doc in rows}
