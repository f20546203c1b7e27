"""Checkpoints, cosignatures and keys of the log, as the database keeps and hands them out."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection

from ledger import roles
from ledger.migrate import Source
from proof.checkpoints import Checkpoint
from proof.notes import Note, PublicKey, Signature, read_signatures, read_vkey
from proof.policy import BadPolicy, read_policy

PROOF = Source(
    "proof", Path(__file__).parent / "sql", owners=MappingProxyType({"proof": roles.OWNER})
)


class Kept(NamedTuple):
    """A checkpoint with every signature there is."""

    checkpoint: Checkpoint
    note: Note
    kept_at: datetime


class Recorded(NamedTuple):
    """A root that was stated for a position, and where."""

    position: int
    root: bytes
    by: str


class Begun(NamedTuple):
    """Why a log began under another name, and what had been signed under the one before."""

    reason: str
    former: str
    former_position: int


class Beginning(NamedTuple):
    """A log that began after another one, of which entries were lost."""

    origin: str
    position: int
    """How many entries there were when it began."""
    at: datetime
    begun: Begun

    @property
    def lost(self) -> int:
        """How many entries that had been signed were not there any more."""
        return max(self.begun.former_position - self.position, 0)


KEEP_KEY = """
INSERT INTO proof.log_key (vkey, origin, first_position, reason, former, former_position)
VALUES (%(vkey)s, %(origin)s, %(position)s, %(reason)s, %(former)s, %(former_position)s)
    ON CONFLICT DO NOTHING
"""
KEEP = """
INSERT INTO proof.checkpoint (origin, position, root, signatures)
VALUES (%(origin)s, %(position)s, %(root)s, %(signatures)s) ON CONFLICT DO NOTHING
"""


def keep(
    connection: Connection[Any],
    checkpoint: Checkpoint,
    signatures: Iterable[Signature],
    keys: Iterable[PublicKey],
    begun: Begun | None = None,
) -> None:
    """Keep what the log has signed, and the keys to verify it with. Twice is the same as once."""
    origin, position, root = checkpoint
    told = dict.fromkeys(Begun._fields) if begun is None else begun._asdict()
    with connection.transaction():
        for key in keys:
            values = {"vkey": key.vkey, "origin": origin, "position": position, **told}
            connection.execute(KEEP_KEY, values)
        lines = "".join(each.line() for each in signatures)
        connection.execute(
            KEEP, {"origin": origin, "position": position, "root": root, "signatures": lines}
        )


KEEP_COSIGNATURE = """
INSERT INTO proof.cosignature (origin, position, vkey, at, line)
VALUES (%(origin)s, %(position)s, %(vkey)s, %(at)s, %(line)s) ON CONFLICT DO NOTHING
"""


def keep_cosignature(
    connection: Connection[Any],
    checkpoint: Checkpoint,
    key: PublicKey,
    signature: Signature,
    at: int,
) -> None:
    """Keep a witness's signature; it has been verified."""
    values = {
        "origin": checkpoint.origin,
        "position": checkpoint.size,
        "vkey": key.vkey,
        "at": datetime.fromtimestamp(at, UTC),
        "line": signature.line(),
    }
    connection.execute(KEEP_COSIGNATURE, values)


# The newest origin's longest tree; with each witness's latest word on it.
LATEST = """
WITH newest AS (
    SELECT c.* FROM proof.checkpoint c
     WHERE c.origin = (SELECT origin FROM proof.checkpoint ORDER BY number DESC LIMIT 1)
     ORDER BY c.position DESC LIMIT 1
)
SELECT n.origin, n.position, n.root, n.kept_at, n.signatures || coalesce((
       SELECT string_agg(w.line, '' ORDER BY w.vkey)
         FROM (SELECT DISTINCT ON (vkey) vkey, line FROM proof.cosignature s
                WHERE s.origin = n.origin AND s.position = n.position
                ORDER BY vkey, at DESC) w), '')
  FROM newest n
"""


