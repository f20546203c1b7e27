"""Cells of an office sheet, read strictly: what is wrong is named with its address, never repaired."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from api.intake.sheets.file import Cell, Sheet
from domain.terms.vocabulary import level_from
from ledger.gate.faults import Fault

LINE, WHY = "行号", "错误说明"
"""The columns that an error list adds to the rows it gives back."""
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_SEPARATORS = re.compile(r"[、,;\uff0c\uff1b\s]+")


class Row(NamedTuple):
    """One command of a sheet: the row it stands in, its members, or what is wrong with it."""

    number: int
    members: Mapping[str, Any] | None
    faults: tuple[Fault, ...]
    original: Mapping[str, Any]


def plain(cell: Cell) -> str:
    """Return a header cell without blanks, full-width brackets and colons as ASCII."""
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())


def heads(cells: Sequence[Cell]) -> dict[int, str]:
    """Return the heads in a row by column; what an error list adds is none of the form's."""
    found = {column: plain(cell) for column, cell in enumerate(cells) if cell is not None}
    return {column: name for column, name in found.items() if name not in {LINE, WHY}}


def body(sheet: Sheet, header: Sequence[str]) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Yield the rows below the header as cells by column name."""
    columns: list[int] | None = None
    for number, cells in sheet.rows:
        if columns is None:
            found = heads(cells)
            if tuple(found.values()) == tuple(header):
                columns = list(found)
            continue
        yield (
            number,
            {
                name: cells[column] if column < len(cells) else None
                for name, column in zip(header, columns, strict=True)
            },
        )


def address(number: int, header: Sequence[str], name: str) -> str:
    """Return where the cell of a column stands in a row, as a spreadsheet says it: `C7`."""
    return f"{chr(ord('A') + header.index(name))}{number}"


class Reading:
    """Takes the cells of one row, collecting faults with their addresses."""

    def __init__(
        self, sheet: Sheet, number: int, cells: Mapping[str, Cell], header: Sequence[str]
    ) -> None:
        self._sheet, self._number, self._cells, self._header = sheet, number, cells, header
        self.faults: list[Fault] = []
        for name in header:
            if address(number, header, name) in sheet.formulas:
                self.fault(
                    name, "单元格是公式,请粘贴为数值", "the cell is a formula; paste its value"
                )

    def fault(self, name: str, zh: str, en: str) -> None:
        """Note what is wrong with the cell of a column."""
        self.faults.append(Fault(f"{address(self._number, self._header, name)} {name}", zh, en))

    def text(self, name: str, *, needed: bool = True) -> str:
        """Return a text cell; a number where a code belongs is refused, not repaired."""
        cell = self._cells[name]
        if cell is None or cell == "":
            if needed:
                self.fault(name, "不能为空", "must not be empty")
            return ""
        if isinstance(cell, float | int):
            whole = float(cell).is_integer() and abs(cell) < 10**9
            if not whole or name in {"证件号码", "统一社会信用代码", "证书编号"}:
                self.fault(
                    name,
                    "编号被存为数字,末位可能已失真;请将该列设为文本后重新填写",
                    "the code was saved as a number and may have lost digits; format the column as text",
                )
                return ""
            return str(int(cell))
        return str(cell)

    def day(self, name: str) -> str:
        """Return a day as ISO text, from a date cell or from 2024-06-30, 2024/6/30, 2024年6月30日."""
        cell = self._cells[name]
        if isinstance(cell, date):
            return cell.isoformat()
        found = day_text(str(cell)) if isinstance(cell, str) else None
        if found is None:
            self.fault(name, "日期格式应为 2024-06-30", "a day like 2024-06-30 is expected")
        return found or ""

    def levels(self, name: str) -> list[str]:
        """Return the levels that a cell names."""
        words = [w for w in _SEPARATORS.split(self.text(name)) if w]
        known = {word: level_from(word) for word in words}
        for word, level in known.items():
            if level is None:
                self.fault(name, f"没有“{word[:20]}”这一等级", f"there is no level {word[:20]!r}")
        return [level.value for level in known.values() if level is not None]


def day_text(text: str) -> str | None:
    """Return a day written in any usual way as ISO text; None where it is none."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None


def shown(cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Return the cells of a row as they can be given back in a file of refused rows."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in cells.items()}
