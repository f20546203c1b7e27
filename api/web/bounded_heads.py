"""HTTP/1.1 as uvicorn speaks it by httptools, with bounds on what its parser keeps.

The parser keeps a head, and the trailers of a body in pieces, until they are whole, however long they
get: without a bound, whoever is let as far as the socket could fill the memory. And it takes what
follows a head that asks for another protocol for that protocol, also where there is a body: the next
request would be what somebody put into one.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST = 64 * 1024
"""Bytes after which a head that is still open is refused, and so are trailers."""


class BoundedHeads(HttpToolsProtocol):
    """One connection."""

    _held = 0
    """Bytes that came since the parser last handed something on; what it keeps is no more."""

    def data_received(self, data: bytes) -> None:
        """Hand on what came; refuse what goes on and on without a body."""
        self._held += len(data)
        super().data_received(data)
        if self._held > MOST and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """Count anew: what came before belongs to another request."""
        self._held = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Count anew; refuse a request for another protocol that has a body.

        Raises:
            ValueError: it has one. The parser turns this into an answer of 400.
        """
        self._held = 0
        # The parser is there as long as it calls back.
        upgrade = self.parser.should_upgrade()  # pyright: ignore[reportOptionalMemberAccess]
        if upgrade and self._has_body():
            raise ValueError("a request with a body asks for another protocol")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count anew: a body is bounded by the application."""
        self._held = 0
        super().on_body(body)

    def _has_body(self) -> bool:
        lengths = [value.strip() for name, value in self.headers if name == b"content-length"]
        chunked = any(name == b"transfer-encoding" for name, _ in self.headers)
        return chunked or any(length.strip(b"0") for length in lengths)
