"""What it takes to record: the log, its one writer, the vault, and whoever takes files in."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.access.accounts import Holders
from api.installation.opening import earlier_token_keys, keys_of, open_ledger
from api.installation.settings import Settings
from domain.terms.envelope import UNSTAMPED, Stamps
from domain.terms.place import Survey
from ledger import codec
from ledger.catalogues import Shelf
from ledger.connect import Database, Opening
from ledger.deciding.amending import apply
from ledger.deciding.transact import Transactor
from ledger.log.postgres_log import PostgresLog
from ledger.log.writer import Writer
from ledger.pool import PATIENCE
from ledger.reference import installed
from ledger.vault import erasures
from ledger.vault.keys import of_vault
from ledger.vault.vault import Vault
from projections.places.installed import InstalledPlaces

if TYPE_CHECKING:
    from api.intake.imports.files import Importer


class Bench:
    """What it takes to record: the log, its writer, the vault. Make it after forking, never before."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        connections: int,
        patience: float = PATIENCE,
    ) -> None:
        self.pool: ConnectionPool[Connection[Any]] = database.pool(connections, patience)
        self.log = PostgresLog(self.pool)
        try:
            keys = keys_of(settings, self.pool)
            self.earlier_token_keys = earlier_token_keys(settings, self.pool)
        except BaseException:
            self.pool.close()
            raise
        self.keys, self.token_key = of_vault(keys), keys["token"]
        self.vault = Vault(self.pool, self.keys, erasures.list_path(settings.folder))
        self.shelf = Shelf(installed(), self.pool.connection)
        self.transactor = Transactor(
            self.log,
            Writer(self.log),
            self.vault,
            self.shelf,
            person=Holders(self.pool),
            survey=_survey,
        )

    def importer(
        self,
        actor: Mapping[str, str] | None,
        progress: Callable[[int, int], None],
        assessment_id: str | None = None,
        brought: Stamps = UNSTAMPED,
    ) -> "Importer":
        """Return what takes files in; `assessment_id`: the session of all rows of an upload.

        `brought`: by which account the files are brought in, and whether they are history.
        """
        from api.intake.imports.files import Importer  # noqa: PLC0415 - start-up time
        from api.intake.sheets.directory import Directory  # noqa: PLC0415

        return Importer(
            self.transactor,
            lambda: Directory(self.log, codec.recorded, apply, assessment_id),
            actor,
            progress,
            brought,
        )

    def rehearser(
        self,
        actor: Mapping[str, str] | None,
        progress: Callable[[int, int], None],
        assessment_id: str | None = None,
        brought: Stamps = UNSTAMPED,
    ) -> "Importer":
        """Return what tells what would become of files, and takes nothing in."""
        made = self.importer(actor, progress, assessment_id, brought)
        return replace(made, transactor=self.transactor.rehearsal())

    def close(self) -> None:
        """Append what waits, and let go of the connections."""
        self.transactor.close()
        self.pool.close()


@cache
def _survey() -> Survey:
    places = InstalledPlaces()
    return Survey(places, places.apart)


@contextmanager
def recording(settings: Settings, opening: Opening = Opening.RECORDING) -> Generator[Bench]:
    """Yield what it takes to record, without anything that reads views."""
    with open_ledger(settings, opening) as database:
        bench = Bench(settings, database, 4)
        try:
            yield bench
        finally:
            bench.close()
