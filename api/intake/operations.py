"""Imports asked for over HTTP: taken into the database, carried out one after another, looked up by id.

One server at a time carries them out, in the order in which they were asked for; when it is gone
another one goes on, by itself. Taking a file twice adds nothing.
"""

import logging
import shutil
import time
import uuid
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import compress, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import IO, Any, Protocol

import msgspec
import psycopg
from psycopg import Connection

from api.intake.imports.files import Decides, Importer, ImportReport, Rejects
from api.intake.operation_store import CHANNEL, Operation, Stage, Store, Unopened
from api.intake.sheets.file import is_workbook
from api.intake.sheets.marked import marked
from api.questions.problems import Problem
from domain.terms.envelope import UNSTAMPED, Actor, Stamps
from ledger.deciding.outcome import Accepted, Already, Outcome, Rejected
from ledger.gate.faults import Invalid
from ledger.gate.output import members
from ledger.gate.shapes import Submission
from ledger.log.clock import ClockRefused, now
from ledger.log.entry import instant_text
from ledger.log.group import Closed
from ledger.log.log import Log, OutcomeUnknown
from ledger.pool import is_temporary
from projections.follow.lease import NAME, Lease

__all__ = ["Operation", "Operations", "Stage"]

logger = logging.getLogger("dudao.api")

KEPT = timedelta(days=7)
"""How long a preview waits for its confirmation, and a file with faults for who mends them."""
REJECTS_KEPT = timedelta(days=30)
"""How long the list of refused lines is kept: it names people."""
A_DAY = timedelta(days=1)
MOST_A_DAY = 200
"""Imports of one account in a day."""
MOST_OPEN = 20
"""Imports of one account that wait, run, or were looked at and not confirmed: each keeps its file."""
FREE_FLOOR = 1024**3
"""Bytes that stay free where uploads are laid: what the ledger needs comes first."""
SWEEP_EVERY = 600.0
"""Seconds after which what nobody came back to is let go of again."""
MOST_REFUSED = 100
"""Refused lines in the answer itself; all of them are in the reject list."""


class Bench(Protocol):
    """Where importers come from."""

    @property
    def log(self) -> Log:
        """The log that they append to."""
        ...

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
    "通过网络导入时，每行的 actor 须与令牌一致",
    "over HTTP the actor of every line is who the token says",
    "actor",
)
SPEAKS_FOR_ANOTHER = Rejected(
    "speaks-for-another",
    "通过网络导入时不能写明他人收件（received_by）或批准（approved_by）：由其本人登录办理",
    "over HTTP nobody states that somebody else received (received_by) or approved (approved_by) "
    "it: they sign in and do so themselves",
    "approved_by",
)


def _broken_off(operation: Operation) -> str:
    """Return what to say of an operation that a fault has ended: from where to go on."""
    if operation.preview:
        return "系统内部错误，预览未完成 / internal error; the preview did not get to its end"
    return (
        f"系统内部错误，处理到第 {operation.lines} 个数据行为止，此前的结果均已生效；"
        "再次上传同一文件即从其后继续，不会重复入账 / "
        f"internal error behind line {operation.lines} of the data; what was taken until then is "
        "durable. Send the same file again to go on from there: nothing is added twice"
    )


OTHER_KEY = (
    "上传内容由另一密钥加密，本系统无法读取；请重新上传 / "
    "the upload was sealed with another key and cannot be read: send it again"
)


class Resumed:
    """Counts as taken what the same operation took before it was interrupted."""

    def __init__(self, decider: Decides, began: int) -> None:
        self._decider = decider
        self._began = began
        self._taken: set[int] = set()

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        """Carry out or refuse the commands in their order."""
        for outcome in self._decider.stream(batches):
            if not isinstance(outcome, Accepted | Already):
                yield outcome
                continue
            # A line that stands twice in the file is known the second time.
            own = outcome.position > self._began and outcome.position not in self._taken
            self._taken.add(outcome.position)
            yield Accepted(outcome.position, outcome.count) if own else outcome


class Interrupted(Exception):  # noqa: N818 - reads as what it says
    """The server stops, or another one goes on with the operation."""


