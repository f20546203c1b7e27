"""Sheets as offices save them: XLSX and CSV read into rows, bombs and tricks refused first.

A workbook is parsed in a process of its own with bounded memory and time. Cells keep the values
that were saved; formulas are named by their address, so that nobody mistakes a cached result for
what was written.
"""

import csv
import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

from api.export.formats import text_of_cell
from ledger.gate.faults import Invalid, malformed

MOST_BYTES = 50 * 2**20
MOST_MEMBERS = 200
MOST_INFLATED = 400 * 2**20
MOST_RATIO = 200
MOST_ROWS = 200_000
MOST_COLUMNS = 200
_MEMORY = 2 * 2**30
_SECONDS = 120
_CHUNK = 2**20
# Attributes come in any order, and some programs write every element with a prefix.
_FORMULA = re.compile(
    rb'<(?:\w{1,20}:)?c\s(?:[^>]{0,200}\s)?r="([A-Z]{1,3}[0-9]{1,7})"[^>]{0,200}>'
    rb"\s*<(?:\w{1,20}:)?f[ >/]"
)
_OVERLAP = 512
_EMPTY = (None, "")
_EXHAUSTED = (b"MemoryError", b"memory allocation", b"capacity overflow", b"too-many-rows")
"""What the parsing process complains of where there was more than it may take."""

Cell: TypeAlias = str | int | float | bool | date | None


class Sheet(NamedTuple):
    """The rows of one sheet by their number in the file; `formulas` are addresses of formula cells."""

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    formulas: frozenset[str]
    notes: tuple[str, ...]


def is_workbook(head: bytes) -> bool:
    """Return whether a file beginning with `head` is a ZIP archive, as every XLSX is."""
    return head.startswith(b"PK\x03\x04")


def is_old_workbook(head: bytes) -> bool:
    """Return whether it is an XLS, or a workbook locked by a password."""
    return head.startswith(b"\xd0\xcf\x11\xe0")


