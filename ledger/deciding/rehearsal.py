"""What a stream of commands would come to: decided like an import, and nothing is appended.

A later command sees the earlier ones. Only what names entries by their position (a correction, the
review of a flag) is judged by the ledger as it stands: positions are given when something is appended.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from domain.terms.envelope import Recorded
from ledger.codec import recorded
from ledger.deciding.attempts import Attempt, prepare
from ledger.deciding.batches import MOST_LINES
from ledger.deciding.deciding import Parts
from ledger.deciding.facts import FactBase
from ledger.deciding.outcome import Accepted, Outcome, Rejected
from ledger.gate.shapes import Submission
from ledger.log.clock import now
from ledger.log.entry import NOW, Draft, Entry
from ledger.log.log import Use


class Foreseen(NamedTuple):
    """What commands would have recorded, had they been sent when the ledger ended at `head`."""

    head: int
    drafts: tuple[Draft, ...]
    """In order; the first would stand at `head + 1`."""
    refusals: tuple[Rejected, ...]


def _entry(draft: Draft, position: int) -> Recorded[Any]:
    """Return a draft as the entry that it would be; version and leaf are the ledger's to give."""
    stream, stored, valid_from, subject, district, tags, payload, key, digest, backfill = draft
    # fmt: off
    return recorded(Entry(
        position, stream, 0, stored, now(), valid_from, subject, district, tags, key, payload,
        b"", digest, 0, backfill, NOW,
    ))
    # fmt: on


class Rehearsal:
    """Decides streams as the ledger stands when each begins."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        """Yield what would become of each command, in order; memory grows with what is accepted."""
        for outcome, _ in self.suppose(batches, self._parts.log.head().position):
            yield outcome

    def suppose(
        self, batches: Iterable[Sequence[Submission]], head: int
    ) -> Iterator[tuple[Outcome, tuple[Recorded[Any], ...]]]:
        """Yield what would have become of each command had the ledger ended at `head`, and its entries."""
        parts = self._parts
        base = FactBase(parts.log, parts.shelf, head, parts.person, parts.survey)
        made: dict[str, Use] = {}
        ahead: Attempt | None = None
        for batch in batches:
            run: Sequence[Submission] = batch
            while run:
                prepared = prepare(parts, run[:MOST_LINES], ahead)
                if ahead is not None:
                    # Whoever an earlier batch brings is known, though the vault was not told.
                    prepared.newcomers.update(ahead.newcomers)
                uses = {**parts.log.used_keys(prepared.keys()), **made}
                attempt = Attempt(parts, base, prepared, uses)
                taken = [use for _, use in attempt.taken.values()]
                made |= dict(zip(attempt.taken, taken, strict=True))
                outcomes = attempt.outcomes([use.first for use in taken])
                for outcome, answer in zip(outcomes, attempt.answers, strict=True):
                    drafts = answer if type(answer) is tuple else ()
                    first = outcome.position if isinstance(outcome, Accepted) else 0
                    yield outcome, tuple(_entry(each, at) for at, each in enumerate(drafts, first))
                run, ahead = run[len(attempt.answers) :], attempt

    def foresee(self, commands: Sequence[Submission]) -> Foreseen:
        """Return what a few commands, sent one after the other, would have recorded."""
        parts = self._parts
        head = parts.log.head().position
        base = FactBase(parts.log, parts.shelf, head, parts.person, parts.survey)
        prepared = prepare(parts, commands)
        attempt = Attempt(parts, base, prepared, parts.log.used_keys(prepared.keys()))
        answers = attempt.answers
        drafts = (draft for answer in answers if type(answer) is tuple for draft in answer)
        return Foreseen(
            head, tuple(drafts), tuple(each for each in answers if isinstance(each, Rejected))
        )
