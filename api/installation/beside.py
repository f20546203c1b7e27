"""What lies beside the ledger under the digests that entries name, hashed again by every verification."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from api.intake import evidence
from api.intake.sheets.catalogue_files import table
from ledger import catalogues
from proof.verifications import Beside


def _catalogues(connection: Connection[Any]) -> str | None:
    return catalogues.difference(connection, table)


BESIDE: Sequence[Beside] = (evidence.difference, _catalogues)
