"""The store of catalogues: files under their SHA-256 in the ledger's database, and what they say.

A digest has one content for ever, so what was read once is kept. `Shelf` is how decisions and
folds come by the content of what the ledger adopted.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

from psycopg import Connection

from domain.terms.contents import Content
from domain.terms.reference import Reference
from domain.terms.vocabulary import CatalogueKind
from ledger import catalogue_forms
from ledger.gate.faults import Fault, Invalid, malformed
from ledger.gate.text import NUMBER_HERE, holds_identity_number
from ledger.reference import SHIPPED, shipped_content

logger = logging.getLogger("dudao.ledger")
Connecting: TypeAlias = Callable[[], AbstractContextManager[Connection[Any]]]


class Stored(NamedTuple):
    """A file in the store, without its bytes."""

    sha256: str
    kind: CatalogueKind
    file_name: str
    rows: int
    added_at: datetime
    added_by: str


ADD = """
INSERT INTO ledger.catalogue (sha256, kind, file_name, content, original, rows, added_by)
VALUES (%(sha256)s, %(kind)s, %(file_name)s, %(content)s, %(original)s, %(rows)s, %(added_by)s)
ON CONFLICT DO NOTHING
"""
KIND = "SELECT kind FROM ledger.catalogue WHERE sha256 = %(sha256)s"


class Arrived(NamedTuple):
    """A file that was brought in. `table` is a workbook's sheet as CSV; None: `raw` is read itself."""

    kind: CatalogueKind
    file_name: str
    raw: bytes
    table: bytes | None = None

    @property
    def sha256(self) -> str:
        """Return the digest of what was sent."""
        return hashlib.sha256(self.raw).hexdigest()


def add(
    connection: Connection[Any], arrived: Arrived, added_by: str
) -> tuple[str, catalogue_forms.Read]:
    """Check a file and store it, unless it is there; return its digest and what it says.

    Raises:
        Invalid: with everything that is wrong with it, or stored before as another kind.
    """
    content = arrived.raw if arrived.table is None else arrived.table
    content_read = catalogue_forms.read(arrived.kind, content)
    _require_nobody(arrived.kind, content)
    digest = bytes.fromhex(arrived.sha256)
    values = {
        "sha256": digest,
        "kind": arrived.kind.value,
        "file_name": arrived.file_name,
        "content": content,
        "original": None if arrived.table is None else arrived.raw,
        "rows": content_read.rows,
        "added_by": added_by,
    }
    with connection.transaction():
        connection.execute(ADD, values)
        row: Any = connection.execute(KIND, {"sha256": digest}).fetchone()
    if row[0] != arrived.kind.value:
        raise malformed(
            f"该文件已作为“{CatalogueKind(row[0]).zh}”收录",
            f"the file is stored already, as {row[0]}",
        )
    return arrived.sha256, content_read


def _require_nobody(kind: CatalogueKind, content: bytes) -> None:
    """Refuse a file with a person's number in it: it is kept for ever and shown to every reader."""
    text = content.decode("utf-8-sig")
    # The degrees of an outline have as many digits, and nobody's number among them.
    if kind is CatalogueKind.OUTLINE or not holds_identity_number(text):
        return
    rows = enumerate(text.splitlines(), 1)
    faults = [Fault(str(row), *NUMBER_HERE) for row, line in rows if holds_identity_number(line)]
    raise Invalid(faults or [Fault("file", *NUMBER_HERE)])


LIST = """
SELECT sha256, kind, file_name, rows, added_at, added_by FROM ledger.catalogue
 ORDER BY added_at, sha256
"""
ONE = """
SELECT sha256, kind, file_name, rows, added_at, added_by FROM ledger.catalogue
 WHERE sha256 = %(sha256)s
"""


def listed(connection: Connection[Any]) -> list[Stored]:
    """Return every file that is stored, in order of arrival."""
    return [_stored(row) for row in connection.execute(LIST).fetchall()]


def find(connection: Connection[Any], sha256: str) -> Stored | None:
    """Return a stored file."""
    row = connection.execute(ONE, {"sha256": bytes.fromhex(sha256)}).fetchone()
    return _stored(row) if row is not None else None


