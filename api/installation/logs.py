"""Logs: a line an event, in one form for what we say and what libraries say, with nothing personal.

Modules speak to `logging`, as libraries do; structlog gives the lines their form where a server runs.
Of a request stand there its id, method, status, time and the pattern of its address: never the address
itself, whose parts and query name people, nor who asked. Of an exception stand there its kind and
where it was raised: what it says quotes what somebody sent.
"""

import logging
from collections.abc import Generator, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from queue import Full, Queue
from threading import Thread
from traceback import walk_tb
from typing import IO, Any, Literal, TypeAlias, cast

import orjson
import structlog

from api.export.outlet import STDERR, outlet

Form: TypeAlias = Literal["text", "json"]
Level: TypeAlias = Literal["debug", "info", "warning", "error"]
Event: TypeAlias = MutableMapping[str, Any]

OURS = ("dudao", "api", "ledger", "projections", "proof", "replay")
"""Loggers of this program. Others are heard from warnings on."""
ASKED = ("request_id", "method", "path", "status", "ms")
"""What an event says beside its sentence; anything else that somebody hands over is left out."""
SAID = ("address", "version", "position")
ORDER = ("time", "level", "event", *ASKED, *SAID, "logger", "exception")
FRAMES = 30
WAITING = 10_000
"""Lines that wait to be written. A reader of the log that stops must stop nobody else."""
LEAVE_WITHIN = 2.0
"""Seconds for the last lines when the process ends."""


def _only_first_line(_logger: object, _name: str, event: Event) -> Event:
    """Of what libraries say keep the first line: what follows shows objects with what is in them."""
    if not str(event.get("logger")).startswith(OURS):
        event["event"] = str(event["event"]).strip().partition("\n")[0]
    return event


def _where(_logger: object, _name: str, event: Event) -> Event:
    """Put in place of an exception what kind it is and where it was raised, the cause first."""
    info: object = event.pop("exc_info", None)
    event.pop("stack_info", None)
    raised = cast("tuple[object, ...]", info)[1] if isinstance(info, tuple) else info
    if isinstance(raised, BaseException):
        event["exception"] = list(_chain(raised))
    return event


def _chain(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _chain(earlier)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    state = getattr(error, "sqlstate", None)
    yield f"{kind} {state}" if state else kind
    frames = list(walk_tb(error.__traceback__))[-FRAMES:]
    for frame, line in frames:
        code = frame.f_code
        yield f"  {code.co_filename}:{line} in {code.co_name}"


def _as_json(_logger: object, _name: str, event: Event) -> str:
    ordered = {name: event[name] for name in ORDER if name in event}
    return orjson.dumps(ordered, default=str).decode()


def _as_text(logger: Any, name: str, event: Event) -> str:  # noqa: ANN401 - whatever logs
    ordered = {key: event[key] for key in ORDER if key in event}
    if "exception" in ordered:
        ordered["exception"] = " < ".join(each.strip() for each in reversed(ordered["exception"]))
    return str(structlog.processors.LogfmtRenderer()(logger, name, ordered))


def formatter(form: Form) -> logging.Formatter:
    """Return what makes a line of a record."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=[*ASKED, *SAID]),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _only_first_line,
            _where,
            _as_json if form == "json" else _as_text,
        ],
    )


class Lines(logging.Handler):
    """Writes lines from a thread of its own: a full pipe or disk keeps no request waiting."""

    def __init__(self, file: IO[bytes], waiting: int = WAITING) -> None:
        super().__init__()
        self._file = file
        self._lines: Queue[bytes | None] = Queue(waiting)
        self._lost = 0
        self._writer = Thread(target=self._write, name="log", daemon=True)
        self._writer.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Have the line written; where too many wait it is lost, and counted."""
        try:
            self._lines.put_nowait(self._line(record))
        except Full:
            self._lost += 1
        except Exception:  # noqa: BLE001 - as logging does: a bad record must not end a request
            self.handleError(record)

    def _line(self, record: logging.LogRecord) -> bytes:
        return f"{self.format(record)}\n".encode("utf-8", "backslashreplace")

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            lost, self._lost = self._lost, 0
            if lost:
                said = f"{lost} lines of the log were lost: nobody took them"
                about = logging.LogRecord("dudao.log", logging.WARNING, "", 0, said, None, None)
                line = self._line(about) + line
            with suppress(OSError, ValueError):  # where logs cannot go, they cannot complain either
                self._file.write(line)
                self._file.flush()

    def close(self) -> None:
        """Write what waits, unless nobody takes it."""
        with suppress(Full):
            self._lines.put(None, timeout=LEAVE_WITHIN)
            self._writer.join(LEAVE_WITHIN)
        super().close()


@contextmanager
def written(form: Form, level: Level, file: IO[bytes] | None = None) -> Generator[None]:
    """Write logs, by default to standard error, until this ends."""
    handler = Lines(outlet(STDERR) if file is None else file)
    handler.setFormatter(formatter(form))
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in OURS}
    root.addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    try:
        yield
    finally:
        root.removeHandler(handler)
        for name, former in before.items():
            logging.getLogger(name).setLevel(former)
        handler.close()
