"""Import of files: NDJSON, the office sheets as XLSX and CSV. Used by command line and HTTP.

A file is taken in order, batch by batch; each line is taken whole or refused whole. Keys derived
from the content make a second run of the same file add nothing, so a killed import is simply run
again. Refused lines go to a file of their own, which holds what was sent (names and numbers too,
because an office must correct them) and is therefore readable by its owner alone.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Protocol

import orjson

from api.intake.collecting import rare_collections
from api.intake.imports.items import Item, Span, of_lines, of_row
from api.intake.imports.reader import beside
from api.intake.sheets.cells import Row
from api.intake.sheets.directory import Directory
from api.intake.sheets.file import Book, is_workbook, read_text, read_workbook
from api.intake.sheets.forms import recognise, rows_of
from api.intake.sheets.heads import Table
from api.intake.sheets.kinds import (
    LINES_AS_SHEET,
    cause_by_start,
    cause_of_text,
    is_binary,
    is_lines,
)
from api.intake.sheets.parts import place_in
from api.intake.sheets.roster_form import FORM as ROSTER_FORM
from domain.terms.envelope import UNSTAMPED, Stamps
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
MOST_NOTES = 200
_OF_LINES = frozenset({".ndjson", ".jsonl", ".json"})

Progress = Callable[[int, int], None]
"""Called with what was read so far and the whole, both in the same unit."""

OFFICE = {"account": "office", "role": Role.CENTRE_OFFICER.value, "organisation": "centre"}
PUBLISHER = {"account": "publisher", "role": Role.BUREAU_PUBLISHER.value, "organisation": "bureau"}
"""Who sheets are imported for where the caller does not say."""


@dataclass(slots=True)
class ImportReport:
    """What became of a file."""

    file: str
    lines: int = 0
    taken: int = 0
    known: int = 0
    """Lines that were in the ledger already, or change nothing."""
    refused: int = 0
    notes: list[str] = field(default_factory=list[str])
    reject: Path | None = None
    complete: bool = False
    """Whether the file was read to its end; otherwise the next run goes on behind its first `lines`."""


WHOLE_REJECTS = 8 * 1024 * 1024
"""Bytes up to which a refused line is told whole; behind them only which, and by what code."""
MOST_FAULTS = 20
"""Faults that are told of one line."""
LONGEST_REASON = 300


class Rejects:
    """The reject file: made with the first refused line, put in place when the import ends.

    Short bad lines could make a file hundreds of times their size: behind `WHOLE_REJECTS` a line
    has its number and its code, without what was sent.

    A device or a pipe is written to as it is: it is neither replaced nor removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_file = path.is_file() or not path.exists()
        self._part = path.with_name(f"{path.name}.part") if self._is_file else path
        self._file: IO[bytes] | None = None
        self._written = 0

    def add(self, item: Item, code: str, faults: Sequence[Fault]) -> None:
        """Write one refused line, or row of a sheet."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new = os.O_CREAT | os.O_TRUNC if self._is_file else 0
            self._file = os.fdopen(os.open(self._part, new | os.O_WRONLY, 0o600), "wb")
        whole = self._written < WHOLE_REJECTS
        errors = [
            {"field": fault.field[:LONGEST_REASON], "reason": fault.reason[:LONGEST_REASON]}
            for fault in faults[: MOST_FAULTS if whole else 0]
        ]
        reason = "; ".join(error["reason"] for error in errors)
        # What a whole publication is refused for stands in the row of its cell, not in the title's.
        placed = place_in(faults[0].field) if faults and item.places else None
        record = {
            "line": placed[0] if placed else item.line,
            "code": code,
            "reason": reason if whole else code,
            "errors": errors,
            "input": _given(item.given) if whole else None,
            **({"sheet": item.sheet} if item.sheet else {}),
        }
        self._written += self._file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> Path | None:
        """Put the file in place; an older one of the same name would mislead and is removed."""
        if self._file is None:
            if self._is_file:
                self.path.unlink(missing_ok=True)
            return None
        with self._file as file:
            self._file = None
            file.flush()
            if self._is_file:
                os.fsync(file.fileno())
        if self._is_file:
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
    brought: Stamps = UNSTAMPED
    """By which account the files are brought in, and whether they are history; every entry says it."""

    def take(
        self, path: Path, rejects: Rejects, report: ImportReport | None = None
    ) -> ImportReport:
        """Import one file.

        `report` is kept true line by line, so that who gave it knows what is durable whatever
        happens: its first `lines` lines are, and the next run goes on behind them.

        Raises:
            Invalid: the file as a whole cannot be used; nothing was taken.
        """
        report = report or ImportReport(str(path))
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
            report.notes = list(dict.fromkeys(report.notes))[:MOST_NOTES]
        report.complete = True
        self.progress(whole, whole)
        return report

    def _outcomes(self, items: Iterator[Item], waiting: deque[Item]) -> Generator[Outcome]:
        """Yield the outcome of every sound item; all items wait in order for theirs."""

        def batches() -> Iterator[list[Submission]]:
            while batch := list(islice(items, BATCH)):
                waiting.extend(batch)
                yield [
                    self._stamped(item.submission) for item in batch if item.submission is not None
                ]

        yield from self.transactor.stream(batches())

    def _stamped(self, submission: Submission) -> Submission:
        """Return the command with who brings it in."""
        if submission.stamps is UNSTAMPED:
            return submission._replace(stamps=self.brought)
        own = self.brought
        stamps = replace(submission.stamps, entered_by=own.entered_by, backfill=own.backfill)
        return submission._replace(stamps=stamps)

    def _items(self, path: Path, report: ImportReport) -> tuple[int, Iterator[Item]]:
        """Return the size of the whole and the commands of a file, by what the file is."""
        try:
            with path.open("rb") as file:
                head = file.read(4096)
            size = path.stat().st_size
        except OSError as error:
            raise malformed(
                f"无法读取 {path}：{error.strerror}", f"{path} cannot be read: {error.strerror}"
            ) from None
        cause = cause_by_start(head)
        if cause is not None:
            raise malformed(*cause)
        if is_workbook(head):
            return self._of_book(read_workbook(path), report)
        suffix = path.suffix.lower()
        named_text = suffix in {".csv", ".tsv", ".txt"}
        if suffix in {".xlsx", ".xlsm", ".xltx", ".xls", ".et"} or (
            is_binary(head) and not named_text
        ):
            raise malformed(
                *cause_of_text(head)
                if size and not is_binary(head)
                else (
                    "既不是工作簿，也不是文本文件（或为空）；请用 XLSX、CSV 或 NDJSON 重新保存",
                    "neither a workbook nor text, or empty; save it again as XLSX, CSV or NDJSON",
                )
            )
        if named_text or not (suffix in _OF_LINES or _may_be_lines(head)):
            if is_lines(head):
                raise malformed(*LINES_AS_SHEET)
            if size > LARGEST_TEXT_SHEET:
                raise malformed(
                    "CSV 超过 200 MB，请拆分", "the CSV is larger than 200 MB; split it"
                )
            return self._of_book(read_text(path.read_bytes()), report)
        if head.lstrip()[:1] == b"[":
            raise malformed(
                "这是一个 JSON 数组；请每行放一个 JSON 对象（NDJSON）",
                "this is one JSON array; write one JSON object a line (NDJSON)",
            )
        read = beside if size > LARGE else of_lines
        return size, read(path, history=self.brought.backfill)

    def _of_book(self, book: Book, report: ImportReport) -> tuple[int, Iterator[Item]]:
        tables, notes = recognise(book)
        report.notes += notes
        directory = self.directory()
        directory.history = self.brought.backfill
        rows = chain.from_iterable(
            rows_of(table, directory, self.actor or _default(table), report.notes)
            for table in tables
        )
        return sum(len(table.sheet.rows) for table in tables), _of_rows(rows, len(tables) > 1)


def _may_be_lines(head: bytes) -> bool:
    """Return whether a file of any name begins like JSON; all else is looked at as a sheet."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"[", b""}


def _default(table: Table) -> Mapping[str, str]:
    return PUBLISHER if table.form is ROSTER_FORM else OFFICE


def _of_rows(rows: Iterable[Row], several: bool) -> Iterator[Item]:  # noqa: FBT001
    """Yield the rows of one table or more; of several, each cell is named with its sheet."""
    for done, row in enumerate(rows, 1):
        item = of_row(row)._replace(done=done)
        if several:
            item = item._replace(
                faults=tuple(_on_sheet(row.sheet, fault) for fault in item.faults),
                places={field: f"{row.sheet}!{place}" for field, place in item.places.items()},
            )
        yield item


def _on_sheet(sheet: str, fault: Fault) -> Fault:
    return fault._replace(field=f"{sheet}!{fault.field}") if fault.field else fault


def _set_aside_unsound(waiting: deque[Item], report: ImportReport, rejects: Rejects) -> None:
    """Refuse the items at the front that are no commands and get no outcome."""
    while waiting and waiting[0].submission is None:
        item = waiting.popleft()
        report.lines += 1
        report.refused += 1
        rejects.add(item, item.code, item.faults)


def _count(item: Item, outcome: Outcome, report: ImportReport, rejects: Rejects) -> None:
    report.lines += 1
    if isinstance(outcome, Accepted):
        report.taken += 1
    elif isinstance(outcome, Rejected):
        report.refused += 1
        rejects.add(item, outcome.code, [item.placed(fault) for fault in _faults(outcome)])
    else:
        report.known += 1


def _faults(outcome: Rejected) -> Sequence[Fault]:
    return outcome.errors or (Fault(outcome.field, outcome.zh, outcome.en),)


def _given(given: Any) -> Any:  # noqa: ANN401 - cells by name, or any JSON value
    return given.given() if isinstance(given, Span) else given
