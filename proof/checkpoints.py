"""What a log says of itself: its name, how long it is, and its root (C2SP tlog-checkpoint)."""

import base64
import binascii
from typing import NamedTuple

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1


class BadCheckpoint(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """A text that is no checkpoint; the message says why."""


class Checkpoint(NamedTuple):
    """The tree of the log `origin` had this root when it had `size` leaves."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def decimal(text: str) -> int:
    """Return a number as these formats write it: digits without leading zeros.

    Raises:
        ValueError: it is written otherwise, or too large for any log.
    """
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
        raise ValueError("not a decimal number without leading zeros")
    if len(text) > len(str(MAX_SIZE)) or int(text) > MAX_SIZE:
        raise ValueError("too large")
    return int(text)


def decoded(text: str) -> bytes:
    """Return what stands in strict Base64 (RFC 4648 §4).

    Raises:
        ValueError: it is not, or is written in another way than the only canonical one.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not Base64") from error
    if base64.b64encode(content).decode() != text:
        raise ValueError("not Base64 as it is written")
    return content


def read_hash(text: str) -> bytes:
    """Return a hash; ValueError where it is none."""
    content = decoded(text)
    if len(content) != HASH_BYTES:
        raise ValueError("not a hash of 32 bytes")
    return content


def read_checkpoint(text: str) -> Checkpoint:
    """Return what the text of a note says. Extension lines are allowed, and mean nothing here.

    Raises:
        BadCheckpoint: it is no checkpoint.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise BadCheckpoint("a checkpoint has three lines that are not empty")
    try:
        return Checkpoint(lines[0], decimal(lines[1]), read_hash(lines[2]))
    except ValueError as error:
        raise BadCheckpoint(str(error)) from error
