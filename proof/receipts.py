"""Proof files (C2SP tlog-proof): that one entry is in a log that was signed, verified without anybody."""

import base64
from typing import NamedTuple

from ledger.log.merkle import leaf_hash, verify_inclusion
from proof.checkpoints import (
    BadCheckpoint,
    Checkpoint,
    decimal,
    decoded,
    read_checkpoint,
    read_hash,
)
from proof.notes import BadNote, Note, read_note
from proof.policy import Policy, Trusted, trust

FORMAT = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63


class BadProof(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """A file that is no proof, or a proof that does not hold; the message says why."""


class Receipt(NamedTuple):
    """The path from a leaf to the root of a checkpoint. `extra` is whatever goes with it, unproved.

    Here it is the entry's bytes, so that whoever keeps the file needs nothing else.
    """

    leaf_index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    def written(self) -> bytes:
        """Return the file."""
        return self.head() + self.note.written()

    def head(self) -> bytes:
        """Return what stands before the checkpoint."""
        extra = [] if self.extra is None else [f"extra {base64.b64encode(self.extra).decode()}"]
        path = [base64.b64encode(each).decode() for each in self.path]
        lines = [FORMAT, *extra, f"index {self.leaf_index}", *path, "", ""]
        return "\n".join(lines).encode()


class Proved(NamedTuple):
    """What a receipt proves."""

    checkpoint: Checkpoint
    trusted: Trusted


def read_receipt(content: bytes) -> Receipt:
    """Return the receipt that a file holds.

    Raises:
        BadProof: it holds none.
    """
    head, separator, tail = content.partition(b"\n\n")
    path = read_head(head + separator)
    try:
        return Receipt(path.leaf_index, path.hashes, read_note(tail), path.extra)
    except BadNote as error:
        raise BadProof(str(error)) from error


class Path(NamedTuple):
    """What stands before the checkpoint."""

    leaf_index: int
    hashes: tuple[bytes, ...]
    extra: bytes | None


def read_head(content: bytes) -> Path:
    """Return the path that stands before a checkpoint, with the empty line behind it.

    Raises:
        BadProof: it is none.
    """
    try:
        return _read_head(content)
    except BadProof:
        raise
    except ValueError as error:
        raise BadProof(str(error)) from error


def _read_head(content: bytes) -> Path:
    first, *lines = content.decode().split("\n")
    if first != FORMAT or lines[-2:] != ["", ""]:
        raise BadProof(f"not a file that begins with {FORMAT}")
    lines = lines[:-2]
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decoded(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise BadProof("no index")
    index = decimal(lines.pop(0).removeprefix("index "))
    if len(lines) > MOST_HASHES:
        raise BadProof("too many hashes")
    return Path(index, tuple(map(read_hash, lines)), extra)


def check(receipt: Receipt, entry: bytes, policy: Policy) -> Proved:
    """Return what the receipt proves of the bytes of an entry.

    Raises:
        BadProof: it proves nothing: the entry is not in the tree, or nobody trusted has signed it.
    """
    try:
        checkpoint = read_checkpoint(receipt.note.text)
        trusted = trust(policy, receipt.note)
    except (BadCheckpoint, BadNote) as error:
        raise BadProof(str(error)) from error
    if not trusted.logs or any(log.key.name != checkpoint.origin for log in trusted.logs):
        raise BadProof("no log of the policy has signed the checkpoint")
    if not trusted.met:
        raise BadProof("fewer witnesses than the policy wants have cosigned the checkpoint")
    if not verify_inclusion(
        receipt.leaf_index, checkpoint.size, leaf_hash(entry), receipt.path, checkpoint.root
    ):
        raise BadProof("the entry is not in the tree that was signed")
    return Proved(checkpoint, trusted)
