"""What an import takes one after the other: a command of a file, or why there is none."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from api.intake.imports.lines import LONGEST, lines
from api.intake.sheets.cells import Row
from ledger.gate.faults import Fault, Invalid
from ledger.gate.shapes import Submission, from_line, from_members
from ledger.gate.text import admitted


class Span(NamedTuple):
    """Where in a file a line stands, so that it need not be kept to be shown."""

    path: Path
    start: int
    end: int

    def given(self) -> Any:  # noqa: ANN401 - any JSON value
        """Return what was sent: the object where it is one, else its text."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            raw = file.read(min(self.end - self.start, LONGEST)).removeprefix(b"\xef\xbb\xbf")
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError:
            return raw.decode(errors="replace").rstrip("\r\n")


class Item(NamedTuple):
    """One command of a file, or why there is none."""

    line: int
    submission: Submission | None
    faults: tuple[Fault, ...]
    code: str
    given: Any
    """What was sent: a `Span`, or the cells of a row."""
    done: int
    sheet: str = ""
    places: Mapping[str, str] = {}
    """Field of the command → the cell of the row that says it."""

    def placed(self, fault: Fault) -> Fault:
        """Return a fault at the cell that it is about, where the command came from a sheet."""
        field = fault.field
        while field:
            if field in self.places:
                return fault._replace(field=self.places[field])
            field = field.rpartition(".")[0]
        return fault


def of_lines(path: Path, *, history: bool = False) -> Iterator[Item]:
    """Yield the lines of an NDJSON file; `history` as `--backfill` brings it in.

    Raises:
        Invalid: the file as a whole cannot be used.
    """
    for line in lines(path):
        span = Span(path, line.start, line.end)
        if line.raw is None:
            fault = Fault("", f"一行超过 {LONGEST} 字节", f"a line has more than {LONGEST} bytes")
            yield Item(line.number, None, (fault,), "malformed", span, line.end)
            continue
        try:
            submission = from_line(line.raw, history=history)
        except Invalid as error:
            yield Item(line.number, None, error.faults, error.code, span, line.end)
        else:
            yield Item(line.number, submission, (), "", span, line.end)


def of_row(row: Row) -> Item:
    """Return the row of a sheet, with all that is wrong with it: in its cells, and as a command."""
    item = Item(
        row.number, None, row.faults, "invalid", row.original, row.number, row.sheet, row.places
    )
    if row.members is None:
        return item
    try:
        submission = from_members(*admitted(row.members))
    except Invalid as error:
        # Of a cell that is at fault already, the command's complaint is an echo.
        known = {fault.field for fault in row.faults}
        more = (item.placed(fault) for fault in error.faults)
        faults = (*row.faults, *dict.fromkeys(f for f in more if f.field not in known))
        return item._replace(faults=faults, code=error.code)
    if row.faults:
        return item
    earlier = tuple(content for members in row.earlier if (content := _content(members)))
    return item._replace(submission=submission._replace(earlier=earlier), code="")


def _content(members: Mapping[str, Any]) -> bytes | None:
    """Return what names the command that an earlier release made; None where it made none."""
    try:
        return from_members(members).content
    except Invalid:
        return None
