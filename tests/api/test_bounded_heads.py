"""The server's edge: a head that goes on and on is refused, everything else goes through."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.serving import serving

BIG = 40 * 1024


async def echoing(scope, receive, send):
    """Answer with how much came as a body."""
    got, more = 0, True
    while more:
        message = await receive()
        got += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(got).encode()
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serving(echoing) as base:
        parts = urlsplit(base)
        assert parts.hostname is not None
        assert parts.port is not None
        yield parts.hostname, parts.port


def _answer(connection: socket.socket) -> bytes:
    """What comes back until there is a body or the end."""
    got = b""
    while b"\r\n\r\n" not in got or got.endswith(b"\r\n\r\n"):
        piece = connection.recv(65_536)
        if not piece:
            break
        got += piece
    return got


@pytest.mark.parametrize(
    "endless", [b"GET /" + b"a" * 200_000, b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000]
)
def test_a_head_without_an_end_is_refused_and_the_connection_closed(address, endless):
    got = b""
    # The end may come as a reset, before all was sent or before the answer was read.
    with socket.create_connection(address, timeout=10) as connection, suppress(ConnectionError):
        connection.sendall(endless)
        got = _answer(connection)
        assert connection.recv(1) == b""
    assert b"HTTP/1.1 400 ".startswith(got[:13])


def test_large_heads_and_larger_bodies_go_through_one_connection(address):
    head = (
        b"POST / HTTP/1.1\r\nHost: x\r\nX-Long: "
        + b"a" * BIG
        + b"\r\nContent-Length: 300000\r\n\r\n"
    )
    with socket.create_connection(address, timeout=10) as connection:
        for _ in range(5):
            for start in range(0, len(head), 10_000):
                connection.sendall(head[start : start + 10_000])
            connection.sendall(b"b" * 300_000)
            got = _answer(connection)
            assert got.startswith(b"HTTP/1.1 200 ")
            assert got.endswith(b"300000")
