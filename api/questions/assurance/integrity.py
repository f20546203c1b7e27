"""Is the ledger whole: where it ends, what the last full verification said, what is under way."""

from typing import Any

from api.questions.assurance.witnessed import witnessed
from api.questions.policy import Action, decide
from api.questions.problems import Problem
from api.questions.reading import Reading
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log import tiles
from ledger.log.entry import instant_text
from projections.items.disclosure import shower
from projections.items.integrity import IntegrityItem
from projections.items.shape import Audience
from proof import verifications

SHOWN = 10
"""Verifications in the answer."""
MAY_START = frozenset(
    {
        Role.QUALITY_SUPERVISOR,
        Role.CENTRE_OFFICER,
        Role.BUREAU_PUBLISHER,
        Role.AUDIT_ADMIN,
        Role.SYSTEM_ADMIN,
    }
)


def integrity(house: Reading, actor: Actor) -> dict[str, Any]:
    """Return `{head, running, verifications}` and what `witnessed` tells.

    `running` is null or how far it has come.
    """
    decide(actor, Action.READ, "integrity")
    head = house.log.head()
    with house.reading() as connection:
        newest = verifications.last(connection, SHOWN)
        elsewhere = verifications.running(connection)
        signed = witnessed(connection, head.position)
    progress = house.verifier.progress
    under_way = None
    if progress is not None or elsewhere:
        position, last = progress or (None, None)
        under_way = {"position": position, "last": last}
    told = {
        "head": {
            "position": head.position,
            "root": head.root.hex(),
            "recorded_at": instant_text(head.recorded_at) if head.recorded_at else None,
        },
        "running": under_way,
        "verifications": [each.shown() for each in newest],
        **signed,
    }
    return shower(IntegrityItem, Audience.READERS)(told)


def start(house: Reading, actor: Actor) -> bool:
    """Begin a full verification; return False where one is under way already.

    Raises:
        Problem: 403, the role may only look.
    """
    decide(actor, Action.READ, "integrity")
    if actor.role not in MAY_START:
        raise Problem(
            "forbidden",
            "您的角色不能发起核验。",
            "Your role may not start a verification.",
            rule="role-not-allowed",
        )
    return house.verifier.start(actor.account)


def root_at(house: Reading, position: int) -> str:
    """Return the ledger's Merkle root at a position, in hexadecimal."""
    with house.reading() as connection:
        return tiles.root_at(connection, position).hex()
