"""What a stream of commands would come to: decided like an import, and nothing is appended.

A later command sees the earlier ones. Only what names entries by their position (a correction, the
review of a flag) is judged by the ledger as it stands: positions are given when something is appended.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ledger.deciding.attempts import Flight, board
from ledger.deciding.batches import MOST_LINES
from ledger.deciding.deciding import Parts
from ledger.deciding.facts import FactBase
from ledger.deciding.outcome import Outcome, Rejected
from ledger.gate.shapes import Submission
from ledger.log.entry import Draft
from ledger.log.log import Use


class Foreseen(NamedTuple):
    """What commands would have recorded, had they been sent when the ledger ended at `head`."""

    head: int
    drafts: tuple[Draft, ...]
    """In order; the first would stand at `head + 1`."""
    refusals: tuple[Rejected, ...]


class Rehearsal:
    """Decides streams as the ledger stands when each begins."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        """Yield what would become of each command, in order; memory grows with what is accepted."""
        parts = self._parts
        base = FactBase(
            parts.log, parts.shelf, parts.log.head().position, parts.person, parts.survey
        )
        made: dict[str, Use] = {}
        ahead: Flight | None = None
        for batch in batches:
            run: Sequence[Submission] = batch
            while run:
                boarding = board(parts, run[:MOST_LINES], ahead)
                if ahead is not None:
                    # Whoever an earlier batch brings is known, though the vault was not told.
                    boarding.newcomers.update(ahead.newcomers)
                uses = {**parts.log.used_keys(boarding.keys()), **made}
                flight = Flight(parts, base, boarding, uses)
                taken = [use for _, use in flight.taken.values()]
                made |= dict(zip(flight.taken, taken, strict=True))
                yield from flight.outcomes([use.first for use in taken])
                run, ahead = run[len(flight.answers) :], flight

    def foresee(self, commands: Sequence[Submission]) -> Foreseen:
        """Return what a few commands, sent one after the other, would have recorded."""
        parts = self._parts
        head = parts.log.head().position
        base = FactBase(parts.log, parts.shelf, head, parts.person, parts.survey)
        boarding = board(parts, commands)
        flight = Flight(parts, base, boarding, parts.log.used_keys(boarding.keys()))
        answers = flight.answers
        drafts = (draft for answer in answers if type(answer) is tuple for draft in answer)
        return Foreseen(
            head, tuple(drafts), tuple(each for each in answers if isinstance(each, Rejected))
        )
