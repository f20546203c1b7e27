"""The user's own workbook or CSV back, with its faults marked where they are.

Of a workbook everything stays (formats, formulas, sheets that were not read): faulty cells get a
colour, and a column 错误说明 behind each table says what is wrong with the row. Mended in place,
the file is imported again as it is: that column is none of a form's.
"""

import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from api.export.formats import safe_cell
from api.intake.sheets.file import is_workbook, read_text, read_workbook
from api.intake.sheets.forms import recognise
from api.intake.sheets.heads import WHY, Table
from api.intake.sheets.parts import (
    address,
    local,
    member_name,
    new_parser,
    place,
    place_in,
    sheet_names,
    sheet_parts,
)
from ledger.gate.faults import Invalid

MOST_BYTES = 64 * 2**20
"""Of one inflated part; a larger workbook comes back as a list of errors only."""
_LONGEST = 32_000
_CELL = re.compile(rb"<((?:\w+:)?)c\b")
_ROW_END = re.compile(rb"</((?:\w+:)?)row\s*>")
_FILL = (
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/>'
    '<bgColor indexed="64"/></patternFill></fill>'
)


class Fault(NamedTuple):
    """What is wrong with one row: its cells at fault, and all sentences."""

    row: int
    cells: tuple[tuple[int, int], ...]
    said: str


def marked(path: Path, rejects: Iterable[Mapping[str, Any]]) -> tuple[str, bytes] | None:
    """Return the ending and the content of the file with its faults marked; None: it is no sheet."""
    with path.open("rb") as file:
        head = file.read(4)
    faults = _by_sheet(rejects)
    try:
        if is_workbook(head):
            return ".xlsx", _workbook(path, recognise(read_workbook(path)).tables, faults)
        if path.suffix.lower() in {".csv", ".tsv", ".txt"}:
            (table,) = recognise(read_text(path.read_bytes())).tables
            return ".csv", _text(table, faults.get("", []))
    except Invalid:  # as a whole it cannot be used: there is nothing to mark
        return None
    return None


def _by_sheet(rejects: Iterable[Mapping[str, Any]]) -> dict[str, list[Fault]]:
    """Return what is wrong by sheet and row: a fault of a publication stands in the row of its cell."""
    by_sheet: dict[str, list[Fault]] = defaultdict(list)
    for reject in rejects:
        line = int(reject["line"])
        by_row: dict[int, list[tuple[str, tuple[int, int] | None]]] = {}
        for error in reject["errors"]:
            cell = place_in(error["field"])
            said = f"{error['field']}：{error['reason'].partition(' / ')[0]}"
            by_row.setdefault(cell[0] if cell else line, []).append((said, cell))
        own = by_sheet[reject.get("sheet", "")]
        if not by_row:
            own.append(Fault(line, (), str(reject["reason"])))
        for row, errors in by_row.items():
            cells = tuple(cell for _, cell in errors if cell is not None)
            own.append(Fault(row, cells, "；".join(said for said, _ in errors)))
    return by_sheet


def _text(table: Table, faults: Sequence[Fault]) -> bytes:
    """Return a CSV with a further column; what was GB18030 comes back as UTF-8 with its mark."""
    said = _said(faults)
    out = io.StringIO(newline="")
    lines = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    column = _column(table)
    for number, cells in table.sheet.rows:
        row = [*map(safe_cell, cells), *([""] * (column - len(cells)))][:column]
        lines.writerow([*row, WHY if number == table.head else safe_cell(said.get(number))])
    return out.getvalue().encode("utf-8-sig")


def _column(table: Table) -> int:
    """Return where what is wrong is written: behind the table, or where it was written before."""
    width = max(len(cells) for _, cells in table.sheet.rows)
    head = next(cells for number, cells in table.sheet.rows if number == table.head)
    return head.index(WHY) if WHY in head and head.index(WHY) == width - 1 else width


