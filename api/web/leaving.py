"""The way out of a server process: begun by a signal, told at once to who waits, and never without an end.

A signal meets the main thread anywhere, perhaps with a lock in hand that the next to be told wants. So
its handler does no more than write a byte, and a thread of its own does what follows.
"""

import faulthandler
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread, current_thread
from threading import enumerate as running
from types import FrameType

logger = logging.getLogger("dudao.api")

GRACE = 20
"""Seconds for which requests under way may still be answered once the end was asked for."""
LET_GO = 10
"""Seconds for what comes after them: views, imports, connections, the embedded server."""
LAST = 5.0
"""Seconds after which the process ends although not even that could be said."""
GIVEN_UP = 1
"""Exit status of a process that something kept from an end in order."""
ROOT = Path(__file__).parents[2]
SPOKEN_WITHIN = 1.0
"""Seconds for the sentence to be written, and for the embedded server to be told that it stops."""


class Leaving:
    """The end of this process: asked for once, there after `within` seconds whatever holds it up.

    Everything that was acknowledged is durable before; what was not is done again, or was not done.
    """

    def __init__(self, within: float) -> None:
        self._within = within
        self._heard, self._begun = os.pipe()
        self.asked = False
        """Whether the end was asked for."""
        self._told: list[Callable[[], object]] = []
        self._last: list[Callable[[], object]] = []

    def watch(self) -> None:
        """Watch over the end from now on."""
        Thread(target=self._watch, name="leaving", daemon=True).start()

    def tell(self, waiting: Callable[[], object]) -> None:
        """Have this called as soon as the end was asked for."""
        self._told.append(waiting)

    def let_go(self, release: Callable[[], object]) -> None:
        """Have this called before an end that is not in order."""
        self._last.append(release)

    def begin(self) -> bool:
        """Ask for the end; return whether that is new. A signal handler may call it."""
        if self.asked:
            return False
        self.asked = True
        os.write(self._begun, b"x")
        return True

    def _watch(self) -> None:
        os.read(self._heard, 1)
        # A thread that no lock of the interpreter keeps waiting, and that outlives its last threads.
        with Path(os.devnull).open("w") as nowhere:
            faulthandler.dump_traceback_later(self._within + LAST, exit=True, file=nowhere)
            for step in self._told:
                _try(step)
            time.sleep(self._within)
            logger.error(
                "%g s after the end was asked for these are still at work, and are given up: %s",
                *(self._within, "; ".join(_at_work())),
            )
            # Each may hang on what holds up the rest.
            for step in self._last:
                Thread(target=_try, args=(step,), daemon=True).start()
            time.sleep(SPOKEN_WITHIN)
            os._exit(GIVEN_UP)


def _try(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        logger.exception("on the way out")


def _at_work() -> Iterator[str]:
    """Say of each thread where in this program it is; nothing of what it works on."""
    # There is no other way to see them.
    frames = sys._current_frames()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for thread in running():
        frame = frames.get(thread.ident or 0)
        if thread is not current_thread() and frame is not None:
            yield f"{thread.name} ({_place(frame)})"


def _place(innermost: FrameType) -> str:
    frame: FrameType | None = innermost
    while frame is not None and not _is_ours(frame):
        frame = frame.f_back
    place = frame or innermost
    code = place.f_code
    path = Path(code.co_filename)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    return f"{shown}:{place.f_lineno} {code.co_name}"


def _is_ours(frame: FrameType) -> bool:
    path = Path(frame.f_code.co_filename)
    return path.is_relative_to(ROOT) and "site-packages" not in path.relative_to(ROOT).parts
