"""Rows as XLSX for offices: a sheet of data with Chinese heads, and a sheet that says what it is.

Every text is written as text, whatever it looks like: nothing becomes a formula, a link or a number,
and codes keep their leading zeros. Days are dates, an end the last day that counts; codes of a
vocabulary and values with structure are written in words.
Rows go to disk as they come, and nothing in the file depends on the clock.
"""

# pyright: reportUnknownMemberType=false
# xlsxwriter is annotated in part.

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import chain
from typing import IO, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.export.formats import FORMULA, Row
from api.export.readable import cell
from projections.items.shape import Field

LONGEST_CELL = 32_767
"""Characters that Excel allows in a cell."""
CUT = "…（已截断 / cut）"
FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was: earlier days stay text."""
HEAD_ROWS = 2

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTHS = {"day": 12, "instant": 20, "integer": 12, "number": 12, "boolean": 10, "text": 22}
_STRUCTURED = 40


class About(NamedTuple):
    """What the second sheet says: names and values, in this order; `made` stands as creation time."""

    lines: Sequence[tuple[str, str]]
    made: datetime


def write(
    file: IO[bytes], fields: Sequence[Field], batches: Iterable[Sequence[Row]], about: About
) -> None:
    """Write a workbook; the caller sees to it that the rows fit on a sheet."""
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        book.set_properties({"created": about.made.replace(tzinfo=None)})
        styles = _styles(book)
        sheet = book.add_worksheet("数据 data")
        _heads(sheet, fields, styles)
        row, cut = HEAD_ROWS, 0
        for item in chain.from_iterable(batches):
            for column, one in enumerate(fields):
                cut += _cell(sheet, (row, column), item, one, styles)
            row += 1
        sheet.autofilter(HEAD_ROWS - 1, 0, max(row - 1, HEAD_ROWS), len(fields) - 1)
        _about(book.add_worksheet("说明 about"), about, row - HEAD_ROWS, cut, styles)


def _styles(book: xlsxwriter.Workbook) -> Mapping[str, Format]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF6"}),
        "name": book.add_format({"font_color": "#5A6270", "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        # Text stays text also when somebody edits the cell.
        "text": book.add_format({"num_format": "@"}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
    }


def _heads(sheet: Worksheet, fields: Sequence[Field], styles: Mapping[str, Format]) -> None:
    for column, one in enumerate(fields):
        head = one.head.zh
        sheet.set_column(column, column, max(_width(one), 2 * len(head) + 2))
        sheet.write_string(0, column, head, styles["head"])
    for column, one in enumerate(fields):
        sheet.write_string(1, column, one.name, styles["name"])
    sheet.freeze_panes(HEAD_ROWS, 1)


def _width(field: Field) -> int:
    return _STRUCTURED if field.many else _WIDTHS.get(field.kind, _STRUCTURED)


def _cell(
    sheet: Worksheet,
    at: tuple[int, int],
    item: Row,
    field: Field,
    styles: Mapping[str, Format],
) -> bool:
    """Write one value; return whether it had to be cut."""
    row, place = at
    value = item.get(field.name)
    if value is None:
        return False
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
        return False
    if field.kind in {"integer", "number"} and isinstance(value, int | float):
        sheet.write_number(row, place, value)
        return False
    text = cell(item, field)
    if field.kind == "day" and (day := _day(text)) is not None:
        sheet.write_datetime(row, place, datetime.combine(day, time()), styles["day"])
        return False
    whole = len(text) <= LONGEST_CELL
    if not whole:
        text = text[: LONGEST_CELL - len(CUT)] + CUT
    style = styles["quoted"] if text.startswith(FORMULA) else styles["text"]
    sheet.write_string(row, place, text, style)
    return not whole


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= FIRST_DAY else None


def _about(
    sheet: Worksheet, about: About, rows: int, cut: int, styles: Mapping[str, Format]
) -> None:
    lines = [*about.lines, ("行数 / rows", str(rows))]
    if cut:
        lines.append(("截断的单元格 / cells cut", str(cut)))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    for row, (name, value) in enumerate(lines):
        sheet.write_string(row, 0, name, styles["head"])
        sheet.write_string(row, 1, value[:LONGEST_CELL], styles["text"])
