"""HTTP/1.1 as uvicorn speaks it by httptools, with a bound on what comes before a body.

The parser keeps a head until it is whole, however long it gets: without a bound, whoever is let as
far as the socket could fill the memory.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST = 64 * 1024
"""Bytes of a request line with its headers."""


class BoundedHeads(HttpToolsProtocol):
    """One connection."""

    _heading = False
    """Whether a head has begun and is not whole yet."""
    _held = 0
    """Bytes that came while it was."""

    def data_received(self, data: bytes) -> None:
        """Hand on what came; refuse a head that goes on and on."""
        super().data_received(data)
        self._held = self._held + len(data) if self._heading else 0
        if self._held > MOST and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._heading = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End it."""
        self._heading = False
        super().on_headers_complete()
