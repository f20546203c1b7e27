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
from domain.terms.folding import folded
from ledger.gate.faults import Fault

LINE, WHY = "行号", "错误说明"
"""The columns that an error list adds to the rows it gives back."""
UNREAD = frozenset({"序号", "备注", LINE, WHY})
"""Heads that may stand in every form, and whose cells mean nothing to it."""
MOST_ABOVE = 100
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
_BEHIND = r"(?:\(.*\))?(?::.*|[0-9].*)?"
"""What may stand behind a label in its own cell: 合计12人, 联系人:李四, 单位(盖章):."""
_CLOSES = re.compile(
    r"(?:(?:本页|本表|本批|本批次|以上|全部)?(?:合计|总计|小计|共计|累计|汇总|总人数|总数)"
    r"|(?:填表|制表|填报|编制|经办|审核|复核|审批|批准|负责|联系|报送|录入|打印|主管|单位)"
    r"(?:人员|人|单位|部门|科室|日期|时间|电话|方式|领导|负责人|联系人)(?:签字|签名|签章)?"
    r"|(?:联系|办公|固定|移动)?(?:电话|手机|传真|邮箱|电子邮箱|通讯地址|邮编)(?:号码)?"
    r"|日期|(?:单位|公司|机构|企业)?\(?(?:公章|盖章|印章|签章|签字|签名)\)?|单位|以下空白|以下无正文)"
    + _BEHIND
)
"""A cell that totals the table or signs it: a row with one is none of the table's, wherever it stands."""
_OPENS = re.compile(
    r"(?:注|备注|附注|说明|填表说明|填写说明|注意事项|提示|要求|例|示例|样例|范例|例如|填写示例)"
    + _BEHIND
)
"""A first cell that makes its row a note, or an example of how to fill in the form."""
_EXAMPLE = re.compile(
    r"(?:例|例如|示例|样例|范例|填写示例)(?::.*)?|[(【\[](?:例|示例|样例|范例|填写示例)[)】\]].*"
)
_PART = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十0-9]{1,3}\)|第.{1,4}[批部组类页]"
)
"""How the title of a part of a table begins: 一、市属企业."""
_GUIDES = frozenset(
    {"必填", "选填", "必填项", "选填项", "非必填", "可不填", "可选", "文本", "日期"}
)
"""What templates write below their heads."""
_NOTHING = re.compile(r"[-/\\—–_~.·*×〃]*")
_EXAMPLE_STARTS = frozenset("例示样范填*＊【[(（")
"""How the first cell of an example may begin: nearly every row is told apart by its first letter."""
_MANY = 3
_LONG_NUMBER = 10**9
"""From here on a number in the column of an identifier is one, saved as a number, and no count."""
_NO_IDENTIFIER = re.compile(
    r"(?:\+?86-?)?1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?"
)
"""Telephone numbers and days, which stand in signatures."""


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
    telling: Mapping[str, re.Pattern[str]]
    """Columns of which a row of the table fills at least one, and what is written in them."""

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
        faults: list[Fault] = []
        for head in self.twice:
            places = "、".join(
                address(self.head, column)
                for column, name in heads(self.cells(), self.form.known).items()
                if name == head
            )
            faults.append(
                Fault(
                    places,
                    f"表头“{head}”出现两次，无法判断以哪一列为准",
                    f"the head {head} stands twice",
                )
            )
        if self.missing:
            listed, others = "、".join(self.missing), "、".join(map(shortened, self.unknown))
            faults.append(
                Fault(
                    f"{address(self.head, 0)} 表头",
                    f"缺少列：{listed}" + (f"；不认识的列：{others}" if others else ""),
                    f"columns are missing: {listed}" + (f"; unknown: {others}" if others else ""),
                )
            )
        return tuple(faults)

    def cells(self) -> Sequence[Cell]:
        """Return the cells of the head's row."""
        return next(cells for number, cells in self.sheet.rows if number == self.head)

    def notes(self) -> Iterator[str]:
        """Yield what is to be said about columns that are not read, and hidden ones that are."""
        for head, column in self.unknown.items():
            at = address(self.head, column)
            yield f"{at} 列“{shortened(head)}”不在表单中，未读取 / column {shortened(head)} ({at}) is unknown, not read"
        hidden = [h for h, column in self.columns.items() if column in self.sheet.hidden_columns]
        if hidden:
            listed = "、".join(hidden)
            yield f"隐藏的列也已读取：{listed} / hidden columns were read: {listed}"


def table_in(sheet: Sheet, forms: Sequence[Form]) -> Table | None:
    """Return where the sheet has one of the forms; None where no row looks like a head.

    A row with half of a form's heads is that form's head, with what is missing.
    """
    best = nearest(sheet, forms)
    if best is None or 2 * len(best.columns) < len(best.form.heads):
        return None
    return best


def nearest(sheet: Sheet, forms: Sequence[Form]) -> Table | None:
    """Return the row that looks most like a form's head; None where no row has anything of one."""
    best: Table | None = None
    for number, cells in sheet.rows[:MOST_ABOVE]:
        for form in forms:
            table = _table(sheet, form, number, heads(cells, form.known))
            if table.columns and (best is None or len(table.columns) > len(best.columns)):
                best = table
    return best


