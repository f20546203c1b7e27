"""The file of a backup: a ZIP archive of tables as PostgreSQL copies them, and a manifest at its end.

Anybody can look into it without this program. It holds no keys: with the file alone nobody's name or
number can be read.
"""

import hashlib
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Self

import msgspec

from ledger.unready import Unready

FORMAT = "dudao/backup/v1"
MANIFEST = "manifest.json"
BLOCK = 1024 * 1024
LEVEL = 3
"""Of compression: twice as fast as the usual one, for files a tenth larger."""


class BadArchive(Unready):
    """The file is no backup, or not as it was written."""


class Table(msgspec.Struct, frozen=True):
    """One table in the archive, and what it must be."""

    name: str
    """`schema.table`."""
    columns: tuple[str, ...]
    rows: int
    octets: int
    sha256: str

    @property
    def member(self) -> str:
        """What it is called in the archive."""
        return f"tables/{self.name}.copy"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the archive holds."""

    format: str = FORMAT
    made_at: str
    release: str
    server: str
    """Version of PostgreSQL that it was made with; any from 15 on takes it back."""
    place: str
    position: int
    root: str
    """Of the Merkle tree over the entries, in hexadecimal."""
    keys: Mapping[str, str]
    """Name of a key → fingerprint, in hexadecimal."""
    migrations: Mapping[str, Mapping[str, str]]
    """Namespace → number → digest of the files that had run."""
    tables: tuple[Table, ...]
    left_out: Mapping[str, str]
    """Tables of the ledger that are not in the archive → why."""
    configuration: Mapping[str, Any]
    """Settings that were made, without those that are secret."""


class Writer:
    """Writes an archive, table by table. Nothing of the target is read again or gone back in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(
            file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=LEVEL
        )

    @contextmanager
    def member(self, name: str) -> Generator["Digesting"]:
        """Yield what takes the bytes of one member."""
        with self._zip.open(name, "w", force_zip64=True) as file:
            yield Digesting(file)

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, and the end without which no reader takes the file for whole."""
        self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        self._zip.close()

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write no more after a failure: what is there has no manifest, and is no backup."""
        if kind is not None:
            with suppress(Exception):  # what failed is known already; this may be its consequence
                self._zip.close()


class Digesting:
    """Takes bytes, and knows how many there were and their SHA-256."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.octets = 0

    def write(self, block: "bytes | bytearray | memoryview") -> None:
        """Take some."""
        self._file.write(block)
        self._digest.update(block)
        self.octets += len(block)

    @property
    def sha256(self) -> str:
        """Return the digest of what was taken, in hexadecimal."""
        return self._digest.hexdigest()


class Reader:
    """Reads an archive. Use it in a `with` block."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            octets = self._zip.read(MANIFEST)
            self.manifest = msgspec.json.decode(octets, type=Manifest)
        except (zipfile.BadZipFile, KeyError, EOFError, msgspec.DecodeError) as error:
            raise BadArchive(
                f"{path} 不是完整的 dudao 备份：{error}", f"{path} is no whole backup: {error}"
            ) from error
        if self.manifest.format != FORMAT:
            raise BadArchive(
                f"{path} 的格式是 {self.manifest.format}，本程序只读 {FORMAT}；请使用较新版本",
                f"{path} has the form {self.manifest.format} and this program reads {FORMAT}: use a "
                "later release",
            )

    def blocks(self, table: Table) -> Iterator[bytes]:
        """Yield the bytes of a table; the last ones only if all were what the manifest says.

        Raises:
            BadArchive: they are not.
        """
        digest = hashlib.sha256()
        try:
            with self._zip.open(table.member) as file:
                while block := file.read(BLOCK):
                    digest.update(block)
                    yield block
        except (zipfile.BadZipFile, KeyError, EOFError, OSError) as error:
            raise self._changed(table) from error
        if digest.hexdigest() != table.sha256:
            raise self._changed(table)

    def _changed(self, table: Table) -> BadArchive:
        return BadArchive(
            f"{self.path} 已损坏：{table.name} 与清单不符，未恢复任何内容",
            f"{self.path} is damaged: {table.name} is not what the manifest says; nothing was restored",
        )

    def __enter__(self) -> Self:
        """Return the reader itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._zip.close()
