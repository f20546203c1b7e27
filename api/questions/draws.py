"""Fair draws (双随机): the list of them, one with everything to draw it again, and their secrets.

A draw is committed to as an entry (pool, sample, digest of the seed) and carried out by a second
one that reveals the seed. What is drawn is computed by `domain.inspection.draw` and by nothing else.
"""

import secrets
from typing import Any

from psycopg import Connection

from api.questions.answers import AnswerBasis
from api.questions.clocks import Asked
from api.questions.policy import ALL, Action, decide
from api.questions.queries import missing, settle
from api.questions.reading import Reading
from domain.inspection.inspection import EVERY_DRAW, InspectionDrawn
from domain.terms.envelope import Actor, Recorded
from ledger import codec
from ledger.gate.output import contract
from ledger.log.entry import instant_text
from projections.items.disclosure import shower

METHOD = {
    "zh": (
        "每个成员的签号为 SHA-256（“dudao/draw/v1”、种子、类别 enterprise 或 inspector、成员，"
        "各占一行，行间以换行符相隔）的十六进制；签号最小者抽中。承诺为种子的 SHA-256。"
    ),
    "en": (
        "each member's ticket is the hexadecimal SHA-256 of four lines joined by line feeds: "
        "dudao/draw/v1, the seed, enterprise or inspector, the member; the lowest tickets are "
        "drawn. The commitment is the SHA-256 of the seed."
    ),
}


def one(
    house: Reading, actor: Actor, draw_id: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return pool, sample, commitment, seed and result, with the entries that hold them.

    Raises:
        Problem: 404, there is none, or it is another office's.
    """
    answer_basis, entries = _entries(house, actor, f"inspection:{draw_id}", asked)
    if not entries:
        raise missing()
    steps = [
        {
            "position": entry.position,
            "recorded_at": instant_text(entry.recorded_at),
            "actor": entry.actor.account,
            "carried_out": entry.event.seed is not None,
        }
        for entry in entries
    ]
    record = {**contract(entries[-1].event), "method": METHOD, "steps": steps}
    audience = decide(actor, Action.READ, "draws").audience
    from projections.items.records import DrawRecordItem  # noqa: PLC0415 - start-up time

    return answer_basis, shower(DrawRecordItem, audience)(record)


def every(house: Reading, actor: Actor, asked: Asked) -> tuple[AnswerBasis, list[dict[str, Any]]]:
    """Return all draws in short, the latest first: there are some hundreds in a year at most."""
    answer_basis, entries = _entries(house, actor, EVERY_DRAW, asked)
    by_id: dict[str, dict[str, Any]] = {}
    for entry in entries:
        event = entry.event
        before = by_id.pop(event.draw_id, {})
        by_id[event.draw_id] = {
            "draw_id": event.draw_id,
            "stage": "committed" if event.seed is None else "carried_out",
            "committed_on": before.get("committed_on", entry.valid_from.isoformat()),
            "carried_out_on": None if event.seed is None else entry.valid_from.isoformat(),
            "pool": {
                "enterprises": len(event.pool.enterprises),
                "inspectors": len(event.pool.inspectors),
            },
            "sample": contract(event)["sample"],
            "actor": entry.actor.account,
            "because": [*before.get("because", []), entry.position],
        }
    return answer_basis, list(reversed(by_id.values()))


def _entries(
    house: Reading, actor: Actor, tag: str, asked: Asked
) -> tuple[AnswerBasis, list[Recorded[InspectionDrawn]]]:
    """Return the entries of draws with that tag up to the day which the caller may see.

    A draw concerns enterprises of many districts: an inspector sees those of their own office.
    """
    grant = decide(actor, Action.READ, "draws")
    settled = settle(house, asked)
    read = house.log.read({tag}, settled.basis.position)
    entries = [
        entry
        for entry in map(codec.legible, read)
        if isinstance(entry.event, InspectionDrawn)
        and entry.valid_from <= settled.basis.valid_at
        and (grant.rows == ALL or entry.actor.organisation == actor.organisation)
    ]
    return settled.answer_basis, entries


MAKE = """
INSERT INTO office.draw_seed (draw_id, seed, made_by) VALUES (%(draw_id)s, %(seed)s, %(made_by)s)
ON CONFLICT (draw_id) DO NOTHING
"""
SEED = "SELECT seed FROM office.draw_seed WHERE draw_id = %(draw_id)s"


def seed_of(connection: Connection[Any], draw_id: str) -> str | None:
    """Return the secret of a draw that was committed to here, None if it is kept elsewhere."""
    row = connection.execute(SEED, {"draw_id": draw_id}).fetchone()
    return None if row is None else str(row[0])


def make_seed(connection: Connection[Any], draw_id: str, made_by: str) -> str:
    """Return a new secret for a draw, kept until it is carried out; asked again, the same one."""
    values = {"draw_id": draw_id, "seed": secrets.token_hex(32), "made_by": made_by}
    connection.execute(MAKE, values)
    row: Any = connection.execute(SEED, values).fetchone()
    return str(row[0])
