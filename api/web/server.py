"""The server process: a socket, the installation behind it, and an orderly end."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from api.installation.opening import SOURCES
from api.installation.settings import Settings
from api.installation.wiring import Installation
from api.web.app import create_app
from api.web.bounded_heads import BoundedHeads
from ledger.connect import Opening, check_login

GRACE = 20
"""Seconds for which requests under way may still be answered once the end was asked for."""


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
    settings: Settings, listening: socket.socket, ready: Callable[[Installation], None]
) -> None:
    """Serve until SIGTERM or SIGINT; then finish requests, follower and writer, and let go.

    `ready` is called once the installation is open, before the first request is answered.
    """
    signal.signal(signal.SIGTERM, _leave)
    with Installation(settings, connections=24, opening=Opening.RECORDING) as house:
        if settings.url is not None and not settings.trial:
            check_login(house.database.addresses.app, SOURCES)
        house.follow()
        ready(house)
        # uvicorn raises the signal again when it has shut down; closing must still be done then.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _go_on)
        config = uvicorn.Config(
            create_app(house),
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=30,
            loop="uvloop",
            http=BoundedHeads,
        )
        uvicorn.Server(config).run(sockets=[listening])


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
    """End an unfinished start the way an exception does, so that everything is let go of."""
    raise SystemExit(0)


def _go_on(number: int, frame: FrameType | None) -> None:
    """Do nothing: the server has heard the signal and is done."""


def address(listening: socket.socket) -> str:
    """Return the URL under which the socket is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
