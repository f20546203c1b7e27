"""The same rows as JSON, NDJSON, CSV, Parquet or XLSX.

CSV is for Excel: UTF-8 with a byte order mark, every cell quoted, and nothing that starts a
formula. What has structure (a scope, the responsible bodies) is compact JSON in one cell.
Columns are the fields of an item's shape, in its order.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import orjson

from projections.items.shape import Field

JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABULAR = (JSON, NDJSON, CSV, PARQUET, XLSX)
EXTENSIONS = {JSON: "json", NDJSON: "ndjson", CSV: "csv", PARQUET: "parquet", XLSX: "xlsx"}
MEDIA = {CSV: "text/csv; charset=utf-8"}
"""Media types that say more when sent."""
NAMED: Mapping[str, str] = MappingProxyType({name: media for media, name in EXTENSIONS.items()})
"""What a caller may write for `format` → media type."""

Row: TypeAlias = Mapping[str, Any]


def ndjson(rows: Iterable[Row]) -> bytes:
    """Return one JSON object a line."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


# ASVS 1.2.10: what a spreadsheet may take for the start of a formula, full-width forms too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


_SUSPECT = frozenset({*FORMULA, "'"})
"""How a text begins that is looked at closely: hardly any does, and a million rows have twenty million cells."""


def safe_cell(value: object) -> str:
    """Return a value as a CSV cell that no spreadsheet reads as a formula."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in _SUSPECT and _marked(value) else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return orjson.dumps(value).decode()  # an object or a list: it begins with its bracket


def text_of_cell(cell: str) -> str:
    """Return the text that `safe_cell` wrote as `cell`."""
    return cell[1:] if cell.startswith("'") and _marked(cell) else cell


def _marked(text: str) -> bool:
    """Whether a CSV cell with this text bears a mark; one that looks marked bears another one."""
    return text.lstrip("'").startswith(FORMULA)


def csv_head(fields: Sequence[Field]) -> bytes:
    """Return the first line of CSV for Excel (RFC 4180, with a byte order mark)."""
    return _csv([[field.name for field in fields]]).encode("utf-8-sig")


def csv_rows(rows: Iterable[Row], fields: Sequence[Field]) -> bytes:
    """Return rows as lines of CSV."""
    names = [field.name for field in fields]
    return _csv([safe_cell(row.get(name)) for name in names] for row in rows).encode()


def _csv(lines: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(lines)
    return out.getvalue()
