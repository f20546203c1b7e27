"""HTTP/1.1 as uvicorn speaks it by httptools, with bounds on what its parser keeps, and on time.

The parser keeps a head, and the trailers of a body in pieces, until they are whole, however long they
get: without a bound, whoever is let as far as the socket could fill the memory. And it takes what
follows a head that asks for another protocol for that protocol, also where there is a body: the next
request would be what somebody put into one.

A connection that says nothing, or says it letter by letter, costs a place: a head has to be whole in
`HEAD_WITHIN` seconds, and of a body something has to come every `BODY_WITHIN`, as long as we take it.
"""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST = 64 * 1024
"""Bytes after which a head that is still open is refused, and so are trailers."""


HEAD_WITHIN = 20.0
"""Seconds after which a head that is not whole is given up."""
BODY_WITHIN = 30.0
"""Seconds after which a body of which nothing came is given up."""
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedHeads(HttpToolsProtocol):
    """One connection."""

    _held = 0
    """Bytes that came since the parser last handed something on; what it keeps is no more."""
    _waiting: TimerHandle | None = None
    """What gives the connection up."""
    _asked = False
    """Whether a head came whole: before that there is no answer under way."""
    head_within, body_within = HEAD_WITHIN, BODY_WITHIN

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as above it
        """Wait for a head."""
        super().connection_made(transport)
        self._wait(self.head_within)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._wait(None)
        super().connection_lost(exc)

    def _wait(self, seconds: float | None) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None if seconds is None else self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        if self.flow.read_paused:  # it is we who do not take it
            self._wait(self.body_within)
        elif not self.transport.is_closing():
            if not self._asked or self.cycle.response_complete:
                self.transport.write(TOO_SLOW)
            self.transport.close()

    def on_message_complete(self) -> None:
        """Wait for nothing while it is answered; between requests uvicorn counts itself."""
        self._wait(None)
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Hand on what came; refuse what goes on and on without a body."""
        self._held += len(data)
        super().data_received(data)
        if self._held > MOST and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """Count anew: what came before belongs to another request."""
        self._held = 0
        self._wait(self.head_within)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Count anew; refuse a request for another protocol that has a body.

        Raises:
            ValueError: it has one. The parser turns this into an answer of 400.
        """
        self._held = 0
        self._asked = True
        self._wait(self.body_within)
        # The parser is there as long as it calls back.
        upgrade = self.parser.should_upgrade()  # pyright: ignore[reportOptionalMemberAccess]
        if upgrade and self._has_body():
            raise ValueError("a request with a body asks for another protocol")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count anew: a body is bounded by the application."""
        self._held = 0
        self._wait(self.body_within)
        super().on_body(body)

    def _has_body(self) -> bool:
        lengths = [value.strip() for name, value in self.headers if name == b"content-length"]
        chunked = any(name == b"transfer-encoding" for name, _ in self.headers)
        return chunked or any(length.strip(b"0") for length in lengths)
