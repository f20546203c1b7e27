"""Sheets as offices save them: XLSX and CSV read into rows, bombs and tricks refused first.

A workbook is parsed in a process of its own with bounded memory and time. Cells keep the values
that were saved and the addresses that the workbook gives them; formulas and errors are named by
their address, so that nobody mistakes a cached result for what was written.
"""

import csv
import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

from api.export.formats import text_of_cell
from api.export.outlet import outlet_for_frames
from api.intake.sheets.kinds import cause_in_archive, is_binary, utf16_of
from api.intake.sheets.parts import Marks, marks_of, sheet_parts, with_slashes
from ledger.gate.faults import Invalid, malformed

MOST_BYTES = 50 * 2**20
MOST_MEMBERS = 200
MOST_INFLATED = 400 * 2**20
MOST_RATIO = 200
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_SHEETS = 100
_MEMORY = 2 * 2**30
_SECONDS = 120
_EMPTY = (None, "")
_EXHAUSTED = (b"MemoryError", b"memory allocation", b"capacity overflow", b"too-many-rows")
"""What the parsing process complains of where there was more than it may take."""
AROUND = " \t\r\n\u00a0\u3000"
"""Blanks that are taken off around a cell's text: they come with copying, and mean nothing."""


class Moment(NamedTuple):
    """A cell that shows a day and holds a time of that day, too."""

    at: datetime


class ErrorValue(NamedTuple):
    """A cell that shows an error: `#N/A`."""

    shown: str


Cell: TypeAlias = str | int | float | bool | date | Moment | ErrorValue | None


class Sheet(NamedTuple):
    """The rows of one sheet by their number in the file, each from column A on.

    `formulas` are the places (row, column from 0) of formula cells.
    """

    name: str
    """Empty for a CSV."""
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    formulas: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    wide_rows: frozenset[int] = frozenset()
    """Rows with a cell that is merged over several columns, as titles are."""


