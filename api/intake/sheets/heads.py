"""Which form a sheet is: known by its heads, in any order, however offices decorate them.

A star, a hint in brackets, a line break and a number in front do not make another head; 序号 and
备注 may stand anywhere and are not read. What is below the table and no row of it (notes, totals,
heads repeated for printing) is told apart, and named.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from api.intake.sheets.file import AROUND, Cell, ErrorValue, Sheet
from api.intake.sheets.parts import address
from ledger.gate.faults import Fault

LINE, WHY = "行号", "错误说明"
"""The columns that an error list adds to the rows it gives back."""
UNREAD = frozenset({"序号", "备注", LINE, WHY})
"""Heads that may stand in every form, and whose cells mean nothing to it."""
MOST_ABOVE = 30
"""Rows above the head: titles, explanations."""
_OPENING, _CLOSING = "([{<【〔《", ")]}>】〕》"
_HINT_BEHIND = re.compile(
    rf"[{re.escape(_OPENING)}][^{re.escape(_OPENING)}]*[{re.escape(_CLOSING)}]$"
)
_HINT_BEFORE = re.compile(
    rf"^[{re.escape(_OPENING)}][^{re.escape(_CLOSING)}]*[{re.escape(_CLOSING)}]"
)
_STARS = "*＊★☆※●·:"
_NUMBER = re.compile(r"^(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})[.、)]")
_ASIDE = re.compile(
    r"(?:注|备注|附注|说明|填表说明|合计|总计|小计|共计|累计|汇总|本页|以上|以下空白|此页|填表|制表|填报|审核|复核"
    r"|负责人|经办|联系|盖章|单位盖章|单位\(盖章\)|打印|日期|共[0-9]|note|total|remark)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One sheet that offices send."""

    name: str
    """Under which it is asked for: in addresses, on the command line."""
    zh: str
    en: str
    heads: tuple[str, ...]
    """The columns that must be there, in the order of the template."""
    further: tuple[str, ...] = ()
    """Columns that may be there."""
    telling: frozenset[str]
    """Columns of which a row of the table fills at least one; a note or a total fills none."""

    @property
    def known(self) -> frozenset[str]:
        """All heads that mean something here."""
        return frozenset((*self.heads, *self.further))


class Table(NamedTuple):
    """Where in a sheet the rows of a form are: the head's row and each column's place."""

    sheet: Sheet
    form: Form
    head: int
    columns: Mapping[str, int]
    unknown: Mapping[str, int]
    """Heads that the form does not have → their column."""
    missing: tuple[str, ...]
    twice: tuple[str, ...]

    def where(self, row: int, head: str) -> str:
        """Return the address of a row's cell with the head's name: `H4 证书编号`."""
        return f"{address(row, self.columns[head])} {head}"

    def faults(self) -> tuple[Fault, ...]:
        """Return what is wrong with the heads."""
        found: list[Fault] = []
        for head in self.twice:
            places = "、".join(
                address(self.head, column)
                for column, name in heads(self._cells(), self.form.known).items()
                if name == head
            )
            found.append(
                Fault(
                    places,
                    f"表头“{head}”出现两次,无法判断以哪一列为准",
                    f"the head {head} stands twice",
                )
            )
        if self.missing:
            listed, others = "、".join(self.missing), "、".join(map(_cut, self.unknown))
            found.append(
                Fault(
                    f"{address(self.head, 0)} 表头",
                    f"缺少列:{listed}" + (f";不认识的列:{others}" if others else ""),
                    f"columns are missing: {listed}" + (f"; unknown: {others}" if others else ""),
                )
            )
        return tuple(found)

    def _cells(self) -> Sequence[Cell]:
        return next(cells for number, cells in self.sheet.rows if number == self.head)

    def notes(self) -> Iterator[str]:
        """Yield what is to be said about columns that are not read, and hidden ones that are."""
        for head, column in self.unknown.items():
            at = address(self.head, column)
            yield f"{at} 列“{_cut(head)}”不在表单中,未读取 / column {_cut(head)} ({at}) is unknown, not read"
        hidden = [h for h, column in self.columns.items() if column in self.sheet.hidden_columns]
        if hidden:
            listed = "、".join(hidden)
            yield f"隐藏的列也已读取:{listed} / hidden columns were read: {listed}"


def table_in(sheet: Sheet, forms: Sequence[Form]) -> Table | None:
    """Return where the sheet has one of the forms; None where no row looks like a head.

    A row with half of a form's heads is that form's head, with what is missing.
    """
    best: Table | None = None
    for number, cells in sheet.rows[:MOST_ABOVE]:
        for form in forms:
            table = _table(sheet, form, number, heads(cells, form.known))
            if best is None or len(table.columns) > len(best.columns):
                best = table
    if best is None or 2 * len(best.columns) < len(best.form.heads):
        return None
    return best


def _table(sheet: Sheet, form: Form, number: int, found: Mapping[int, str]) -> Table:
    columns: dict[str, int] = {}
    for column, name in found.items():
        if name in form.known:
            columns.setdefault(name, column)
    counted = Counter(name for name in found.values() if name in form.known)
    return Table(
        sheet,
        form,
        number,
        columns,
        {n: c for c, n in found.items() if n not in form.known and n not in UNREAD},
        tuple(head for head in form.heads if head not in columns),
        tuple(name for name, times in counted.items() if times > 1),
    )


