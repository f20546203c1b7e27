"""The vault's two keys, as files that only their owner may read.

`identity.key` makes the digests by which a person is found again, `wrapping.key` wraps the key of each
person. Losing them loses every name for ever; a backup of them is kept apart from the database's.
"""

import os
from pathlib import Path
from typing import NamedTuple

KEY_BYTES = 32


class Keys(NamedTuple):
    """Two independent 256-bit keys."""

    identity: bytes
    wrapping: bytes


def load(folder: Path) -> Keys:
    """Return the keys in `folder`; make them at the first start.

    Raises:
        PermissionError: a key file can be read by others.
        ValueError: a key file has not 32 bytes.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Keys(_key(folder / "identity.key"), _key(folder / "wrapping.key"))


def _key(path: Path) -> bytes:
    if not path.exists():
        _create(path)
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others; chmod 600 it")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"{path} has {len(key)} bytes, not {KEY_BYTES}; restore it from its backup"
        )
    return key


def _create(path: Path) -> None:
    """Write a new key under its name all at once: of two processes that start, one's key stays."""
    making = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(making)
    except FileExistsError:
        pass
    finally:
        making.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
