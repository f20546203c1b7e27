"""The rows of every table, written as they are hashed, in order of subject and key."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from psycopg import Connection, sql

from domain.registry import EVENTS
from ledger import codec
from ledger.gate.output import exact
from ledger.log.entry import Entry
from projections.follow.pieces import pieces
from projections.items.tables import KINDS, ActionItem, LedgerEntryItem, Table
from projections.items.typed import line, writer
from projections.views.entry_docs import shown
from projections.views.row import item

SUBJECTS_AT_ONCE = 200
FETCHED_AT_ONCE = 5_000
"""Rows that are held in memory at once."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
Stored = Mapping[str, Any]


class Span(NamedTuple):
    """Which rows: those of which anything was learnt behind `after`, as known at `upto`."""

    after: int
    upto: int


class Held(NamedTuple):
    """A stored row of a view, its ends as text."""

    key: str
    subject: str
    district: str | None
    known_from: int
    known_to: int | None
    valid_from: str
    valid_to: str | None
    doc: str
    kind: str | None
    stage: str | None


def writes(table: Table) -> Callable[[Held], bytes]:
    """Return what makes a stored row of a view into the row that is written."""
    if table.name == "cases":
        return _case
    written = writer(table.item)
    back = {name: field for field, name in table.renamed.items()}
    own = [(back.get(field.name, field.name), field.name) for field in table.fields[7:]]

    if not back:  # what the item has beside its own columns, the rectangle has too

        def whole(record: Held) -> bytes:
            return line(written(item(record.doc)) | _rectangle(record))

        return whole

    def row_of(record: Held) -> bytes:
        shown = written(item(record.doc))
        row = _rectangle(record)
        for field, name in own:
            row[name] = shown[field]
        return line(row)

    return row_of


