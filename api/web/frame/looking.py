"""Acts that are looked at before they are done: a first press shows what would come of them, a second does it.

A form carries a digest of what was looked at. Whoever alters anything, or sends the form without
having looked, is shown what would come of it once more.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

import orjson
from starlette.datastructures import FormData

from api.installation.consequences import Consequences, consequences
from api.installation.wiring import Installation
from api.questions.problems import invalid
from api.web.frame.acting import act, text
from domain.terms.envelope import Actor
from ledger.gate.days import not_a_day

STEP, SEND, CHECKED = "step", "send", "checked"
"""The button and the hidden field of such a form."""


class Sent(NamedTuple):
    """The act was recorded; position None: it had been before."""

    position: int | None


class Looked(NamedTuple):
    """What would come of the act."""

    foreseen: Consequences
    checked: str
    """Stands for what was looked at."""
    changed: bool
    """Whether something was altered after an earlier look."""


def look_or_send(
    house: Installation,
    actor: Actor,
    form: FormData,
    name: str,
    make: Callable[[], Mapping[str, Any]],
) -> Sent | Looked:
    """Do the act if it is sent as it was looked at; else return what would come of it.

    Raises:
        Problem, Refused: it would be refused.
    """
    body = make()
    digest = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    sends = text(form, STEP) == SEND
    if sends and text(form, CHECKED) == digest:
        return Sent(act(house, actor, form, name, body))
    foreseen = consequences(house, actor, [(name, body)], _day(body))
    return Looked(foreseen, digest, sends)


def _day(body: Mapping[str, Any]) -> date:
    field = next(f for f in ("valid_from", "published_on", "held_from") if f in body)
    said = str(body[field])
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise invalid(field, *not_a_day(said)) from None
