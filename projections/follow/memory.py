"""The files of subjects that were met lately, as known at the last batch."""

from collections import OrderedDict

from domain.supervision.supervision import Supervision

CAPACITY = 400_000
"""Entries that are kept, over all subjects; some 2 kB each."""


class Memory:
    """Keeps files until there is no room; the one asked for longest ago makes room first."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._files: OrderedDict[str, Supervision] = OrderedDict()

    def get(self, uscc: str) -> Supervision | None:
        """Return the file of the subject, if it is kept."""
        of = self._files.get(uscc)
        if of is not None:
            self._files.move_to_end(uscc)
        return of

    def put(self, of: Supervision) -> None:
        """Keep a file."""
        self._files[of.file.uscc] = of
        self._files.move_to_end(of.file.uscc)

    def trim(self) -> None:
        """Make room. Not in the middle of a batch: its files are ahead of the tables."""
        kept = sum(of.size for of in self._files.values())
        while kept > self.capacity and self._files:
            _, of = self._files.popitem(last=False)
            kept -= of.size

    def drop(self, uscc: str) -> None:
        """Forget one file."""
        self._files.pop(uscc, None)

    def clear(self) -> None:
        """Forget everything: after a failure the files may be ahead of the tables."""
        self._files.clear()
