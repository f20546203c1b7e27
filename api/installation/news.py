"""That the ledger has grown: heard once a process, told to all who wait, none of whom holds a thread."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock, Thread

from ledger.log.follow import Follower

MOST_WAITING = 500
"""Questions that may wait at a time in one process: each keeps a connection of its caller open."""


class TooMany(RuntimeError):  # noqa: N818 - an answer to the caller, not a fault
    """So many wait already that no further one may."""


class News:
    """Listens from the first question that waits; whoever waits gets to know, on their own loop."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._head = 0
        self._lock = Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._questions = 0
        self._follower: Follower | None = None
        self.thread: Thread | None = None
        self._over = False

    def is_over(self) -> bool:
        """Tell whether nothing is told any more: the process is about to end."""
        return self._over

    @contextmanager
    def waiting(self) -> Generator[None]:
        """Hold a place among those who wait.

        Raises:
            TooMany: there is none.
        """
        with self._lock:
            if self._questions >= MOST_WAITING:
                raise TooMany
            self._questions += 1
        try:
            yield
        finally:
            with self._lock:
                self._questions -= 1

    async def beyond(self, position: int, seconds: float) -> bool:
        """Wait until the ledger is longer than `position`; return whether it is.

        Not for ever: `seconds` at most, and no longer than until `stop`.
        """
        mine = asyncio.get_running_loop(), asyncio.Event()
        try:
            with self._lock:
                self._waiting.add(mine)
            self._listen()
            async with asyncio.timeout(seconds):
                while self._head <= position and not self._over:
                    await mine[1].wait()
                    mine[1].clear()
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(mine)
        return self._head > position

    def _listen(self) -> None:
        with self._lock:
            if self.thread is not None or self._over:
                return
            self._follower = Follower(self._conninfo)
            self.thread = Thread(
                target=self._tell, args=(self._follower,), name="ledger-news", daemon=True
            )
            self.thread.start()

    def _tell(self, follower: Follower) -> None:
        while not self._over:
            head = follower.wait(self._head)
            with self._lock:
                self._head = max(self._head, head)
            self._wake()

    def _wake(self) -> None:
        with self._lock:
            for loop, event in self._waiting:
                # The loop of a caller who is gone may be closed already.
                if not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)

    def stop(self) -> None:
        """Let everybody go who waits, and whoever comes later at once."""
        with self._lock:
            over, self._over = self._over, True
        if not over:
            self._wake()
            if self._follower is not None:
                self._follower.stop()

    def close(self) -> None:
        """Let go of the connection, once nobody listens on it any more."""
        if self._follower is not None:
            self._follower.close()
