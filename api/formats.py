"""The same rows as JSON, NDJSON, CSV or Parquet, and the choice between them (RFC 9110, 12.5.1).

CSV is for Excel: UTF-8 with a byte order mark, every cell quoted, and nothing that starts a
formula. What has structure (a scope, the responsible bodies) is compact JSON in one cell.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import orjson

from api.problems import Problem

JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
TABULAR = (JSON, NDJSON, CSV, PARQUET)
EXTENSIONS = {JSON: "json", NDJSON: "ndjson", CSV: "csv", PARQUET: "parquet"}

Row: TypeAlias = Mapping[str, Any]
CellKind: TypeAlias = Literal["text", "integer", "boolean", "json"]


class Column(NamedTuple):
    """A column of the tabular forms; `json` is for values with structure."""

    name: str
    kind: CellKind = "text"


def columns(text: str) -> tuple[Column, ...]:
    """Return columns from `name name:integer name:json …`."""
    return tuple(_column(*word.split(":")) for word in text.split())


def _column(name: str, kind: str = "text") -> Column:
    match kind:
        case "text" | "integer" | "boolean" | "json":
            return Column(name, kind)
        case _:
            raise ValueError(f"{name}: {kind} is no kind of column")


def negotiate(accept: str, offered: Sequence[str] = TABULAR) -> str:
    """Return the offered media type that the header prefers; the first offered where it does not care.

    Raises:
        Problem: 406, nothing of what is offered is accepted.
    """
    if not accept.strip():
        return offered[0]
    ranges = [_range(part) for part in accept.split(",")]
    best = max(offered, key=lambda media: _quality(media, ranges))
    if _quality(best, ranges) <= 0:
        raise Problem(
            "not-acceptable",
            f"可提供的格式:{'、'.join(offered)}",
            f"available: {', '.join(offered)}",
        )
    return best


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return media, _weight(value.strip())
    return media, 1.0


def _weight(text: str) -> float:
    whole, _, fraction = text.partition(".")
    digits = whole + fraction
    if (
        not digits.isascii()
        or not digits.isdecimal()
        or len(fraction) > 3
        or whole not in {"0", "1"}
    ):
        return 0.0
    return min(float(text), 1.0)


def _quality(media: str, ranges: Iterable[tuple[str, float]]) -> float:
    """Return the weight of the most specific range that covers `media`."""
    group = media.split("/", maxsplit=1)[0]
    specific = {media: 2, f"{group}/*": 1, "*/*": 0}
    found = [(specific[name], weight) for name, weight in ranges if name in specific]
    return max(found, default=(0, 0.0))[1]


def ndjson(rows: Iterable[Row]) -> bytes:
    """Return one JSON object a line."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


# ASVS 1.2.10: what a spreadsheet may take for the start of a formula, full-width forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """Return a value as a CSV cell that no spreadsheet reads as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(rows: Iterable[Row], shape: Sequence[Column]) -> bytes:
    """Return the rows as CSV for Excel (RFC 4180, with a byte order mark)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([column.name for column in shape])
    writer.writerows([safe_cell(row.get(column.name)) for column in shape] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def parquet(rows: Sequence[Row], shape: Sequence[Column], about: Mapping[str, str]) -> bytes:
    """Return the rows as Parquet; `about` becomes metadata of the file (basis, filters)."""
    import pyarrow as pa  # noqa: PLC0415 - 0.3 s that only this form needs
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = {"text": pa.string(), "json": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}
    schema = pa.schema([pa.field(column.name, types[column.kind]) for column in shape])
    arrays = [
        pa.array([_arrow(row.get(column.name), column.kind) for row in rows], types[column.kind])
        for column in shape
    ]
    noted: pa.Schema = schema.with_metadata(dict(about))  # pyright: ignore[reportUnknownMemberType]
    table = pa.Table.from_arrays(arrays, schema=noted)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")  # pyright: ignore[reportUnknownMemberType]
    return out.getvalue()


def _arrow(value: object, kind: CellKind) -> object:
    if value is None or kind in {"integer", "boolean"}:
        return value
    if kind == "json":
        return orjson.dumps(value).decode()
    return value if isinstance(value, str) else str(value)