class Book(NamedTuple):
    """The visible sheets of a file, and what is to be said about the others."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]


def is_workbook(head: bytes) -> bool:
    """Return whether a file beginning with `head` is a ZIP archive, as every XLSX is."""
    return head.startswith(b"PK\x03\x04")


def read_workbook(path: Path) -> Book:
    """Return the visible sheets that hold anything.

    Raises:
        Invalid: it is too large, a bomb, damaged, locked, no workbook, or has nothing in it.
    """
    _refuse_bombs(path)
    command = [sys.executable, "-m", "api.intake.sheets.file", str(path)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, capture_output=True, timeout=_SECONDS + 30, check=False
        )
    except subprocess.TimeoutExpired:
        raise _too_large() from None
    if done.returncode != 0:
        raise _unreadable(done.stderr)
    workbook = json.loads(done.stdout)
    if not workbook["sheets"]:
        raise _unreadable(b"empty-workbook")
    return Book(tuple(map(_sheet, workbook["sheets"])), tuple(workbook["notes"]))


def _sheet(members: dict[str, Any]) -> Sheet:
    return Sheet(
        members["name"],
        tuple((number, tuple(map(_from_text, cells))) for number, cells in members["rows"]),
        frozenset((row, column) for row, column in members["formulas"]),
        frozenset(members["hidden_rows"]),
        frozenset(members["hidden_columns"]),
        frozenset(members["wide_rows"]),
    )


def _too_large() -> Invalid:
    return malformed(
        "表格过大或内容异常，无法在限定的时间和内存内读取；请拆分文件或另存为 CSV",
        "the workbook needs too much time or memory; split it or save it as CSV",
    )


def _unreadable(complaint: bytes) -> Invalid:
    if b"Password" in complaint:
        return malformed(
            "工作簿有密码，请去掉密码后再上传", "the workbook has a password; remove it first"
        )
    if b"empty-workbook" in complaint:
        return malformed(
            "工作簿中没有内容（隐藏的工作表不读取）", "no visible sheet holds anything"
        )
    if not complaint or any(word in complaint for word in _EXHAUSTED):
        return _too_large()
    return malformed(
        "文件不是有效的 XLSX 工作簿或已损坏，请用 Excel 重新另存为 .xlsx",
        "not a valid XLSX workbook, or damaged; save it again as .xlsx",
    )


def _refuse_bombs(path: Path) -> None:
    if path.stat().st_size > MOST_BYTES:
        raise malformed(
            f"工作簿超过 {MOST_BYTES // 2**20} MB，请拆分或另存为 CSV",
            f"the workbook is larger than {MOST_BYTES // 2**20} MB; split it or save it as CSV",
        )
    try:
        cause = cause_in_archive(path)
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            declared = sum(member.file_size for member in members)
            packed = max(1, sum(member.compress_size for member in members))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise _unreadable(b"zip") from None
    if cause is not None:
        raise malformed(*cause)
    if (
        len(members) > MOST_MEMBERS
        or declared > MOST_INFLATED
        or declared > MOST_RATIO * packed + 2**20
    ):
        raise _too_large()


def read_text(raw: bytes) -> Book:
    """Return the rows of a CSV: UTF-8 with or without BOM, UTF-16, or GB18030 as Chinese Excel saves it.

    Lines may end in LF, CR LF or CR; columns part at commas, or at tabs or semicolons where the
    first line with several columns has more of these.

    Raises:
        Invalid: the encoding or the quoting cannot be read.
    """
    text, notes = _decoded(raw)
    # Without translation: a line end inside quotes is part of the cell, and CR alone ends lines too.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = tuple(
            (number, tuple(_plain_cell(cell) for cell in row))
            for number, row in enumerate(lines, 1)
            if any(cell.strip(AROUND) for cell in row)
        )
    except csv.Error as error:
        raise malformed(
            f"CSV 第 {lines.line_num} 行引号不配对或单元格过长，请用 Excel 打开后重新另存为 CSV",
            f"the CSV's quoting is broken in line {lines.line_num}: {error}",
        ) from None
    if len(rows) > MOST_ROWS:
        raise _too_large()
    if not rows:
        raise malformed("文件为空", "the file is empty")
    return Book((Sheet("", rows),), notes)


def _plain_cell(cell: str) -> str | None:
    return text_of_cell(cell.strip(AROUND)) or None


def _delimiter(text: str) -> str:
    for line in text[:65_536].splitlines()[:10]:
        delimiter = max(",\t;", key=line.count)
        if line.count(delimiter) > 1:
            return delimiter
    return ","


def _decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    encoding = utf16_of(raw[:4096])
    if encoding is not None:
        try:
            # Excel's “Unicode 文本” and what some shells write: with its mark there is no doubt.
            text = raw.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            raise malformed(
                "文件为 UTF-16 编码且已损坏，请另存为 UTF-8",
                "the file is UTF-16 and damaged; save it as UTF-8",
            ) from None
        return text, ("按 UTF-16 编码读取 / read as UTF-16",)
    if is_binary(raw[:4096]):
        raise malformed(
            "文件含有空字节，不是文本（或为 UTF-32 编码）；请用 Excel 另存为“CSV UTF-8”",
            "the file holds zero bytes and is no text, or UTF-32; save it as CSV in UTF-8",
        )
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030"), ("按 GB18030 编码读取 / read as GB18030",)
    except UnicodeDecodeError:
        raise malformed(
            "文件既不是 UTF-8 也不是 GB18030 编码，请另存为 UTF-8",
            "the file is neither UTF-8 nor GB18030; save it as UTF-8",
        ) from None


def _to_text(cell: Any) -> Any:  # noqa: ANN401 - whatever calamine reads
    """Return a cell for the way between the processes; days and moments travel marked."""
    if isinstance(cell, datetime):
        at_midnight = cell.time() == time()
        return {"day": f"{cell.date()}"} if at_midnight else {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return f"{cell}"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return (cell.strip(AROUND) or None) if isinstance(cell, str) else cell


def _from_text(cell: Any) -> Cell:  # noqa: ANN401 - JSON
    if not isinstance(cell, dict):
        return cast("Cell", cell)
    marked = cast("dict[str, str]", cell)
    if "day" in marked:
        return date.fromisoformat(marked["day"])
    if "moment" in marked:
        return Moment(datetime.fromisoformat(marked["moment"]))
    return ErrorValue(marked["error"])


def _parse(path: str) -> dict[str, Any]:
    """Read the visible sheets with content; runs in the bounded process."""
    import python_calamine  # noqa: PLC0415 - only this process needs it

    source: Any = path
    with zipfile.ZipFile(path) as archive:
        parts = sheet_parts(archive)
        if any("\\" in info.filename for info in archive.infolist()):
            source = with_slashes(archive, MOST_INFLATED)
        book = python_calamine.load_workbook(source)  # pyright: ignore[reportUnknownMemberType] - its stub leaves PathLike open
        notes: list[str] = []
        sheets: list[dict[str, Any]] = []
        for index, meta in enumerate(book.sheets_metadata[:MOST_SHEETS]):
            if meta.visible is not python_calamine.SheetVisibleEnum.Visible:
                notes.append(
                    f"工作表“{meta.name}”已隐藏，未读取 / hidden sheet {meta.name} not read"
                )
                continue
            if meta.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                notes.append(f"“{meta.name}”不是数据表，未读取 / {meta.name} is no sheet of cells")
                continue
            sheet = book.get_sheet_by_index(index)
            if sheet.height > MOST_ROWS or sheet.width > MOST_COLUMNS:
                raise MemoryError("too-many-rows")
            part = parts[index] if index < len(parts) else None
            # Without its part nothing is known of formulas, so none of it may be taken.
            marks = marks_of(archive, part, MOST_INFLATED) if part is not None else None
            if marks is None:
                raise ValueError(f"no part for sheet {index}")
            rows = _rows(sheet, marks)
            if rows["rows"]:
                sheets.append(rows)
        if len(book.sheets_metadata) > MOST_SHEETS:
            notes.append(
                f"工作表超过 {MOST_SHEETS} 张，其余未读取 / only {MOST_SHEETS} sheets were read"
            )
    return {"sheets": sheets, "notes": notes}


def _rows(sheet: Any, marks: Marks) -> dict[str, Any]:  # noqa: ANN401 - calamine's sheet
    """Return the rows of a sheet from column A on, with merged cells filled down."""
    top, left = sheet.start or (0, 0)
    before: list[Any] = [None] * left
    rows = {
        top + number: [*before, *(_to_text(cell) for cell in row)]
        for number, row in enumerate(sheet.to_python(skip_empty_area=True), 1)
    }
    for (row, column), shown in marks.errors.items():
        cells = rows.setdefault(row, [])
        cells += [None] * (column + 1 - len(cells))
        cells[column] = {"error": shown or "#ERROR"}
    formulas = set(marks.formulas)
    ranges = sheet.merged_cell_ranges or ()
    for row, column, above in _merged(ranges):
        # What a merged cell shows holds for every row that it spans.
        if row in rows and above in rows and column < len(rows[row]):
            rows[row][column] = rows[above][column]
            if (above, column) in formulas:
                formulas.add((row, column))
    written = {row for row, _ in formulas}
    kept = [
        (number, cells)
        for number, cells in sorted(rows.items())
        if number in written or any(c not in _EMPTY for c in cells)
    ]
    numbers = {number for number, _ in kept}
    return {
        "name": sheet.name,
        "rows": kept,
        "formulas": sorted(at for at in formulas if at[0] in numbers),
        "hidden_rows": sorted(numbers & marks.hidden_rows),
        "hidden_columns": sorted(c for c in marks.hidden_columns if c < MOST_COLUMNS),
        "wide_rows": sorted(
            {top + 1 for (top, first), (_, end) in ranges if end - first > 1} & numbers
        ),
    }


def _merged(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterator[tuple[int, int, int]]:
    """Yield row and column of the cells below the first of merged ones, and the first one's row."""
    filled = 0
    for (top, column), (bottom, _) in ranges:
        filled += bottom - top
        if filled > MOST_ROWS * 10:
            raise MemoryError("too-many-rows")
        for row in range(top + 1, bottom + 1):
            yield row + 1, column, top + 1


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    with outlet_for_frames() as answer:
        answer.write(json.dumps(_parse(sys.argv[1])).encode("ascii"))
