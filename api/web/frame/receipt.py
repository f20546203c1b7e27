"""The day of receipt on forms: who may state it, and what the pages of filings say of it (domain.md §1)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from starlette.datastructures import FormData

from api.installation.wiring import Installation
from api.web.frame.acting import text
from domain.receipt import RECEIVING
from domain.terms.envelope import Actor
from domain.terms.guards import FILINGS
from ledger import codec


def may_stamp(actor: Actor) -> bool:
    """Return whether the reader may state on which day a paper came in."""
    return actor.role in RECEIVING


def stamp(form: FormData, actor: Actor) -> dict[str, Any]:
    """Return the day of receipt as a form states it; nothing from who may not."""
    return {"received_on": text(form, "received_on")} if may_stamp(actor) else {}


class Filing(NamedTuple):
    """One paper that came in: from when it is valid, and the days that were stated."""

    position: int
    event: str
    valid_from: date
    received_on: date
    received_by: str | None
    """Account that states the day; None: it is the day of the entry."""
    claimed_on: date | None
    """An earlier day that the enterprise gives; it decides nothing."""


def filings(house: Installation, positions: Iterable[int]) -> Sequence[Filing]:
    """Return what was filed among the entries at `positions`, those of before stamps left out."""
    filed: list[Filing] = []
    for entry in house.log.at(sorted(set(positions))):
        recorded = codec.recorded(entry)
        stamps, name = recorded.stamps, type(recorded.event).__name__
        if name in FILINGS and stamps.received_on is not None:
            by = stamps.received_by.account if stamps.received_by else None
            filed.append(
                Filing(
                    entry.position,
                    name,
                    recorded.valid_from,
                    stamps.received_on,
                    by,
                    stamps.claimed_on,
                )
            )
    return filed
