"""Cells of an office sheet, read strictly: what is wrong is named with its address, never repaired."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from api.intake.sheets.file import Cell, ErrorValue, Moment
from api.intake.sheets.heads import Table
from domain.terms.identifiers import is_placeholder
from domain.terms.vocabulary import levels_from
from ledger.gate.faults import Fault
from ledger.gate.text import admitted

_DAY = re.compile(
    r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]?"
)
_IN_WORDS = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_WEEKDAY = re.compile(r"(.+?)\(?(?:星期|周)([一二三四五六日天])\)?")
_WEEKDAYS = "一二三四五六日"
_NUMERALS = "〇一二三四五六七八九"
_DASHES = str.maketrans(dict.fromkeys("—–‐‑‒―−", "-") | {"\\": "/", "○": "〇", "O": "〇"})
_TIMED = re.compile(r".{6,12}[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MIDNIGHT = re.compile(r"(.+?)[T ]+(?:00|0):00(?::00(?:\.0+)?)?")
_GUARDED = re.compile(r'=\s*"((?:[^"]|"")*)"')
_LINES = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_ENDS = re.compile(r"[\r\n]+")
_NEAR_MIDNIGHT = timedelta(minutes=1)
_SERIALS = range(36_526, 73_051)
"""What a spreadsheet counts for the days of 2000 to 2099."""


class Row(NamedTuple):
    """One command of a sheet: the row it stands in, its members, or what is wrong with it."""

    number: int
    members: Mapping[str, Any] | None
    """What is known of the command, also where something is wrong with the row."""
    faults: tuple[Fault, ...]
    original: Mapping[str, Any]
    sheet: str = ""
    places: Mapping[str, str] = {}
    """Field of the command → the cell that it comes from."""
    earlier: tuple[Mapping[str, Any], ...] = ()
    """What earlier releases made of the same row."""


class Reading:
    """Takes the cells of one row, collecting faults with their addresses."""

    def __init__(self, table: Table, number: int, cells: Mapping[str, Cell]) -> None:
        self._table, self.number, self._cells = table, number, cells
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self._at_fault: set[str] = set()
        for head, column in table.columns.items():
            if (number, column) in table.sheet.formulas:
                self.fault(
                    head, "单元格是公式，请粘贴为数值", "the cell is a formula; paste its value"
                )

    def where(self, head: str) -> str:
        """Return the address of the row's cell with the head's name."""
        return self._table.where(self.number, head) if head in self._table.columns else head

    def fault(self, head: str, zh: str, en: str) -> None:
        """Note what is wrong with the cell of a column: the first thing that is."""
        if head not in self._at_fault:
            self._at_fault.add(head)
            self.faults.append(Fault(self.where(head), zh, en))

    def is_sound(self, *heads: str) -> bool:
        """Return whether nothing is wrong with these cells so far."""
        return not self._at_fault.intersection(heads)

    def text(self, head: str, *, needed: bool = True, at_lines: str | None = None) -> str:
        """Return a text cell as the gate lets it in; "" where it is empty or at fault.

        `at_lines`: what stands for line breaks in the cell, which are refused otherwise.
        """
        return self._text(head, needed=needed, at_lines=at_lines, number=_as_whole)

    def code(self, head: str, *, needed: bool = True) -> str:
        """Return an identifier: what spreadsheets put around it is taken off, a number is refused.

        A number may have lost digits, and is not repaired.
        """
        return self._text(head, needed=needed, at_lines=None, number=lambda _: None, code=True)

    def _text(
        self,
        head: str,
        *,
        needed: bool,
        at_lines: str | None,
        number: Callable[[int | float], str | None],
        code: bool = False,
    ) -> str:
        cell = self._cells.get(head)
        if not self.is_sound(head):
            return ""
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            text = number(cell)
            if text is None:
                self.fault(head, *_AS_NUMBER)
            return text or ""
        if isinstance(cell, str) and cell:
            text = unguarded(cell, code=code)
            if code and _SCIENTIFIC.fullmatch(text):
                self.fault(head, *_AS_POWER)
                return ""
            return self._admitted(head, text, at_lines)
        if needed or cell:
            self.fault(head, *_no_text(cell))
        return ""

    def _admitted(self, head: str, text: str, at_lines: str | None) -> str:
        if at_lines is not None:
            text = _LINES.sub(at_lines, text)
        # The one cell that may hold an identity number goes through the gate as what it is.
        where = ("holder", "id_no") if head == "证件号码" else ("cell",)
        (outer, inner) = where if len(where) == 2 else (where[0], None)
        value, faults = admitted({outer: {inner: text}} if inner else {outer: text})
        for fault in faults:
            only_lines = _ENDS.search(text) and not admitted({outer: _ENDS.sub("", text)})[1]
            self.fault(head, *(_BROKEN if only_lines else (fault.zh, fault.en)))
        if faults:
            return ""
        return str(value[outer][inner] if inner else value[outer])

    def name(self, head: str) -> str:
        """Return a name; what only fills the cell (-, 无, 待定, 同上) is refused."""
        text = self.text(head)
        if text and is_placeholder(text):
            self.fault(
                head, f"“{text[:10]}”只是占位符，请填写{head}", f"{text[:10]!r} is a placeholder"
            )
            return ""
        return text

    def optional(self, head: str) -> str | None:
        """Return a text that may be missing; -, / and 无 say that there is none."""
        text = self.text(head, needed=False)
        return None if not text or is_placeholder(text) else text

    def day(self, head: str) -> str:
        """Return a day as ISO text, from a date cell or from any usual way of writing one."""
        cell = self._cells.get(head)
        if not self.is_sound(head):
            return ""
        if isinstance(cell, Moment):
            return self._day_near(head, cell.at)
        if isinstance(cell, date):
            return cell.isoformat()
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            day = day_text(_as_whole(cell) or "")
            if day is None:
                self.fault(head, *_number_as_day(cell))
            return day or ""
        text = unguarded(self.text(head), code=True)
        day = day_text(text) if text else None
        if text and day is None:
            self.fault(head, *_no_day(text))
        return day or ""

    def _day_near(self, head: str, at: datetime) -> str:
        """Return the day of a cell that shows a day and holds a time within a minute of midnight."""
        nearest = (at + timedelta(hours=12)).date()
        midnight = datetime.combine(nearest, datetime.min.time())
        if abs(at - midnight) > _NEAR_MIDNIGHT:
            self.fault(
                head,
                f"单元格带有时刻（{at:%Y-%m-%d %H:%M:%S}）；请改为日期",
                f"the cell holds a time of day ({at:%Y-%m-%d %H:%M:%S}); a day is expected",
            )
            return ""
        self.notes.append(
            f"{self.where(head)} 带有接近零点的时刻（{at:%Y-%m-%d %H:%M:%S}），按 {nearest} 读取 / "
            f"read as {nearest}: a time within a minute of midnight"
        )
        return nearest.isoformat()

    def levels(self, head: str) -> list[str]:
        """Return the levels that a cell names."""
        text = self.text(head, at_lines="、")
        if not text:
            return []
        levels = levels_from(text)
        if levels is None:
            self.fault(
                head,
                f"“{text[:20]}”不是等级；可写 五级、初级工、五级/初级工，多个等级以顿号分开",
                f"{text[:20]!r} names no level; write 五级, 初级工 or 五级/初级工",
            )
        return [level.value for level in levels or ()]


_AS_NUMBER = (
    "编号被存为数字，末位可能已失真；请将该列设为文本后重新填写",
    "the code was saved as a number and may have lost digits; format the column as text",
)


_AS_POWER = (
    "编号被存为科学计数法，末位已丢失；请将该列设为文本后按原件重新填写",
    "the code was saved in scientific notation and lost its digits; format the column as text",
)
_BROKEN = (
    "单元格内有换行（U+000A）；请改写成一行",
    "there is a line break in the cell (U+000A); write it in one line",
)


def _no_text(cell: Cell) -> tuple[str, str]:
    """Return what is wrong with a cell that should hold a text."""
    match cell:
        case ErrorValue(shown):
            return f"单元格显示错误 {shown}，不是数据", f"the cell shows {shown}"
        case bool():
            word = str(cell).upper()
            return f"单元格为逻辑值 {word}，不是文本", f"the cell is {word}; a text is expected"
        case date() | Moment():
            return "单元格是日期，应为文本", "the cell is a day; a text is expected"
        case _:
            return "不能为空", "must not be empty"


def unguarded(text: str, *, code: bool = False) -> str:
    """Return a text without what keeps spreadsheets from reading it as a number: `="110…"`, `'110…`."""
    guarded = _GUARDED.fullmatch(text)
    if guarded is not None:
        text = guarded[1].replace('""', '"')
    elif code and text.startswith(("'", "’", "‘", "`")):
        text = text[1:]
    return text.strip(" \t\u00a0\u3000")


def _no_day(text: str) -> tuple[str, str]:
    """Return why a text is no day."""
    plain = unicodedata.normalize("NFKC", text).strip()
    shown = text[:20]
    if _TIMED.fullmatch(plain):
        return (
            f"“{shown}”带有时刻；请只填日期，如 2024-06-30",
            "there is a time of day; a day like 2024-06-30 is expected",
        )
    if _parts(plain) is not None:
        return f"“{shown}”不是日历上的一天，应写作 2024-06-30", "there is no such day"
    return (
        f"“{shown}”不是日期，应写作 2024-06-30",
        "a day like 2024-06-30 is expected",
    )


def _as_whole(cell: float) -> str | None:
    """Return a number that stands where a text is expected; None where digits may be lost."""
    return str(int(cell)) if float(cell).is_integer() and abs(cell) < 10**9 else None


def _number_as_day(cell: float) -> tuple[str, str]:
    if int(cell) in _SERIALS:
        meant = date(1899, 12, 30) + timedelta(int(cell))
        return (
            f"单元格是数字 {cell}（常规格式）；若指 {meant}，请将该列设为日期格式",
            f"the cell is the number {cell}; if {meant} is meant, format the column as a day",
        )
    return f"数字 {cell} 不是日期，应写作 2024-06-30", "a day like 2024-06-30 is expected"


def day_text(text: str) -> str | None:
    """Return a day written in any usual way as ISO text; None where it is none.

    2024-06-30, 2024/6/30, 2024.6.30, 2024年6月30日, 20240630, 二〇二四年六月三十日, in full width
    too, with a midnight or with its day of the week.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    midnight = _MIDNIGHT.fullmatch(plain)
    plain = "".join((midnight[1] if midnight else plain).split())
    of_week = _WEEKDAY.fullmatch(plain)
    parts = _parts(of_week[1] if of_week else plain)
    if parts is None:
        return None
    try:
        day = date(*parts)
    except ValueError:
        return None
    if of_week and _WEEKDAYS[day.weekday()] != of_week[2].replace("天", "日"):
        return None
    return day.isoformat()


