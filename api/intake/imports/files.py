"""Import of files: NDJSON, the two office sheets as XLSX and CSV. Used by command line and HTTP.

A file is taken in order, batch by batch; each line is taken whole or refused whole. Keys derived
from the content make a second run of the same file add nothing, so a killed import is simply run
again. Refused lines go to a file of their own, which holds what was sent (names and numbers too,
because an office must correct them) and is therefore readable by its owner alone.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import orjson

from api.intake.collecting import rare_collections
from api.intake.imports.items import Item, Span, of_lines, of_row
from api.intake.imports.lines import is_utf16
from api.intake.imports.reader import beside
from api.intake.sheets.directory import Directory
from api.intake.sheets.file import Sheet, is_old_workbook, is_workbook, read_text, read_workbook
from api.intake.sheets.forms import form_of
from api.intake.sheets.roster_form import roster
from domain.terms.vocabulary import Role
from ledger.deciding.transact import Accepted, Outcome, Rejected
from ledger.gate.faults import Fault, malformed
from ledger.gate.shapes import Submission

BATCH = 5_000
LARGE = 2**22
"""Bytes of an NDJSON file for which a process of its own is worth starting."""
STEP = 1_000
"""Lines from one report of progress to the next."""
LARGEST_TEXT_SHEET = 200 * 2**20

Progress = Callable[[int, int], None]
"""Called with what was read so far and the whole, both in the same unit."""

OFFICE = {"account": "office", "role": Role.CENTRE_OFFICER.value, "organisation": "centre"}
PUBLISHER = {"account": "publisher", "role": Role.BUREAU_PUBLISHER.value, "organisation": "bureau"}
"""Who sheets are imported for where the caller does not say."""


@dataclass(slots=True)
class Report:
    """What became of a file."""

    file: str
    lines: int = 0
    taken: int = 0
    known: int = 0
    """Lines that were in the ledger already, or change nothing."""
    refused: int = 0
    notes: list[str] = field(default_factory=list[str])
    reject: Path | None = None


class Rejects:
    """The reject file: made with the first refused line, put in place when the import ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(f"{path.name}.part")
        self._file: int | None = None

    def add(self, line: int, code: str, faults: Sequence[Fault], given: Any) -> None:  # noqa: ANN401
        """Write one refused line."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        errors = [{"field": fault.field, "reason": fault.reason} for fault in faults]
        reason = "; ".join(error["reason"] for error in errors)
        record = {"line": line, "code": code, "reason": reason, "errors": errors, "input": given}
        os.write(self._file, orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> Path | None:
        """Put the file in place; an older one of the same name would mislead and is removed."""
        if self._file is None:
            self.path.unlink(missing_ok=True)
            return None
        os.fsync(self._file)
        os.close(self._file)
        self._file = None
        self._part.replace(self.path)
        return self.path


class Decides(Protocol):
    """Carries out commands: a `Transactor`, or what stands before one."""

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        """Carry out or refuse the commands in their order; yield each outcome once it is durable."""
        ...


@dataclass(slots=True)
class Importer:
    """Takes files into one ledger."""

    transactor: Decides
    directory: Callable[[], Directory]
    actor: Mapping[str, str] | None = None
    progress: Progress = lambda _done, _whole: None

    def take(self, path: Path, rejects: Rejects) -> Report:
        """Import one file.

        Raises:
            Invalid: the file as a whole cannot be used; nothing was taken.
        """
        report = Report(str(path))
        whole, items = self._items(path, report)
        waiting: deque[Item] = deque()
        try:
            with rare_collections(), closing(self._outcomes(items, waiting)) as outcomes:
                for number, outcome in enumerate(outcomes):
                    _set_aside_unsound(waiting, report, rejects)
                    item = waiting.popleft()
                    _count(item, outcome, report, rejects)
                    if number % STEP == 0:
                        self.progress(item.done, whole)
            _set_aside_unsound(waiting, report, rejects)
        finally:
            report.reject = rejects.close()
        self.progress(whole, whole)
        return report

    def _outcomes(self, items: Iterator[Item], waiting: deque[Item]) -> Generator[Outcome]:
        """Yield the outcome of every sound item; all items wait in order for theirs."""

        def batches() -> Iterator[list[Submission]]:
            while batch := list(islice(items, BATCH)):
                waiting.extend(batch)
                yield [item.submission for item in batch if item.submission is not None]

        yield from self.transactor.stream(batches())

    def _items(self, path: Path, report: Report) -> tuple[int, Iterator[Item]]:
        """Return the size of the whole and the commands of a file, by what the file is."""
        try:
            with path.open("rb") as file:
                head = file.read(512)
            size = path.stat().st_size
        except OSError as error:
            raise malformed(
                f"无法读取 {path}:{error.strerror}", f"{path} cannot be read: {error.strerror}"
            ) from None
        if is_old_workbook(head):
            raise malformed(
                "旧版 .xls 或带密码的工作簿,请另存为无密码的 .xlsx",
                "an old .xls or a locked workbook; save it as .xlsx without a password",
            )
        if is_workbook(head):
            return self._of_sheet(read_workbook(path), report)
        if path.suffix.lower() in {".csv", ".tsv", ".txt"}:
            if size > LARGEST_TEXT_SHEET:
                raise malformed("CSV 超过 200 MB,请拆分", "the CSV is larger than 200 MB; split it")
            return self._of_sheet(read_text(path.read_bytes()), report)
        if path.suffix.lower() in {".xlsx", ".xlsm", ".xltx"} or _is_binary(head):
            raise malformed(
                "既不是工作簿,也不是文本文件;请用 XLSX、CSV 或 NDJSON 重新保存",
                "neither a workbook nor text; save it again as XLSX, CSV or NDJSON",
            )
        if head.lstrip()[:1] == b"[":
            raise malformed(
                "这是一个 JSON 数组;请每行放一个 JSON 对象(NDJSON)",
                "this is one JSON array; write one JSON object a line (NDJSON)",
            )
        return size, beside(path) if size > LARGE else of_lines(path)

    def _of_sheet(self, sheet: Sheet, report: Report) -> tuple[int, Iterator[Item]]:
        report.notes += sheet.notes
        interpret = form_of(sheet)
        default = PUBLISHER if interpret is roster else OFFICE
        rows = interpret(sheet, self.directory(), self.actor or default)
        return len(sheet.rows), map(of_row, rows)


def _is_binary(head: bytes) -> bool:
    return b"\0" in head and not is_utf16(head)


def _set_aside_unsound(waiting: deque[Item], report: Report, rejects: Rejects) -> None:
    """Refuse the items at the front that are no commands and get no outcome."""
    while waiting and waiting[0].submission is None:
        item = waiting.popleft()
        report.lines += 1
        report.refused += 1
        rejects.add(item.line, item.code, item.faults, _given(item.given))


def _count(item: Item, outcome: Outcome, report: Report, rejects: Rejects) -> None:
    report.lines += 1
    if isinstance(outcome, Accepted):
        report.taken += 1
    elif isinstance(outcome, Rejected):
        report.refused += 1
        rejects.add(item.line, outcome.code, _faults(outcome), _given(item.given))
    else:
        report.known += 1


def _faults(outcome: Rejected) -> Sequence[Fault]:
    return outcome.errors or (Fault(outcome.field, outcome.zh, outcome.en),)


def _given(given: Any) -> Any:  # noqa: ANN401 - cells by name, or any JSON value
    return given.given() if isinstance(given, Span) else given