def read_workbook(path: Path) -> Sheet:
    """Return the first visible sheet that holds anything.

    Raises:
        Invalid: it is too large, a bomb, damaged, locked, or has nothing in it.
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
    found = json.loads(done.stdout)
    rows = tuple((number, tuple(map(_from_text, cells))) for number, cells in found["rows"])
    formulas = frozenset(_formulas(path, found["index"]))
    return Sheet(found["name"], rows, formulas, tuple(found["notes"]))


def _too_large() -> Invalid:
    return malformed(
        "表格过大或内容异常,无法在限定的时间和内存内读取;请拆分文件或另存为 CSV",
        "the workbook needs too much time or memory; split it or save it as CSV",
    )


def _unreadable(complaint: bytes) -> Invalid:
    if b"Password" in complaint:
        return malformed(
            "工作簿有密码,请去掉密码后再上传", "the workbook has a password; remove it first"
        )
    if b"empty-workbook" in complaint:
        return malformed("工作簿中没有内容(隐藏的工作表不读取)", "no visible sheet holds anything")
    if not complaint or any(word in complaint for word in _EXHAUSTED):
        return _too_large()
    return malformed(
        "文件不是有效的 XLSX 工作簿或已损坏,请用 Excel 重新另存为 .xlsx",
        "not a valid XLSX workbook, or damaged; save it again as .xlsx",
    )


def _refuse_bombs(path: Path) -> None:
    if path.stat().st_size > MOST_BYTES:
        raise malformed(
            f"工作簿超过 {MOST_BYTES // 2**20} MB,请拆分或另存为 CSV",
            f"the workbook is larger than {MOST_BYTES // 2**20} MB; split it or save it as CSV",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            declared = sum(member.file_size for member in members)
            packed = max(1, sum(member.compress_size for member in members))
            if (
                len(members) > MOST_MEMBERS
                or declared > MOST_INFLATED
                or declared > MOST_RATIO * packed + 2**20
            ):
                raise _too_large()
            if "xl/workbook.xml" not in archive.namelist():
                raise malformed(
                    "压缩包里没有工作簿,请上传 .xlsx 文件", "the archive holds no workbook"
                )
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise _unreadable(b"zip") from None


def _formulas(path: Path, index: int) -> Iterator[str]:
    """Yield addresses of formula cells. What is inflated is bounded, whatever the archive declares."""
    with zipfile.ZipFile(path) as archive:
        names = [
            n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", n)
        ]
        wanted = f"xl/worksheets/sheet{index + 1}.xml"
        for name in names if wanted not in names else [wanted]:
            with archive.open(name) as member:
                tail, seen = b"", 0
                while (chunk := member.read(_CHUNK)) and seen < MOST_INFLATED:
                    seen += len(chunk)
                    yield from (found.decode() for found in _FORMULA.findall(tail + chunk))
                    tail = chunk[-_OVERLAP:]


def read_text(raw: bytes) -> Sheet:
    """Return the rows of a CSV: UTF-8 with or without BOM, or GB18030 as Chinese Excel saves it.

    Raises:
        Invalid: the encoding or the quoting cannot be read.
    """
    text, notes = _decoded(raw)
    try:
        rows = tuple(
            (number, tuple(text_of_cell(cell.strip()) or None for cell in row))
            for number, row in enumerate(csv.reader(io.StringIO(text), strict=True), 1)
            if any(cell.strip() for cell in row)
        )
    except csv.Error as error:
        raise malformed(
            f"CSV 引号不配对:{error}", f"the CSV's quoting is broken: {error}"
        ) from None
    if len(rows) > MOST_ROWS:
        raise _too_large()
    if not rows:
        raise malformed("文件为空", "the file is empty")
    return Sheet("CSV", rows, frozenset(), notes)


def _decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw[:4096]:
        raise malformed("文件为 UTF-16 编码,请另存为 UTF-8", "the file is UTF-16; save it as UTF-8")
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030"), ("按 GB18030 编码读取 / read as GB18030",)
    except UnicodeDecodeError:
        raise malformed(
            "文件既不是 UTF-8 也不是 GB18030 编码,请另存为 UTF-8",
            "the file is neither UTF-8 nor GB18030; save it as UTF-8",
        ) from None


def _to_text(cell: Any) -> Any:  # noqa: ANN401 - whatever calamine reads
    """Return a cell for the way between the processes; days travel marked."""
    if isinstance(cell, datetime):
        return {"day": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return f"{cell}"
    if isinstance(cell, str):
        return cell.strip() or None
    return cell


def _from_text(cell: Any) -> Cell:  # noqa: ANN401 - JSON
    if isinstance(cell, dict):
        days = cast("dict[str, str]", cell)
        return date.fromisoformat(days["day"])
    return cast("Cell", cell)


def _parse(path: str) -> dict[str, Any]:
    """Read the first visible sheet with content; runs in the bounded process."""
    import python_calamine  # noqa: PLC0415 - only this process needs it

    book = python_calamine.CalamineWorkbook.from_path(path)  # pyright: ignore[reportUnknownMemberType] - its stub leaves PathLike open
    notes: list[str] = []
    for index, meta in enumerate(book.sheets_metadata):
        if meta.visible is not python_calamine.SheetVisibleEnum.Visible:
            notes.append(f"工作表“{meta.name}”已隐藏,未读取 / hidden sheet {meta.name} not read")
            continue
        sheet = book.get_sheet_by_index(index)
        if sheet.height > MOST_ROWS or sheet.width > MOST_COLUMNS:
            raise MemoryError("too-many-rows")
        first = (sheet.start or (0, 0))[0]
        rows = [
            (first + number, [_to_text(cell) for cell in row])
            for number, row in enumerate(sheet.to_python(skip_empty_area=True), 1)
        ]
        kept = [(number, cells) for number, cells in rows if any(c not in _EMPTY for c in cells)]
        if kept:
            return {"name": meta.name, "index": index, "rows": kept, "notes": notes}
    raise ValueError("empty-workbook")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    json.dump(_parse(sys.argv[1]), sys.stdout)
