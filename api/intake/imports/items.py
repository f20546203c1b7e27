"""What an import takes one after the other: a command of a file, or why there is none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from api.intake.imports.lines import LONGEST, lines
from api.intake.sheets.cells import Row
from ledger.gate.faults import Fault, Invalid
from ledger.gate.shapes import Submission, from_line, from_members


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


def of_lines(path: Path) -> Iterator[Item]:
    """Yield the lines of an NDJSON file.

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
            submission = from_line(line.raw)
        except Invalid as error:
            yield Item(line.number, None, error.faults, error.code, span, line.end)
        else:
            yield Item(line.number, submission, (), "", span, line.end)


def of_row(row: Row) -> Item:
    """Return the row of a sheet."""
    if row.members is None:
        return Item(row.number, None, row.faults, "invalid", row.original, row.number)
    try:
        submission = from_members(row.members)
    except Invalid as error:
        return Item(row.number, None, error.faults, error.code, row.original, row.number)
    return Item(row.number, submission, (), "", row.original, row.number)
