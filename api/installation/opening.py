"""The database of an installation, opened; and what some commands need of it, without all the rest."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.access.accounts import ACCOUNTS
from api.access.gate import Gate
from api.access.tokens import LONGEST
from api.installation.settings import Settings
from api.installation.variables import refuse_misspelt_place
from ledger.connect import Database, Opening, key_folder, open_database
from ledger.migrate import LEDGER
from ledger.server import embedded
from ledger.vault import fingerprints
from projections.analysis.schema import ANALYSIS
from projections.follow.schema import PROJECTIONS
from proof.kept import PROOF

SOURCES = (LEDGER, PROJECTIONS, ACCOUNTS, PROOF, ANALYSIS)
"""Whose tables stand in the database, in the order in which they are made."""


def open_ledger(settings: Settings, opening: Opening = Opening.READING) -> Database:
    """Return the database of these settings, started, in the state that this release needs.

    Raises:
        Unready: it is not, and this command does not change that.
    """
    if opening is not Opening.READING and settings.url is None and settings.owners_url is None:
        _refuse_a_ledger_that_was_meant_elsewhere(settings)
    if settings.trial and opening is Opening.RECORDING:
        opening = Opening.OWNING
    return open_database(settings.folder, settings.url, settings.owners_url, SOURCES, opening)


def keys_of(settings: Settings, pool: ConnectionPool[Connection[Any]]) -> dict[str, bytes]:
    """Return the keys of the ledger; one without entries gets some.

    Raises:
        Unready: they are not there, or another ledger's.
    """
    with pool.connection() as connection:
        return fingerprints.keys_of(connection, key_folder(settings.folder))


def earlier_token_keys(
    settings: Settings, pool: ConnectionPool[Connection[Any]]
) -> tuple[bytes, ...]:
    """Return the token keys of before whose tokens may still hold.

    Raises:
        Unready: a file is none.
    """
    with pool.connection() as connection:
        earlier = fingerprints.earlier(connection, key_folder(settings.folder), "token", LONGEST)
    return tuple(earlier.values())


def _refuse_a_ledger_that_was_meant_elsewhere(settings: Settings) -> None:
    if not embedded.exists(settings.folder):
        refuse_misspelt_place(Settings, os.environ)


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
        key, earlier = keys_of(settings, pool)["token"], earlier_token_keys(settings, pool)
        yield Gate(settings, pool, key, earlier)