def _parts(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day as they are written, whether or not there is such a day."""
    plain = text.translate(_DASHES)
    match = _DAY.fullmatch(plain) or _DIGITS.fullmatch(plain)
    if match is not None:
        year, month, day = (int(part) for part in match.groups() if part and part.isdecimal())
        return year, month, day
    words = _IN_WORDS.fullmatch(plain)
    if words is None:
        return None
    year = int("".join(str(_NUMERALS.index(c)) for c in words[1].replace("零", "〇")))
    return year, _number(words[2]), _number(words[3])


def _number(words: str) -> int:
    """Return a number below a hundred that is written in words: 三十一; 0 where it is none."""
    tens, ten, ones = words.partition("十")
    if not ten:
        return _NUMERALS.index(words) if len(words) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_NUMERALS.index(tens) if tens else 1) * 10 + (_NUMERALS.index(ones) if ones else 0)


def shown(cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Return the cells of a row as they can be given back in a file of refused rows."""
    return {head: _shown(cell) for head, cell in cells.items()}


def _shown(cell: Cell) -> Any:  # noqa: ANN401 - a JSON value
    match cell:
        case Moment(at):
            return at.isoformat(sep=" ")
        case ErrorValue(text):
            return text
        case date():
            return cell.isoformat()
        case _:
            return cell
