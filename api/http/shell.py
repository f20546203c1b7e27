"""What holds for every answer: an id, safe headers, a bound on bodies, HEAD, and no raw failure.

Plain ASGI around the application: nothing is buffered, and an error in any part of it below ends
as a problem of the one shape.
"""

import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from structlog.contextvars import bind_contextvars

from api.http import memento
from api.http.answer_log import Watch
from api.http.arrival import arrival, visit
from api.http.metrics import METHODS, Metrics
from api.http.outages import outage
from api.installation.settings import Settings
from api.questions.problems import MEDIA_TYPE, Problem, fault

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

MIB = 1024 * 1024
BODY_LIMIT = MIB
UPLOAD_LIMIT = 210 * MIB
UPLOADS = (
    "/v1/imports",
    "/imports",
)
EVIDENCE_LIMIT = 15 * MIB
FORM_LIMIT = 8 * EVIDENCE_LIMIT
_FORMS_WITH_FILES = re.compile(r"/applications/new|/findings/[^/]+/report|/field/record")
EVIDENCE = "/v1/evidence/"

logger = logging.getLogger("dudao.api")
access = logging.getLogger("dudao.access")

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), geolocation=(self), accelerometer=(), autoplay=(), "
        "display-capture=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), "
        "payment=(), serial=(), usb=()"
    ),
}
_PAGE = {
    # With `no-referrer` a browser sends `Origin: null` with our own forms, and those that say
    # nothing else of where a request comes from would be taken for strangers.
    "Referrer-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000"
"""For a year, the browser comes back over https alone."""


class Stalled(Exception):  # noqa: N818 - reads as what it says
    """The caller does not take what is sent."""


GONE = 499
"""What is counted where the caller went away: there is nobody to answer."""


class Shell:
    """The application with what holds for every answer."""

    def __init__(self, app: App, metrics: Metrics, watch: Watch, settings: Settings) -> None:
        self._app = app
        self._metrics = metrics
        self._watch = watch
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._watch, self._settings)
        # Each request is a task of its own: what its code logs carries the id that its caller got.
        bind_contextvars(request_id=exchange.id)
        started = time.perf_counter()
        try:
            exchange.refuse_two_hosts()
            exchange.refuse_declared_length()
            exchange.scope = memento.timed(exchange.scope)
            await self._app(exchange.scope, exchange.receive, exchange.send)
        except Problem as problem:
            await exchange.fail(problem)
        except (ClientDisconnect, Stalled) as gone:
            exchange.status = GONE
            logger.info("request %s: the caller is gone: %s", exchange.id, type(gone).__name__)
        except Exception as error:
            temporary = outage(error)
            if temporary is None:
                logger.exception("request failed", extra={"path": exchange.route})
            await exchange.fail(temporary or fault())
        finally:
            self._tell(exchange, time.perf_counter() - started)

    def _tell(self, exchange: "_Exchange", seconds: float) -> None:
        self._metrics.request(exchange.method, exchange.route, exchange.status, seconds)
        about = {
            "method": exchange.method if exchange.method in METHODS else "other",
            "path": exchange.route,
            "status": exchange.status,
            "ms": round(seconds * 1000, 1),
        }
        access.info("request", extra=about)


def _limit_of(path: str) -> int:
    """Return how large a body may be that is sent there."""
    if path.startswith(EVIDENCE):
        return EVIDENCE_LIMIT
    if _FORMS_WITH_FILES.fullmatch(path):
        return FORM_LIMIT
    return UPLOAD_LIMIT if path in UPLOADS else BODY_LIMIT


class _Exchange:
    """One request with its answer."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, watch: Watch, settings: Settings
    ) -> None:
        self.id = str(uuid.uuid4())
        self._watch = watch
        self._settings = settings
        self.method = str(scope["method"])
        self.status = 500
        self._head = self.method == "HEAD"
        self.scope = {**scope, "method": "GET" if self._head else self.method}
        self.scope["state"] = {
            **scope.get("state", {}),
            "instance": f"urn:uuid:{self.id}",
            "head": self._head,
        }
        self._receive = receive
        self._send = send
        self._started = False
        self._replaced = False
        self._got = 0
        self._limit = _limit_of(str(scope["path"]))

    @property
    def route(self) -> str:
        """The pattern of the address; what a caller filled it with names people."""
        return str(getattr(self.scope.get("route"), "path", "unknown"))

    def refuse_two_hosts(self) -> None:
        """Raise 400 for a request that names two hosts: proxy and server would believe different ones."""
        if len(Headers(scope=self.scope).getlist("host")) > 1:
            raise Problem(
                "malformed-request",
                "请求写有两个 Host，未予处理",
                "the request names two hosts",
                headers={"Connection": "close"},
            )

    def refuse_declared_length(self) -> None:
        """Raise 413 for a body that says itself that it is too large."""
        declared = Headers(scope=self.scope).get("content-length", "0")
        if declared.isascii() and declared.isdecimal() and int(declared[:20]) > self._limit:
            raise self._too_large()

    def _too_large(self) -> Problem:
        return Problem(
            "too-large",
            f"内容不得超过 {self._limit // MIB} MiB；较大的材料请用其摘要引用，批量数据请用导入",
            f"at most {self._limit // MIB} MiB; refer to larger material by digest, import bulk data",
            headers={"Connection": "close"},
        )

    async def receive(self) -> Message:
        """Return the next piece of the body, within the bound."""
        message = await self._receive()
        self._got += len(message.get("body", b""))
        if self._got > self._limit:
            raise self._too_large()
        return message

    async def send(self, message: Message) -> None:
        """Send a piece of the answer."""
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            try:
                await self._see(message)
            except Exception as error:
                problem = outage(error)
                if problem is None:
                    raise
                # What cannot be remembered is not given out. Raised here, it would be taken for an
                # answer that broke off in the middle.
                await self.fail(problem)
                self._replaced = True
                return
            self._started = True
            self.status = int(message["status"])
            self._head_up(MutableHeaders(scope=message))
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)

    async def _see(self, message: Message) -> None:
        """Remember what is to be remembered of the answer, before any of it is sent."""
        request = Request(self.scope)
        await self._watch.see(
            getattr(request.state, "actor", None),
            visit(request),
            (self.method, str(self.scope["path"])),
            int(message["status"]),
            Headers(raw=message["headers"]),
        )

    def _head_up(self, headers: MutableHeaders) -> None:
        """Put on the headers that every answer has."""
        headers["X-Request-Id"] = self.id
        if headers.get("content-type", "").startswith("text/html"):
            for name, value in _PAGE.items():
                headers.setdefault(name, value)
        for name, value in _SAFE.items():
            headers.setdefault(name, value)
        if arrival(Request(self.scope), self._settings).secure:
            headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
        headers.setdefault("Cache-Control", "no-store")

    async def fail(self, problem: Problem) -> None:
        """Answer with a problem, unless an answer is on its way already."""
        if self._started:
            return
        body = problem.body(f"urn:uuid:{self.id}")
        headers = {
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            **{name.lower(): value for name, value in problem.headers.items()},
        }
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self.send(
            {"type": "http.response.start", "status": problem.status, "headers": encoded}
        )
        await self.send({"type": "http.response.body", "body": body})
