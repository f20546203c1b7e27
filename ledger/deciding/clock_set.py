"""The clock put back: decided and appended by the owner of the tables, on a connection of their own.

No command comes here (no role may), and the application's role could not append it.
"""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from domain import clock
from domain.clock import ClockSet
from domain.terms.decider import Command
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger import codec, roles
from ledger.log import append as appending
from ledger.log.clock import SHANGHAI, now
from ledger.log.entry import Draft
from ledger.log.log import Appended


class Clocks(NamedTuple):
    """What the clocks read that entries depend on."""

    database: datetime
    """By which entries are recorded."""
    own: datetime
    """This process's."""
    last: datetime | None
    """When the last entry was recorded; None where there is none."""

    def shown(self) -> dict[str, Any]:
        """Return them by name."""
        return self._asdict()


READ = "SELECT ledger.clock(), recorded_at FROM ledger.log_state"


def compared(connection: Connection[Any]) -> Clocks:
    """Return what the clocks read now."""
    row: Any = connection.execute(READ).fetchone()
    return Clocks(row[0], now(), row[1])


def set_clock(connection: Connection[Any], account: str, reason: str) -> Appended:
    """Let the time of entries go on from what the database's clock reads now, and record that.

    The connection is the owner's, in autocommit.

    Raises:
        NotAhead: the last entry is not later than the clock.
        Refused: nobody says why.
    """
    actor = Actor(account=account, role=Role.SYSTEM_ADMIN, organisation="centre")

    def made(last: datetime, reading: datetime) -> Draft:
        day = reading.astimezone(SHANGHAI).date()
        body = ClockSet(from_=last, to=reading, reason=reason)
        command = Command(body=body, actor=actor, valid_from=day, today=day, reason=reason)
        return codec.draft(clock.set_back(body, day), command)

    connection.execute("SELECT set_config('role', %s, false)", (roles.OWNER,))
    try:
        return appending.set_clock(connection, made)
    finally:
        connection.execute("RESET ROLE")