def _rectangle(record: Held) -> dict[str, Any]:
    key, subject, district, known_from, known_to, valid_from, valid_to, *_ = record
    return {
        "key": key,
        "subject": subject,
        "district": district,
        "known_from": known_from,
        "known_to": known_to,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


def _case(record: Held) -> bytes:
    column, kind = KINDS[record.kind or ""]
    row = {**_rectangle(record), "kind": record.kind, "stage": record.stage}
    row |= dict.fromkeys(name for name, _ in KINDS.values())
    row[column] = writer(kind)(item(record.doc))
    return line(row)


OF_VIEW = """
SELECT key, subject, district, known_from, CASE WHEN known_to <= %(upto)s THEN known_to END,
       valid_from::text, valid_to::text, doc, {kind}, {stage}
  FROM projections.{view}
 WHERE {subject} = ANY (%(subjects)s) AND known_from <= %(upto)s
   AND (known_from > %(after)s OR (known_to > %(after)s AND known_to <= %(upto)s))
 ORDER BY {subject}, key, valid_from, known_from
"""


def of_view(
    conn: Connection[Any], table: Table, subjects: Sequence[str], span: Span
) -> Iterator[bytes]:
    """Yield the rows of a view's table about these subjects, which come in order."""
    # The key of these two is the subject itself, and the index is on the key.
    by = "key" if table.view in {"roster", "scope"} else "subject"
    case = table.view == "cases"
    query = sql.SQL(OF_VIEW).format(
        view=sql.Identifier(table.view or ""),
        subject=sql.Identifier(by),
        kind=sql.SQL("kind" if case else "NULL"),
        stage=sql.SQL("stage" if case else "NULL"),
    )
    # What was there from the first entry on was learnt behind position 0.
    write = writes(table)
    for some in pieces(subjects, SUBJECTS_AT_ONCE):
        values = {"subjects": list(some), **span._asdict()}
        for row in _streamed(conn, query, values):
            yield write(Held._make(row))


ENTRIES: LiteralString = """
SELECT position, stream, version, type, recorded_at, valid_from, subject, district, payload,
       encode(leaf, 'hex')
  FROM ledger.entry
 WHERE {about} AND position > %(after)s AND position <= %(upto)s
   AND (%(types)s::text[] IS NULL OR type = ANY (%(types)s))
 ORDER BY subject, position
"""
ABOUT_SOME = sql.SQL("subject = ANY (%(subjects)s)")
ABOUT_NOBODY = sql.SQL("subject IS NULL")
REPORTED = frozenset(
    {
        "EnterpriseRegistered",
        "AssessmentHeld",
        "CertificateIssued",
        "SpotCheckRecorded",
        "ComplaintReceived",
    }
)
"""Events that tell what happened in the world; all others are what somebody did in a case."""
ACTIONS = [
    stored for name, kind in EVENTS.items() if name not in REPORTED for stored in kind.ever_stored
]


def of_ledger(
    conn: Connection[Any], table: Table, subjects: Sequence[str | None], span: Span
) -> Iterator[bytes]:
    """Yield the rows of the entries about these subjects; None: those about nobody, which come first."""
    actions = table.item is ActionItem
    write = _action if actions else _entry
    values = {**span._asdict(), "types": ACTIONS if actions else None}
    named = [subject for subject in subjects if subject is not None]
    asked: list[tuple[sql.SQL, Collection[str]]] = []
    if len(named) < len(subjects):
        asked.append((ABOUT_NOBODY, ()))
    asked += [(ABOUT_SOME, some) for some in pieces(named, SUBJECTS_AT_ONCE)]
    for about, some in asked:
        query = sql.SQL(ENTRIES).format(about=about)
        for row in _streamed(conn, query, {**values, "subjects": list(some)}):
            yield write(row)


def _streamed(
    conn: Connection[Any], query: sql.Composed, values: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    with conn.transaction(), conn.cursor("lake", binary=True) as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        yield from cursor.execute(query, values)


_write_entry, _write_action = writer(LedgerEntryItem), writer(ActionItem)


# Tags, keys, salt and form of the bytes are no columns of the table: they are not fetched.
_NO_KEYS: tuple[Any, ...] = ((), None)
_UNREAD: tuple[Any, ...] = (b"", None, 0, False, 0)


def _of_entry(row: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any], datetime]:
    """Return the rectangle of an entry, its item, and when it was recorded."""
    *columns, payload, leaf = row
    entry = Entry._make((*columns, *_NO_KEYS, payload, *_UNREAD))
    shown_entry = shown(codec.legible(entry), exact)
    shown_entry["leaf"] = leaf
    rectangle = {
        "key": str(entry.position),
        "subject": entry.subject,
        "district": entry.district,
        "known_from": entry.position,
        "known_to": None,
        "valid_from": shown_entry["valid_from"],
        "valid_to": None,
    }
    return rectangle, shown_entry, entry.recorded_at


def _entry(row: tuple[Any, ...]) -> bytes:
    rectangle, shown_entry, _ = _of_entry(row)
    return line({**_write_entry(shown_entry), **rectangle})


_DECISIONS = ("decision", "opinion", "recommended", "passed", "taken")


def _action(row: tuple[Any, ...]) -> bytes:
    rectangle, shown_entry, recorded_at = _of_entry(row)
    told = shown_entry["data"]
    decided = next((told[name] for name in _DECISIONS if told.get(name) is not None), None)
    concerns, _, concerned = shown_entry["stream"].partition("/")
    recorded_on = recorded_at.astimezone(SHANGHAI).date()
    shown_entry |= {
        "concerns": concerns,
        "concerns_id": concerned,
        "decision": decided if decided is None or isinstance(decided, str) else _word(decided),
        "finding_id": told.get("finding_id"),
        "recorded_on": recorded_on.isoformat(),
        "days_late": (recorded_on - row[5]).days,
    }
    return line({**_write_action(shown_entry), **rectangle})


def _word(decided: object) -> str:
    return orjson.dumps(decided).decode()


def of_reference(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield rows that are there already."""
    return map(line, rows)
