"""Writes `guards.txt` beside each folder of migrations: what must stand in the database after them.

From a fresh embedded server, so every migration has just run: `python -m docs.generate_guards`.
"""  # noqa: INP001 - a script among documents, not a package

import tempfile
from pathlib import Path

import psycopg

from api.installation.opening import SOURCES, open_ledger
from api.installation.settings import Settings
from ledger import guards
from ledger.connect import Opening


def generate() -> None:
    """Write the lists."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), trial=True)
        with (
            open_ledger(settings, Opening.OWNING) as database,
            psycopg.connect(database.addresses.owner) as connection,
        ):
            guards.write(connection, SOURCES)


if __name__ == "__main__":
    generate()
