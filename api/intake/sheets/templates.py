"""Empty sheets to fill in: the columns of each form, with lists to choose from and what to mind.

Text columns are formatted as text, so that no program makes a number of a code. A template for an
enterprise offers the occupations and levels of its confirmed scope; nothing is filled in ahead.
"""

# pyright: reportUnknownMemberType=false
# xlsxwriter is annotated in part.

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.intake.sheets.forms import FORMS
from api.intake.sheets.heads import Form
from api.intake.sheets.parts import letters
from api.intake.sheets.roster_form import ROSTER
from api.intake.sheets.upload_form import SESSION, UPLOAD
from domain.terms.vocabulary import Level

ROWS = 1_000
"""Rows below the head that have formats and lists."""
MOST_CHOICES = 2_000
VERSION = "dudao-sheet/1"
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - XlsxWriter takes it as it is; no clock in the file
_CHOICES = "可选项"
_DAYS = frozenset({"发证日期"})
_WIDTHS = MappingProxyType({"姓名": 12, "证件类型": 10, "证件号码": 24, "序号": 6, "等级": 20})
_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "证件类型": "201 = 居民身份证 / resident identity card",
        "证件号码": "文本；18 位居民身份证号码 / as text",
        "工种名称": "没有工种留空 / empty where there is none",
        "职业技能等级": "五级/初级工 … 一级/高级技师",
        "发证日期": "2024-06-30",
        "评价机构": "登记的企业名称 / the registered name",
        "发证机构": "登记的企业名称 / the registered name",
        SESSION: "认定活动编号；同一职业、等级有多场时必填 / needed where several sessions fit",
        "统一社会信用代码": "18 位 / 18 characters",
        "等级": "五级、四级、三级",
        "有效期": "2024-07-01至2027-06-30（含当日 / the last day counts）",
        "职业(工种)": "车工(数控车工)",
    }
)


class Choices(NamedTuple):
    """What a template offers to choose from."""

    lists: Mapping[str, Sequence[str]]
    """Column → its values."""
    about: str = ""
    """For whom and as of when."""


NONE = Choices(MappingProxyType({}))


def form_named(name: str) -> Form | None:
    """Return the form of that name."""
    return next((form for form in FORMS if form.name == name), None)


def choices_of(
    shown: Mapping[str, Any], sessions: Iterable[Mapping[str, Any]], day: str
) -> Choices:
    """Return what an enterprise may choose on a day: its confirmed scope, its name, its sessions."""
    scope: list[Mapping[str, Any]] = list(shown.get("scope") or ())
    levels = sorted({Level(level) for item in scope for level in item["levels"]}, key=_rank)
    name = str(shown.get("name") or "")
    lists: dict[str, Sequence[str]] = {
        "职业名称": _unique(item["name"] for item in scope),
        "工种名称": _unique(item["trade"] for item in scope if item["trade"]),
        "职业技能等级": [level.zh for level in levels],
        "评价机构": [name] if name else [],
        "发证机构": [name] if name else [],
        SESSION: _unique(each["assessment_id"] for each in sessions),
    }
    about = f"{name} {shown.get('uscc', '')} 确认范围截至 {day} / confirmed scope on {day}"
    return Choices({head: values for head, values in lists.items() if values}, about)


def _rank(level: Level) -> int:
    return level.rank


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))[:MOST_CHOICES]


def template(form: Form, choices: Choices = NONE) -> bytes:
    """Return the workbook: the form to fill in, what to mind, and the values to choose from."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": _MADE, "comments": VERSION})
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF6"}),
            "text": book.add_format({"num_format": "@"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet = book.add_worksheet(form.zh)
        columns = _columns(form)
        top = _title(sheet, form)
        _head(sheet, columns, top, styles)
        lists = {"证件类型": ["201"], "职业技能等级": _all_levels(), **choices.lists}
        offered = {head: lists[head] for head in columns if lists.get(head)}
        _about(book.add_worksheet("填写说明"), form, columns, choices, styles)
        behind = book.add_worksheet(_CHOICES)
        for place, (head, values) in enumerate(offered.items()):
            behind.write_string(0, place, head)
            behind.write_column(1, place, values)
            letter = letters(place)
            source = f"='{_CHOICES}'!${letter}$2:${letter}${len(values) + 1}"
            column = columns.index(head)
            sheet.data_validation(
                top + 1,
                column,
                top + ROWS,
                column,
                # Another value is a warning, never an obstacle: what happened is reported as it was.
                {"validate": "list", "source": source, "error_type": "warning"},
            )
        behind.hide()
    return made.getvalue()


def _columns(form: Form) -> Sequence[str]:
    return ROSTER if form.heads[0] in ROSTER else (*UPLOAD, *form.further)


def _all_levels() -> list[str]:
    return [level.zh for level in Level if level.value in "54321"]


def _title(sheet: Worksheet, form: Form) -> int:
    """Write what stands above the head; return the head's row, from 0."""
    if form.name != "roster":
        return 0
    sheet.write_string(0, 0, "北京市职业技能等级认定企业名单 公布日期: 批次:")
    return 1


def _head(sheet: Worksheet, columns: Sequence[str], top: int, styles: Mapping[str, Format]) -> None:
    for column, head in enumerate(columns):
        style = styles["day" if head in _DAYS else "text"]
        sheet.set_column(column, column, _WIDTHS.get(head, 22), style)
        sheet.write_string(top, column, head, styles["head"])
        if head in _HINTS:
            sheet.write_comment(top, column, _HINTS[head])
    sheet.freeze_panes(top + 1, 0)


def _about(
    sheet: Worksheet,
    form: Form,
    columns: Sequence[str],
    choices: Choices,
    styles: Mapping[str, Format],
) -> None:
    lines = [
        (f"{form.zh} / {form.en}", VERSION),
        *([("适用 / for", choices.about)] if choices.about else []),
        ("列 / columns", "可调换次序；序号、备注可有可无 / in any order"),
        ("公式 / formulas", "不接受公式，请粘贴为数值 / paste values, not formulas"),
        ("证件号码、证书编号、代码 / codes", "按文本填写，不要存为数字 / as text, not as numbers"),
        *((head, _HINTS[head]) for head in columns if head in _HINTS),
    ]
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    for row, (name, value) in enumerate(lines):
        sheet.write_string(row, 0, name, styles["text"])
        sheet.write_string(row, 1, value, styles["text"])
