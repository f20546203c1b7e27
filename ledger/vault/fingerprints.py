"""Which keys belong to a ledger: their fingerprints stand in its database, and others are refused.

With other keys nobody would be found again: a repeated import would be taken for a new one, line by
line, and every person would be entered once more, in a ledger that cannot forget.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg import Connection

from ledger.unready import OtherKeys
from ledger.vault import keys, samples

LOCK = "SELECT pg_advisory_xact_lock(6077002110)"
"""That of the migrations: of several processes that start, one ties the keys to the ledger."""
IN_USE = """
SELECT name, fingerprint FROM vault.key_fingerprint k
 WHERE number = (SELECT max(number) FROM vault.key_fingerprint WHERE name = k.name)
 ORDER BY name
"""
IS_EMPTY = """
SELECT (SELECT size FROM ledger.log_state) = 0 AND NOT EXISTS (SELECT FROM vault.person)
"""
RECORD = """
INSERT INTO vault.key_fingerprint (name, number, fingerprint, ends_earlier)
SELECT %(name)s, coalesce(max(number), 0) + 1, %(fingerprint)s, %(ends_earlier)s
  FROM vault.key_fingerprint WHERE name = %(name)s
"""


def in_use(connection: Connection[Any]) -> dict[str, bytes]:
    """Return the fingerprint of each key that the ledger is tied to; empty: to none yet."""
    return dict(connection.execute(IN_USE).fetchall())


def record(
    connection: Connection[Any], name: str, fingerprint: bytes, *, ends_earlier: bool = True
) -> None:
    """Tie the ledger to a key; the one before makes nothing any more, and may still be good to verify."""
    values = {"name": name, "fingerprint": fingerprint, "ends_earlier": ends_earlier}
    connection.execute(RECORD, values)


STILL_GOOD = """
SELECT k.fingerprint
  FROM vault.key_fingerprint k
  JOIN vault.key_fingerprint n ON n.name = k.name AND n.number = k.number + 1
 WHERE k.name = %(name)s AND n.recorded_at > clock_timestamp() - %(lasting)s
   AND NOT EXISTS (SELECT FROM vault.key_fingerprint e
                    WHERE e.name = k.name AND e.number > k.number AND e.ends_earlier)
"""


def earlier(
    connection: Connection[Any], folder: Path, name: str, lasting: timedelta
) -> dict[Path, bytes]:
    """Return the keys of before, of those in the folder, by which things may still be verified.

    `lasting`: how long what a key has made is good at most; a key is over that long after another
    has taken its place, and at once where it was said then that it is.

    Raises:
        UnusableKey: a file is none.
    """
    values = {"name": name, "lasting": lasting}
    good = {bytes(row[0]) for row in connection.execute(STILL_GOOD, values)}
    return {
        path: key
        for path, key in keys.earlier(folder, name).items()
        if keys.fingerprint(name, key) in good
    }


def check(connection: Connection[Any], folder: Path) -> None:
    """See that those of the keys that are in the folder are the ledger's.

    Who only reads needs none: an auditor may look at the ledger from another machine.

    Raises:
        OtherKeys: they are not.
        UnusableKey: a file is none.
    """
    stored = in_use(connection)
    for name, digest in stored.items():
        keys.finish_rotation(folder, name, digest)
    _compare(folder, stored, keys.present(folder))


def tie(connection: Connection[Any], folder: Path) -> None:
    """Tie a ledger that is tied to no keys yet to those in the folder, in one transaction.

    Keys are made for a ledger without entries alone. One of before must show that they are its own:
    a sample of its boxes opens, and the digests of the persons in them agree. Without keys nothing
    happens: whoever needs them will say that they are missing.

    Raises:
        OtherKeys: the ledger is tied to others, or they do not open its boxes.
        UnusableKey: a file is none.
    """
    with connection.transaction():
        connection.execute(LOCK)
        stored = in_use(connection)
        for name, digest in stored.items():
            keys.finish_rotation(folder, name, digest)
        is_empty = connection.execute(IS_EMPTY).fetchone() == (True,)
        present = keys.make(folder) if is_empty and not stored else keys.present(folder)
        _compare(folder, stored, present)
        untied = {name: key for name, key in present.items() if name not in stored}
        if "identity" not in stored:
            if "identity" not in untied or "wrapping" not in untied:
                return
            sample = samples.take(connection, keys.of_vault(untied))
            if sample.failed:
                raise OtherKeys(str(folder), ["identity.key", "wrapping.key"])
            # A ledger of before that was never served has no key for tokens.
            untied = keys.make(folder)
        for name, key in untied.items():
            record(connection, name, keys.fingerprint(name, key))


def keys_of(connection: Connection[Any], folder: Path) -> dict[str, bytes]:
    """Return the keys of the ledger; tie it to them if it is not yet.

    Raises:
        MissingKeys: one is not there.
        OtherKeys: they are another ledger's.
        UnusableKey: a file is none.
    """
    tie(connection, folder)
    return keys.complete(folder)


def _compare(folder: Path, stored: Mapping[str, bytes], present: Mapping[str, bytes]) -> None:
    differing = [
        f"{name}.key ({keys.shown(own)} ≠ {keys.shown(stored[name])})"
        for name, own in ((name, keys.fingerprint(name, key)) for name, key in present.items())
        if name in stored and own != stored[name]
    ]
    if differing:
        raise OtherKeys(str(folder), differing)
