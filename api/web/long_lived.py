"""What lives as long as the server is kept out of the sight of the collector of reference cycles.

Modules, descriptions, templates and catalogues are hundreds of thousands of objects. A full look through them
took 150 ms every few hundred requests, during which nobody was answered.
"""

import gc
from time import perf_counter
from typing import Any

LONG = 0.02
"""Seconds: what a full look that took as long has left is set aside too, since it was loaded meanwhile."""


class LongLived:
    """Sets aside what is there, and later what each long look has left."""

    def __init__(self) -> None:
        self._began = 0.0

    def set_aside(self) -> None:
        """Begin; what is garbage by now is freed before."""
        gc.collect()
        gc.freeze()
        gc.callbacks.append(self.looked)

    def end(self) -> None:
        """Set nothing aside any more; what was is looked at again."""
        gc.callbacks.remove(self.looked)
        gc.unfreeze()

    def looked(self, phase: str, about: dict[str, Any]) -> None:
        """Take note of one look of the collector."""
        if about["generation"] != 2:
            return
        if phase == "start":
            self._began = perf_counter()
        elif perf_counter() - self._began > LONG:
            gc.freeze()
