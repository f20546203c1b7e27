"""A list as the bytes of a file, piece by piece: as much memory for a million rows as for a thousand.

JSON, NDJSON, CSV and Parquet go out as they are made. XLSX has to be whole before its first byte is known: it
is made in a temporary file.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from api.export import formats
from api.export.formats import CSV, JSON, NDJSON, PARQUET, Row
from api.words.instants import instant
from projections.items.shape import Field

PIECE = 256 * 1024
MOST_ROWS = 1_000_000
"""Rows of a file that is made before it is sent; a sheet of Excel ends at 1,048,576."""
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""Creation time of a file over an empty ledger: the first that a ZIP file can say."""


class TooManyRows(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """There are more rows than such a file may have."""


class Origin(NamedTuple):
    """Where the rows come from: which list, as of which basis, narrowed how.

    `root`: the ledger's Merkle root at the position, in hexadecimal; None where it is not said.
    """

    name: str
    basis: Mapping[str, Any]
    filters: Mapping[str, str]
    limited: Mapping[str, Any] | None = None
    root: str | None = None

    @property
    def made(self) -> datetime:
        """When the basis was recorded: the same for ever, unlike the time of the download."""
        known = self.basis.get("known_at")
        return datetime.fromisoformat(str(known)) if known else EPOCH

    def lines(self) -> list[tuple[str, str]]:
        """Return what a reader of the file has to know, in both languages."""
        rest = {
            k: v for k, v in self.basis.items() if k not in {"valid_at", "known_at", "position"}
        }
        return [
            ("列表 / list", self.name),
            ("业务日期 / valid_at", str(self.basis.get("valid_at") or "")),
            ("入账时间 / known_at", instant(self.basis.get("known_at"))),
            ("台账位置 / position", str(self.basis.get("position", ""))),
            *([("台账根（SHA-256） / root", self.root)] if self.root else []),
            *((f"{name}", str(value)) for name, value in rest.items()),
            ("筛选条件 / filters", _listed(self.filters) or "无 / none"),
            ("可见范围 / limited to", _listed(self.limited or {}) or "全部 / everything"),
            (
                "结构化字段 / structured fields",
                "以文字概括，完整内容见 JSON 或 CSV / in few words; JSON and CSV hold all of them",
            ),
        ]

    def metadata(self) -> dict[str, str]:
        """Return the same as metadata of a Parquet file."""
        known = {f"dudao.{name}": str(value) for name, value in self.basis.items()}
        root = {"dudao.root": self.root} if self.root else {}
        filters = {"dudao.filters": _listed(self.filters)} if self.filters else {}
        limited = {"dudao.limited_to": _listed(self.limited)} if self.limited else {}
        return {**known, **root, **filters, **limited}


def _listed(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}={value}" for name, value in values.items())


def pieces(
    media: str, fields: Sequence[Field], batches: Iterable[Sequence[Row]], origin: Origin
) -> Iterator[bytes]:
    """Yield the file.

    Raises:
        TooManyRows: XLSX with more than `MOST_ROWS`, before anything is yielded.
    """
    if media == JSON:
        yield from _document(batches, origin)
    elif media == NDJSON:
        yield from map(formats.ndjson, batches)
    elif media == CSV:
        yield formats.csv_head(fields)
        for batch in batches:
            yield formats.csv_rows(batch, fields)
    elif media == PARQUET:
        from api.export import parquet_file  # noqa: PLC0415 - 0.3 s that only this form needs

        yield from parquet_file.pieces(fields, batches, origin.metadata())
    else:
        from api.export import workbook  # noqa: PLC0415 - as above

        with tempfile.TemporaryFile() as file:
            about = workbook.About(origin.lines(), origin.made)
            workbook.write(file, fields, _bounded(batches), about)
            file.seek(0)
            while piece := file.read(PIECE):
                yield piece


def _document(batches: Iterable[Sequence[Row]], origin: Origin) -> Iterator[bytes]:
    """Yield the list as one JSON document: that of a page, with all rows and nothing after it."""
    yield b'{"basis":' + orjson.dumps(origin.basis) + b',"items":['
    comma = b""
    for batch in batches:
        if batch:
            yield comma + orjson.dumps(list(batch))[1:-1]
            comma = b","
    limited = b"" if origin.limited is None else b',"limited_to":' + orjson.dumps(origin.limited)
    yield b'],"next":null' + limited + b"}"


def _bounded(batches: Iterable[Sequence[Row]]) -> Iterator[Sequence[Row]]:
    rows = 0
    for batch in batches:
        rows += len(batch)
        if rows > MOST_ROWS:
            raise TooManyRows
        yield batch