def latest(connection: Connection[Any]) -> Kept | None:
    """Return the latest checkpoint, None where nothing was signed yet."""
    row: Any = connection.execute(LATEST).fetchone()
    if row is None:
        return None
    origin, position, root, kept_at, lines = row
    checkpoint = Checkpoint(origin, position, root)
    return Kept(checkpoint, Note(checkpoint.text(), read_signatures(lines)), kept_at)


KEYS = "SELECT vkey FROM proof.log_key WHERE origin = %(origin)s ORDER BY kept_at DESC, vkey"


def log_keys(connection: Connection[Any], origin: str) -> list[PublicKey]:
    """Return the keys that have signed under this name, newest first."""
    rows = connection.execute(KEYS, {"origin": origin})
    return [read_vkey(vkey) for (vkey,) in rows]


BEGINNINGS = """
SELECT origin, min(first_position), min(kept_at), max(reason), max(former), max(former_position)
  FROM proof.log_key WHERE former IS NOT NULL GROUP BY origin ORDER BY 3
"""


def beginnings(connection: Connection[Any]) -> list[Beginning]:
    """Return the logs that began after another one of which entries were lost, in order."""
    rows = connection.execute(BEGINNINGS).fetchall()
    return [
        Beginning(origin, position, at, Begun(reason, former, size))
        for origin, position, at, reason, former, size in rows
    ]


def longest(connection: Connection[Any], origin: str) -> Kept | None:
    """Return the longest tree that is known here to have been signed under this name."""
    row: Any = connection.execute(LONGEST, {"origin": origin}).fetchone()
    if row is None:
        return None
    position, root, kept_at, lines = row
    checkpoint = Checkpoint(origin, position, root)
    return Kept(checkpoint, Note(checkpoint.text(), read_signatures(lines)), kept_at)


LONGEST = """
SELECT position, root, kept_at, signatures FROM proof.checkpoint WHERE origin = %(origin)s
 ORDER BY position DESC LIMIT 1
"""
COSIGNED = """
SELECT coalesce(max(position), 0) FROM proof.cosignature
 WHERE vkey = %(vkey)s AND origin = %(origin)s
"""


def cosigned_size(connection: Connection[Any], key: PublicKey, origin: str) -> int:
    """Return the longest tree that a witness has cosigned, as far as known here."""
    row: Any = connection.execute(COSIGNED, {"vkey": key.vkey, "origin": origin}).fetchone()
    return int(row[0])


LAST_WORDS = """
SELECT vkey, max(position), max(at) FROM proof.cosignature
 WHERE origin = %(origin)s GROUP BY vkey
"""


class LastWord(NamedTuple):
    """Up to where a witness has followed the log, and when it last said so."""

    position: int
    at: datetime


def last_words(connection: Connection[Any], origin: str) -> dict[str, LastWord]:
    """Return the last word of every witness, by its key."""
    rows = connection.execute(LAST_WORDS, {"origin": origin})
    return {vkey: LastWord(position, at) for vkey, position, at in rows}


KEEP_POLICY = """
INSERT INTO proof.policy (text)
SELECT %(text)s WHERE %(text)s IS DISTINCT FROM
       (SELECT text FROM proof.policy ORDER BY number DESC LIMIT 1)
"""
POLICY = "SELECT text FROM proof.policy ORDER BY number DESC LIMIT 1"


def keep_policy(connection: Connection[Any], text: str) -> None:
    """Keep the policy that the signer works by, if it is another than the last."""
    connection.execute(KEEP_POLICY, {"text": text})


def policy_text(connection: Connection[Any]) -> str | None:
    """Return the policy that the signer works by, None where it has none."""
    row: Any = connection.execute(POLICY).fetchone()
    return None if row is None else str(row[0])


def stated_policy(connection: Connection[Any], origin: str) -> str:
    """Return the policy that the installation states: its own, or that its log needs no witness."""
    text = policy_text(connection)
    keys = log_keys(connection, origin)
    if text is not None:
        try:
            logs = {log.key for log in read_policy(text).logs}
        except BadPolicy:
            logs = set[PublicKey]()
        if logs & set(keys):
            return text
    return "".join(f"log {key.vkey}\n" for key in keys) + "quorum none\n"
