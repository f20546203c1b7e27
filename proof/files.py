"""Keys and last words as files that only their owner may read, written all at once."""

import os
from pathlib import Path

from proof.notes import BadKey, PrivateKey, read_private_key


class Unusable(RuntimeError):  # noqa: N818 - reads as what it says
    """A folder of keys is not as it must be; `zh` and `en` say what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def read_key(path: Path) -> PrivateKey:
    """Return the key of a file.

    Raises:
        Unusable: others can read it, or it is damaged.
    """
    if path.stat().st_mode & 0o077:
        raise Unusable(
            f"其他用户可读取 {path}：请 chmod 600", f"{path} can be read by others: chmod 600 it"
        )
    try:
        return read_private_key(path.read_text("utf-8"))
    except (BadKey, UnicodeDecodeError) as error:
        raise Unusable(
            f"{path} 已损坏，请从备份恢复", f"{path} is damaged, restore it from its backup"
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file all at once, readable by its owner alone; it is on the disk on return."""
    making = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    making.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