def _stored(row: Any) -> Stored:  # noqa: ANN401 - a row of LIST
    sha256, kind, *others = row
    return Stored(bytes(sha256).hex(), CatalogueKind(kind), *others)


BYTES = "SELECT coalesce(original, content) FROM ledger.catalogue WHERE sha256 = %(sha256)s"


def octets(connection: Connection[Any], sha256: str) -> bytes | None:
    """Return the file as it was sent; a shipped one needs no store. What was changed since is not held."""
    for shipped in SHIPPED:
        if shipped.sha256 == sha256:
            return shipped.content()
    row = connection.execute(BYTES, {"sha256": bytes.fromhex(sha256)}).fetchone()
    return bytes(row[0]) if row is not None and _is_unchanged(sha256, bytes(row[0])) else None


def _is_unchanged(sha256: str, raw: bytes) -> bool:
    unchanged = hashlib.sha256(raw).hexdigest() == sha256
    if not unchanged:
        logger.critical("catalogue %s is not what its digest says: nothing is judged by it", sha256)
    return unchanged


EVERY = "SELECT sha256, kind, file_name, content, original FROM ledger.catalogue ORDER BY sha256"
AsRead: TypeAlias = Callable[[CatalogueKind, str, bytes], bytes]
"""Returns what is read of a file of that kind and name: a workbook's sheet as CSV."""


def difference(connection: Connection[Any], as_read: AsRead) -> str | None:
    """Return which stored catalogue is not what its digest says, the first one; None if all are."""
    for sha256, kind, name, content, original in connection.execute(EVERY):
        raw = bytes(content if original is None else original)
        if hashlib.sha256(raw).digest() != bytes(sha256):
            return f"catalogue: {bytes(sha256).hex()} is not what its digest says"
        as_kind = CatalogueKind(kind)
        if original is not None and _said(as_kind, as_read(as_kind, name, raw)) != _said(
            as_kind, bytes(content)
        ):
            return f"catalogue: {bytes(sha256).hex()} is read as what its file does not say"
    return None


def _said(kind: CatalogueKind, table: bytes) -> Content | None:
    try:
        return catalogue_forms.read(kind, table).content
    except Invalid:
        return None


CONTENT = """
SELECT kind, content, original IS NULL FROM ledger.catalogue WHERE sha256 = %(sha256)s
"""


def contents(connection: Connection[Any], digests: Iterable[str]) -> dict[str, Content]:
    """Return what the files of these digests say; one that is not held is left out."""
    by_digest: dict[str, Content] = {}
    for digest in digests:
        content = shipped_content(digest)
        if content is None:
            row: Any = connection.execute(CONTENT, {"sha256": _octets(digest)}).fetchone()
            content = _read(digest, *row) if row is not None else None
        if content is not None:
            by_digest[digest] = content
    return by_digest


def _octets(digest: str) -> bytes:
    try:
        return bytes.fromhex(digest)
    except ValueError:  # an old entry may name anything
        return b""


@lru_cache(maxsize=128)
def _read(digest: str, kind: str, content: bytes, as_sent: bool) -> Content | None:  # noqa: FBT001 - a column
    if as_sent and not _is_unchanged(digest, bytes(content)):
        return None
    return catalogue_forms.read(CatalogueKind(kind), bytes(content)).content


class Shelf:
    """The reference data of the installation, with the content of whatever digests are asked for."""

    def __init__(self, installed: Reference, connecting: Connecting | None = None) -> None:
        self._reference = installed
        self._connecting = connecting
        self._lock = Lock()

    def holding(self, digests: Iterable[str]) -> Reference:
        """Return the reference data with what is held of these digests."""
        reference = self._reference
        missing = [digest for digest in digests if digest not in reference.contents]
        if not missing:
            return reference
        contents = self._found(missing)
        with self._lock:
            self._reference = self._reference.holding(contents)
            return self._reference

    def _found(self, missing: Iterable[str]) -> Mapping[str, Content]:
        if self._connecting is None:
            known = {digest: shipped_content(digest) for digest in missing}
            return {digest: content for digest, content in known.items() if content is not None}
        with self._connecting() as connection:
            return contents(connection, missing)
