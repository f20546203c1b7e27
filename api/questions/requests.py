"""Acts that wait for a second person, and what became of those that were decided (待批准).

Read from the ledger itself: they are few, found by an index of their own, and have no view.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions import cursors
from api.questions.answers import AnswerBasis, ListPage
from api.questions.clocks import Asked
from api.questions.cursors import AskedList
from api.questions.policy import ALL, Action, Rows, decide
from api.questions.queries import Found, further, missing, opened, settle
from api.questions.questions import RequestsQuestion
from api.questions.reading import Reading
from api.questions.visibility import narrowed
from domain.correction import CorrectionRequested
from domain.terms.envelope import Actor, Recorded
from ledger import codec
from ledger.gate.output import contract
from ledger.log.entry import instant_text
from ledger.log.postgres_log import to_entry
from projections.items.disclosure import shower
from projections.items.entries import RequestItem
from projections.views.basis import BadCursor
from projections.views.entry_docs import actor_shown

# A request is the first entry of its stream, its decision the second. A correction that was asked for
# stands in the stream of its record; its decision names it.
LISTED = """
WITH corrections AS (
    SELECT e.* FROM ledger.entry e
     WHERE e.position IN (SELECT ledger.tagged(ARRAY['list:corrections'], %(upto)s))),
asked AS (
    SELECT a.position AS asked, d.position AS decided
      FROM ledger.entry a
      LEFT JOIN ledger.entry d ON d.stream = a.stream AND d.version = 2 AND d.position <= %(upto)s
     WHERE a.stream ^@ 'request/' AND a.version = 1 AND a.position <= %(upto)s
       AND (%(stream)s::text IS NULL OR a.stream = %(stream)s)
     UNION ALL
    SELECT a.position, d.position
      FROM corrections a
      LEFT JOIN corrections d ON d.type = 'record.correction-decided/1'
       AND (convert_from(d.payload, 'UTF8')::json -> 'data' ->> 'position')::bigint = a.position
     WHERE a.type = 'record.correction-requested/1'
       AND (%(stream)s::text IS NULL OR 'request/correction-' || a.position = %(stream)s))
SELECT a.position, a.stream, a.version, a.type, a.recorded_at, a.valid_from, a.subject, a.district,
       a.tags, a.idempotency_key, a.payload, a.salt, a.request_digest, a.part, a.backfill, a.format,
       d.position, d.stream, d.version, d.type, d.recorded_at, d.valid_from, d.subject, d.district,
       d.tags, d.idempotency_key, d.payload, d.salt, d.request_digest, d.part, d.backfill, d.format
  FROM asked
  JOIN ledger.entry a ON a.position = asked.asked
  LEFT JOIN ledger.entry d ON d.position = asked.decided
 WHERE a.position < %(before)s
   AND (%(uscc)s::text IS NULL OR a.subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR a.district = %(district)s)
   AND (%(waiting)s::boolean IS NULL OR (d.position IS NULL) = %(waiting)s)
   AND (%(taken)s::boolean IS NULL
        OR (convert_from(d.payload, 'UTF8')::json -> 'data' ->> 'taken')::boolean = %(taken)s)
 ORDER BY a.position DESC LIMIT %(limit)s
