"""A database whose clock stands where a test puts it: only the owner can do that."""

from datetime import datetime, timedelta

import psycopg

from ledger.connect import Addresses
from ledger.log.clock import ClockRefused

PUT = """
CREATE OR REPLACE FUNCTION ledger.clock() RETURNS timestamptz LANGUAGE sql VOLATILE
AS $$ SELECT '{}'::timestamptz $$
"""


def put_clock(addresses: Addresses, instant: datetime) -> None:
    """Let the database's clock read `instant` until it is put elsewhere."""
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute(PUT.format(instant.isoformat()).encode())


def as_read(reading: datetime, last: datetime | None, /) -> datetime | timedelta:
    """A clock of entries that believes any reading that is not before the last entry."""
    if last is not None and reading < last:
        raise ClockRefused("时钟不对", f"{reading} is before the last entry's {last}")
    return reading
