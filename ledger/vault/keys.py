"""The keys of a ledger, as files that only their owner may read.

`identity.key` makes the digests by which a person and a repeated request are found again,
`wrapping.key` wraps the key of each person, `token.key` signs tokens and seals second factors. Losing
the first two loses every name for ever; a backup of them is kept apart from the database's.
`token.ID.key` is one of before, until the tokens that it signed have ended.
"""

import hmac
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ledger.unready import MissingKeys, UnusableKey

KEY_BYTES = 32
ID_BYTES = 4
NAMES = ("identity", "wrapping", "token")


class Keys(NamedTuple):
    """The two independent 256-bit keys of the vault."""

    identity: bytes
    wrapping: bytes


def path_of(folder: Path, name: str) -> Path:
    """Return where a key lies in the folder of keys."""
    return folder / f"{name}.key"


def next_path(folder: Path, name: str) -> Path:
    """Return where a key lies that is to take the place of another."""
    return folder / f"{name}.key.next"


def key_id(name: str, key: bytes) -> str:
    """Return what a key is called where it is named beside others: the first bytes of its fingerprint."""
    return fingerprint(name, key)[:ID_BYTES].hex()


def earlier_path(folder: Path, name: str, called: str) -> Path:
    """Return where a key lies whose place another has taken."""
    return folder / f"{name}.{called}.key"


def earlier(folder: Path, name: str) -> dict[Path, bytes]:
    """Return the keys of before that are there.

    Raises:
        UnusableKey: a file has not 32 bytes, or can be read by others.
    """
    pattern = earlier_path(folder, name, "[0-9a-f]" * 2 * ID_BYTES).name
    return {path: _octets(path) for path in sorted(folder.glob(pattern))}


def finish_rotation(folder: Path, name: str, fingerprinted: bytes) -> None:
    """Put the next key in its place where the ledger is tied to it already: a rotation was cut off."""
    coming = next_path(folder, name)
    if coming.exists() and fingerprint(name, _octets(coming)) == fingerprinted:
        coming.replace(path_of(folder, name))
        keep_names(folder)


def present(folder: Path, names: Iterable[str] = NAMES) -> dict[str, bytes]:
    """Return those of the keys that are there.

    Raises:
        UnusableKey: a file has not 32 bytes, or can be read by others.
    """
    paths = {name: path_of(folder, name) for name in names}
    return {name: _octets(path) for name, path in paths.items() if path.exists()}


def complete(folder: Path, names: Iterable[str] = NAMES) -> dict[str, bytes]:
    """Return the keys.

    Raises:
        MissingKeys: one is not there. None is ever made in its place: see `make`.
        UnusableKey: as above.
    """
    wanted = tuple(names)
    there = present(folder, wanted)
    missing = [str(path_of(folder, name)) for name in wanted if name not in there]
    if missing:
        raise MissingKeys(missing)
    return there


def of_vault(secrets: Mapping[str, bytes]) -> Keys:
    """Return the vault's two among the keys of a ledger."""
    return Keys(secrets["identity"], secrets["wrapping"])


def make(folder: Path, names: Iterable[str] = NAMES) -> dict[str, bytes]:
    """Return the keys; those that are not there are made. For a ledger without entries alone."""
    wanted = tuple(names)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in wanted:
        if not path_of(folder, name).exists():
            place(path_of(folder, name), secrets.token_bytes(KEY_BYTES))
    return complete(folder, wanted)


def fingerprint(name: str, key: bytes) -> bytes:
    """Return what tells a key from others and says nothing about it."""
    return hmac.digest(key, f"dudao/key-fingerprint/v1\0{name}".encode(), "sha256")


def shown(digest: bytes) -> str:
    """Return a fingerprint as people compare it."""
    text = digest.hex()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def place(path: Path, key: bytes) -> None:
    """Write a key under its name all at once: of two processes that start, one's key stays."""
    making = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(making)
    except FileExistsError:
        pass
    finally:
        making.unlink()
    keep_names(path.parent)


def keep_names(folder: Path) -> None:
    """Let the names in a folder outlive a loss of power."""
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _octets(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise UnusableKey(
            f"{path} 他人可读，请 chmod 600", f"{path} can be read by others; chmod 600 it"
        )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UnusableKey(
            f"{path} 有 {len(key)} 字节，应为 {KEY_BYTES}；请从密钥备份恢复",
            f"{path} has {len(key)} bytes, not {KEY_BYTES}; restore it from its backup",
        )
    return key
