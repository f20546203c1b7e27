"""The manifest of exported tables: what they hold, up to which entry, and the digest of every file."""

import os
from pathlib import Path

import msgspec

from replay.lake.files import ENDING, flush_folder

FORMAT = "dudao/tables/1"
NAME = "manifest.json"


class Unusable(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """A folder cannot take the tables; why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Column(msgspec.Struct, frozen=True):
    """A column of a table: its type as Parquet readers name it, its heads."""

    name: str
    type: str
    zh: str
    en: str


class File(msgspec.Struct, frozen=True):
    """One file. `digest`: sum over its rows, in hexadecimal (docs/analysts.md)."""

    path: str
    bucket: int
    rows: int
    bytes: int
    sha256: str
    digest: str
    after: int
    """It holds what was learnt behind this position,"""
    upto: int
    """and up to this one; nothing of it has changed since."""


class TableFiles(msgspec.Struct, frozen=True):
    """One table."""

    name: str
    zh: str
    en: str
    rows: int
    digest: str
    columns: tuple[Column, ...]
    files: tuple[File, ...]


class Manifest(msgspec.Struct, frozen=True):
    """All tables, as known when the entry at `position` was the last."""

    format: str
    schema: int
    """Of the columns; raised when they change."""
    fold: int
    """By which version of the fold the rows were made."""
    position: int
    since: int
    """The tables hold what was learnt behind this position; 0: everything."""
    root: str
    """Of the Merkle tree at the position, in hexadecimal."""
    recorded_at: str | None
    """When the entry at the position was recorded."""
    checkpoint: str | None
    """The last signed checkpoint that reaches no further, as it was signed."""
    buckets: int
    """A subject is in the bucket that the first two bytes of its SHA-256 give, modulo this."""
    tables: tuple[TableFiles, ...]

    def table(self, name: str) -> TableFiles | None:
        """Return the table of that name."""
        return next((each for each in self.tables if each.name == name), None)


def read(folder: Path) -> Manifest | None:
    """Return the manifest of a folder; None where there is none.

    Raises:
        Unusable: there is one that this release cannot read.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError:
        raise _unknown(path) from None
    if manifest.format != FORMAT:
        raise _unknown(path)
    return manifest


def _unknown(path: Path) -> Unusable:
    return Unusable(
        f"{path} 不是本版本可读的清单；请另选目录",
        f"{path} is no manifest that this release reads: choose another folder",
    )


def keep(folder: Path, manifest: Manifest) -> None:
    """Put the manifest in its place at once, after everything that it names is on the disk."""
    part = folder / f"{NAME}.{os.getpid()}{ENDING}"
    with part.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / NAME)
    flush_folder(folder)