def heads(cells: Sequence[Cell], known: frozenset[str]) -> dict[int, str]:
    """Return the heads in a row by column: as the form names them, else as they are written."""
    return {
        column: head_name(str(cell), known)
        for column, cell in enumerate(cells)
        if cell is not None and str(cell).strip() and not isinstance(cell, ErrorValue)
    }


def head_name(text: str, known: frozenset[str]) -> str:
    """Return the head that a cell means; what no form has comes back without blanks."""
    whole = _bare(text)
    for candidate in (whole, _bare((text.strip().splitlines() or [""])[0])):
        name = candidate
        while True:
            if name in known or name in UNREAD:
                return name
            shorter = _HINT_BEFORE.sub("", _HINT_BEHIND.sub("", name)).strip(_STARS)
            if shorter == name or not shorter:
                break
            name = shorter
    return whole


def _bare(text: str) -> str:
    plain = "".join(
        c
        for c in unicodedata.normalize("NFKC", text)
        if not c.isspace() and unicodedata.category(c) != "Cf"
    )
    return _NUMBER.sub("", plain.strip(_STARS)).strip(_STARS)


class Body(NamedTuple):
    """The rows of a table by their number, and what stands between or below them."""

    rows: tuple[tuple[int, Mapping[str, Cell]], ...]
    asides: tuple[tuple[int, str], ...]
    """Notes and totals: row, and how it begins."""
    repeated: tuple[int, ...]
    """Rows that repeat the head."""

    def notes(self, sheet: Sheet) -> Iterator[str]:
        """Yield what is to be said about rows that are not read, and hidden ones that are."""
        if self.asides:
            said = ";".join(f"第 {row} 行“{_cut(text)}”" for row, text in self.asides[:10])
            more = f" 等 {len(self.asides)} 行" if len(self.asides) > 10 else ""
            yield (
                f"注释或合计,不作为数据读取:{said}{more} / "
                f"{len(self.asides)} rows are notes or totals and were not read"
            )
        if self.repeated:
            listed = "、".join(map(str, self.repeated))
            yield f"重复的表头已跳过:第 {listed} 行 / the head repeated in rows {listed} was skipped"
        hidden = [row for row, _ in self.rows if row in sheet.hidden_rows]
        if hidden:
            listed = ranges(hidden)
            yield f"隐藏的行也已读取:第 {listed} 行 / hidden rows were read, too: {listed}"


def body_of(table: Table) -> Body:
    """Return the rows below the head as cells by head, told apart from what is none of the table's."""
    rows: list[tuple[int, Mapping[str, Cell]]] = []
    asides: list[tuple[int, str]] = []
    repeated: list[int] = []
    sheet, columns = table.sheet, table.columns
    last = max((n for n, cells in sheet.rows if _is_row(table, n, cells)), default=0)
    for number, cells in sheet.rows:
        if number <= table.head:
            continue
        if _is_head_again(table, cells):
            repeated.append(number)
            continue
        said = _first_words(cells)
        alone = sum(1 for cell in cells if cell is not None) == 1
        if not _is_row(table, number, cells) and (
            _ASIDE.match(_bare(said)) or (alone and number > last)
        ):
            if not said.isdecimal():  # numbers that were filled in ahead
                asides.append((number, said))
            continue
        read = {head: _at(cells, column) for head, column in columns.items()}
        if any(cell is not None for cell in read.values()) or any(
            (number, column) in sheet.formulas for column in columns.values()
        ):
            rows.append((number, read))
    return Body(tuple(rows), tuple(asides), tuple(repeated))


def _is_row(table: Table, number: int, cells: Sequence[Cell]) -> bool:
    """Return whether a row fills a column that tells what it is about."""
    if number <= table.head:
        return False
    return any(
        _at(cells, column) is not None or (number, column) in table.sheet.formulas
        for head, column in table.columns.items()
        if head in table.form.telling
    )


def _is_head_again(table: Table, cells: Sequence[Cell]) -> bool:
    known = table.form.known
    return all(
        isinstance(cell := _at(cells, column), str) and head_name(cell, known) == head
        for head, column in table.columns.items()
    )


def _at(cells: Sequence[Cell], column: int) -> Cell:
    return cells[column] if column < len(cells) else None


def _first_words(cells: Sequence[Cell]) -> str:
    """Return the first text of a row; a number stands for itself."""
    return next((str(cell).strip(AROUND) for cell in cells if cell is not None), "")


def ranges(numbers: Sequence[int]) -> str:
    """Return numbers in few words: 3、5-9."""
    parts: list[str] = []
    start = previous = numbers[0]
    for number in (*numbers[1:], 0):
        if number == previous + 1:
            previous = number
            continue
        parts.append(str(start) if start == previous else f"{start}-{previous}")
        start = previous = number
    return "、".join(parts)


def _cut(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= 30 else f"{plain[:29]}…"
