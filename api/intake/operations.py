"""Imports asked for over HTTP: taken to a folder, carried out one after another, looked up by id.

What an operation has come to lies in files of the data folder, so every server process can answer
for it and a restart goes on with what was not finished: taking a file twice adds nothing.
"""

import fcntl
import logging
import os
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import compress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol

import msgspec

from api.intake.imports.files import Decides, Importer, Rejects, Report
from api.intake.sheets.file import is_workbook
from api.intake.sheets.marked import marked
from domain.terms.envelope import UNSTAMPED, Actor, Stamps
from ledger.deciding.outcome import Outcome, Rejected
from ledger.gate.faults import Invalid
from ledger.gate.output import members
from ledger.gate.shapes import Submission
from ledger.log.clock import now
from ledger.log.entry import instant_text

logger = logging.getLogger("dudao.api")

KEPT = timedelta(days=7)
"""How long a preview waits for its confirmation, and a file with faults for who mends them."""
MOST_REFUSED = 100
"""Refused lines in the answer itself; all of them are in the reject list."""


class Stage(StrEnum):
    """How far an operation has come."""

    QUEUED = "queued"
    RUNNING = "running"
    PREVIEWED = "previewed"
    """It was rehearsed: the counts say what it would come to. Nothing was recorded."""
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"
    """It was given up after its preview; the file is gone."""


class Operation(msgspec.Struct, kw_only=True):
    """One import."""

    id: str
    file_name: str
    suffix: str
    actor: Actor
    asked_at: str
    stage: Stage = Stage.QUEUED
    preview: bool = False
    """Whether it is to be rehearsed first, and waits for a confirmation then."""
    assessment_id: str | None = None
    """The session of all rows of an upload, where who uploads has said so."""
    done: int = 0
    whole: int = 0
    lines: int = 0
    taken: int = 0
    known: int = 0
    refused: int = 0
    notes: list[str] = []
    errors: list[dict[str, str]] = []


class Bench(Protocol):
    """Where importers come from."""

    def importer(
        self,
        actor: Mapping[str, str] | None,
        progress: Callable[[int, int], None],
        assessment_id: str | None = None,
        brought: Stamps = UNSTAMPED,
    ) -> Importer:
        """Return what takes files in."""
        ...

    def rehearser(
        self,
        actor: Mapping[str, str] | None,
        progress: Callable[[int, int], None],
        assessment_id: str | None = None,
        brought: Stamps = UNSTAMPED,
    ) -> Importer:
        """Return what tells what would become of files, and takes nothing in."""
        ...


class OwnLines:
    """Decides only what the uploader does in their own name; a line of another actor is refused."""

    def __init__(self, decider: Decides, actor: Actor) -> None:
        self._decider = decider
        self._actor = actor

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        """Carry out or refuse the commands in their order."""
        waiting: deque[Rejected | None] = deque()

        def own() -> Iterator[list[Submission]]:
            for batch in batches:
                answers = [self._refusal(submission) for submission in batch]
                waiting.extend(answers)
                allowed = [answer is None for answer in answers]
                # A second person signs in by themselves: what needs one becomes a request.
                yield [each._replace(asks=True) for each in compress(batch, allowed)]

        for outcome in self._decider.stream(own()):
            while (refusal := waiting.popleft()) is not None:
                yield refusal
            yield outcome
        yield from (refusal for refusal in waiting if refusal is not None)

    def _refusal(self, submission: Submission) -> Rejected | None:
        """Return why a line cannot come from here; None where it can."""
        if submission.actor != self._actor:
            return FOREIGN
        stamps = submission.stamps
        if stamps.received_by is not None and stamps.received_by != self._actor:
            return SPEAKS_FOR_ANOTHER
        return SPEAKS_FOR_ANOTHER if stamps.approved_by is not None else None


FOREIGN = Rejected(
    "other-actor",
    "通过网络导入时,每行的 actor 须与令牌一致",
    "over HTTP the actor of every line is who the token says",
    "actor",
)
SPEAKS_FOR_ANOTHER = Rejected(
    "speaks-for-another",
    "通过网络导入时不能写明他人收件(received_by)或批准(approved_by):由其本人登录办理",
    "over HTTP nobody states that somebody else received (received_by) or approved (approved_by) "
    "it: they sign in and do so themselves",
    "approved_by",
)


def _broken_off(operation: Operation) -> str:
    """Return what to say of an operation that a fault has ended: from where to go on."""
    if operation.preview:
        return "系统内部错误,预览未完成 / internal error; the preview did not get to its end"
    return (
        f"系统内部错误,处理到第 {operation.lines} 个数据行为止,此前的结果均已生效;"
        "再次上传同一文件即从其后继续,不会重复入账 / "
        f"internal error behind line {operation.lines} of the data; what was taken until then is "
        "durable. Send the same file again to go on from there: nothing is added twice"
    )


