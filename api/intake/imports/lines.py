"""NDJSON files line by line: bounded memory, each line by itself, the file's encoding judged first."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from api.intake.sheets.kinds import is_utf16
from ledger.gate.faults import malformed

LONGEST = 2**20
"""Bytes of one line, as of a body over HTTP. The longest commands are publications: one of a thousand
enterprises has some 400 kB, everything else fits into an entry of 60 kB."""
_BOM = b"\xef\xbb\xbf"
_PROBE = 2**16


class Line(NamedTuple):
    """One line with its number; `raw` is None where the line is too long to be read."""

    number: int
    raw: bytes | None
    start: int
    end: int
    """Where the line begins and the next one does."""


def lines(path: Path) -> Iterator[Line]:
    """Yield every line that is not blank.

    Raises:
        Invalid: the file is empty or not UTF-8.
    """
    with path.open("rb") as file:
        _require_text(file.read(_PROBE))
        file.seek(0)
        number, end = 0, 0
        while raw := file.readline(LONGEST):
            start = end
            number += 1
            end += len(raw)
            whole = raw.endswith(b"\n") or len(raw) < LONGEST
            while not whole:
                rest = file.readline(LONGEST)
                end += len(rest)
                whole = rest.endswith(b"\n") or len(rest) < LONGEST
                raw = b""
            if number == 1:
                raw = raw.removeprefix(_BOM)
            if not raw:
                yield Line(number, None, start, end)
            elif raw.strip():
                yield Line(number, raw.strip(), start, end)


def _require_text(head: bytes) -> None:
    if not head.strip():
        raise malformed("文件为空", "the file is empty")
    if is_utf16(head):
        raise malformed(
            "文件为 UTF-16 编码，请另存为 UTF-8", "the file is UTF-16; save it as UTF-8"
        )
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # A character may be cut by the probe's end.
        if len(head) == _PROBE and error.start >= len(head) - 4:
            return
        raise malformed(
            f"文件不是 UTF-8 编码（第 {error.start + 1} 字节；可能是 GB18030），请另存为 UTF-8",
            f"the file is not UTF-8 (byte {error.start + 1}; perhaps GB18030); save it as UTF-8",
        ) from None
