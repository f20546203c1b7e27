"""The database of an installation, opened; and what some commands need of it, without all the rest."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from api.access.accounts import ACCOUNTS
from api.access.gate import Gate
from api.access.tokens import load_key
from api.installation.settings import Settings
from ledger.connect import Database, Opening, open_database
from ledger.migrate import LEDGER
from projections.follow.schema import PROJECTIONS

SOURCES = (LEDGER, PROJECTIONS, ACCOUNTS)
"""Whose tables stand in the database, in the order in which they are made."""


def open_ledger(settings: Settings, opening: Opening = Opening.READING) -> Database:
    """Return the database of these settings, started, in the state that this release needs.

    Raises:
        Unready: it is not, and this command does not change that.
    """
    if settings.trial and opening is Opening.RECORDING:
        opening = Opening.OWNING
    return open_database(settings.folder, settings.url, settings.owners_url, SOURCES, opening)


@contextmanager
def connected(settings: Settings | None = None) -> Generator[Connection[Any]]:
    """Yield one connection in the application's role, and let go of the database afterwards."""
    with (
        open_ledger(settings or Settings()) as database,
        database.pool(1) as pool,
        pool.connection() as connection,
    ):
        yield connection


@contextmanager
def gated() -> Generator[Gate]:
    """Yield the way in, without anything that records or reads views."""
    settings = Settings()
    with open_ledger(settings) as database, database.pool(1) as pool:
        yield Gate(settings, pool, load_key(settings.folder))
