"""Several server processes behind one socket, and one process that follows the ledger and watches them.

A process of Python has one interpreter, and with it one core. The processes share nothing but the
socket, the database and the files in which they count what they have answered.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from api.installation import logs
from api.installation.settings import Settings
from api.installation.wiring import Installation
from api.web.leaving import GRACE, LET_GO, Leaving

logger = logging.getLogger("dudao.api")

FIGURES = "PROMETHEUS_MULTIPROC_DIR"
"""Where the library that counts looks for the folder of all processes, when it is imported."""
READY_WITHIN = 60.0
"""Seconds within which a process has to be ready to answer."""
AGAIN = 1.0
"""Seconds after which a process that ended is replaced."""


class Workers:
    """The server processes of one installation. Use it from the main thread."""

    def __init__(self, settings: Settings, listening: socket.socket, number: int) -> None:
        self._settings = settings
        self._listening = listening
        self._number = number
        self._context = get_context("spawn")
        self._running: list[SpawnProcess] = []
        self._ended, self._end = self._context.Pipe(duplex=False)
        self._stopping = False

    @contextmanager
    def counting(self) -> Generator[Path]:
        """Yield the folder in which all of them count; it is gone afterwards."""
        with TemporaryDirectory(prefix="dudao-figures-") as folder:
            os.environ[FIGURES] = folder
            try:
                yield Path(folder)
            finally:
                del os.environ[FIGURES]

    def start(self, figures: Path) -> None:
        """Start all of them and wait until they answer.

        Raises:
            RuntimeError: one has ended, or was not ready in time.
        """
        begun = [self._begin(figures) for _ in range(self._number)]
        for process, told in begun:
            if not (told.poll(READY_WITHIN) and _hears(told)):
                raise RuntimeError(
                    f"a server process did not start (exit status {process.exitcode})"
                )

    def _begin(self, figures: Path) -> tuple[SpawnProcess, Connection]:
        told, tell = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=work, args=(self._settings, self._listening, figures, tell), name="dudao-worker"
        )
        process.start()
        tell.close()
        self._running.append(process)
        return process, told

    def watch(self, figures: Path) -> None:
        """Replace whichever ends, until `stop`."""
        while not self._stopping:
            sentinels = {process.sentinel: process for process in self._running}
            for source in connection.wait([*sentinels, self._ended]):
                process = sentinels.get(source) if isinstance(source, int) else None
                if process is None or self._stopping:
                    return
                process.join()
                self._running.remove(process)
                logger.error("a server process ended with %s; it is replaced", process.exitcode)
                threading.Event().wait(AGAIN)
                if not self._stopping:
                    self._begin(figures)

    def stop(self) -> None:
        """Ask all of them to end, and `watch` to return. A signal handler may call it."""
        self._stopping = True
        self._end.send_bytes(b"x")
        for process in self._running:
            process.terminate()

    def join(self, patience: float) -> None:
        """Wait until all of them have ended; who does not within so many seconds is ended."""
        deadline = time.monotonic() + patience
        for process in self._running:
            process.join(max(deadline - time.monotonic(), 0))
            if process.is_alive():
                logger.error("server process %s did not end; it is given up", process.pid)
                process.kill()
                process.join()


def _hears(told: Connection) -> bool:
    """Tell whether a process says that it is ready; one that ended says nothing."""
    try:
        return told.recv_bytes() == b"ready"
    except EOFError:
        return False


def work(settings: Settings, listening: socket.socket, figures: Path, tell: Connection) -> None:
    """Answer requests until told to end. Runs in a process of its own."""
    from api.web.server import answer_requests, break_off  # noqa: PLC0415 - which imports this module

    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    leaving = Leaving(GRACE + LET_GO)
    leaving.watch()
    break_off(leaving)
    # Of Ctrl-C the process hears that watches over it, as does this one once it answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with (
        logs.written(settings.log_format, settings.log_level or "info"),
        Installation(settings, connections=12) as house,
    ):
        leaving.let_go(house.database.close)
        answer_requests(house, listening, figures, lambda: tell.send_bytes(b"ready"), leaving)


def _end_with_parent() -> None:
    """End in an orderly way when the parent is gone: a killed one cannot say goodbye."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
