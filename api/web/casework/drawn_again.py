"""A draw carried out once more before the reader's eyes, from what is public."""

from collections.abc import Sequence
from typing import NamedTuple

from api.export.formats import Row
from domain.inspection.draw import Pool, Sample, commitment, draw, ticket


class Ticket(NamedTuple):
    """A member of the pool with its ticket; the lowest are drawn."""

    member: str
    ticket: str
    drawn: bool


class Again(NamedTuple):
    """A draw drawn again: both pools in the order of their tickets."""

    enterprises: list[Ticket]
    inspectors: list[Ticket]
    agrees: bool
    """Whether the result is the recorded one, and the seed that of the commitment."""


def drawn_again(item: Row) -> Again | None:
    """Return the draw carried out once more by the rule of the domain, from what is public."""
    seed = item.get("seed")
    if seed is None:
        return None
    pool = Pool(
        enterprises=tuple(item["pool"]["enterprises"]),
        inspectors=tuple(item["pool"]["inspectors"]),
    )
    sample = Sample(
        enterprises=item["sample"]["enterprises"], inspectors=item["sample"]["inspectors"]
    )
    result = draw(pool, sample, seed)
    recorded = item["drawn"]
    agrees = (
        commitment(seed) == item["seed_commitment"]
        and list(result.enterprises) == recorded["enterprises"]
        and list(result.inspectors) == recorded["inspectors"]
    )
    return Again(
        _tickets("enterprise", pool.enterprises, result.enterprises, seed),
        _tickets("inspector", pool.inspectors, result.inspectors, seed),
        agrees,
    )


def _tickets(kind: str, members: Sequence[str], drawn: Sequence[str], seed: str) -> list[Ticket]:
    tickets = [Ticket(each, ticket(kind, each, seed), each in set(drawn)) for each in members]
    return sorted(tickets, key=lambda each: each.ticket)
