"""Whether keys are those of a vault, found out by opening some of its boxes."""

import secrets
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from psycopg import Connection

from ledger.vault.keys import Keys
from ledger.vault.vault import digest_of, opened

SIZE = 64
"""Boxes that are opened. Of a vault where one person in ten is under other keys, as after an import with
a forgotten folder, one such sample in 850 shows none of them."""


class Sample(NamedTuple):
    """What came of it."""

    opened: int
    """Persons whose box opened and whose number has the digest that stands beside it."""
    failed: tuple[str, ...]
    """Pseudonyms of the others."""


# Pseudonyms are random, so a stretch of them is a sample drawn by chance.
STRETCH = """
SELECT subject_id, identity, wrapped_key, box FROM vault.person
 WHERE subject_id >= %(start)s ORDER BY subject_id LIMIT %(size)s
"""
FROM_THE_FIRST = """
SELECT subject_id, identity, wrapped_key, box FROM vault.person
 WHERE subject_id < %(start)s ORDER BY subject_id LIMIT %(size)s
"""


def take(connection: Connection[Any], own: Keys, size: int = SIZE) -> Sample:
    """Open the boxes of persons drawn by chance, all of them where there are no more."""
    start = str(uuid.UUID(bytes=secrets.token_bytes(16)))
    rows: list[tuple[Any, ...]] = []
    for query in (STRETCH, FROM_THE_FIRST):
        values = {"start": start, "size": size - len(rows)}
        rows += connection.execute(query, values).fetchall()
    failed = [row[0] for row in rows if not _is_whole(row, own)]
    return Sample(len(rows) - len(failed), tuple(failed))


def _is_whole(row: Sequence[Any], own: Keys) -> bool:
    subject_id, identity, wrapped, box = row
    try:
        person = opened(own, subject_id, identity, wrapped, box)
    except (InvalidUnwrap, InvalidTag, ValueError, TypeError):
        return False
    return bool(digest_of(own, person) == identity)
