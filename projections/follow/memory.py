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
        supervision = self._files.get(uscc)
        if supervision is not None:
            self._files.move_to_end(uscc)
        return supervision

    def put(self, supervision: Supervision) -> None:
        """Keep a file."""
        self._files[supervision.file.uscc] = supervision
        self._files.move_to_end(supervision.file.uscc)

    def trim(self) -> None:
        """Make room. Not in the middle of a batch: its files are ahead of the tables."""
        kept = sum(supervision.size for supervision in self._files.values())
        while kept > self.capacity and self._files:
            _, supervision = self._files.popitem(last=False)
            kept -= supervision.size

    def drop(self, uscc: str) -> None:
        """Forget one file."""
        self._files.pop(uscc, None)

    def clear(self) -> None:
        """Forget everything: after a failure the files may be ahead of the tables."""
        self._files.clear()
