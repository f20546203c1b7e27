"""Commands of many clients: those that wait are decided on one look, in their order, as one append.

The facts that one group has read serve the next, as long as nobody else has appended.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.catalogue import ALL
from ledger.deciding.attempts import Attempt, prepare
from ledger.deciding.batches import changes_rules, names
from ledger.deciding.deciding import TRIES, Parts
from ledger.deciding.expected import Expected
from ledger.deciding.facts import FactBase
from ledger.deciding.outcome import CONFLICT, Outcome
from ledger.gate.shapes import Submission
from ledger.log.group import Group

MOST_STATES = 10_000
"""Facts kept from group to group. A server keeps them for as long as it runs."""


class Asked(NamedTuple):
    """A command, and what must still be so of what it changes, if the caller says so."""

    submission: Submission
    expected: Expected | None

    @property
    def is_alone(self) -> bool:
        """Whether it can share no append."""
        asked = self.submission
        return self.expected is not None or names(asked) > 0 or changes_rules(asked)


class Commands:
    """Carries out commands of any number of threads. Make it after forking, never before."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._base: FactBase | None = None
        # Every request has a key, so trying one again that failed with others adds nothing twice.
        self._group: Group[Asked, Outcome] = Group(self._carry_out, lambda _item, _error: True)

    def execute(self, submission: Submission, expected: Expected | None) -> Outcome:
        """Carry out or refuse one command, together with those that wait."""
        return self._group.do(Asked(submission, expected))

    def close(self) -> None:
        """Take no more, carry out what waits, and return."""
        self._group.close()

    def _carry_out(self, asked: Sequence[Asked]) -> list[Outcome]:
        try:
            return [outcome for run in _runs(asked) for outcome in self._surely(run)]
        except BaseException:
            self._base = None  # it may foresee entries that will never be
            raise

    def _surely(self, run: Sequence[Asked]) -> list[Outcome]:
        """Carry out the run as one, or each by itself where others keep coming between."""
        for _ in range(TRIES):
            outcomes = self._together(run)
            if outcomes is not None:
                rest = run[len(outcomes) :]
                return [*outcomes, *self._surely(rest)] if rest else outcomes
        if len(run) == 1:
            return [CONFLICT]
        return [outcome for each in run for outcome in self._surely([each])]

    def _together(self, run: Sequence[Asked]) -> list[Outcome] | None:
        """Return what became of the run, or of its beginning; None where it has to be decided again."""
        parts = self._parts
        prepared = prepare(parts, [each.submission for each in run])
        keys = [ALL, *prepared.boundaries({})]
        missing = self._base.missing(keys) if self._base is not None else {k.tag: k for k in keys}
        # Most streams are named as the fact that they add to. Of one that is not, the append asks.
        streams = {key.tag.replace(":", "/", 1): None for key in keys}
        look = parts.log.look(prepared.keys(), streams, missing)
        base = self._base
        if base is None or base.next - 1 != look.position:
            # Facts that were kept hold only at the end; so what is refused is refused at the end.
            base = FactBase(parts.log, parts.shelf, look.position, parts.person, parts.survey)
            missing = missing if self._base is None else {}
        base.take(missing, look.entries)
        self._base = None
        attempt = Attempt(parts, base, prepared, look.uses)
        committed = attempt.append(look, run[0].expected)
        if committed is None:
            return None
        if not run[0].is_alone and attempt.is_foreseen(committed):
            base.settle(attempt.last)
            self._base = base if len(base) <= MOST_STATES else None
        return list(attempt.outcomes(committed))


def _runs(asked: Sequence[Asked]) -> Iterator[Sequence[Asked]]:
    """Cut the commands into runs that can be decided on one look."""
    start = 0
    for index, question in enumerate(asked):
        if question.is_alone:
            if start < index:
                yield asked[start:index]
            yield asked[index : index + 1]
            start = index + 1
    if start < len(asked):
        yield asked[start:]
