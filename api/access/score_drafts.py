"""Score sheets that were begun and not handed in: each its expert's alone, kept beside the accounts, and no record."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.types.json import Jsonb

KEPT = timedelta(days=365)
"""How long one is kept that nobody goes on with."""


class Draft(NamedTuple):
    """What was typed so far, by field, and when it was kept."""

    fields: Mapping[str, str]
    kept_at: datetime


KEEP = """
INSERT INTO office.score_draft (account, application, fields, kept_at)
VALUES (%(account)s, %(application)s, %(fields)s, %(at)s)
ON CONFLICT (account, application) DO UPDATE
   SET fields = excluded.fields, kept_at = excluded.kept_at
"""
FORGOTTEN = "DELETE FROM office.score_draft WHERE account = %(account)s AND kept_at < %(before)s"


def keep(
    connection: Connection[Any],
    account: str,
    application: str,
    fields: Mapping[str, str],
    at: datetime,
) -> None:
    """Keep a draft in the place of the one before; let go of the account's that are a year old."""
    values = {"account": account, "application": application, "fields": Jsonb(dict(fields))}
    connection.execute(KEEP, {**values, "at": at})
    connection.execute(FORGOTTEN, {"account": account, "before": at - KEPT})


OF = """
SELECT fields, kept_at FROM office.score_draft
 WHERE account = %(account)s AND application = %(application)s
"""


def of(connection: Connection[Any], account: str, application: str) -> Draft | None:
    """Return the account's draft for an application; None: there is none."""
    values = {"account": account, "application": application}
    row = connection.execute(OF, values).fetchone()
    return None if row is None else Draft(*row)


FORGET = """
DELETE FROM office.score_draft WHERE account = %(account)s AND application = %(application)s
"""


def forget(connection: Connection[Any], account: str, application: str) -> None:
    """Let go of a draft: its sheet was handed in."""
    connection.execute(FORGET, {"account": account, "application": application})
