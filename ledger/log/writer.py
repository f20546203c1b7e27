"""The one place of a process from which entries go to the log: chains at once, single ones in groups."""

from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock
from types import TracebackType
from typing import Self

from ledger.log.group import Closed, Group
from ledger.log.judge import validate
from ledger.log.log import Append, Log, Look, OutcomeUnknown, Result, is_keyed

__all__ = ["Closed", "Writer"]


class Writer:
    """Appends to `log` for any number of threads. Make it after forking, never before."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._appending = Lock()
        # Nothing of a group was appended, or its fate is unknown; then only a key makes twice once.
        self._group: Group[Append, Result] = Group(
            self._append, lambda item, error: not _is_unknown(error) or is_keyed(item)
        )

    def submit(self, item: Append) -> Future[Result]:
        """Queue one command; the future ends when it is durable or judged otherwise.

        Raises:
            Malformed: a draft cannot become an entry. Found here, so that no neighbour suffers.
        """
        validate(item)
        return self._group.submit(item)

    def append(self, item: Append) -> Result:
        """Append one command and wait for its result.

        Raises:
            Malformed: as above.
        """
        validate(item)
        return self._group.do(item)

    def append_chain(self, items: Sequence[Append], look: Look | None = None) -> list[Result]:
        """Append commands that were decided on top of each other: all or none.

        `look`: the end of the ledger as seen before deciding; if it still is the end, the append
        asks nothing more.
        """
        with self._appending:
            return self._log.append(items, chained=True, look=look)

    def close(self) -> None:
        """Take no more, append what waits, and return."""
        self._group.close()

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Drain and close."""
        self.close()

    def _append(self, items: Sequence[Append]) -> list[Result]:
        with self._appending:
            return self._log.append(items)


def _is_unknown(error: Exception) -> bool:
    return isinstance(error, OutcomeUnknown)
