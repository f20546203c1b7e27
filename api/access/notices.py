"""What others did to an account, kept for its holder: whoever is replaced sees it at the next sign-in."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from psycopg import Connection

KEPT = timedelta(days=365)
"""How far back the holder sees."""
MOST = 20


class Notice(StrEnum):
    """What was done."""

    INVITED = "invited"
    RESET = "reset"
    ASSIGNED = "assigned"
    JOINED = "joined"
    BOUND = "bound"


class GivenNotice(NamedTuple):
    """One thing that was done to the account."""

    at: datetime
    what: str
    by: str


ADD = """
INSERT INTO office.account_notice (account, at, what, by)
VALUES (%(account)s, %(at)s, %(what)s, %(by)s)
"""


def add(connection: Connection[Any], account: str, what: Notice, by: str, at: datetime) -> None:
    """Keep what `by` did to the account."""
    values = {"account": account, "what": what.value, "by": by, "at": at}
    connection.execute(ADD, values)


OF_ACCOUNT = """
SELECT at, what, by FROM office.account_notice
 WHERE account = %(account)s AND at > %(since)s ORDER BY number DESC LIMIT %(limit)s
"""


def of_account(connection: Connection[Any], account: str, at: datetime) -> list[GivenNotice]:
    """Return what was done to the account lately, the newest first."""
    values = {"account": account, "since": at - KEPT, "limit": MOST}
    return [GivenNotice(*row) for row in connection.execute(OF_ACCOUNT, values)]


NEW = """
SELECT EXISTS (SELECT FROM office.account_notice n JOIN office.account a ON a.account = n.account
                WHERE n.account = %(account)s AND n.at > a.signed_in_at)
"""


def any_new(connection: Connection[Any], account: str) -> bool:
    """Return whether anything was done since the holder signed in last; before this sign-in is kept."""
    return connection.execute(NEW, {"account": account}).fetchone() == (True,)
