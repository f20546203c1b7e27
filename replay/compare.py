"""What differs between two bases, line by line, with the entries that explain each line."""

from typing import Any, Literal, TypeAlias

from psycopg import Connection

from ledger.log import Log
from projections.basis import Basis, Page

Of: TypeAlias = Literal["roster", "scope", "flags"]


def diff(  # noqa: PLR0913 - two bases, and where to look
    conn: Connection[Any],
    log: Log,
    of: Of,
    before: Basis,
    after: Basis,
    *,
    uscc: str | None = None,
    district: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page:
    """Return lines `{change, key, uscc, before, after, because}` in order of key.

    `change` is `added`, `removed` or `changed`; `because` lists `{position, type, actor, reason,
    document_no, recorded_at, valid_from}` of the entries that explain the line. Both positions must
    have been reached by the live tables. `of` scope has one line for each occupation.
    """
    raise NotImplementedError
