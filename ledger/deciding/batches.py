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
from ledger.deciding.attempts import Flight, board
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
        aloft: deque[Flight] = deque()
        with self._lock, ThreadPoolExecutor(1, "ledger-import") as appender:
            # An append is held against what came since; a refusal is not, so facts that were kept
            # from an earlier stream serve only while they are the latest.
            if self._base is not None and self._base.next - 1 != self._parts.log.head().position:
                self._base = None
            try:
                for run in (run for batch in batches for run in self._runs(batch)):
                    yield from self._take(run, aloft, appender)
                yield from self._land(aloft, appender, 0)
            except GeneratorExit:
                self._base = None  # it may foresee entries that will never be
                raise
            except BaseException:
                self._base = None
                yield from _landed(aloft)
                raise

    def _take(
        self, run: Sequence[Submission], aloft: deque[Flight], appender: Executor
    ) -> Iterator[Outcome]:
        """Send the run off, landing those before it; yield the outcomes of what has landed."""
        alone = self._is_alone(run[0])
        while run:
            full = self._base is not None and len(self._base) > MOST_STATES
            yield from self._land(aloft, appender, 0 if alone or full else 1)
            if full:
                self._base = None
            flight = self._depart(run, aloft[-1] if aloft else None, appender)
            aloft.append(flight)
            run = run[len(flight.answers) :]
        if alone:
            yield from self._land(aloft, appender, 0)
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
        """Whether the command shares no batch: positions that did not land yet are not final."""
        named = names(submission)
        landed = self._base.position if self._base is not None else 0
        return named > landed or changes_rules(submission)

    def _depart(
        self, run: Sequence[Submission], ahead: Flight | None, appender: Executor
    ) -> Flight:
        parts = self._parts
        if self._base is None:
            head = parts.log.head().position
            self._base = FactBase(parts.log, parts.shelf, head, parts.person, parts.survey)
        boarding = board(parts, run, ahead)
        uses = parts.log.used_keys(boarding.keys())
        flight = Flight(parts, self._base, boarding, uses, ahead)
        flight.take_off(appender)
        return flight

    def _land(self, aloft: deque[Flight], appender: Executor, left: int) -> Iterator[Outcome]:
        """Land the first flights until so many are left; yield their outcomes."""
        while len(aloft) > left:
            is_as_foreseen = aloft[0].is_as_foreseen()  # interrupted here, it is still under way
            flight = aloft.popleft()
            if is_as_foreseen and self._base is not None:
                self._base.settle(flight.last)
                yield from flight.outcomes(flight.landed())
                continue
            # Every flight behind was decided on what did not come true, and is grounded with it.
            again = list(aloft) if flight.landed() is not None else [flight, *aloft]
            aloft.clear()
            for behind in again:
                behind.landed()
            self._base = None
            if flight not in again:
                yield from flight.outcomes(flight.landed())
            for each in again:
                yield from self._surely(each.run, appender)

    def _surely(self, run: Sequence[Submission], appender: Executor) -> Iterator[Outcome]:
        """Carry out the run by itself, in halves where others keep coming between."""
        tries = 0
        while run:
            flight = self._depart(run, None, appender)
            if flight.is_as_foreseen() and self._base is not None:
                self._base.settle(flight.last)
            else:
                self._base = None
            if flight.landed() is not None:
                tries = 0
                yield from flight.outcomes(flight.landed())
                run = run[len(flight.answers) :]
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


def _landed(aloft: Iterable[Flight]) -> Iterator[Outcome]:
    """Yield the outcomes of what is in the log although the stream has failed, as far as is known."""
    for flight in aloft:
        try:
            landed = flight.landed()
        except Exception:  # noqa: BLE001 - the failure that broke the stream is raised, this one is its like
            return
        if landed is None:
            return
        yield from flight.outcomes(landed)


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
