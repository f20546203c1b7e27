"""Imports: one read for the facts of a batch, its decisions in order in memory, one append.

A later line sees an earlier one before either is in the log. While one batch is appended the next
one is decided on top of it, so that neither Python nor the database waits. A batch stands or falls
as one: where somebody else came between, it is decided again, and so is the one behind it.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from threading import Lock

from domain.catalogue import CatalogueAdopted
from domain.correction import CorrectionDecided, CorrectionRequested, RecordCorrected
from domain.finding.finding import FindingRaised
from domain.flag import FlagAnswered, FlagReviewed
from domain.request import ActDecided, ActRequested
from domain.terms.identifiers import flag_parts
from ledger.deciding.attempts import Attempt, prepare
from ledger.deciding.deciding import TRIES, Parts
from ledger.deciding.facts import FactBase
from ledger.deciding.outcome import CONFLICT, Outcome
from ledger.gate.shapes import Submission

MOST_LINES = 5_000
"""Commands decided on one read; more would only cost memory."""

MOST_STATES = 100_000
"""Facts kept from batch to batch: some hundred megabytes at most."""


class Batches:
    """Carries out streams of commands, one stream at a time, and keeps facts from one to the next."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._base: FactBase | None = None
        self._lock = Lock()

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        """Yield what became of each command, in order, once it is durable."""
        pending: deque[Attempt] = deque()
        with self._lock, ThreadPoolExecutor(1, "ledger-import") as appender:
            # An append is held against what came since; a refusal is not, so facts that were kept
            # from an earlier stream serve only while they are the latest.
            if self._base is not None and self._base.next - 1 != self._parts.log.head().position:
                self._base = None
            try:
                for run in (run for batch in batches for run in self._runs(batch)):
                    yield from self._take(run, pending, appender)
                yield from self._commit(pending, appender, 0)
            except GeneratorExit:
                self._base = None  # it may foresee entries that will never be
                raise
            except BaseException:
                self._base = None
                yield from _committed(pending)
                raise

    def _take(
        self, run: Sequence[Submission], pending: deque[Attempt], appender: Executor
    ) -> Iterator[Outcome]:
        """Attempt the run, with those before it committed; yield the outcomes of what is."""
        alone = self._is_alone(run[0])
        while run:
            full = self._base is not None and len(self._base) > MOST_STATES
            yield from self._commit(pending, appender, 0 if alone or full else 1)
            if full:
                self._base = None
            attempt = self._attempt(run, pending[-1] if pending else None, appender)
            pending.append(attempt)
            run = run[len(attempt.answers) :]
        if alone:
            yield from self._commit(pending, appender, 0)
            self._base = None

    def _runs(self, submissions: Sequence[Submission]) -> Iterator[Sequence[Submission]]:
        """Cut the submissions into runs that can be decided on one read."""
        start = 0
        for index, submission in enumerate(submissions):
            alone = self._is_alone(submission)
            if (alone or index - start == MOST_LINES) and start < index:
                yield submissions[start:index]
                start = index
            if alone:
                yield submissions[index : index + 1]
                start = index + 1
        if start < len(submissions):
            yield submissions[start:]

    def _is_alone(self, submission: Submission) -> bool:
        """Whether the command shares no batch: positions that are not committed yet are not final."""
        named = names(submission)
        committed = self._base.position if self._base is not None else 0
        return named > committed or changes_rules(submission)

    def _attempt(
        self, run: Sequence[Submission], ahead: Attempt | None, appender: Executor
    ) -> Attempt:
        parts = self._parts
        if self._base is None:
            head = parts.log.head().position
            self._base = FactBase(parts.log, parts.shelf, head, parts.person, parts.survey)
        prepared = prepare(parts, run, ahead)
        uses = parts.log.used_keys(prepared.keys())
        attempt = Attempt(parts, self._base, prepared, uses, ahead)
        attempt.append_by(appender)
        return attempt

    def _commit(self, pending: deque[Attempt], appender: Executor, left: int) -> Iterator[Outcome]:
        """Wait for the first attempts until so many are left; yield the outcomes of their commands."""
        while len(pending) > left:
            is_as_foreseen = pending[0].is_as_foreseen()  # interrupted here, it is still under way
            attempt = pending.popleft()
            if is_as_foreseen and self._base is not None:
                self._base.settle(attempt.last)
                yield from attempt.outcomes(attempt.committed())
                continue
            # Every attempt behind was decided on what did not come true, and is void with it.
            again = list(pending) if attempt.committed() is not None else [attempt, *pending]
            pending.clear()
            for behind in again:
                behind.committed()
            self._base = None
            if attempt not in again:
                yield from attempt.outcomes(attempt.committed())
            for overtaken in again:
                yield from self._surely(overtaken.run, appender)

    def _surely(self, run: Sequence[Submission], appender: Executor) -> Iterator[Outcome]:
        """Carry out the run by itself, in halves where others keep coming between."""
        tries = 0
        while run:
            attempt = self._attempt(run, None, appender)
            if attempt.is_as_foreseen() and self._base is not None:
                self._base.settle(attempt.last)
            else:
                self._base = None
            if attempt.committed() is not None:
                tries = 0
                yield from attempt.outcomes(attempt.committed())
                run = run[len(attempt.answers) :]
                continue
            tries += 1
            if tries < TRIES:
                continue
            if len(run) == 1:
                yield CONFLICT
                return
            half = len(run) // 2
            yield from self._surely(run[:half], appender)
            run, tries = run[half:], 0


def _committed(pending: Iterable[Attempt]) -> Iterator[Outcome]:
    """Yield the outcomes of what is in the log although the stream has failed, as far as is known."""
    for attempt in pending:
        try:
            committed = attempt.committed()
        except Exception:  # noqa: BLE001 - the failure that broke the stream is raised, this one is its like
            return
        if committed is None:
            return
        yield from attempt.outcomes(committed)


def names(submission: Submission) -> int:
    """Return the last position that the command names; 0 where it names none."""
    body = submission.body
    match body:
        case RecordCorrected() | CorrectionRequested() | CorrectionDecided():
            return body.position
        case FlagReviewed() | FlagAnswered():
            flags: Sequence[str] = (body.flag,)
        case FindingRaised():
            flags = body.flags
        case _:
            return 0
    return max((parts[1] for parts in map(flag_parts, flags) if parts is not None), default=0)


def changes_rules(submission: Submission) -> bool:
    """Whether the command changes by what all others are judged, or may bring an act that does."""
    return isinstance(submission.body, CatalogueAdopted | ActRequested | ActDecided)