class Operations:
    """The imports of an installation, and the thread that carries them out: one server's at a time."""

    def __init__(self, folder: Path, bench: Bench, store: Store, conninfo: str) -> None:
        self._folder = folder
        self._bench = bench
        self._store = store
        self._conninfo = conninfo
        self._closing = Event()
        self.thread = Thread(target=self._work, name="imports", daemon=True)

    def start(self) -> None:
        """Begin with what was left unfinished, whichever server it was asked of."""
        self.thread.start()

    def stop(self) -> None:
        """Take nothing more on; what runs goes on in another server, or when the next one starts."""
        self._closing.set()

    def take_in(
        self,
        file_name: str,
        actor: Actor,
        content: IO[bytes],
        *,
        preview: bool = False,
        assessment_id: str | None = None,
    ) -> Operation:
        """Have a file carried out; with `preview` it is rehearsed and waits for `confirm`.

        Raises:
            Problem: 429, the account has asked for too much lately; 503, the disk is nearly full.
        """
        self._require_room(actor)
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
        self._store.add(operation, content)
        return operation

    def _require_room(self, actor: Actor) -> None:
        asked, still_open = self._store.lately(actor.account, now() - A_DAY)
        if asked >= MOST_A_DAY or still_open >= MOST_OPEN:
            raise Problem(
                "too-many-attempts",
                f"本账户一天内最多导入 {MOST_A_DAY} 次，待办理的最多 {MOST_OPEN} 次；请先确认或放弃已预览的文件",
                f"at most {MOST_A_DAY} imports a day, and {MOST_OPEN} that are open: confirm or give up "
                "what was looked at",
                headers={"Retry-After": "3600"},
            )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < FREE_FLOOR:
            raise Problem(
                "not-ready",
                "服务器磁盘空间不足，暂不接收文件；请联系系统管理员",
                "the server's disk is nearly full and takes no files: tell the system administrator",
                headers={"Retry-After": "600"},
            )

    def confirm(self, operation: Operation) -> bool:
        """Have a rehearsed operation carried out; return False where it does not wait for that."""
        if operation.stage is not Stage.PREVIEWED:
            return False
        operation.preview, operation.stage, operation.done = False, Stage.QUEUED, 0
        return self._store.move(operation, Stage.PREVIEWED)

    def discard(self, operation: Operation) -> bool:
        """Give up a rehearsed operation; return False where it does not wait."""
        if operation.stage is not Stage.PREVIEWED:
            return False
        operation.stage = Stage.DISCARDED
        if not self._store.move(operation, Stage.PREVIEWED):
            return False
        self._store.drop(operation, "upload", "rejects")
        return True

    def of(self, actor: Actor) -> list[Operation]:
        """Return the operations of one account, the latest first."""
        return self._store.of(actor)

    def find(self, id_: str) -> Operation | None:
        """Return the operation of that id."""
        return self._store.find(id_)

    def refused(self, operation: Operation, limit: int | None = MOST_REFUSED) -> list[Any]:
        """Return refused lines with their reasons, all of them with `limit` None."""
        lines = map(msgspec.json.decode, _lines(self._store.pieces(operation, "rejects")))
        with suppress(Unopened):
            return list(islice(lines, limit))
        return []

    def marked(self, operation: Operation) -> tuple[str, bytes] | None:
        """Return the ending and the content of the sheet with its faults marked, while it is kept."""
        if not self.keeps(operation):
            return None
        with self._copied(operation) as path:
            return marked(path, self.refused(operation, None))

    def keeps(self, operation: Operation) -> bool:
        """Return whether the file is still here, and a sheet with faults in it."""
        if operation.refused == 0:
            return False
        try:
            start = next(self._store.pieces(operation, "upload"), None)
        except Unopened:
            return False
        if start is None:
            return False
        return is_workbook(start[:4]) or operation.suffix in {".csv", ".tsv", ".txt"}

    @contextmanager
    def _copied(self, operation: Operation) -> Generator[Path]:
        """Yield the upload as a file of its own, gone afterwards: it names people."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._folder, prefix="work-") as folder:
            yield self._store.fetch(operation, Path(folder) / f"upload{operation.suffix}")

    def _work(self) -> None:
        """Carry out what waits while this server is the one that does; whatever fails is tried again."""
        while not self._closing.is_set():
            try:
                with psycopg.connect(
                    self._conninfo, autocommit=True, application_name=f"{NAME}-imports"
                ) as session:
                    self._stand_by(session, Lease(self._conninfo, "imports"))
            except Exception as error:
                if is_temporary(error) or isinstance(error, _TEMPORARY):
                    logger.warning("imports wait: %s", " ".join(str(error).split()))
                else:
                    logger.exception("imports wait")
                self._closing.wait(AGAIN)

    def _stand_by(self, session: Connection[Any], lease: Lease) -> None:
        session.execute(LISTEN)
        self._adopt()
        while not self._closing.is_set():
            if not lease.try_take(session):
                self._closing.wait(AGAIN)
                continue
            with lease.held():
                swept = float("-inf")
                while not (self._closing.is_set() or lease.lost):
                    if time.monotonic() - swept > SWEEP_EVERY:
                        self._forget()
                        swept = time.monotonic()
                    operation = self._store.next()
                    if operation is None:
                        deque(session.notifies(timeout=AGAIN, stop_after=1), maxlen=0)
                    else:
                        self._carry_out(operation, lease)

    def _adopt(self) -> None:
        """Take over what an earlier release kept in this folder, in the order it was asked for."""
        waiting = [
            msgspec.json.decode(path.read_bytes(), type=Operation)
            for path in self._folder.glob("*.json")
        ]
        for operation in sorted(waiting, key=lambda each: each.asked_at):
            upload = self._folder / f"{operation.id}.upload{operation.suffix}"
            rejects = self._folder / f"{operation.id}.reject.ndjson"
            with suppress(FileNotFoundError), upload.open("rb") as content:
                self._store.add(operation, content)
            self._store.add(operation, None)  # there already, but where there was no upload
            if rejects.exists():
                self._store.replace(operation, "rejects", rejects)
            for path in (upload, rejects, self._folder / f"{operation.id}.json"):
                path.unlink(missing_ok=True)

    def _forget(self) -> None:
        """Let go of previews nobody came back to, and of files that were to be mended."""
        for operation in self._store.stale(now(), KEPT):
            if not self.discard(operation):
                self._store.drop(operation, "upload")
        for operation in self._store.old(now(), REJECTS_KEPT):
            self._store.drop(operation, "upload", "rejects")

    def _carry_out(self, operation: Operation, lease: Lease) -> None:
        """Carry an operation out to an end of its own; what is the server's or the disk's is raised."""
        try:
            with self._copied(operation) as path:
                self._import(operation, path, lease)
        except Interrupted:
            return
        except Invalid as error:
            operation.stage = Stage.FAILED
            operation.errors = [{"field": f.field, "reason": f.reason} for f in error.faults]
        except Unopened:
            operation.stage = Stage.FAILED
            operation.errors = [{"field": "", "reason": OTHER_KEY}]
        except Exception as error:
            if is_temporary(error) or isinstance(error, _TEMPORARY):
                raise  # nothing is lost, and nothing is over: it is tried again
            logger.exception("import %s failed", operation.id)
            operation.stage = Stage.FAILED
            operation.errors = [{"field": "", "reason": _broken_off(operation)}]
            self._store.save(operation)
            return
        self._store.save(operation)
        if operation.stage is not Stage.PREVIEWED and operation.refused == 0:
            self._store.drop(operation, "upload")

    def _import(self, operation: Operation, path: Path, lease: Lease) -> None:
        report = ImportReport(operation.file_name)

        def progress(done: int, whole: int) -> None:
            if self._closing.is_set() or lease.lost:
                raise Interrupted
            operation.stage, operation.done, operation.whole = Stage.RUNNING, done, whole
            _count(operation, report)
            self._store.save(operation)

        takes = self._bench.rehearser if operation.preview else self._bench.importer
        brought = Stamps(entered_by=operation.actor.account)
        actor = members(operation.actor)
        importer = takes(actor, progress, operation.assessment_id, brought)
        if not operation.preview:
            if operation.began is None:
                operation.began = self._bench.log.head().position
                self._store.save(operation)
            else:
                importer.transactor = Resumed(importer.transactor, operation.began)
        importer.transactor = OwnLines(importer.transactor, operation.actor)
        rejects = path.with_name("rejects.ndjson")
        try:
            importer.take(path, Rejects(rejects), report)
        finally:  # what is in the ledger is counted, also where the rest could not be read
            _count(operation, report)
        self._store.replace(operation, "rejects", rejects if rejects.exists() else None)
        operation.stage = Stage.PREVIEWED if operation.preview else Stage.DONE


LISTEN = f"LISTEN {CHANNEL}"
AGAIN = 1.0
"""Seconds after which a server looks again whether it is its turn, and tries again what failed."""
_TEMPORARY = (OSError, ClockRefused, OutcomeUnknown, Closed)
"""What befalls the machine and not the file: a full disk, a clock that is refused, the end of the process."""


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of content that comes in pieces."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _count(operation: Operation, report: ImportReport) -> None:
    operation.lines, operation.taken = report.lines, report.taken
    operation.known, operation.refused = report.known, report.refused
    operation.notes = report.notes
