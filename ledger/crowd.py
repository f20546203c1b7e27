"""Single commands that arrive together are decided together.

Whoever comes while another command is being decided and appended waits for its turn; the next in
turn takes along everybody who is waiting, as one batch. So sixteen clients share one read of the
facts and one transaction, and one client alone waits for nobody.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock
from typing import TypeAlias

from ledger.outcome import Outcome
from ledger.shapes import Submission

Alone: TypeAlias = Callable[[Submission], Outcome]
Together: TypeAlias = Callable[[Iterable[Sequence[Submission]]], Iterator[Outcome]]


class _Waiting:
    __slots__ = ("error", "outcome", "submission")

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None


class Crowd:
    """Lets any number of threads carry out single commands, each with its own outcome."""

    def __init__(self, alone: Alone, together: Together) -> None:
        self._alone = alone
        self._together = together
        self._queue: list[_Waiting] = []
        self._queued = Lock()
        self._deciding = Lock()

    def execute(self, submission: Submission) -> Outcome:
        """Carry out or refuse one command, with those that wait by then."""
        own = _Waiting(submission)
        with self._queued:
            self._queue.append(own)
        with self._deciding:
            if own.outcome is None and own.error is None:
                self._decide()
        if own.error is not None:
            raise own.error
        if own.outcome is None:
            raise RuntimeError("a command was left without an outcome")
        return own.outcome

    def _decide(self) -> None:
        """Carry out everything that waits. What fails as a whole, fails for everybody in it."""
        with self._queued:
            group, self._queue = self._queue, []
        try:
            if len(group) == 1:
                outcomes = [self._alone(group[0].submission)]
            else:
                outcomes = list(self._together([[waiting.submission for waiting in group]]))
        except BaseException as error:  # noqa: BLE001 - whatever it is, every caller gets it
            for waiting in group:
                waiting.error = error
            return
        for waiting, outcome in zip(group, outcomes, strict=True):
            waiting.outcome = outcome
