"""Keep-alive clients for one process: plain HTTP/1.1 over sockets, to take little of the machine."""

import random
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

ANSWER_WITHIN = 30.0
"""Seconds; a server that is silent for longer ends the benchmark."""
END_OF_HEAD = b"\r\n\r\n"


class Load(NamedTuple):
    """What is asked: requests to choose from, for how long, by how many clients at once."""

    requests: Sequence[bytes]
    seconds: float
    port: int
    clients: int
    once: bool = False
    """Whether each request is sent once, in order: a command is not sent twice."""


class Answered(NamedTuple):
    """What came back: seconds of each answer, and how long it all took."""

    waits: list[float]
    seconds: float


class Client:
    """One connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_WITHIN)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""
        self._asked = 0.0

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self._got = b""
        self._asked = time.perf_counter()
        self.socket.sendall(request)

    def take(self) -> float | None:
        """Take what came; return how long the answer took once it is whole.

        Raises:
            ValueError: the answer is not a success.
        """
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("the server closed a connection that was to be kept")
        self._got += piece
        head, found, body = self._got.partition(END_OF_HEAD)
        if not found or len(body) < _length(head):
            return None
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise ValueError(f"{head.splitlines()[0]!r}: {body[:300]!r}")
        return time.perf_counter() - self._asked


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without a length")


def ask(load: Load) -> Answered:
    """Let every client ask again and again until the time is over."""
    requests = iter(load.requests) if load.once else _chosen(load.requests)
    clients = [Client(load.port) for _ in range(load.clients)]
    started = time.perf_counter()
    try:
        with selectors.DefaultSelector() as selector:
            for client in clients:
                selector.register(client.socket, selectors.EVENT_READ, client)
                client.ask(next(requests))
            waits = _until(started + load.seconds, selector, requests)
    finally:
        for client in clients:
            client.socket.close()
    return Answered(waits, time.perf_counter() - started)


def _chosen(requests: Sequence[bytes]) -> Iterator[bytes]:
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    while True:
        yield chance.choice(requests)


def _until(
    deadline: float, selector: selectors.BaseSelector, requests: Iterator[bytes]
) -> list[float]:
    waits: list[float] = []
    while time.perf_counter() < deadline:
        ready = selector.select(ANSWER_WITHIN)
        if not ready:
            raise TimeoutError(f"no answer within {ANSWER_WITHIN} s")
        for key, _ in ready:
            client: Client = key.data
            wait = client.take()
            if wait is not None:
                waits.append(wait)
                client.ask(next(requests))
    return waits