"""
CORRECTION = "correction-"
"""Before the position of a correction that was asked for: its id among the requests."""
_COLUMNS = 16
LAST = 2**62


class _Wanted(NamedTuple):
    upto: int
    before: int = LAST
    stream: str | None = None
    uscc: str | None = None
    district: str | None = None
    waiting: bool | None = None
    taken: bool | None = None
    limit: int = 1


_STATES: Mapping[str, tuple[bool | None, bool | None]] = {
    "waiting": (True, None),
    "taken": (False, True),
    "refused": (False, False),
}


def requests(house: Reading, actor: Actor, question: RequestsQuestion) -> Found:
    """Return a page of the requests that `actor` may see, newest first."""
    grant = decide(actor, Action.READ, "requests")
    allowed = narrowed(question, grant.rows)
    chosen = question.model_dump(mode="json", exclude_none=True)
    kept = ("state", "uscc", "district")
    place = AskedList("requests", {name: str(chosen[name]) for name in kept if name in chosen})
    settled, after = opened(house, question, place)
    if allowed.nothing:
        return Found(settled.answer_basis, ListPage([], None, allowed.limited), grant.audience)
    waiting, taken = _STATES.get(question.state or "", (None, None))
    wanted = _Wanted(
        settled.basis.position,
        LAST if after is None else _position(after),
        None,
        allowed.uscc,
        allowed.district,
        waiting,
        taken,
        question.limit + 1,
    )
    with cursors.fitting(), house.reading() as connection:
        items = _read(connection, wanted)
    more = str(items[question.limit - 1]["position"]) if len(items) > question.limit else None
    show = shower(RequestItem, grant.audience)
    page = [show(item) for item in items[: question.limit]]
    shown = ListPage(page, further(settled, more, place), allowed.limited)
    return Found(settled.answer_basis, shown, grant.audience)


def request(
    house: Reading, actor: Actor, request_id: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return one request, if there is one that `actor` may see."""
    grant = decide(actor, Action.READ, "requests")
    settled = settle(house, asked)
    rows = grant.rows
    wanted = _Wanted(
        settled.basis.position,
        stream=f"request/{request_id}",
        uscc=rows.uscc,
        district=rows.district,
    )
    with house.reading() as connection:
        items = _read(connection, wanted)
    if not items or rows.none:
        raise missing()
    return settled.answer_basis, shower(RequestItem, grant.audience)(items[0])


def require(house: Reading, actor: Actor, request_id: str) -> None:
    """Refuse what is done to a request that its reading would not show; read at the ledger's own end.

    Raises:
        Problem: 404, there is no such request for this caller.
    """
    rows = decide(actor, Action.READ, "requests").rows
    wanted = _Wanted(LAST, stream=f"request/{request_id}", uscc=rows.uscc, district=rows.district)
    with house.reading() as connection:
        if rows.none or not _read(connection, wanted):
            raise missing()


def waiting(house: Reading, rows: Rows = ALL) -> int:
    """Return how many requests wait at the end of the ledger."""
    wanted = _Wanted(LAST, uscc=rows.uscc, district=rows.district, waiting=True, limit=1_000)
    with house.reading() as connection:
        return len(_read(connection, wanted))


def _read(connection: Connection[Any], wanted: _Wanted) -> list[dict[str, Any]]:
    rows = connection.execute(LISTED, wanted._asdict()).fetchall()
    return [
        _item(
            codec.legible(to_entry(row[:_COLUMNS])),
            None if row[_COLUMNS] is None else codec.legible(to_entry(row[_COLUMNS:])),
        )
        for row in rows
    ]


def _item(entry: Recorded[Any], decision: Recorded[Any] | None) -> dict[str, Any]:
    state = "waiting"
    if decision is not None:
        state = "taken" if decision.event.taken else "refused"
    return {
        **_asked(entry),
        "state": state,
        "subject": entry.subject,
        "district": entry.district,
        "asked_by": actor_shown(entry.actor),
        "asked_at": instant_text(entry.recorded_at),
        "position": entry.position,
        "decided_by": None if decision is None else actor_shown(decision.actor),
        "decided_at": None if decision is None else instant_text(decision.recorded_at),
        "decided_position": None if decision is None else decision.position,
        "refusal": None if decision is None else decision.event.reason,
    }


def _asked(entry: Recorded[Any]) -> dict[str, Any]:
    """Return what was asked for: an act of two persons, or a correction of the enterprise's record."""
    asked = entry.event
    if isinstance(asked, CorrectionRequested):
        return {
            "request_id": f"{CORRECTION}{entry.position}",
            "kind": "correction",
            "type": "RecordCorrected",
            "valid_from": entry.valid_from.isoformat(),
            "reason": entry.reason,
            "document_no": entry.document_no,
            "data": contract(asked),
        }
    return {
        "request_id": asked.request_id,
        "kind": "act",
        "type": asked.type,
        "valid_from": asked.valid_from.isoformat(),
        "reason": asked.reason,
        "document_no": asked.document_no,
        "data": contract(asked)["data"],
    }


def correction_of(request_id: str) -> int | None:
    """Return the position of the correction that an id means; None where it means an act."""
    number = request_id.removeprefix(CORRECTION)
    told = number != request_id and number.isascii() and number.isdecimal() and len(number) < 16
    return int(number) if told else None


def _position(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 16):
        raise BadCursor(cursor)
    return int(cursor)
