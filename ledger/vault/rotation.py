"""A new key in the place of one: for wrapping persons' keys, and for tokens.

Never for identity: its digests are how a person and a repeated request are found again, they stand in
entries that nothing changes, and the numbers and requests they were made of are not kept to make them
anew. Under a new key everybody would be a stranger, and every file that comes again would be recorded
twice. Whoever has that key can try numbers against the digests, and needs the database for it.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from psycopg import Connection

from ledger.unready import Unready
from ledger.vault import fingerprints, keys

ROTATED = ("wrapping", "token")
PAGE = 5_000
"""Persons whose keys are wrapped anew at once."""


class InUse(Unready):
    """Others are connected, who would go on with the key of before."""

    def __init__(self, others: int) -> None:
        super().__init__(
            f"还有 {others} 个连接在使用该数据库。轮换密钥前请停止所有 dudao 进程（及 psql 等）",
            f"{others} connections to this database are in use: before a rotation stop every dudao "
            "process, and psql",
        )


OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
   AND coalesce(backend_type, 'client backend') = 'client backend'
"""
HOLD = "LOCK TABLE vault.person IN SHARE ROW EXCLUSIVE MODE"
PATIENT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


def rotate(
    connection: Connection[Any],
    folder: Path,
    name: str,
    renew: Callable[[Connection[Any], bytes, bytes], int],
    *,
    kept: bool = False,
) -> int:
    """Make a new key, let `renew` seal anew what the old one sealed, and tie the ledger to it.

    The new key lies beside the old one until that is committed; who is interrupted in between finds
    the right one at the next opening. `kept`: the old one stays, to verify what it has signed; else
    all that was signed before ends. Return what `renew` returns.

    Raises:
        InUse: others are connected.
        Unready: the keys are missing, or another ledger's.
    """
    own = fingerprints.keys_of(connection, folder)
    row: Any = connection.execute(OTHERS).fetchone()
    if row[0]:
        raise InUse(row[0])
    new = secrets.token_bytes(keys.KEY_BYTES)
    coming = keys.next_path(folder, name)
    coming.unlink(missing_ok=True)
    keys.place(coming, new)
    if kept:
        # Before it is committed: at worst the key in use lies there twice, and nobody asks the second.
        keys.place(keys.earlier_path(folder, name, keys.key_id(name, own[name])), own[name])
    with connection.transaction():
        connection.execute(PATIENT)
        if connection.info.server_version >= 170000:
            connection.execute("SET LOCAL transaction_timeout = 0")
        connection.execute(fingerprints.LOCK)
        connection.execute(HOLD)
        renewed = renew(connection, own[name], new)
        digest = keys.fingerprint(name, new)
        fingerprints.record(connection, name, digest, ends_earlier=not kept)
    take_place(folder, name)
    return renewed


def take_place(folder: Path, name: str) -> None:
    """Give the next key the place of the one before, which is gone with that."""
    keys.next_path(folder, name).replace(keys.path_of(folder, name))
    keys.keep_names(folder)


WRAPPED = """
SELECT subject_id, wrapped_key FROM vault.person WHERE subject_id > %(after)s
 ORDER BY subject_id LIMIT %(page)s
"""
REWRAP = """
UPDATE vault.person p SET wrapped_key = n.wrapped_key
  FROM unnest(%(subjects)s::text[], %(wrapped)s::bytea[]) AS n(subject_id, wrapped_key)
 WHERE p.subject_id = n.subject_id
"""


def rewrap(connection: Connection[Any], old: bytes, new: bytes) -> int:
    """Wrap every person's key anew; return how many there are. Boxes and entries stay as they are."""
    done, after = 0, ""
    while True:
        values = {"after": after, "page": PAGE}
        rows = connection.execute(WRAPPED, values).fetchall()
        if not rows:
            return done
        wrapped = [aes_key_wrap(new, aes_key_unwrap(old, row[1])) for row in rows]
        subjects = [row[0] for row in rows]
        connection.execute(REWRAP, {"subjects": subjects, "wrapped": wrapped})
        done, after = done + len(rows), subjects[-1]
