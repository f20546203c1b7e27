"""Pages, style and scripts go out compressed to whom that is for; answers of the API as they are.

An answer of the API has a strong ETag of its bytes and is asked for by programs near by; a page is a
tenth of its size compressed, and is read over telephone networks.
"""

import zlib

from starlette.datastructures import Headers, MutableHeaders

from api.http.shell import App, Message, Receive, Scope, Send

KINDS = frozenset(
    {"text/html", "text/css", "text/javascript", "image/svg+xml", "application/manifest+json"}
)
OWN = frozenset({"", "none", "same-origin"})
"""Where a request comes from that no other site made: where what somebody else put into a page is
compressed together with what they want to know, the size tells it."""
WORTH = 1_000
"""Bytes below which compressing saves no packet."""
LEVEL = 4
"""Of 9; the next ones take twice as long for a twentieth less."""


class Compressing:
    """The application, its pages compressed."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._app(scope, receive, _Answer(Headers(scope=scope), send).send)


class _Answer:
    """One answer; its head waits for the body, whose length it says."""

    def __init__(self, asked: Headers, send: Send) -> None:
        self._wanted = _takes_gzip(asked) and asked.get("sec-fetch-site", "") in OWN
        self._send = send
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        """Send a piece of the answer."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").partition(";")[0] in KINDS:
                headers.add_vary_header("Accept-Encoding")
                if self._wanted and "content-encoding" not in headers:
                    self._head = message
                    return
        elif self._head is not None:
            head, self._head = self._head, None
            message = _compressed(head, message)
            await self._send(head)
        await self._send(message)


def _takes_gzip(asked: Headers) -> bool:
    """Return whether gzip is named and not refused (`gzip;q=0`)."""
    for part in asked.get("accept-encoding", "").lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "").rstrip("0.") != "q="
    return False


def _compressed(head: Message, message: Message) -> Message:
    """Return the body compressed where that is worth it; `head` then says so."""
    body: bytes = message.get("body", b"")
    if message.get("more_body", False) or len(body) < WORTH:
        return message
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    packed = packer.compress(body) + packer.flush()
    headers = MutableHeaders(scope=head)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(packed))
    return {**message, "body": packed}
