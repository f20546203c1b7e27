"""A batch on its way: prepared, decided in memory, pending while it is appended, then committed or void."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from domain import registry
from domain.catalogue import CatalogueAdopted
from domain.terms.decider import FactKey, Facts, Refused, Unread
from ledger.deciding.deciding import Parts, drafts_of, is_another
from ledger.deciding.expected import Expected
from ledger.deciding.facts import FactBase
from ledger.deciding.outcome import (
    KEY_REUSED,
    Accepted,
    Already,
    Nothing,
    Outcome,
    Rejected,
    refused,
    version_conflict,
)
from ledger.deciding.requests import Newcomers, Request, ready
from ledger.gate.shapes import Submission
from ledger.log.entry import Draft
from ledger.log.log import Append, Appended, Conflict, Look, Use

MOST_DRAFTS = 14_000
"""Entries in one append, after which no further command is added: the log takes 20,000, and the
largest command, a publication of 5,000 enterprises, brings 5,001."""
LOOKS_AHEAD = 8
"""How often in one batch a fact that is missed is read for all the lines behind, too."""


@dataclass(frozen=True, slots=True)
class _Repeat:
    """The same request stands earlier in the batch, at `index`."""

    index: int


_Answer: TypeAlias = tuple[Draft, ...] | _Repeat | Already | Nothing | Rejected


class Prepared(NamedTuple):
    """A run of commands made ready, and the holders whom it brings."""

    run: Sequence[Submission]
    requests: list[Request]
    newcomers: Newcomers

    def keys(self) -> list[str]:
        """Return the idempotency keys, and those under which earlier releases recorded the same."""
        keys = [request.key for request in self.requests]
        keys += (key for request in self.requests for key, _ in request.earlier)
        keys += (request.sent_key for request in self.requests if request.sent_key is not None)
        return keys

    def boundaries(self, uses: Mapping[str, Use]) -> Iterator[FactKey[Any]]:
        """Yield the facts on which the commands that were not made before are known to rest."""
        return chain.from_iterable(
            registry.boundary(request.command)
            for request in self.requests
            if request.use_in(uses) is None
        )


def prepare(parts: Parts, run: Sequence[Submission], ahead: "Attempt | None" = None) -> Prepared:
    """Return the run made ready; `ahead` may bring holders whom the vault does not know yet."""
    newcomers: Newcomers = {}
    entering = ahead.newcomers if ahead is not None else {}
    return Prepared(run, ready(run, parts.vault, parts.today(), newcomers, entering), newcomers)


def adopted_by(run: Sequence[Submission]) -> Iterator[str]:
    """Yield the digests of the catalogues that the commands of a run adopt."""
    for submission in run:
        if isinstance(submission.body, CatalogueAdopted):
            yield submission.body.sha256


class Attempt:
    """One batch: what was asked, what was decided, and where it will stand."""

    def __init__(
        self,
        parts: Parts,
        base: FactBase,
        prepared: Prepared,
        uses: Mapping[str, Use],
        ahead: "Attempt | None" = None,
    ) -> None:
        """Decide the run, or its beginning, on top of `ahead`, which need not be committed yet.

        `uses`: which of the keys are used, as of the end of `base` or later.
        """
        self.run, self._requests, self.newcomers = prepared
        self._parts, self._base, self._ahead, self._uses = parts, base, ahead, uses
        self._known = base.next - 1
        base.ask_for(adopted_by(self.run))
        self._facts = base.facts(prepared.boundaries(uses))
        self.taken: dict[str, tuple[int, Use]] = {}
        """Key → index in the run, and the use of it that is foreseen."""
        self._looks = 0
        self._changed: str | None = None
        """The stream that the first command changes, or would change once a second person agrees."""
        self.answers = list(self._decide())
        self.last = base.next - 1
        """Position of the last entry, if nobody comes between."""
        self._commit: Future[list[int] | None] | None = None

    def append_by(self, appender: Executor) -> None:
        """Begin to append."""
        self._commit = appender.submit(self.append)

    def committed(self) -> list[int] | None:
        """Wait; return the first position of each command's entries, None where nothing was appended."""
        return self._commit.result() if self._commit is not None else None

    def is_as_foreseen(self) -> bool:
        """Tell whether the attempt was committed at the very positions on which decisions behind it rest."""
        committed = self.committed()
        return committed is not None and self.is_foreseen(committed)

    def is_foreseen(self, committed: Sequence[int]) -> bool:
        """Tell whether these are the positions that were foreseen."""
        return not committed or committed[0] == self._known + 1

    def outcomes(self, committed: Sequence[int] | None) -> Iterator[Outcome]:
        """Yield the outcome of each command, given where their entries were committed."""
        firsts = iter(committed or ())
        own: dict[int, Accepted] = {}
        for index, answer in enumerate(self.answers):
            if isinstance(answer, tuple):
                own[index] = Accepted(next(firsts), len(answer))
                yield own[index]
            elif isinstance(answer, _Repeat):
                first = own[answer.index]
                yield Already(first.position, first.count)
            else:
                yield answer

    def append(
        self, look: Look | None = None, expected: Expected | None = None
    ) -> list[int] | None:
        """Append; return what `committed` returns. See `Log.append` for `look`.

        `expected`: of the stream which the only command changes; of an act that waits for a second
        person, of the stream that the act would change.
        """
        ahead, self._ahead = self._ahead, None  # a chain of attempts would keep them all in memory
        if ahead is not None and not ahead.is_as_foreseen():
            return None
        taken = zip(self._requests, self.answers, strict=False)
        decided = [(request, answer) for request, answer in taken if isinstance(answer, tuple)]
        if not decided:
            return []
        if is_another(self._parts.vault, [request for request, _ in decided]):
            return None
        items = [Append(drafts) for _, drafts in decided]
        # One condition for all of them: they stand or fall as one.
        first = items[0].drafts
        at: tuple[str, int] | None = None
        if expected is not None:
            stream = self._changed or first[0].stream
            version = expected.held(self._parts.log, stream, first[0].tags, first[0].subject)
            if isinstance(version, Rejected):
                self.answers = [version]
                return []
            at = stream, version
        items[0] = Append(first, frozenset(self._facts.looked_at), self._known, at)
        results = self._parts.writer.append_chain(items, look)
        if at is not None and results[0] == Conflict(at[0]):
            self.answers = [version_conflict(at[0])]
            return []
        firsts = [result.first for result in results if isinstance(result, Appended)]
        return firsts if len(firsts) == len(items) else None

    def _decide(self) -> Iterator[_Answer]:
        """Yield the answer to each request in turn, until there is enough for one append."""
        for index, request in enumerate(self._requests):
            answer = self._before(request) or self._decided(index, request)
            yield answer
            if type(answer) is tuple:
                foreseen = Use(self._base.next - len(answer), len(answer), request.digest)
                self.taken[request.key] = index, foreseen
                if self._base.next - self._known > MOST_DRAFTS:
                    return

    def _before(self, request: Request) -> _Answer | None:
        """Return the answer to a request that was made before: in the log, ahead, or in this run."""
        key = request.key
        use = request.use_in(self._uses)
        if use is None and self._ahead is not None and key in self._ahead.taken:
            use = self._ahead.taken[key][1]
        if use is not None:
            same = use.request_digest == request.digest
            return Already(use.first, use.count) if same else KEY_REUSED
        for earlier, digest in request.earlier:
            before = self._uses.get(earlier)
            if before is not None and before.request_digest == digest:
                return Already(before.first, before.count)
        if key in self.taken:
            index, use = self.taken[key]
            return _Repeat(index) if use.request_digest == request.digest else KEY_REUSED
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
            self._changed = self._changed or new[0].changes or new[0].stream
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
        if request.use_in(uses) is not None:
            continue
        try:
            registry.decide(facts, request.command)
        except Unread as unread:
            yield unread.key
        except Refused:
            continue  # it is asked again in its turn
