"""The one way to append: read the facts, decide, append on the condition that the facts still hold.

`execute` takes one command, `execute_many` a batch of an import. What fails because somebody
else came between is decided again, three times at most.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from domain.reference import Reference
from ledger.batches import Batches
from ledger.clock import today
from ledger.deciding import TRIES, Parts, decide, drafts_of, is_another
from ledger.facts import FactBase
from ledger.log import Append, Appended, Conflict, KeyReused, Log, Replayed, Result
from ledger.outcome import (
    CONFLICT,
    KEY_REUSED,
    Accepted,
    Already,
    Nothing,
    Outcome,
    Rejected,
    version_conflict,
)
from ledger.requests import Request, ready
from ledger.shapes import Submission
from ledger.vault import Vault
from ledger.writer import Writer

__all__ = ["Accepted", "Already", "Nothing", "Outcome", "Rejected", "Transactor"]


class Transactor:
    """Decides and appends for any number of threads. Make it after forking, never before."""

    def __init__(
        self,
        log: Log,
        writer: Writer,
        vault: Vault,
        installed: Reference,
        *,
        today: Callable[[], date] = today,
    ) -> None:
        self._parts = Parts(log, writer, vault, installed, today)
        self._batches = Batches(self._parts)
        self._seen = -1
        """An end of the ledger that was seen: facts up to there are read without asking first."""

    def execute(self, submission: Submission, version: int | None = None) -> Outcome:
        """Carry out or refuse one command; `version` is the one that its stream must still have."""
        for attempt in range(TRIES):
            # The remembered end may be behind. What is decided there holds or conflicts, but a
            # refusal may rest on what has changed since, so it is found again at the very end.
            outcome = self._try(submission, version, at_end=attempt > 0)
            if outcome is not None:
                return outcome
        return CONFLICT

    def execute_many(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Carry out or refuse the commands in their order, each seeing those before it."""
        return list(self.stream([submissions]))

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        """Carry out or refuse the commands in their order; yield each outcome once it is durable.

        The next batch is taken while the last one is still being appended, so outcomes come a
        batch later than their commands. One stream at a time; another one waits.
        """
        return self._batches.stream(batches)

    def _try(self, submission: Submission, version: int | None, *, at_end: bool) -> Outcome | None:
        """Return what became of it; None where it has to be decided again."""
        log, _, vault, installed, today = self._parts
        if at_end or self._seen < 0:
            at_end, self._seen = True, log.head().position
        request = ready([submission], vault, today(), {}, {})[0]
        base = FactBase(log, installed, self._seen)
        decision = decide(base, request)
        drafts = decision.answer if decision.new is None else drafts_of(decision.new, request)
        if not isinstance(drafts, tuple):
            known = self._known(request)
            return known or (drafts if at_end else None)
        if is_another(vault, [request]):
            return None
        expected = None if version is None else (drafts[0].stream, version)
        item = Append(drafts, frozenset(decision.looked_at), base.position, expected)
        return self._outcome(self._parts.writer.append(item), expected)

    def _known(self, request: Request) -> Outcome | None:
        """Return the first answer where the request was made before: it comes before any refusal."""
        use = self._parts.log.used_keys([request.key]).get(request.key)
        if use is None:
            return None
        if use.request_digest != request.digest:
            return KEY_REUSED
        return Already(use.first, use.count)

    def _outcome(self, result: Result, expected: tuple[str, int] | None) -> Outcome | None:
        match result:
            case Appended(first, count):
                self._seen = max(self._seen, first + count - 1)
                return Accepted(first, count)
            case Replayed(first, count):
                return Already(first, count)
            case KeyReused():
                return KEY_REUSED
            case Conflict(on) if expected is not None and on == expected[0]:
                return version_conflict(*expected)
            case _:
                return None