def _said(faults: Iterable[Fault]) -> dict[int, str]:
    by_row: dict[int, str] = {}
    for fault in faults:
        before = by_row.get(fault.row)
        by_row[fault.row] = fault.said if before is None else f"{before}；{fault.said}"
    return by_row


def _workbook(path: Path, tables: Sequence[Table], faults: Mapping[str, Sequence[Fault]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(path) as source:
        parts = dict(zip(sheet_names(source), sheet_parts(source), strict=False))
        tables_by_part = {parts.get(table.sheet.name): table for table in tables}
        styles = next((n for n in source.namelist() if member_name(n) == "xl/styles.xml"), None)
        marker = _Marker(_part(source, styles) if styles else b"")
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist():
                name = info.filename.replace("\\", "/").lstrip("/")
                table = tables_by_part.get(member_name(name))
                if table is not None:
                    own = faults.get(table.sheet.name, ())
                    content = marker.sheet(_part(source, info.filename), table, own)
                    target.writestr(name, content)
                elif info.filename != styles:
                    target.writestr(name, _part(source, info.filename))
            if styles is not None:
                target.writestr(member_name(styles), marker.styles())
    return made.getvalue()


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        content = member.read(MOST_BYTES + 1)
    # Octets are put into it as they are found, which takes an encoding that is like ASCII.
    if len(content) > MOST_BYTES or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid([])
    return content


class _Edit(NamedTuple):
    """Octets to put in place of those from `start` to `end`."""

    start: int
    end: int
    text: bytes


class _Marker:
    """Gives cells a colour: a style of the workbook with another fill, made when it is needed."""

    def __init__(self, styles: bytes) -> None:
        self._styles = styles
        self._cells = _sections(styles, "cellXfs", "xf") if styles else []
        self._fills = len(_sections(styles, "fills", "fill")) if styles else 0
        self._made: dict[int, int] = {}

    def style(self, old: int) -> int | None:
        """Return the style that is `old` in colour; None where the workbook has no styles."""
        if not self._cells or old >= len(self._cells):
            return None
        return self._made.setdefault(old, len(self._cells) + len(self._made))

    def styles(self) -> bytes:
        """Return the part with the styles that were made."""
        if not self._made:
            return self._styles
        added = b"".join(_coloured(self._cells[old], self._fills) for old in self._made)
        text = _behind_last(self._styles, "cellXfs", added, len(self._made))
        return _behind_last(text, "fills", _FILL.encode(), 1)

    def sheet(self, xml: bytes, table: Table, faults: Sequence[Fault]) -> bytes:
        """Return a sheet with its faulty cells coloured and what is wrong behind each row."""
        said = _said(faults)
        said.setdefault(table.head, WHY)
        cells = {cell for fault in faults for cell in fault.cells}
        return _edited(xml, _SheetEdits(self, _column(table), said, cells).of(xml))


class _SheetEdits:
    """Finds where in a sheet's XML something has to be put."""

    def __init__(
        self, marker: _Marker, column: int, said: Mapping[int, str], cells: set[tuple[int, int]]
    ) -> None:
        self._marker, self._column, self._said, self._wrong = marker, column, said, cells
        self._edits: list[_Edit] = []
        self._row, self._at = 0, -1
        self._outdated: int | None = None

    def of(self, xml: bytes) -> list[_Edit]:
        """Return the edits in order of their place."""
        self._xml = xml
        self._parser = new_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(xml, True)  # noqa: FBT003 - expat's own order
        return self._edits

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = local(name)
        if kind == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._at = -1
        elif kind == "c":
            at = place(attributes["r"]) if "r" in attributes else None
            self._row, self._at = at or (self._row, self._at + 1)
            if self._at == self._column:  # what was wrong when it was marked before
                self._outdated = self._parser.CurrentByteIndex
            elif (self._row, self._at) in self._wrong:
                self._colour(int(attributes.get("s", 0)))

    def _end_of_cell(self, start: int) -> int:
        first = self._xml.index(b">", start)
        if self._xml[first - 1 : first] == b"/":
            return first + 1
        return self._xml.index(b">", self._parser.CurrentByteIndex) + 1

    def _colour(self, old: int) -> None:
        style = self._marker.style(old)
        start = self._parser.CurrentByteIndex
        end = self._xml.index(b">", start)
        tag = self._xml[start:end]
        match = _CELL.match(tag)
        if style is None or match is None:
            return
        plain = re.sub(rb"""\ss\s*=\s*(?:"[^"]*"|'[^']*')""", b"", tag)
        new = plain[: match.end()] + f' s="{style}"'.encode() + plain[match.end() :]
        self._edits.append(_Edit(start, end, new))

    def _end(self, name: str) -> None:
        if local(name) == "c" and self._outdated is not None:
            self._edits.append(_Edit(self._outdated, self._end_of_cell(self._outdated), b""))
            self._outdated = None
        if local(name) != "row" or self._row not in self._said:
            return
        start = self._parser.CurrentByteIndex
        closing = _ROW_END.match(self._xml, start)
        if closing is None:  # a row without cells says nothing
            return
        prefix = closing[1].decode()
        text = escape("".join(c for c in self._said[self._row] if c.isprintable())[:_LONGEST])
        cell = (
            f'<{prefix}c r="{address(self._row, self._column)}" t="inlineStr">'
            f'<{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is></{prefix}c>'
        )
        self._edits.append(_Edit(start, start, cell.encode()))


def _edited(xml: bytes, edits: Sequence[_Edit]) -> bytes:
    pieces: list[bytes] = []
    done = 0
    for edit in edits:
        pieces += (xml[done : edit.start], edit.text)
        done = edit.end
    return b"".join((*pieces, xml[done:]))


def _sections(xml: bytes, outer: str, inner: str) -> list[bytes]:
    """Return the elements `inner` that stand directly in `outer`, as they are written."""
    sections: list[bytes] = []
    parser = new_parser()
    path: list[str] = []
    starts: list[int] = []

    def start(name: str, _: dict[str, str]) -> None:
        if path and path[-1] == outer and local(name) == inner:
            starts.append(parser.CurrentByteIndex)
        path.append(local(name))

    def end(name: str) -> None:
        path.pop()
        if path and path[-1] == outer and local(name) == inner:
            first = xml.index(b">", starts[-1])
            empty = xml[first - 1 : first] == b"/"
            last = first if empty else xml.index(b">", parser.CurrentByteIndex)
            sections.append(xml[starts[-1] : last + 1])

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(xml, True)  # noqa: FBT003 - expat's own order
    return sections


def _coloured(xf: bytes, fill: int) -> bytes:
    """Return a cell format with another fill."""
    plain = re.sub(rb"""\s(?:fillId|applyFill)\s*=\s*(?:"[^"]*"|'[^']*')""", b"", xf)
    return re.sub(rb"<((?:\w+:)?)xf\b", rb'<\1xf fillId="%d" applyFill="1"' % fill, plain, count=1)


def _behind_last(xml: bytes, outer: str, added: bytes, number: int) -> bytes:
    """Return the part with elements added at the end of `outer`, and its count raised."""
    closing = re.search(rb"</((?:\w+:)?)" + outer.encode() + rb"\s*>", xml)
    if closing is None:
        return xml
    if closing[1]:  # what is added is written as its neighbours are
        added = re.sub(rb"<(/?)(?:\w+:)?(\w)", rb"<\1" + closing[1] + rb"\2", added)
    xml = xml[: closing.start()] + added + xml[closing.start() :]
    opening = re.compile(
        rb"(<(?:\w+:)?" + outer.encode() + rb"\b[^>]*?\scount\s*=\s*[\"'])([0-9]+)"
    )
    return opening.sub(lambda match: match[1] + str(int(match[2]) + number).encode(), xml, count=1)
