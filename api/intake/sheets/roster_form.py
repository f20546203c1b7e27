"""The published roster as a sheet: one `RosterPublished` for all its rows."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from api.intake.sheets.cells import Reading, Row, address, body, day_text, shown
from api.intake.sheets.directory import Directory
from api.intake.sheets.file import Cell, Sheet
from ledger.gate.faults import Fault

ROSTER = ("序号", "企业名称", "统一社会信用代码", "职业编码", "职业(工种)", "等级", "有效期")
EDITION = "2022"
"""Sheets name no edition of the dictionary; the codes in use are those of 2022."""

_PUBLISHED = re.compile(r"公布日期:\s*([0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?)")
_BATCH = re.compile(r"批次:\s*([^\s]+)")
_TRADE = re.compile(r"(.+?)[(\uff08](.+)[)\uff09]")


def roster(sheet: Sheet, directory: Directory, actor: Mapping[str, str]) -> Iterator[Row]:
    """Yield one `RosterPublished` for the whole sheet: a publication is one act.

    One faulty row withholds it all, and every faulty row is named.
    """
    words = (c for _, cells in sheet.rows[:5] for c in cells if isinstance(c, str))
    title = unicodedata.normalize("NFKC", " ".join(words))
    batch, published = _BATCH.search(title), _PUBLISHED.search(title)
    day = day_text(published[1]) if published else None
    first = sheet.rows[0][0]
    if batch is None or day is None:
        missing = Fault(
            f"A{first}",
            "标题行须写明“公布日期:2024-07-01 批次:2024-1”",
            "the title must say 公布日期:2024-07-01 批次:2024-1",
        )
        yield Row(first, None, (missing,), {})
        return
    read = [_roster_row(sheet, number, cells) for number, cells in body(sheet, ROSTER)]
    faulty = [row for row in read if row.reading.faults]
    for row in faulty:
        yield Row(row.number, None, tuple(row.reading.faults), shown(row.cells))
    if faulty or not read:
        return
    entries, faults = _entries(read, directory, batch[1])
    data = {"batch": batch[1], "published_on": day, "entries": entries}
    members = {"type": "RosterPublished", "valid_from": day, "actor": actor, "data": data}
    yield Row(first, None if faults else members, faults, {"batch": batch[1]})


class _RosterRow(NamedTuple):
    number: int
    cells: Mapping[str, Cell]
    reading: Reading
    uscc: str
    item: dict[str, Any]
    days: tuple[str, str]


def _roster_row(sheet: Sheet, number: int, cells: Mapping[str, Cell]) -> _RosterRow:
    reading = Reading(sheet, number, cells, ROSTER)
    name = reading.text("职业(工种)")
    parted = _TRADE.fullmatch(name)
    item = {
        "edition": EDITION,
        "code": reading.text("职业编码"),
        "name": parted[1] if parted else name,
        "trade": parted[2] if parted else None,
        "levels": reading.levels("等级"),
    }
    begin, _, end = reading.text("有效期").replace("—", "至").replace("~", "至").partition("至")
    days = (day_text(begin) or "", day_text(end) or "")
    if not all(days):
        reading.fault(
            "有效期",
            "应写作 2024-07-01至2027-07-01",
            "a period like 2024-07-01至2027-07-01 is expected",
        )
    return _RosterRow(number, cells, reading, reading.text("统一社会信用代码"), item, days)


def _entries(
    rows: Sequence[_RosterRow], directory: Directory, batch: str
) -> tuple[list[dict[str, Any]], tuple[Fault, ...]]:
    """Return one entry for each enterprise, with the application that was confirmed for it."""
    entries: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for uscc, group in groupby(sorted(rows, key=lambda r: r.uscc), key=lambda r: r.uscc):
        own = list(group)
        where = address(own[0].number, ROSTER, "统一社会信用代码")
        application = directory.publishable(uscc, batch)
        if application is None:
            faults.append(
                Fault(
                    where,
                    f"企业 {uscc} 没有已确认而未公布的申报",
                    f"{uscc} has no application that is confirmed and not yet published",
                )
            )
        if len({row.days for row in own}) > 1:
            faults.append(
                Fault(
                    where,
                    "同一企业各行的有效期不一致",
                    "rows of one enterprise differ in their period",
                )
            )
        entries.append(
            {
                "uscc": uscc,
                "application_id": application or "",
                "scope": [row.item for row in own],
                "valid_from": own[0].days[0],
                "valid_to": own[0].days[1],
            }
        )
    first = {row.uscc: row.number for row in reversed(rows)}
    entries.sort(key=lambda entry: first[entry["uscc"]])
    return entries, tuple(faults)
