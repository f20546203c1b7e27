"""Bytes that leave this process leave whole, or the failure is raised.

A write to a pipe, a terminal or a full disk may take a part and say how much: after Ctrl-Z and `fg`
it does. Python's own unbuffered output (`PYTHONUNBUFFERED`, as most container images set it) drops
that count, and the rest of the bytes with it.
"""

import errno
import io
import os
import select
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDOUT, STDERR = 1, 2
BUFFER = 64 * 1024


class Outlet(io.RawIOBase):
    """A descriptor that takes all it is given; without one it takes nothing, and says so."""

    def __init__(self, descriptor: int | None) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._dropping = False

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._open()

    def isatty(self) -> bool:
        """Return whether somebody looks at it."""
        return self._descriptor is not None and os.isatty(self._descriptor)

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write all of it."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        if self._dropping:
            return size
        descriptor = self._open()
        while rest:
            try:
                rest = rest[os.write(descriptor, rest) :]
            except BlockingIOError:  # whoever shares the pipe made it so; wait until it takes more
                waiting = select.poll()
                waiting.register(descriptor, select.POLLOUT)
                waiting.poll()
        return size

    def takes(self) -> bool:
        """Return whether a write would go on at once, or fail at once."""
        if self._descriptor is None:
            return True
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        return bool(poll.poll(0))

    def close_silently(self) -> None:
        """Take and drop all that still comes."""
        self._dropping = True

    def _open(self) -> int:
        if self._descriptor is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._descriptor


def outlet(descriptor: int | None) -> io.BufferedWriter:
    """Return a buffered writer; what it holds back leaves with `flush`."""
    return io.BufferedWriter(Outlet(descriptor), BUFFER)


def outlet_for_frames() -> IO[bytes]:
    """Return the way to the parent process; what else is printed from here on goes to stderr."""
    sys.stdout.flush()
    kept = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    return outlet(kept)


@contextmanager
def whole_streams() -> Generator[None]:
    """Let standard output and error take all they are given, or raise; flushed at the end.

    What their encoding has no characters for is written as an escape.
    """
    out, error = _stream("stdout", STDOUT), _stream("stderr", STDERR)
    sys.stdout, sys.stderr = out, error
    try:
        yield
    except BaseException:
        with suppress(OSError):  # what failed is known already; this may be its consequence
            out.flush()
        raise
    out.flush()


def _stream(name: str, descriptor: int) -> io.TextIOWrapper:
    given = getattr(sys, name)
    if given is None:
        # Closed by whoever called: the next file that is opened must not get its number.
        while os.open(os.devnull, os.O_RDWR) < descriptor:
            pass
        return io.TextIOWrapper(outlet(None), "utf-8", "backslashreplace", write_through=True)
    given.flush()
    at_once = given.line_buffering or given.write_through or descriptor == STDERR
    return io.TextIOWrapper(
        outlet(descriptor), given.encoding, "backslashreplace", line_buffering=at_once
    )


def abandon_stdout() -> None:
    """Throw away what standard output did not take, so that leaving meets no second failure."""
    raw = _outlet_of(sys.stdout)
    if raw is not None:
        raw.close_silently()


def abandon_full_stderr() -> None:
    """Throw away what standard error holds, if nobody takes it: who leaves would wait for that for good."""
    raw = _outlet_of(sys.stderr)
    if raw is not None and not raw.takes():
        raw.close_silently()


def _outlet_of(stream: object) -> Outlet | None:
    buffered = getattr(stream, "buffer", None)
    raw = getattr(buffered, "raw", buffered)
    return raw if isinstance(raw, Outlet) else None
