"""The published roster as a sheet: one `RosterPublished` for all its rows."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

from api.intake.sheets.cells import Reading, Row, day_text, shown
from api.intake.sheets.directory import Directory, Publishing
from api.intake.sheets.file import Cell, Moment
from api.intake.sheets.heads import Form, Table, body_of, ranges
from api.intake.sheets.parts import address
from domain.roster import resting_on_paper
from domain.terms.folding import folded
from domain.terms.identifiers import is_uscc
from domain.terms.intervals import years_after
from domain.terms.scope import Unit
from domain.terms.vocabulary import Level
from ledger.gate.faults import Fault

ROSTER = ("序号", "企业名称", "统一社会信用代码", "职业编码", "职业(工种)", "等级", "有效期")
CODE, NAME, PERIOD = "统一社会信用代码", "企业名称", "有效期"
_OCCUPATION = "职业(工种)"
FORM = Form(
    name="roster",
    zh="公布名单",
    en="published roster",
    heads=ROSTER[1:],
    telling=MappingProxyType(
        {
            CODE: re.compile(r"[0-9A-Z]{12,24}"),
            "职业编码": re.compile(r"[0-9](?:-[0-9]{1,3}){2,4}.{0,3}"),
        }
    ),
)
EDITION = "2022"
"""Sheets name no edition: it is that of the confirmed scope, and of what was not confirmed 2022."""

_DAY = r"([0-9]{4}\s*(?:[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*[日号]?|[0-9]{4}))"
_PUBLISHED = re.compile(rf"公布(?:日期|时间|日)\s*:?\s*{_DAY}")
_BATCH = re.compile(r"批次(?:号|名称)?\s*:\s*[\"'“‘「『]?([^\s,;。、)\]}】」』\"'”’]+)")
_PAPER = re.compile(
    r"(?:文号|文件号)\s*:\s*([^\s,;。、]+)|([\u4e00-\u9fff]{1,20}[〔\[(]\d{4}[〕\])]第?\d{1,6}号)"
)
_EARLIER_BATCH = re.compile(r"批次:\s*([^\s]+)")
_TRADE = re.compile(r"(.+?)[(\uff08](.+)[)\uff09]")
_BETWEEN = re.compile(r"至|到|—+|–+|~+|―+|--+")
_YEAR_FIRST = re.compile(r"(?<=[0-9日号.])-(?=(?:19|20)[0-9]{2}(?:[^0-9]|[0-9]{4}(?![0-9])))")
_MIDNIGHTS = re.compile(r"(?<=[0-9日号])[T ]+0?0:00(?::00(?:\.0+)?)?(?![0-9:])")
_MOST_YEARS = 100


def roster(
    table: Table, directory: Directory, actor: Mapping[str, str], notes: list[str]
) -> Iterator[Row]:
    """Yield one `RosterPublished` for the whole sheet: a publication is one act.

    One faulty row withholds it all, and every faulty row is named, the title's faults with them.
    """
    body = body_of(table)
    notes += body.notes(table.sheet)
    title = _title(table)
    read = [_roster_row(table, number, cells) for number, cells in body.rows]
    entries = _Entries(directory, title, read)
    notes += _notes(read)
    faulty = [row for row in read if row.reading.faults]
    name = table.sheet.name
    if title.faults:
        yield Row(title.row, None, title.faults, {}, name)
    for row in faulty:
        yield Row(row.number, None, tuple(row.reading.faults), shown(row.cells), name)
    if not read and not title.faults:
        fault = Fault(
            address(table.head, 0), "表头下面没有数据行", "there is no row below the head"
        )
        yield Row(table.head, None, (fault,), {}, name)
    if faulty or title.faults or not read:
        notes.append(
            "公布名单是一次公布：有一处不符，整张表都不入账 / a publication is one act:"
            " nothing of the sheet is recorded while anything in it is wrong"
        )
        return
    members = {"type": "RosterPublished", "valid_from": title.day, "actor": actor}
    if entries.rest_on_paper:
        members |= {"document_no": title.paper or title.batch}
    data = {"batch": title.batch, "published_on": title.day, "entries": entries.now()}
    then = data | {"batch": title.earlier_batch, "entries": entries.then()}
    yield Row(
        title.row,
        members | {"data": data},
        (),
        {"批次": title.batch},
        name,
        entries.places(),
        (members | {"data": then},),
    )


class _Title(NamedTuple):
    row: int
    batch: str
    day: str
    paper: str
    """Number of the paper, where the title names it."""
    earlier_batch: str
    """What the release of November 2026 took for the batch."""
    places: Mapping[str, str]
    """Field of the publication → the cell of the title that says it."""
    faults: tuple[Fault, ...]


def _title(table: Table) -> _Title:
    """Return what stands above the head, cells that are formulas left out."""
    above = [(n, cells) for n, cells in table.sheet.rows if n < table.head]
    formulas = [at for at in sorted(table.sheet.formulas) if at[0] < table.head]
    words = [
        (address(n, column), unicodedata.normalize("NFKC", _said(cell)))
        for n, cells in above
        for column, cell in enumerate(cells)
        if cell is not None and (n, column) not in table.sheet.formulas
    ]
    text = " ".join(word for _, word in words)
    batch, published = _BATCH.search(text), _PUBLISHED.search(text)
    paper = _PAPER.search(text)
    day = day_text(published[1]) if published else None
    # As it was searched for then: in the first five rows, whatever they were.
    first = (c for _, cells in table.sheet.rows[:5] for c in cells if isinstance(c, str))
    earlier = _EARLIER_BATCH.search(unicodedata.normalize("NFKC", " ".join(first)))
    row = above[0][0] if above else table.head
    whole = address(row, 0)
    places = {
        "batch": _cell_with(words, "批次", whole),
        "published_on": _cell_with(words, "公布", whole),
        "valid_from": _cell_with(words, "公布", whole),
    }
    faults: list[Fault] = []
    if batch is None or day is None:
        lacking = "、".join(
            name for name, there in (("公布日期", day), ("批次", batch)) if there is None
        )
        if formulas:
            fault = Fault(
                f"{address(*formulas[0])} 标题",
                f"标题行缺少{lacking}，这里的单元格是公式，请粘贴为数值",
                "the title lacks its day or batch; this cell is a formula, paste its value",
            )
        else:
            fault = Fault(
                f"{whole} 标题",
                f"标题行缺少{lacking}，须写明“公布日期：2024-07-01 批次：2024-1”",
                "the title must say 公布日期:2024-07-01 批次:2024-1",
            )
        faults.append(fault)
    return _Title(
        row,
        batch[1] if batch else "",
        day or "",
        paper[1] or paper[2] if paper else "",
        earlier[1] if earlier else "",
        places,
        tuple(faults),
    )


def _cell_with(words: Sequence[tuple[str, str]], word: str, otherwise: str) -> str:
    return f"{next((at for at, text in words if word in text), otherwise)} 标题"


def _said(cell: Cell) -> str:
    match cell:
        case Moment(at):
            return at.date().isoformat()
        case _:
            return str(cell)


class _RosterRow(NamedTuple):
    number: int
    cells: Mapping[str, Cell]
    reading: Reading
    uscc: str
    name: str
    item: dict[str, Any]
    period: "Period | None"


class Period(NamedTuple):
    """A period as it is printed, and as it is recorded: `valid_to` is the day after the last one."""

    valid_from: str
    printed: str
    """The day behind 至."""
    valid_to: str
    years: int
    """Whole years, where the printed end is the anniversary of the first day; else 0."""


def period_in(text: str) -> Period | None:
    """Return the period that a text prints; None where it prints none.

    至 includes its day (民法典 203). A period that ends on the anniversary of its first day is so
    many years: its last day is the one before.
    """
    days = _days_of(text)
    if len(days) != 2 or days[0] is None or days[1] is None:
        return None
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[1])
    if last < first or last.year - first.year > _MOST_YEARS:
        return None
    years = last.year - first.year
    if years and (last.month, last.day) == (first.month, first.day):
        return Period(days[0], days[1], days[1], years)
    # From 29 February the years end with February, that day included.
    if years and (first.month, first.day) == (2, 29) and last == years_after(first, years):
        return Period(days[0], days[1], last.isoformat(), years)
    return Period(days[0], days[1], (last + timedelta(1)).isoformat(), 0)


def _days_of(text: str) -> list[str | None]:
    """Return the days that a text parts into; None for what is no day."""
    plain = "".join(_MIDNIGHTS.sub("", unicodedata.normalize("NFKC", text)).split())
    plain = plain.removeprefix("自").removesuffix("止").replace("起至", "至").replace("起", "")
    parts = _BETWEEN.split(plain)
    if len(parts) != 2:
        parts = _YEAR_FIRST.split(plain)
    return [day_text(part) for part in parts]


def _roster_row(table: Table, number: int, cells: Mapping[str, Cell]) -> _RosterRow:
    reading = Reading(table, number, cells)
    enterprise, uscc = reading.name(NAME), _uscc(reading)
    code, name = reading.code("职业编码"), reading.name("职业(工种)")
    parted = _TRADE.fullmatch(name)
    item = {
        "edition": EDITION,
        "code": code,
        "name": parted[1].strip() if parted else name,
        "trade": parted[2].strip() if parted else None,
        "levels": reading.levels("等级"),
    }
    return _RosterRow(number, cells, reading, uscc, enterprise, item, _period(reading))


def _uscc(reading: Reading) -> str:
    """Return the code of the row as it is registered: letters may be small, digits full-width."""
    given = reading.code(CODE)
    uscc = folded(given)
    if given and not is_uscc(uscc):
        reading.fault(
            CODE,
            f"“{given[:30]}”不是有效的统一社会信用代码（18 位，校验位不符）；请核对",
            f"{given[:30]!r} is no valid unified social credit code",
        )
        return ""
    if given != uscc:
        reading.notes.append(
            f"{reading.where(CODE)} 按 {uscc} 读取 / read as {uscc}: it was written otherwise"
        )
    return uscc


def _period(reading: Reading) -> Period | None:
    text = reading.text(PERIOD, at_lines="")
    period = period_in(text) if text else None
    if text and period is None:
        reading.fault(PERIOD, *_no_period(text))
    return period


def _no_period(text: str) -> tuple[str, str]:
    """Return why a text is no period."""
    days = _days_of(text)
    if len(days) == 2 and None not in days:
        first, last = (date.fromisoformat(day) for day in days if day is not None)
        if last < first:
            return (
                f"有效期止 {last} 早于有效期起 {first}",
                f"the period ends before it begins ({first})",
            )
        return f"有效期超过 {_MOST_YEARS} 年，请核对年份", "the period is longer than a century"
    return (
        f"“{text[:40]}”应写作 2024-07-01至2027-06-30（起止都须是日历上的日期）",
        "a period like 2024-07-01至2027-06-30 is expected",
    )


def _notes(rows: Sequence[_RosterRow]) -> Iterator[str]:
    """Yield what is to be said about cells that were read otherwise than they are written."""
    for row in rows:
        yield from row.reading.notes
    twice: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        if row.uscc:
            twice.setdefault((row.uscc, *_key(row.item, ",".join(row.item["levels"]))), []).append(
                row.number
            )
    for numbers in twice.values():
        if len(numbers) > 1:
            listed = ranges(numbers)
            yield f"第 {listed} 行重复，按一行读取 / rows {listed} say the same and are read once"
    whole: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        if row.period is not None and row.period.years:
            end = date.fromisoformat(row.period.valid_to) - timedelta(1)
            whole.setdefault((row.period.years, end.isoformat()), []).append(row.number)
    for (years, last), numbers in whole.items():
        listed = ranges(numbers)
        yield (
            f"有效期止于周年日，按 {years} 年读取，最后一日为 {last}：第 {listed} 行 / the period ends on"
            f" its anniversary and is read as {years} years, the last day is {last}: rows {listed}"
        )


class _Entries:
    """One entry for each enterprise, with the application that was confirmed for it."""

    def __init__(self, directory: Directory, title: _Title, rows: Sequence[_RosterRow]) -> None:
        """Look up what the rows leave out; what cannot be found is a fault of its row."""
        self._title_places, self._history = title.places, directory.history
        self.rest_on_paper = False
        """Whether a publication is history whose application was not brought in."""
        self._rows: dict[str, list[_RosterRow]] = {}
        self._applications: dict[str, str] = {}
        self._units: dict[str, frozenset[Unit]] = {}
        for uscc, group in groupby(sorted(rows, key=lambda r: r.uscc), key=lambda r: r.uscc):
            own = list(group)
            if uscc:
                self._rows[uscc] = own
                self._look_up(uscc, own, directory.publishing(uscc), title)
        first = {row.uscc: row.number for row in reversed(rows)}
        self._order = sorted(self._rows, key=lambda uscc: first[uscc])

    def _look_up(
        self, uscc: str, rows: Sequence[_RosterRow], known: Publishing, title: _Title
    ) -> None:
        head = rows[0].reading
        if not known.names:
            head.fault(
                CODE, f"没有登记代码为 {uscc} 的企业", f"no enterprise is registered as {uscc}"
            )
            return
        spellings = {folded(name) for name in known.names}
        for row in rows:
            if row.name and folded(row.name) not in spellings:
                row.reading.fault(
                    NAME,
                    f"{uscc} 登记的名称为“{known.names[-1]}”（含曾用名均不是“{row.name[:40]}”）；请核对名称与代码",
                    f"{uscc} is registered as {known.names[-1]}, and never bore the name in this row",
                )
        self._require_one_period(rows)
        application = self._application(rows, known, title)
        if application is None and self._history and not known.waiting:
            # The publication rests on its paper, and is known by batch and enterprise.
            self.rest_on_paper = True
            self._applications[uscc] = resting_on_paper(title.batch, uscc)
            self._units[uscc] = frozenset()
            return
        if application is None:
            head.fault(
                CODE,
                f"企业 {uscc} 没有已确认而未公布的申报"
                if len(known.waiting) < 2
                else f"企业 {uscc} 有 {len(known.waiting)} 份已确认而未公布的申报，名单各行与其中任何一份都不一致："
                + "、".join(each.application_id for each in known.waiting),
                f"{uscc} has no application that is confirmed, not yet published, and of this scope",
            )
            return
        self._applications[uscc] = application
        self._units[uscc] = known.units.get(application, frozenset())
        if self._history and application not in known.units:
            self.rest_on_paper = True  # the same sheet of history once more
            return
        for row in rows:
            self._require_confirmed(row, self._units[uscc])

    def _require_confirmed(self, row: _RosterRow, confirmed: frozenset[Unit]) -> None:
        """Name the cell that goes beyond what was confirmed, in this round with all other faults."""
        if not row.reading.is_sound("职业编码", _OCCUPATION, "等级"):
            return
        own = [unit for unit in confirmed if _unit_key(unit)[:3] == _key(row.item, "")[:3]]
        known = {_unit_key(unit)[3] for unit in own}
        beyond = [Level(level).zh for level in row.item["levels"] if level not in known]
        if own and beyond:
            row.reading.fault(
                "等级",
                f"“{row.item['name']}”的{'、'.join(beyond)}不在确认范围内（确认的是："
                f"{'、'.join(unit.level.zh for unit in sorted(own, key=lambda u: u.level.rank))}）",
                "this level of the occupation is not within the confirmed scope",
            )
        elif not own:
            row.reading.fault(*_not_confirmed(row.item, confirmed))

    @staticmethod
    def _require_one_period(rows: Sequence[_RosterRow]) -> None:
        """Name the rows whose period is not that of most rows of the enterprise."""
        periods = Counter(row.period[:3] for row in rows if row.period is not None)
        if len(periods) < 2:
            return
        usual = periods.most_common(1)[0][0]
        first = next(row for row in rows if row.period is not None and row.period[:3] == usual)
        for row in rows:
            if row.period is not None and row.period[:3] != usual:
                row.reading.fault(
                    PERIOD,
                    f"同一企业各行的有效期不一致：第 {first.number} 行为 {usual[0]}至{usual[1]}",
                    "rows of one enterprise differ in their period",
                )

    def _application(
        self, rows: Sequence[_RosterRow], known: Publishing, title: _Title
    ) -> str | None:
        for batch in (title.batch, title.earlier_batch):
            if batch in known.published:  # the same sheet once more
                return known.published[batch]
        if len(known.waiting) == 1:
            return known.waiting[0].application_id
        named = {_key(row.item, level) for row in rows for level in row.item["levels"]}
        fitting = [
            each.application_id
            for each in known.waiting
            if {_unit_key(unit) for unit in each.units} == named
        ]
        return fitting[0] if len(fitting) == 1 else None

    def now(self) -> list[dict[str, Any]]:
        """Return the entries of the publication."""
        return [self._entry(uscc, earlier=False) for uscc in self._order]

    def then(self) -> list[dict[str, Any]]:
        """Return the entries that the release of November 2026 made: 至 without its day."""
        return [self._entry(uscc, earlier=True) for uscc in self._order]

    def _entry(self, uscc: str, *, earlier: bool) -> dict[str, Any]:
        rows = self._rows[uscc]
        period = rows[0].period
        if period is None:
            raise ValueError(f"row {rows[0].number} has no period and no fault")
        items = [row.item if earlier else self._spelt(uscc, row.item) for row in rows]
        return {
            "uscc": uscc,
            "application_id": self._applications[uscc],
            "scope": items,
            "valid_from": period.valid_from,
            "valid_to": period.printed if earlier else period.valid_to,
        }

    def _spelt(self, uscc: str, item: dict[str, Any]) -> dict[str, Any]:
        """Return a row's occupation as it was confirmed, where it is the same one as it is compared."""
        wanted = _key(item, "")[:3]
        for unit in sorted(self._units[uscc], key=lambda unit: unit.edition):
            if _unit_key(unit)[:3] == wanted:
                return item | {"edition": unit.edition, "name": unit.name, "trade": unit.trade}
        return item

    def places(self) -> dict[str, str]:
        """Return which cell each field of the publication comes from."""
        cells = dict(self._title_places)
        for index, uscc in enumerate(self._order):
            entry, rows = f"entries.{index}", self._rows[uscc]
            head = rows[0].reading
            cells[entry] = cells[f"{entry}.uscc"] = head.where(CODE)
            cells[f"{entry}.valid_from"] = cells[f"{entry}.valid_to"] = head.where(PERIOD)
            for number, row in enumerate(rows):
                item = f"{entry}.scope.{number}"
                cells[item] = cells[f"{item}.name"] = row.reading.where("职业(工种)")
                cells[f"{item}.code"] = row.reading.where("职业编码")
                cells[f"{item}.levels"] = row.reading.where("等级")
        return cells


