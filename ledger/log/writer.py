"""The one place of a process from which decided commands go to the log: one chain at a time."""

from collections.abc import Sequence
from threading import Lock

from ledger.log.log import Append, Log, Look, Result


class Writer:
    """Appends to `log` for any number of threads. Make it after forking, never before."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._appending = Lock()

    def append_chain(self, items: Sequence[Append], look: Look | None = None) -> list[Result]:
        """Append commands that were decided on top of each other: all or none.

        `look`: the end of the ledger as seen before deciding; if it still is the end, the append
        asks nothing more.
        """
        with self._appending:
            return self._log.append(items, look=look)
