"""Following the ledger without polling: PostgreSQL says when it has grown."""

import select
import socket
import time
from collections.abc import Iterator
from threading import Event
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import Connection

from ledger.log.entry import Entry
from ledger.log.log import Log

RETRY_AFTER = 0.2
"""Seconds between attempts to reach a server that is gone."""


class Follower:
    """Waits for new entries on a connection of its own; one thread waits, any thread may stop it."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: Connection[Any] | None = None
        self._stopped = Event()
        self._wake, self._woken = socket.socketpair()

    def follow(self, log: Log, after: int = 0) -> Iterator[Entry]:
        """Yield every entry behind `after` in order, then those still to come, until stopped."""
        while not self._stopped.is_set():
            for entry in log.entries(after):
                after = entry.position
                yield entry
                if self._stopped.is_set():
                    return
            self.wait(after)

    def wait(self, after: int, timeout: float | None = None) -> int:
        """Wait until the ledger is longer than `after`; return how long it is.

        Returns earlier, with a number that may be lower, after `timeout` seconds or when stopped.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        head = 0
        while head <= after and not self._stopped.is_set():
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                break
            try:
                head = max(head, self._next_head(after, left))
            except psycopg.OperationalError:
                self._disconnect()
                self._stopped.wait(RETRY_AFTER)
        return head

    def stop(self) -> None:
        """End the wait under way and every later one."""
        self._stopped.set()
        self._wake.send(b"x")

    def close(self) -> None:
        """Stop and let go of the connection. Not while another thread waits."""
        self.stop()
        self._disconnect()
        self._wake.close()
        self._woken.close()

    def __enter__(self) -> Self:
        """Return the follower itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    HEAD = "SELECT size FROM ledger.log_state"

    def _next_head(self, after: int, timeout: float | None) -> int:
        if self._connection is None:
            self._connection = psycopg.connect(self._conninfo, autocommit=True)
            # Listen first and look then: what is appended in between is announced as well.
            self._connection.execute("LISTEN dudao_ledger")
            row: Any = self._connection.execute(self.HEAD).fetchone()
            if row[0] > after:
                return int(row[0])
        announced = self._announced(self._connection)
        if announced <= after:
            sources: list[Any] = [self._connection, self._woken]
            select.select(sources, [], [], timeout)
            announced = self._announced(self._connection)
        return announced

    def _announced(self, connection: Connection[Any]) -> int:
        heads = [int(notice.payload) for notice in connection.notifies(timeout=0)]
        return max(heads, default=0)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