def _not_confirmed(item: Mapping[str, Any], confirmed: Iterable[Unit]) -> tuple[str, str, str]:
    """Return which cell of a row keeps its occupation from being one that was confirmed, and why."""
    code, name, trade, _ = _key(item, "")
    same_code = sorted({u.occupation.label for u in confirmed if folded(u.code) == code})
    same_name = sorted({u.code for u in confirmed if folded(u.name) == name})
    if same_code:
        return (
            _OCCUPATION,
            f"{item['code']} 确认的是“{'、'.join(same_code)}”，本行写作“{_label(item)[:40]}”",
            "what was confirmed under this code has another name or 工种",
        )
    if same_name and not trade:
        return (
            "职业编码",
            f"“{item['name']}”确认的编码是 {'、'.join(same_name)}，本行写作 {item['code']}",
            "what was confirmed by this name has another code",
        )
    return (
        _OCCUPATION,
        f"“{_label(item)[:40]}”不在确认范围内",
        "this occupation is not within the confirmed scope",
    )


def _label(item: Mapping[str, Any]) -> str:
    return f"{item['name']}({item['trade']})" if item["trade"] else str(item["name"])


def _key(item: Mapping[str, Any], level: str) -> tuple[str, str, str, str]:
    return folded(item["code"]), folded(item["name"]), folded(item["trade"] or ""), level


def _unit_key(unit: Unit) -> tuple[str, str, str, str]:
    return folded(unit.code), folded(unit.name), folded(unit.trade or ""), Level(unit.level).value
