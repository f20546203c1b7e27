"""Catalogues as offices send them: a sheet of a workbook, or text in one of their encodings, read as CSV."""

import csv
import io
import tempfile
from pathlib import Path

from api.export.formats import text_of_cell
from api.intake.sheets.file import (
    Cell,
    ErrorValue,
    Moment,
    Sheet,
    is_workbook,
    read_text,
    read_workbook,
)
from api.intake.sheets.kinds import cause_by_start
from api.intake.sheets.parts import address
from domain.terms.vocabulary import CatalogueKind
from ledger import catalogue_forms
from ledger.catalogues import Arrived
from ledger.gate.faults import malformed

SHEETS = frozenset(catalogue_forms.FORMS)


def arrived(kind: CatalogueKind, name: str, raw: bytes) -> tuple[Arrived, tuple[str, ...]]:
    """Return a file as it is stored, and what is to be said of it.

    Raises:
        Invalid: it holds no sheet that can be read.
    """
    if kind not in SHEETS:
        return Arrived(kind, name, raw), ()
    cause = cause_by_start(raw[:4096])
    if cause is not None:
        raise malformed(*cause, "file")
    if is_workbook(raw[:8]):
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(raw)
            file.flush()
            book = read_workbook(Path(file.name))
        sheet, *others = book.sheets
        _require_values(sheet)
        unread = (f"工作表“{each.name}”未读取 / sheet {each.name} not read" for each in others)
        return Arrived(kind, name, raw, _as_csv(sheet)), (*book.notes, *unread)
    book = read_text(raw)
    # In GB18030 a file is stored as it was sent, and read in UTF-8.
    table = _as_csv(book.sheets[0]) if book.notes else None
    return Arrived(kind, name, raw, table), book.notes


def _require_values(sheet: Sheet) -> None:
    """Refuse formulas and errors: what a formula came to when it was saved is not what it says."""
    wrong = [
        *((at, "公式", "a formula") for at in sorted(sheet.formulas)),
        *(
            ((number, column), f"错误 {cell.shown}", f"the error {cell.shown}")
            for number, cells in sheet.rows
            for column, cell in enumerate(cells)
            if isinstance(cell, ErrorValue)
        ),
    ]
    if wrong:
        at, zh, en = wrong[0]
        place = address(*at)
        raise malformed(
            f"{place} 单元格是{zh}，请粘贴为数值", f"{place} holds {en}; paste its value", place
        )


def _as_csv(sheet: Sheet) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    line = 1
    for number, cells in sheet.rows:
        while line < number:  # faults name the row of the sheet
            writer.writerow([])
            line += 1
        writer.writerow([_text(cell) for cell in cells])
        line += 1
    return out.getvalue().encode()


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Moment(at):
            return at.isoformat(sep=" ")
        case _:
            return text_of_cell(str(cell))


def table(kind: CatalogueKind, name: str, raw: bytes) -> bytes:
    """Return what is read of a file that was sent in another form than it is read in."""
    return arrived(kind, name, raw)[0].table or raw
