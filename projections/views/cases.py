"""Cases: applications, inspections, findings and annual plans, as they stood on every day.

One table for the four, with the key `findings/f-1`. What stands on a day is the fold of those
entries of the case whose day has come, in the order of their days.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection

from domain.application.submission import ApplicationSubmitted
from domain.finding.finding import ENDED, FindingRaised
from domain.supervision.supervision import Supervision
from domain.supervision.touches import Touch
from domain.terms.envelope import Recorded
from projections.views.asking import one_of, page_of
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
from projections.views.row import Row, Rows, View, document


class _Stretch(NamedTuple):
    """Days on which a case stands so, and the entries that it rests on there."""

    start: date
    end: date | None
    doc: dict[str, Any]
    because: tuple[int, ...]


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
        positions = supervision.behind.get(Touch(kind, key), [])
        entries = [supervision.entries[p] for p in positions if p in supervision.entries]
        merged: list[Row] = []
        for start, end, doc, because in _stretches(KINDS[kind](), entries):
            for stretch in supervision.file.supervised(start, end):
                shown = {
                    **doc,
                    "district": stretch.district,
                    "because": supervision.file.corrected(because),
                }
                row = Row(*stretch, (kind, doc["stage"]), document(shown))
                if merged and merged[-1][2:] == row[2:]:
                    merged[-1] = merged[-1]._replace(valid_to=stretch.end)
                else:
                    merged.append(row)
        return tuple(merged)

    return rows


def _stretches(case: CaseFold, entries: Sequence[Recorded[Any]]) -> Iterator[_Stretch]:
    """Fold a case forward once: a stretch of days rests on what had happened by then alone."""
    if not entries:
        return
    # What begins it comes first, whatever day an older ledger gave to what followed.
    begins = (e.valid_from for e in entries if isinstance(e.event, _BEGINNING))
    begun = next(begins, date.min)
    by_day = sorted(entries, key=lambda entry: (max(entry.valid_from, begun), entry.position))
    because: list[int] = []
    starts: list[tuple[date, dict[str, Any] | None, tuple[int, ...]]] = []
    for index, entry in enumerate(by_day):
        case.take(entry)
        because.append(entry.position)
        day = max(entry.valid_from, begun)
        after = max(by_day[index + 1].valid_from, begun) if index + 1 < len(by_day) else None
        if day == after:
            continue
        between = (d for d in case.days() if day < d and (after is None or d < after))
        starts += [(start, case.doc(start), tuple(because)) for start in (day, *sorted(between))]
    for (start, doc, known), following in zip_longest(starts, starts[1:]):
        if doc is not None:
            yield _Stretch(start, following[0] if following else None, doc, known)


_BEGINNING = (ApplicationSubmitted, FindingRaised)
"""Without these nothing else of their kind is recorded."""

CASES: Mapping[str, View] = MappingProxyType(
    {kind: View("cases", ("kind", "stage"), rows_of(kind)) for kind in KINDS}
)
"""Kind → view; all of them in the table `cases`."""

PAGE = f"""
SELECT key, doc FROM projections.cases
 WHERE {HOLDS}
   AND kind = %(kind)s AND key > %(after)s
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(stage)s::text IS NULL OR stage = %(stage)s)
   AND (%(open)s::boolean IS NULL OR (stage <> ALL (%(ended)s)) = %(open)s)
   AND key <> ALL (%(without)s)
 ORDER BY key LIMIT %(limit)s
"""


def page(
    conn: Connection[Any], basis: Basis, filters: Filters, cursor: str | None, limit: int
) -> Page:
    """Return the cases of one kind in order of their ids, from behind `cursor`."""
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "after": cursor or "",
        "kind": filters.kind,
        "uscc": filters.uscc,
        "district": filters.district,
        "stage": filters.stage,
        "open": filters.open,
        "ended": [*ENDED],
        "without": list(filters.without),
    }
    return page_of(conn, PAGE, values, limit)


ONE = f"""
SELECT doc FROM projections.cases
 WHERE key = %(key)s
   AND {HOLDS}
"""


def one(conn: Connection[Any], basis: Basis, kind: str, key: str) -> dict[str, Any] | None:
    """Return the case of that kind and id; None if it had not begun or is not known."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "key": f"{kind}/{key}"}
    return one_of(conn, ONE, values)
