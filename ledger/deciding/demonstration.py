"""A demonstration: its first entry, and a clock that runs through the days of what it shows.

By the owner of the tables on a connection of their own. The clock is read for as long as that connection
lives: whoever is killed in the middle leaves a ledger of which nothing is recorded at a time of long ago.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection

from domain import demonstration
from domain.demonstration import DemonstrationBegun
from domain.terms.decider import Command
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger import codec, roles
from ledger.log.clock import SHANGHAI
from ledger.log.log import Append, Appended
from ledger.log.postgres_log import PostgresLog

OWNER = Actor(account="demonstration", role=Role.SYSTEM_ADMIN, organisation="centre")
KEEP = "SELECT pg_advisory_lock(6078)"
SET = "SELECT ledger.set_demonstration_clock(%(clock)s)"


class DemonstrationClock:
    """Takes what the database's clock reads as it is: the owner sets it, and never back."""

    refused: str | None = None

    def __call__(self, reading: datetime, last: datetime | None, /) -> datetime:
        """Return `reading`."""
        del last
        return reading


class Hand:
    """Sets the clock of a demonstration; of no other ledger."""

    def __init__(self, connection: Connection[Any], log: PostgresLog) -> None:
        self._connection, self._log = connection, log

    def move(self, clock: datetime) -> None:
        """Let the clock stand at `clock`, unless it stood later before."""
        last = self._log.head().recorded_at
        self._set(clock if last is None else max(clock, last))

    def begin(self, clock: datetime) -> None:
        """Record that the ledger is a demonstration, if nothing is recorded yet.

        Raises:
            psycopg.Error: it is none, and holds other entries.
        """
        self.move(clock)
        if self._log.head().position:
            return
        day = clock.astimezone(SHANGHAI).date()
        body = DemonstrationBegun(clock=clock)
        command = Command(body=body, actor=OWNER, valid_from=day, today=day)
        entry = codec.draft(demonstration.begun(body, day), command)
        (result,) = self._log.append([Append((entry,))])
        if not isinstance(result, Appended):  # it has no key and rests on nothing
            raise TypeError(result)

    def _set(self, clock: datetime | None) -> None:
        self._connection.execute(SET, {"clock": clock})

    def let_go(self) -> None:
        """Let time go on as everywhere."""
        self._set(None)


@contextmanager
def set_by_hand(conninfo: str, log: PostgresLog) -> Generator[Hand]:
    """Keep the clock of a demonstration for the block; `conninfo` is the owner's."""
    before, log.clock = log.clock, DemonstrationClock()
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(KEEP)
            connection.execute("SELECT set_config('role', %s, false)", (roles.OWNER,))
            hand = Hand(connection, log)
            try:
                yield hand
            finally:
                hand.let_go()
    finally:
        log.clock = before