def _table(sheet: Sheet, form: Form, number: int, named: Mapping[int, str]) -> Table:
    columns: dict[str, int] = {}
    for column, name in named.items():
        if name in form.known:
            columns.setdefault(name, column)
    counted = Counter(name for name in named.values() if name in form.known)
    return Table(
        sheet,
        form,
        number,
        columns,
        {n: c for c, n in named.items() if n not in form.known and n not in UNREAD},
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
            said = "；".join(f"第 {row} 行“{shortened(text)}”" for row, text in self.asides[:10])
            more = f" 等 {len(self.asides)} 行" if len(self.asides) > 10 else ""
            yield (
                f"注释或合计，不作为数据读取：{said}{more} / "
                f"{len(self.asides)} rows are notes or totals and were not read"
            )
        if self.repeated:
            listed = "、".join(map(str, self.repeated))
            yield f"重复的表头已跳过：第 {listed} 行 / the head repeated in rows {listed} was skipped"
        hidden = [row for row, _ in self.rows if row in sheet.hidden_rows]
        if hidden:
            listed = ranges(hidden)
            yield f"隐藏的行也已读取：第 {listed} 行 / hidden rows were read, too: {listed}"


def body_of(table: Table) -> Body:
    """Return the rows below the head as cells by head, told apart from what is none of the table's."""
    return _Below(table).body()


class _Below:
    """Looks at the rows below a table's head: which are its own, and which are notes and totals."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._remarks = {
            column
            for column, name in heads(table.cells(), table.form.known).items()
            if name in UNREAD and name != "序号"
        }
        self._telling = [
            (table.columns[head], pattern)
            for head, pattern in table.form.telling.items()
            if head in table.columns
        ]

    def body(self) -> Body:
        """Return them told apart."""
        table = self._table
        below = [
            (number, cells, self._is_own(number, cells))
            for number, cells in table.sheet.rows
            if number > table.head
        ]
        last = max((number for number, _, own in below if own), default=0)
        rows: list[tuple[int, Mapping[str, Cell]]] = []
        asides: list[tuple[int, str]] = []
        repeated: list[int] = []
        for number, cells, own in below:
            if _is_head_again(table, cells):
                repeated.append(number)
            elif own or not self._is_note(number, cells, last):
                rows += self._read(number, cells)
            elif not (said := _first_words(cells)).isdecimal():  # numbers that were filled in ahead
                asides.append((number, said))
        return Body(tuple(rows), tuple(asides), tuple(repeated))

    def _read(self, number: int, cells: Sequence[Cell]) -> Iterator[tuple[int, Mapping[str, Cell]]]:
        columns, formulas = self._table.columns, self._table.sheet.formulas
        read = {head: _at(cells, column) for head, column in columns.items()}
        if any(cell is not None for cell in read.values()) or any(
            (number, column) in formulas for column in columns.values()
        ):
            yield number, read

    def _is_own(self, number: int, cells: Sequence[Cell]) -> bool:
        """Return whether a row fills a column that tells what it is about, and is none of the others.

        These are totals, who filled the sheet in with their telephone, guides below the head, lines
        of dashes. Where a telling column holds what it is for, it is a row, and its faults are named.
        """
        filled = [(column, cell) for column, cell in enumerate(cells) if cell is not None]
        first = _words(filled[0][1]) if filled else ""
        if any(_is_telling(_at(cells, column), pattern) for column, pattern in self._telling):
            return first[:1] not in _EXAMPLE_STARTS or _EXAMPLE.fullmatch(_bare(first)) is None
        formulas = self._table.sheet.formulas
        if not any(
            _at(cells, column) is not None or (number, column) in formulas
            for column, _ in self._telling
        ):
            return False
        return not (
            _is_guide([cell for _, cell in filled])
            or _OPENS.fullmatch(_bare(first))
            or any(
                isinstance(cell, str)
                and column not in self._remarks
                and _CLOSES.fullmatch(_bare(cell))
                for column, cell in filled
            )
        )

    def _is_note(self, number: int, cells: Sequence[Cell], last: int) -> bool:
        """Return whether a row that is not the table's own is a note, or the title of a part of it."""
        if any(_at(cells, column) is not None for column, _ in self._telling):
            return True
        said = _first_words(cells)
        filled = [cell for cell in cells if cell is not None]
        if _ASIDE.match(_bare(said)) or (len(filled) > 1 and _is_guide(filled)):
            return True
        if len(filled) == 1 and (
            number > last
            or number in self._table.sheet.wide_rows
            or _PART.match(unicodedata.normalize("NFKC", said))
        ):
            return True
        return any(isinstance(cell, str) and _CLOSES.fullmatch(_bare(cell)) for cell in filled)


def _is_guide(cells: Sequence[Cell]) -> bool:
    """Return whether a row only says how to fill in the columns, counts them, or strikes them out."""
    words = [_words(cell) for cell in cells]
    if len(words) < _MANY:
        return False
    if all(word.isdecimal() for word in words):
        numbers = [int(word) for word in words]
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return all(_bare(word) in _GUIDES or _NOTHING.fullmatch(word) for word in words)


def _is_telling(cell: Cell, pattern: re.Pattern[str]) -> bool:
    """Return whether a cell holds what its column is for; a telephone or a day is no identifier."""
    if not isinstance(cell, str):
        return isinstance(cell, int | float) and abs(cell) >= _LONG_NUMBER
    text = folded(cell)
    return (
        pattern.fullmatch(text) is not None
        and _NO_IDENTIFIER.fullmatch(text) is None
        and _CLOSES.fullmatch(_bare(cell)) is None
    )


def _words(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip(AROUND)


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


def shortened(text: str) -> str:
    """Return a text of a sheet as sentences name it: on one line, and not long."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= 30 else f"{plain[:29]}…"
