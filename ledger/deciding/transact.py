"""The one way to append: read the facts, decide, append on the condition that the facts still hold.

`execute` takes one command (`ledger.deciding.commands`), `stream` the batches of an import
(`ledger.deciding.batches`); both decide in `ledger.deciding.attempts`. What fails because somebody else came between
is decided again, three times at most.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from domain.erasure import PersonErased
from domain.registry import boundary
from domain.terms.decider import Command, PersonOf
from domain.terms.place import UNSURVEYED, Survey
from domain.terms.reference import Reference
from ledger.catalogues import Shelf
from ledger.deciding.batches import Batches
from ledger.deciding.commands import Commands
from ledger.deciding.deciding import Parts
from ledger.deciding.expected import Expected
from ledger.deciding.outcome import Accepted, Already, Nothing, Outcome, Rejected
from ledger.deciding.rehearsal import Rehearsal
from ledger.gate.shapes import Submission
from ledger.log.clock import today
from ledger.log.log import Log
from ledger.log.writer import Writer
from ledger.vault.vault import Vault

__all__ = ["Accepted", "Already", "Nothing", "Outcome", "Rejected", "Transactor"]


class Transactor:
    """Decides and appends for any number of threads. Make it after forking, never before."""

    def __init__(  # noqa: PLR0913 - what decisions are made and appended with
        self,
        log: Log,
        writer: Writer,
        vault: Vault,
        installed: Reference | Shelf,
        *,
        today: Callable[[], date] = today,
        person: PersonOf = str,
        survey: Callable[[], Survey] = lambda: UNSURVEYED,
    ) -> None:
        """`survey`: who says where a session was held; by default nobody can."""
        # Without a store, what is shipped is all there is to adopt.
        shelf = installed if isinstance(installed, Shelf) else Shelf(installed)
        self._parts = Parts(log, writer, vault, shelf, today, person, survey)
        self._batches = Batches(self._parts)
        self._commands = Commands(self._parts)

    def execute(self, submission: Submission, expected: Expected | None = None) -> Outcome:
        """Carry out or refuse one command; `expected` must still be so of what it changes."""
        outcome = self._commands.execute(submission, expected)
        self._carry_on(submission, outcome)
        return outcome

    def changed_since(self, submission: Submission, expected: Expected) -> Rejected | None:
        """Return what has changed of what the author of a command has read; None if nothing has."""
        command = Command(
            body=submission.body,
            actor=submission.actor,
            valid_from=submission.valid_from,
            today=self._parts.today(),
        )
        tags = [key.tag for key in boundary(command)]
        return expected.stale(self._parts.log, tags, getattr(submission.body, "uscc", None))

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        """Carry out or refuse the commands in their order; yield each outcome once it is durable.

        The next batch is taken while the last one is still being appended, so outcomes come a
        batch later than their commands. One stream at a time; another one waits.
        """
        waiting: deque[Submission] = deque()

        def remembered() -> Iterator[Sequence[Submission]]:
            for batch in batches:
                waiting.extend(batch)
                yield batch

        for outcome in self._batches.stream(remembered()):
            self._carry_on(waiting.popleft(), outcome)
            yield outcome

    def _carry_on(self, submission: Submission, outcome: Outcome) -> None:
        """Do what a recorded erasure says. Cut off in between, it is done when it is asked for again."""
        body = submission.body
        if isinstance(body, PersonErased) and isinstance(outcome, Accepted | Already):
            self._parts.vault.erase(body.subject_id, submission.actor.account, body.basis)

    def rehearsal(self) -> Rehearsal:
        """Return what decides a stream like `stream` and appends nothing."""
        return Rehearsal(self._parts)

    def close(self) -> None:
        """Take no more commands, carry out those that wait, and return."""
        self._commands.close()
