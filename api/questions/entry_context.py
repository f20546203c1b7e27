"""What stands around one entry: its neighbours, what was corrected of it, what it raised, its leaf.

The entry itself never changes (`GET /v1/events/{position}`); all this is as known at the basis.
"""

from hashlib import sha256
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions.answers import AnswerBasis
from api.questions.clocks import Asked, parse_position
from api.questions.policy import Action, Grant, Rows, decide
from api.questions.problems import Unclear
from api.questions.queries import missing, settle
from api.questions.reading import Reading
from api.questions.visibility import within
from api.questions.withheld import rows_at
from domain.correction import RecordCorrected, amended
from domain.terms.envelope import Actor, Recorded
from ledger.codec import legible
from ledger.gate.output import contract
from ledger.log.entry import Entry
from ledger.log.merkle import leaf_hash
from projections.items.disclosure import shower
from projections.items.records import EntryContextItem
from projections.views import flags
from projections.views.entry_docs import shown


class Neighbours(NamedTuple):
    """The entries about the same enterprise before and after one; None: there is none."""

    previous: int | None
    next: int | None


NEIGHBOURS = """
SELECT (SELECT max(position) FROM ledger.entry
         WHERE subject = %(subject)s AND position < %(position)s
           AND (%(district)s::text IS NULL OR district = %(district)s)
           AND position <> ALL (%(withheld)s)),
       (SELECT min(position) FROM ledger.entry
         WHERE subject = %(subject)s AND position > %(position)s AND position <= %(upto)s
           AND (%(district)s::text IS NULL OR district = %(district)s)
           AND position <> ALL (%(withheld)s))
"""


MOST_RAISED = 200
"""Flags on other records that are listed: a removal may raise thousands, which the list of flags has."""


def in_context(
    house: Reading, actor: Actor, position: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return one entry with what stands around it.

    `entry`, `previous`, `next` (positions about the same enterprise), `corrections` (entries),
    `now` (its day and data as corrected; null where nothing was), `flags`, `leaf`.

    Raises:
        Problem: 404, there is none at the basis, or none that the caller may see.
    """
    grant = decide(actor, Action.READ, "events")
    settled = settle(house, asked)
    stored = _at(house, position, settled.basis.position)
    entry = legible(stored)
    upto = settled.basis.position
    with house.reading() as connection:
        rows = rows_at(connection, grant.rows, upto)
    if within(shown(entry), rows) is None:
        raise missing()
    corrections = _corrections(house, entry, upto)
    with house.reading() as connection:
        beside = _neighbours(connection, entry, upto, rows)
        raised = flags.of_records(connection, settled.basis, [entry.position])
        # A late entry raises them on what was recorded before it.
        if entry.subject is not None:
            own, whose = [entry.position], [entry.subject]
            others = flags.raised_by(connection, settled.basis, own, whose, MOST_RAISED)
            raised += [each for each in others if within(each, rows) is not None]
    item: dict[str, Any] = {
        "entry": shown(entry),
        "previous": beside.previous,
        "next": beside.next,
        "corrections": [shown(each) for each in corrections],
        "now": _now(house, entry, corrections),
        "flags": raised,
    }
    item["leaf"] = _leaf(stored, grant)
    return settled.answer_basis, shower(EntryContextItem, grant.audience)(item)


def _at(house: Reading, position: str, upto: int) -> Entry:
    try:
        wanted = parse_position(position)
    except Unclear:
        raise missing() from None
    entries = house.log.at([wanted]) if wanted <= upto else []
    if not entries:
        raise missing()
    return entries[0]


def _neighbours(conn: Connection[Any], entry: Recorded[Any], upto: int, rows: Rows) -> Neighbours:
    values = {
        "subject": entry.subject,
        "position": entry.position,
        "upto": upto,
        "district": rows.district,
        "withheld": list(rows.withheld.positions),
    }
    row: Any = conn.execute(NEIGHBOURS, values).fetchone()
    return Neighbours(*row)


def _corrections(house: Reading, entry: Recorded[Any], upto: int) -> list[Recorded[Any]]:
    tagged = map(legible, house.log.read((f"entry:{entry.position}",), upto))
    return [
        each
        for each in tagged
        if isinstance(each.event, RecordCorrected) and each.event.position == entry.position
    ]


def _now(
    house: Reading, entry: Recorded[Any], corrections: list[Recorded[Any]]
) -> dict[str, Any] | None:
    """Return day and data of the entry as they are read since its corrections."""
    if not corrections:
        return None
    standing = entry
    for correction in corrections:
        standing = amended(standing, correction.event, house.folding.apply)
    return {"valid_from": standing.valid_from.isoformat(), "data": contract(standing.event)}


def _leaf(stored: Entry, grant: Grant) -> dict[str, Any]:
    """Return where the entry stands in the tree, and what its leaf hash covers.

    `header` are the lines before the event's bytes; its tags name people by pseudonym, so it is
    left out for who may not see people.
    """
    hashed = stored.hashed_bytes()
    header = hashed.partition(b"\n\n")[0].decode()
    return {
        "index": stored.position - 1,
        "hash": leaf_hash(hashed).hex(),
        "bytes": len(hashed),
        "sha256": sha256(hashed).hexdigest(),
        "header": header if grant.persons else None,
    }
