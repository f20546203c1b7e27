"""The server's edge: what goes on and on without a body is refused, everything else goes through."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from api.web.bounded_heads import BoundedHeads
from tests.serving import serving

BIG = 40 * 1024
ENDLESS = b"a" * 300_000
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n"


async def echoing(scope, receive, send):
    """Answer with the method and how much came as a body."""
    got, more = 0, True
    while more:
        message = await receive()
        got += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = f"{scope['method']} {got};".encode()
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


def _until(connection: socket.socket, end: bytes) -> bytes:
    """What comes back until it ends so, or is over."""
    got = b""
    while not got.endswith(end):
        piece = connection.recv(65_536)
        if not piece:
            break
        got += piece
    return got


def _refused(address: tuple[str, int], sent: bytes) -> None:
    got = b""
    # The end may come as a reset, before all was sent or before the answer was read.
    with socket.create_connection(address, timeout=10) as connection, suppress(ConnectionError):
        for start in range(0, len(sent), 50_000):
            connection.sendall(sent[start : start + 50_000])
        got = _until(connection, b"\0")
    assert b"HTTP/1.1 400 ".startswith(got[:13])
    assert b"HTTP/1.1 200" not in got


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + ENDLESS,
        b"GET / HTTP/1.1\r\nX: " + ENDLESS,
        CHUNKED + b"X: " + ENDLESS,
        CHUNKED + b"X-Short: y\r\n" * 25_000,
    ],
)
def test_a_head_or_trailers_without_an_end_are_refused_and_the_connection_closed(address, endless):
    _refused(address, endless)


@pytest.mark.parametrize("length", [b"Content-Length: 36", b"Transfer-Encoding: chunked"])
def test_what_follows_a_request_for_another_protocol_is_never_taken_for_a_request(address, length):
    inner = b"GET /secret HTTP/1.1\r\nHost: x\r\n\r\n"
    head = POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + length + b"\r\n\r\n"
    _refused(address, head + inner)


def test_a_request_for_another_protocol_without_a_body_is_answered_in_this_one(address):
    ask = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(ask)
        assert _until(connection, b"GET 0;").startswith(b"HTTP/1.1 200 ")


def test_large_heads_and_larger_bodies_go_through_one_connection(address):
    long = b"X-Long: " + b"a" * BIG + b"\r\nContent-Length: 300000\r\n\r\n"
    head = POST + long
    with socket.create_connection(address, timeout=10) as connection:
        for _ in range(5):
            for start in range(0, len(head), 10_000):
                connection.sendall(head[start : start + 10_000])
            connection.sendall(b"b" * 300_000)
            assert _until(connection, b"POST 300000;").startswith(b"HTTP/1.1 200 ")


def test_a_request_that_begins_in_the_piece_that_ends_a_body_is_answered(address):
    head = POST + b"Content-Length: 100000\r\n\r\n"
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(head + b"b" * 100_000 + b"GET /2 HTTP/1.1\r\nHo")
        got = _until(connection, b"POST 100000;")
        connection.sendall(b"st: x\r\n\r\n")
        got += _until(connection, b"GET 0;")
    assert got.count(b"HTTP/1.1 200 ") == 2
    assert b" 400 " not in got


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that waits for nobody."""
    monkeypatch.setattr(BoundedHeads, "head_within", 0.05)
    monkeypatch.setattr(BoundedHeads, "body_within", 0.05)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHo"])
def test_a_connection_without_a_whole_head_is_given_up(address, sent):
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(sent)
        assert _until(connection, b"\0").startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("hasty")
def test_a_body_that_stops_is_given_up(address):
    with socket.create_connection(address, timeout=10) as connection, suppress(ConnectionError):
        connection.sendall(POST + b"Content-Length: 100\r\n\r\nb")
        assert b"HTTP/1.1 200" not in _until(connection, b"\0")
