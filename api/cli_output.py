"""Rows on a terminal or in a file: a table, CSV, JSON or Parquet."""

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from api.cli_failures import Failure, tell
from api.formats import Column
from api.language import chosen, head


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


FormatOption = Annotated[Format, typer.Option("--format", help="输出格式 / form of the output")]
OutOption = Annotated[
    Path | None, typer.Option("-o", "--output", help="写入文件 / write to this file")
]


def write(
    rows: Sequence[Mapping[str, Any]],
    shape: Sequence[Column],
    basis: Mapping[str, Any],
    form: Format,
    out: Path | None,
) -> None:
    """Write the rows in one of the forms."""
    if form is Format.PARQUET and out is None and sys.stdout.isatty():
        raise Failure("Parquet 须用 -o 写入文件", "Parquet goes into a file: use -o")
    if form is Format.TABLE:
        table(rows, shape, out)
        _say(rows, basis)
        return
    octets = _octets(rows, shape, basis, form)
    if out is None:
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()
    else:
        out.write_bytes(octets)


def _octets(
    rows: Sequence[Mapping[str, Any]],
    shape: Sequence[Column],
    basis: Mapping[str, Any],
    form: Format,
) -> bytes:
    import orjson  # noqa: PLC0415 - start-up time

    from api import formats  # noqa: PLC0415

    if form is Format.CSV:
        return formats.csv_text(rows, shape)
    if form is Format.PARQUET:
        about = {f"dudao.{name}": str(value) for name, value in basis.items()}
        return formats.parquet(rows, shape, about)
    whole = {"basis": basis, "items": rows, "next": None}
    return orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE)


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
    """Return a value in few words."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return _named(cast("dict[str, object]", value))
    if isinstance(value, list | tuple):
        return chosen("、", ", ").join(_cell(each) for each in cast("Sequence[object]", value))
    if isinstance(value, bool):
        return chosen("是", "yes") if value else chosen("否", "no")
    return _printable(str(value))


def _named(value: dict[str, object]) -> str:
    """Return what a record is called, or else all that it says."""
    for key in (chosen("zh", "en"), "name", "uscc", "account", "type"):
        if isinstance(value.get(key), str):
            return _printable(str(value[key]))
    return ", ".join(f"{key}={_cell(each)}" for key, each in value.items())


def _printable(text: str) -> str:
    """Return text without what would steer a terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
