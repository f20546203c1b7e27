"""The two sheets that offices send: the published roster and the eleven-column certificate upload.

Each row becomes what an NDJSON line would be, so that the same gate and the same deciders take it.
What a sheet leaves out (application, session, USCC) is looked up in the ledger; where that is not
certain the row is refused with its reason, never guessed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from api.sheet_directory import Directory
from api.sheet_file import Cell, Sheet
from domain.assessment import AssessmentHeld
from domain.vocabulary import Level, level_from
from ledger.faults import Fault, malformed

ROSTER = ("序号", "企业名称", "统一社会信用代码", "职业编码", "职业(工种)", "等级", "有效期")
UPLOAD = (
    "姓名",
    "证件类型",
    "证件号码",
    "所在单位",
    "职业名称",
    "工种名称",
    "职业技能等级",
    "证书编号",
    "发证日期",
    "评价机构",
    "发证机构",
)
EDITION = "2022"
"""Sheets name no edition of the dictionary; the codes in use are those of 2022."""

_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_PUBLISHED = re.compile(r"公布日期:\s*([0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?)")
_BATCH = re.compile(r"批次:\s*([^\s]+)")
_TRADE = re.compile(r"(.+?)[(\uff08](.+)[)\uff09]")
_SEPARATORS = re.compile(r"[、,;\uff0c\uff1b\s]+")


class Row(NamedTuple):
    """One command of a sheet: the row it stands in, its members, or what is wrong with it."""

    number: int
    members: Mapping[str, Any] | None
    faults: tuple[Fault, ...]
    original: Mapping[str, Any]


Interpret = Callable[[Sheet, Directory, Mapping[str, str]], Iterator[Row]]


def form_of(sheet: Sheet) -> Interpret:
    """Return how to read `sheet`, by its header.

    Raises:
        Invalid: the header is neither of the two forms.
    """
    for _, cells in sheet.rows[:10]:
        names = tuple(_plain(cell) for cell in cells if cell is not None)
        if names == ROSTER:
            return roster
        if names == UPLOAD:
            return upload
    raise malformed(
        "找不到表头。名单的列为:" + "、".join(ROSTER) + ";证书上传的列为:" + "、".join(UPLOAD),
        "no known header. A roster has the columns "
        + ", ".join(ROSTER)
        + "; an upload "
        + ", ".join(UPLOAD),
    )


def _plain(cell: Cell) -> str:
    """Return a header cell without blanks, full-width brackets and colons as ASCII."""
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())


def _body(sheet: Sheet, header: Sequence[str]) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Yield the rows below the header as cells by column name."""
    columns: list[int] | None = None
    for number, cells in sheet.rows:
        if columns is None:
            if tuple(_plain(c) for c in cells if c is not None) == tuple(header):
                columns = [i for i, c in enumerate(cells) if c is not None]
            continue
        yield (
            number,
            {
                name: cells[column] if column < len(cells) else None
                for name, column in zip(header, columns, strict=True)
            },
        )


def _address(number: int, header: Sequence[str], name: str) -> str:
    return f"{chr(ord('A') + header.index(name))}{number}"


class _Reading:
    """Takes the cells of one row, collecting faults with their addresses."""

    def __init__(
        self, sheet: Sheet, number: int, cells: Mapping[str, Cell], header: Sequence[str]
    ) -> None:
        self._sheet, self._number, self._cells, self._header = sheet, number, cells, header
        self.faults: list[Fault] = []
        for name in header:
            if _address(number, header, name) in sheet.formulas:
                self.fault(
                    name, "单元格是公式,请粘贴为数值", "the cell is a formula; paste its value"
                )

    def fault(self, name: str, zh: str, en: str) -> None:
        """Note what is wrong with the cell of a column."""
        self.faults.append(Fault(f"{_address(self._number, self._header, name)} {name}", zh, en))

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


def _shown(cells: Mapping[str, Cell]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in cells.items()}


# --- the certificate upload ---------------------------------------------------------------------


def upload(sheet: Sheet, directory: Directory, actor: Mapping[str, str]) -> Iterator[Row]:
    """Yield a `CertificateIssued` for each row of a certificate upload."""
    rows = list(_body(sheet, UPLOAD))
    directory.prepare_sessions({str(cells["评价机构"] or "") for _, cells in rows})
    for number, cells in rows:
        reading = _Reading(sheet, number, cells, UPLOAD)
        command = _certificate(reading, directory)
        faults = tuple(reading.faults)
        members = None if faults else {"type": "CertificateIssued", "actor": actor, "data": command}
        yield Row(number, members, faults, _shown(cells))


