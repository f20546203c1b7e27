"""Which flags of the queue somebody has taken on, or was given: kept beside the accounts, and nobody's act."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from psycopg import Connection

ASSIGN = """
INSERT INTO office.flag_assignment (flag, account, assigned_by, assigned_at)
SELECT flag, %(account)s, %(by)s, %(at)s FROM unnest(%(flags)s::text[]) AS flag ORDER BY flag
ON CONFLICT (flag) DO UPDATE
   SET account = excluded.account, assigned_by = excluded.assigned_by,
       assigned_at = excluded.assigned_at
"""


def assign(
    connection: Connection[Any], flags: Collection[str], account: str, by: str, at: datetime
) -> None:
    """Give flags to somebody, whoever had them before."""
    values = {"flags": sorted(set(flags)), "account": account, "by": by, "at": at}
    connection.execute(ASSIGN, values)


RELEASE = "DELETE FROM office.flag_assignment WHERE flag = ANY (%(flags)s)"


def release(connection: Connection[Any], flags: Collection[str]) -> None:
    """Let flags be anybody's again."""
    connection.execute(RELEASE, {"flags": list(flags)})


OF = "SELECT flag, account FROM office.flag_assignment WHERE flag = ANY (%(flags)s)"


def of(connection: Connection[Any], flags: Collection[str]) -> dict[str, str]:
    """Return the flags that somebody has, each with the account."""
    return dict(connection.execute(OF, {"flags": list(flags)}).fetchall())
