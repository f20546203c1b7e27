"""The server process: a socket, the installation behind it, and an orderly end."""

import logging
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from api.export.outlet import abandon_full_stderr
from api.installation import logs
from api.installation.opening import SOURCES
from api.installation.settings import Settings
from api.installation.version import VERSION
from api.installation.wiring import Installation
from api.web.app import create_app
from api.web.bounded_heads import BoundedHeads
from api.web.leaving import GRACE, LET_GO, Leaving
from api.web.long_lived import LongLived
from api.web.workers import Workers
from ledger import guards
from ledger.connect import Opening, check_login

logger = logging.getLogger("dudao.api")

WORKERS_WITHIN = GRACE + LET_GO + 2
"""Seconds after which a process that answers requests is ended: by then it has given up by itself."""


class Occupied(OSError):  # noqa: N818 - reads as what it says
    """The address cannot be listened on."""


def listen(settings: Settings) -> socket.socket:
    """Return a listening socket, before anything that takes time is done.

    Raises:
        Occupied: somebody else listens there, or the address is none of this machine's.
    """
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listening = socket.create_server(
            (settings.host, settings.port), family=family, backlog=2048
        )
    except (OSError, OverflowError, UnicodeError) as error:
        raise Occupied(f"{settings.host}:{settings.port}: {error}") from error
    return listening


def serve(
    settings: Settings,
    listening: socket.socket,
    ready: Callable[[Installation], None],
    workers: int = 1,
) -> None:
    """Serve until SIGTERM or SIGINT; then finish requests, follower and writer, and let go.

    `ready` is called once the installation is open, before the first request is answered. With more
    than one of `workers` each answers in a process of its own, and this one follows the ledger.
    """
    leaving = Leaving(GRACE + LET_GO if workers == 1 else WORKERS_WITHIN + LET_GO)
    leaving.watch()
    break_off(leaving)
    connections = 24 if workers == 1 else 8
    with (
        _stderr_left_alone(),
        logs.written(settings.log_format, settings.log_level or "info"),
        Installation(settings, connections=connections, opening=Opening.RECORDING) as house,
    ):
        leaving.let_go(house.database.close)
        if settings.url is not None and not settings.trial:
            check_login(house.database.addresses.app, SOURCES)
        _tell_of_guards(house)
        house.follow()
        if workers == 1:
            answer_requests(house, listening, None, lambda: ready(house), leaving)
        else:
            _watch_over(Workers(settings, listening, workers), lambda: ready(house), leaving)


@contextmanager
def _stderr_left_alone() -> Generator[None]:
    """Wait for no reader of standard error on the way out."""
    try:
        yield
    finally:
        abandon_full_stderr()


def break_off(leaving: Leaving) -> None:
    """End an unfinished start on a signal the way an exception does, so that everything is let go of.

    Once: what is let go of is not broken off in turn.
    """

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
        if leaving.begin():
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)


def answer_requests(
    house: Installation,
    listening: socket.socket,
    figures: Path | None,
    ready: Callable[[], None],
    leaving: Leaving,
) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish those under way.

    `figures`: the folder in which several processes count together.
    """
    app = create_app(house, figures)
    leaving.tell(house.news.stop)
    ready()
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        forwarded_allow_ips=house.settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=30,
        loop="uvloop",
        http=BoundedHeads,
    )
    logger.info("serving", extra={"address": address(listening), "version": VERSION})
    server = _Server(config, leaving)
    # From here on, and not only once the server runs: nobody sends the same signal twice. The server
    # raises it again when it has shut down; closing must still be done then.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    server.should_exit = leaving.asked
    LongLived().set_aside()
    server.run(sockets=[listening])
    logger.info("leaving")


class _Server(uvicorn.Server):
    """A server that begins to leave when it is told to end."""

    def __init__(self, config: uvicorn.Config, leaving: Leaving) -> None:
        super().__init__(config)
        self._leaving = leaving

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal."""
        super().handle_exit(sig, frame)
        self._leaving.begin()


def _watch_over(workers: Workers, ready: Callable[[], None], leaving: Leaving) -> None:
    """Let the processes answer until SIGTERM or SIGINT; replace one that ends."""

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
        leaving.begin()
        workers.stop()

    with workers.counting() as figures:
        try:
            workers.start(figures)
            ready()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, leave)
            if leaving.asked:
                workers.stop()
            workers.watch(figures)
        finally:
            workers.stop()
            workers.join(WORKERS_WITHIN)


def _tell_of_guards(house: Installation) -> None:
    """Say whether somebody changed what keeps the ledger append-only; `dudao doctor` says what to do."""
    with house.reading() as connection:
        for line in guards.differences(connection, SOURCES, traces=False):
            logger.critical("a guard of the ledger is not as this release sets it: %s", line)


def address(listening: socket.socket) -> str:
    """Return the URL under which the socket is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
