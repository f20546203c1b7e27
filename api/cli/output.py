"""Rows on a terminal or in a file: a table, CSV, JSON, Parquet or XLSX."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import Failure, tell
from api.cli.language import head, is_english
from api.export.formats import NAMED, Column

if TYPE_CHECKING:
    from api.export.files import Origin


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="输出格式,默认由文件扩展名决定,否则为 table / form; by default that of the file's "
        "extension, else table",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option("-o", "--output", help="写入文件 / write to this file")
]


def form_of(given: Format | None, out: Path | None) -> Format:
    """Return how to write: as asked, else as the extension of the file says, else as a table."""
    named = "" if out is None else out.suffix.lower().removeprefix(".")
    return given or (Format(named) if named in set(Format) else Format.TABLE)


def write(
    batches: Iterable[Sequence[Mapping[str, Any]]],
    shape: Sequence[Column],
    origin: "Origin",
    form: Format,
    out: Path | None,
) -> None:
    """Write the rows in one of the forms, in CSV, Parquet and XLSX without holding them all."""
    _require_file(form, out)
    if form is Format.TABLE:
        rows = list(chain.from_iterable(batches))
        table(rows, shape, out)
        _say(rows, origin.basis)
        return
    if out is None:
        sys.stdout.buffer.writelines(_pieces(batches, shape, origin, form))
        sys.stdout.buffer.flush()
        return
    with out.open("wb") as file:
        file.writelines(_pieces(batches, shape, origin, form))


def _require_file(form: Format, out: Path | None) -> None:
    if out is not None:
        return
    if form is Format.XLSX:
        raise Failure("XLSX 须用 -o 写入文件", "XLSX goes into a file: use -o")
    if form is Format.PARQUET and sys.stdout.isatty():
        raise Failure("Parquet 须用 -o 写入文件", "Parquet goes into a file: use -o")


def _pieces(
    batches: Iterable[Sequence[Mapping[str, Any]]],
    shape: Sequence[Column],
    origin: "Origin",
    form: Format,
) -> Iterator[bytes]:
    import orjson  # noqa: PLC0415 - start-up time

    from api.export import files  # noqa: PLC0415

    if form is Format.JSON:
        rows = list(chain.from_iterable(batches))
        whole = {"basis": origin.basis, "items": rows, "next": None}
        return iter([orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE)])
    return files.pieces(NAMED[form.value], shape, batches, origin)


def _say(rows: Sequence[object], basis: Mapping[str, Any]) -> None:
    """Say on stderr what the rows stand on, so that a pipe holds rows alone."""
    tell(
        f"{len(rows)} 条;业务日期 {basis['valid_at']},入账位置 {basis['position']},"
        f"规则 {basis['rules']}",
        f"{len(rows)} rows; day {basis['valid_at']}, position {basis['position']}, "
        f"rules {basis['rules']}",
    )


def table(
    rows: Sequence[Mapping[str, Any]], shape: Sequence[Column], out: Path | None = None
) -> None:
    """Write the rows as a table for people."""
    from rich.console import Console  # noqa: PLC0415 - start-up time
    from rich.table import Table  # noqa: PLC0415

    drawn = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in shape:
        drawn.add_column(head(column.name), justify="right" if column.kind == "integer" else "left")
    for row in rows:
        drawn.add_row(*(_cell(row.get(column.name)) for column in shape))
    if out is None:
        # Beyond a terminal nobody wraps for: lines stay whole in a pipe.
        width = None if sys.stdout.isatty() else 10_000
        Console(width=width, markup=False, highlight=False, soft_wrap=False).print(drawn)
        return
    with out.open("w", encoding="utf-8") as file:
        Console(file=file, width=10_000, markup=False, highlight=False).print(drawn)


def _cell(value: object) -> str:
    from api.export.readable import readable  # noqa: PLC0415 - start-up time

    return _printable(readable(value, english=is_english()))


def _printable(text: str) -> str:
    """Return text without what would steer a terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