class Operations:
    """The imports of one data folder, and the thread that carries them out."""

    def __init__(self, folder: Path, bench: Bench) -> None:
        self._folder = folder
        self._bench = bench
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="imports", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier process left unfinished, and forget previews nobody came back to."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stale = instant_text(now() - KEPT)
        for operation in self._all():
            if operation.stage in {Stage.QUEUED, Stage.RUNNING}:
                self._queue.put(operation.id)
            elif operation.stage is Stage.PREVIEWED and operation.asked_at < stale:
                self.discard(operation)
            elif operation.asked_at < stale:  # its faults were to be mended; it holds names
                self._upload(operation).unlink(missing_ok=True)
        self._thread.start()

    def close(self) -> None:
        """Take nothing more on; what runs goes on where it was when the next process starts."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def new(
        self,
        file_name: str,
        actor: Actor,
        *,
        preview: bool = False,
        assessment_id: str | None = None,
    ) -> tuple[Operation, Path]:
        """Return an operation and where its file is to be written before `enqueue`.

        With `preview` it is rehearsed and waits for `confirm`.
        """
        suffix = Path(file_name).suffix.lower()[:10]
        operation = Operation(
            id=str(uuid.uuid4()),
            file_name=file_name[:200],
            suffix=suffix if suffix.isascii() and suffix[1:].isalnum() else "",
            actor=actor,
            preview=preview,
            assessment_id=assessment_id,
            asked_at=instant_text(now()),
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return operation, self._upload(operation)

    def enqueue(self, operation: Operation) -> None:
        """Have the operation carried out."""
        self._save(operation)
        self._queue.put(operation.id)

    def confirm(self, operation: Operation) -> bool:
        """Have a rehearsed operation carried out; return False where it does not wait for that."""
        if operation.stage is not Stage.PREVIEWED:
            return False
        operation.preview, operation.stage, operation.done = False, Stage.QUEUED, 0
        self.enqueue(operation)
        return True

    def discard(self, operation: Operation) -> bool:
        """Give up a rehearsed operation; return False where it does not wait."""
        if operation.stage is not Stage.PREVIEWED:
            return False
        operation.stage = Stage.DISCARDED
        self._save(operation)
        for path in (self._upload(operation), self._rejects(operation.id)):
            path.unlink(missing_ok=True)
        return True

    def of(self, actor: Actor) -> list[Operation]:
        """Return the operations of one account, the latest first."""
        found = [operation for operation in self._all() if operation.actor == actor]
        return sorted(found, key=lambda operation: operation.asked_at, reverse=True)

    def find(self, id_: str) -> Operation | None:
        """Return the operation of that id."""
        try:
            name = str(uuid.UUID(id_))
            return msgspec.json.decode(self._state(name).read_bytes(), type=Operation)
        except (ValueError, FileNotFoundError):
            return None

    def refused(self, operation: Operation, limit: int | None = MOST_REFUSED) -> list[Any]:
        """Return refused lines with their reasons, all of them with `limit` None."""
        path = self._rejects(operation.id)
        if not path.exists():
            return []
        found: list[Any] = []
        with path.open("rb") as file:
            for line in file:
                if limit is not None and len(found) == limit:
                    break
                found.append(msgspec.json.decode(line))
        return found

    def marked(self, operation: Operation) -> tuple[str, bytes] | None:
        """Return the ending and the content of the sheet with its faults marked, while it is kept."""
        if not self.keeps(operation):
            return None
        return marked(self._upload(operation), self.refused(operation, None))

    def keeps(self, operation: Operation) -> bool:
        """Return whether the file is still here, and a sheet with faults in it."""
        path = self._upload(operation)
        if operation.refused == 0 or not path.exists():
            return False
        with path.open("rb") as file:
            return is_workbook(file.read(4)) or path.suffix in {".csv", ".tsv", ".txt"}

    def _state(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"

    def _upload(self, operation: Operation) -> Path:
        return self._folder / f"{operation.id}.upload{operation.suffix}"

    def _rejects(self, id_: str) -> Path:
        return self._folder / f"{id_}.reject.ndjson"

    def _all(self) -> Iterator[Operation]:
        for path in sorted(self._folder.glob("*.json")):
            found = self.find(path.stem)
            if found is not None:
                yield found

    def _save(self, operation: Operation) -> None:
        path = self._state(operation.id)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        part.write_bytes(msgspec.json.encode(operation))
        part.replace(path)

    def _work(self) -> None:
        while (id_ := self._queue.get()) is not None:
            operation = self.find(id_)
            if operation is not None and operation.stage in {Stage.QUEUED, Stage.RUNNING}:
                self._carry_out(operation)

    def _carry_out(self, operation: Operation) -> None:
        path = self._upload(operation)
        try:
            with path.open("rb") as held:
                # Another process may have found the same unfinished operation.
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._import(operation, path)
        except BlockingIOError:
            return
        except Invalid as error:
            operation.stage = Stage.FAILED
            operation.errors = [{"field": f.field, "reason": f.reason} for f in error.faults]
        except Exception:
            logger.exception("import %s failed", operation.id)
            operation.stage = Stage.FAILED
            operation.errors = [{"field": "", "reason": _broken_off(operation)}]
        self._save(operation)
        if operation.stage is not Stage.PREVIEWED and operation.refused == 0:
            path.unlink(missing_ok=True)

    def _import(self, operation: Operation, path: Path) -> None:
        report = Report(operation.file_name)

        def progress(done: int, whole: int) -> None:
            operation.stage, operation.done, operation.whole = Stage.RUNNING, done, whole
            _count(operation, report)
            self._save(operation)

        takes = self._bench.rehearser if operation.preview else self._bench.importer
        brought = Stamps(entered_by=operation.actor.account)
        actor = members(operation.actor)
        importer = takes(actor, progress, operation.assessment_id, brought)
        importer.transactor = OwnLines(importer.transactor, operation.actor)
        try:
            importer.take(path, Rejects(self._rejects(operation.id)), report)
        finally:  # what is in the ledger is counted, also where the rest could not be read
            _count(operation, report)
        operation.stage = Stage.PREVIEWED if operation.preview else Stage.DONE


def _count(operation: Operation, report: Report) -> None:
    operation.lines, operation.taken = report.lines, report.taken
    operation.known, operation.refused = report.known, report.refused
    operation.notes = report.notes
