"""Imports: one read for the facts of a batch, its decisions in order in memory, one append.

A later line sees an earlier one before either is in the log. All stand or fall together: where
somebody else appended what one of them rests on, the whole batch is decided again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any, TypeAlias

from domain import registry
from domain.decider import FactKey, Facts, Refused, Unread
from domain.finding import FindingRaised
from ledger.deciding import Parts, drafts_of, unknown_to
from ledger.entry import Draft
from ledger.facts import FactBase
from ledger.log import Append, Appended, Use
from ledger.outcome import (
    CONFLICT,
    KEY_REUSED,
    Accepted,
    Already,
    Nothing,
    Outcome,
    Rejected,
    refused,
)
from ledger.requests import Request, ready
from ledger.shapes import Submission

TRIES = 3
MOST_LINES = 5_000
"""Commands decided on one read; more would only cost memory."""
MOST_DRAFTS = 15_000
"""Entries in one append; the log takes 20,000 and one command brings some hundred at most."""
LOOKS_AHEAD = 8
"""How often in one batch a fact that is missed is read for all the lines behind, too."""

ALONE = frozenset({"RecordCorrected", "FlagReviewed", "CatalogueAdopted"})
"""Events that share no batch: they name entries by position, which before are not final yet, or
change how entries and rules are read."""


@dataclass(frozen=True, slots=True)
class _Repeat:
    """The same request stands earlier in the batch, at `index`."""

    index: int


_Answer: TypeAlias = tuple[Draft, ...] | _Repeat | Already | Nothing | Rejected


class Batches:
    """Carries out batches, one at a time, and keeps facts from one to the next."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._base: FactBase | None = None
        self._lock = Lock()

    def execute(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Carry out or refuse the commands in their order."""
        outcomes: list[Outcome] = []
        with self._lock:
            for run in _runs(submissions):
                while run:
                    done = self._surely(run)
                    outcomes += done
                    run = run[len(done) :]  # noqa: PLW2901 - what is left of it
        return outcomes

    def _surely(self, run: Sequence[Submission]) -> list[Outcome]:
        """Return the outcomes of the run or of its beginning; halve it where others keep coming."""
        for _ in range(TRIES):
            outcomes = self._try(run)
            if outcomes is not None:
                return outcomes
        return [CONFLICT] if len(run) == 1 else self._surely(run[: len(run) // 2])

    def _try(self, run: Sequence[Submission]) -> list[Outcome] | None:
        """Return the outcomes of the run or of its beginning; None where all is to be decided again."""
        parts = self._parts
        requests = ready(run, parts.vault, parts.today())
        uses = parts.log.used_keys([request.key for request in requests])
        base, self._base = self._base, None  # whatever goes wrong, nothing half-done is kept
        if base is None:
            base = FactBase(parts.log, parts.installed, parts.amend, parts.log.head().position)
        facts = base.facts(_boundaries(r for r in requests if r.key not in uses))
        answers = list(_Run(base, facts, requests, uses).answers())
        recorded = [r for r, a in zip(requests, answers, strict=False) if type(a) is tuple]
        if unknown_to(parts.vault, recorded):
            return None
        drafts = [answer for answer in answers if type(answer) is tuple]
        firsts = self._append(base, facts, drafts)
        if firsts is None:
            return None
        if requests[0].name not in ALONE or not drafts:
            self._keep(base, firsts)
        return _outcomes(answers, iter(firsts))

    def _append(
        self, base: FactBase, facts: Facts, drafts: Sequence[tuple[Draft, ...]]
    ) -> list[int] | None:
        """Append all or nothing; return the first position of each, None where others came between."""
        if not drafts:
            return []
        # One condition for the batch; it stands or falls as one.
        items = [Append(drafts[0], frozenset(facts.looked_at), base.position)]
        items += [Append(each) for each in drafts[1:]]
        results = self._parts.writer.append_chain(items)
        firsts = [result.first for result in results if isinstance(result, Appended)]
        return firsts if len(firsts) == len(items) else None

    def _keep(self, base: FactBase, firsts: Sequence[int]) -> None:
        """Keep the facts for the next batch, unless other entries came before ours."""
        if not firsts or firsts[0] == base.position + 1:
            base.settle()
            self._base = base


def _stands_alone(body: object) -> bool:
    """Whether a command shares no batch; a finding does not where it names flags, by position."""
    return type(body).__name__ in ALONE or (isinstance(body, FindingRaised) and bool(body.flags))


def _runs(submissions: Sequence[Submission]) -> Iterator[Sequence[Submission]]:
    """Cut the submissions into runs that can be decided on one read."""
    start = 0
    for index, submission in enumerate(submissions):
        alone = _stands_alone(submission.body)
        if (alone or index - start == MOST_LINES) and start < index:
            yield submissions[start:index]
            start = index
        if alone:
            yield submissions[index : index + 1]
            start = index + 1
    if start < len(submissions):
        yield submissions[start:]


def _boundaries(requests: Iterator[Request]) -> Iterator[FactKey[Any]]:
    return chain.from_iterable(registry.boundary(request.command) for request in requests)


class _Run:
    """The decisions on one run, in order."""

    def __init__(
        self, base: FactBase, facts: Facts, requests: Sequence[Request], uses: Mapping[str, Use]
    ) -> None:
        self._base, self._facts, self._requests, self._uses = base, facts, requests, uses
        self._seen: dict[str, tuple[int, bytes]] = {}
        """Key → where in the run it was taken, and for what."""
        self._looks = 0

    def answers(self) -> Iterator[_Answer]:
        """Yield the answer to each request in turn, until there is enough for one append."""
        drafts = 0
        for index, request in enumerate(self._requests):
            answer = self._before(request) or self._decided(index, request)
            yield answer
            if type(answer) is tuple:
                self._seen[request.key] = (index, request.digest)
                drafts += len(answer)
                if drafts >= MOST_DRAFTS:
                    return

    def _before(self, request: Request) -> _Answer | None:
        """Return the answer to a request that was made before: in the log, or earlier in the run."""
        use = self._uses.get(request.key)
        if use is not None:
            same = use.request_digest == request.digest
            return Already(use.first, use.count) if same else KEY_REUSED
        seen = self._seen.get(request.key)
        if seen is not None:
            return _Repeat(seen[0]) if seen[1] == request.digest else KEY_REUSED
        return None

    def _decided(self, index: int, request: Request) -> _Answer:
        try:
            new = registry.decide(self._facts, request.command)
        except Unread as unread:
            self._read(unread.key, index)
            return self._decided(index, request)
        except Refused as refusal:
            return refused(refusal)
        if not new:
            return Nothing()
        drafts = drafts_of(new, request)
        if isinstance(drafts, tuple):
            self._base.add(new, request.command)
        return drafts

    def _read(self, key: FactKey[Any], index: int) -> None:
        """Read what a line missed, and what the lines behind it miss for the same reason."""
        self._looks += 1
        missed = [key]
        if self._looks <= LOOKS_AHEAD:
            missed += _missed(self._facts, self._requests[index + 1 :], self._uses)
        self._base.read(missed)


def _missed(
    facts: Facts, requests: Sequence[Request], uses: Mapping[str, Use]
) -> Iterator[FactKey[Any]]:
    for request in requests:
        if request.key in uses:
            continue
        try:
            registry.decide(facts, request.command)
        except Unread as unread:
            yield unread.key
        except Refused:
            continue  # it is asked again in its turn


def _outcomes(answers: Sequence[_Answer], firsts: Iterator[int]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for answer in answers:
        if isinstance(answer, _Repeat):
            first = outcomes[answer.index]
            outcomes.append(
                Already(first.position, first.count) if isinstance(first, Accepted) else first
            )
        elif isinstance(answer, tuple):
            outcomes.append(Accepted(next(firsts), len(answer)))
        else:
            outcomes.append(answer)
    return outcomes