def _certificate(reading: _Reading, directory: Directory) -> dict[str, Any]:
    name, id_type, id_no = (reading.text(c) for c in ("姓名", "证件类型", "证件号码"))
    occupation, trade = reading.text("职业名称"), reading.text("工种名称", needed=False)
    levels = reading.levels("职业技能等级")
    number, issued_on = reading.text("证书编号"), reading.day("发证日期")
    assessor = _enterprise(reading, directory, "评价机构")
    issuer = _enterprise(reading, directory, "发证机构")
    if reading.faults or len(levels) != 1:
        if not reading.faults:
            reading.fault("职业技能等级", "只能填一个等级", "exactly one level is expected")
        return {}
    day, level = date.fromisoformat(issued_on), Level(levels[0])
    session = _session(reading, directory, assessor, (occupation, trade or None, level, day))
    if session is None:
        return {}
    held = session.occupation
    return {
        "certificate_no": number,
        "assessment_id": session.assessment_id,
        "issuer_uscc": issuer,
        "occupation": {
            "edition": held.edition,
            "code": held.code,
            "name": held.name,
            "trade": held.trade,
        },
        "level": level.value,
        "holder": {"name": name, "id_type": id_type, "id_no": id_no, "category": "employee"},
        "results": {},
        "issued_on": issued_on,
    }


def _enterprise(reading: _Reading, directory: Directory, column: str) -> str:
    name = reading.text(column)
    found = directory.named(name) if name else ()
    if len(found) == 1:
        return found[0]
    if name:
        zh = "没有登记这个名称的企业" if not found else f"有 {len(found)} 家企业用这个名称,无法确定"
        en = (
            "no enterprise is registered by this name"
            if not found
            else "several enterprises bear this name"
        )
        reading.fault(column, zh, en)
    return ""


def _session(
    reading: _Reading,
    directory: Directory,
    uscc: str,
    wanted: tuple[str, str | None, Level, date],
) -> AssessmentHeld | None:
    """Return the latest session of that occupation and level held on or before the day of issue."""
    occupation, trade, level, day = wanted
    fitting = [
        held
        for held in directory.sessions(uscc)
        if held.occupation.name == occupation
        and (trade is None or held.occupation.trade in {None, trade})
        and held.level is level
        and held.held_from <= day
    ]
    latest = [h for h in fitting if h.held_from == max(f.held_from for f in fitting)]
    if len(latest) == 1:
        return latest[0]
    zh = (
        "发证日期当日及以前没有该职业、等级的认定活动"
        if not latest
        else "同日有多场认定活动,无法确定是哪一场"
    )
    en = (
        "no session of this occupation and level up to that day"
        if not latest
        else "several sessions on the same day"
    )
    reading.fault(
        "职业名称",
        f"{zh};请先上报认定活动或改用 NDJSON",
        f"{en}; report the session first or use NDJSON",
    )
    return None


# --- the published roster -----------------------------------------------------------------------


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
    read = [_roster_row(sheet, number, cells) for number, cells in _body(sheet, ROSTER)]
    faulty = [row for row in read if row.reading.faults]
    for row in faulty:
        yield Row(row.number, None, tuple(row.reading.faults), _shown(row.cells))
    if faulty or not read:
        return
    entries, faults = _entries(read, directory)
    data = {"batch": batch[1], "published_on": day, "entries": entries}
    members = {"type": "RosterPublished", "valid_from": day, "actor": actor, "data": data}
    yield Row(first, None if faults else members, faults, {"batch": batch[1]})


class _RosterRow(NamedTuple):
    number: int
    cells: Mapping[str, Cell]
    reading: _Reading
    uscc: str
    item: dict[str, Any]
    days: tuple[str, str]


def _roster_row(sheet: Sheet, number: int, cells: Mapping[str, Cell]) -> _RosterRow:
    reading = _Reading(sheet, number, cells, ROSTER)
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
    rows: Sequence[_RosterRow], directory: Directory
) -> tuple[list[dict[str, Any]], tuple[Fault, ...]]:
    """Return one entry for each enterprise, with the application that was confirmed for it."""
    entries: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for uscc, group in groupby(sorted(rows, key=lambda r: r.uscc), key=lambda r: r.uscc):
        own = list(group)
        where = _address(own[0].number, ROSTER, "统一社会信用代码")
        application = directory.publishable(uscc)
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
