"""The ledger as what an application of the `eventsourcing` library stands on.

`PERSISTENCE_MODULE=ledger.log.library` with `DUDAO_DATABASE_URL` gives such an application the ledger's
recorder: its events go through the same append, into the same order, tree and proofs as all others.
"""

from typing import Any

from eventsourcing.dcb.persistence import DCBInfrastructureFactory

from ledger.connect import app_pool
from ledger.log.postgres_log import PostgresLog
from ledger.log.recorder import Recorder

URL = "DUDAO_DATABASE_URL"
CONNECTIONS = 4


class Factory(DCBInfrastructureFactory[Any]):
    """Makes the recorder of one application; what it opens ends with `close`."""

    def __init__(self, env: Any) -> None:  # noqa: ANN401 - the library's own environment
        super().__init__(env)
        self._conninfo = str(self.env.get(URL) or "")
        if not self._conninfo:
            raise ValueError(
                f"{URL} 未设置：账本的数据库地址 / {URL} is not set: where the ledger is"
            )
        self._pool = app_pool(self._conninfo, CONNECTIONS)

    def dcb_recorder(self) -> Recorder:
        """Return the ledger as a recorder."""
        return Recorder(PostgresLog(self._pool), self._conninfo)

    def close(self) -> None:
        """Let go of the database."""
        self._pool.close()
