"""Large NDJSON files are read and checked in a process of their own: half of the work of an import.

The reader sends what it found in frames: length and checksum (CRC-32) in four bytes each, then the
lines as msgpack. A frame without lines says that the file was read to its end; its checksum is that
of all frames before it. Without that mark the reader died; with another checksum bytes were lost.
"""

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec

from api.export.outlet import outlet_for_frames
from api.intake.collecting import rare_collections
from api.intake.imports.items import Item, Span, of_lines
from domain.registry import EVENTS
from domain.terms.envelope import UNSTAMPED, Actor, Stamps
from domain.terms.vocabulary import Role
from ledger.gate.faults import Fault, Invalid
from ledger.gate.shapes import Clear, Submission

LINES = 1_000
"""Lines in one frame."""
_HISTORY = "--backfill"
_HEAD = struct.Struct(">II")


class ReaderEnded(Exception):  # noqa: N818 - reads as what it says
    """The process that read the file ended early, or its bytes did not arrive as they were sent."""


class _Line(msgspec.Struct, array_like=True):
    """A line as it travels; without a `name` it is none to be taken, `number` 0: the whole file is not."""

    number: int
    start: int
    end: int
    name: str = ""
    body: msgspec.Raw = msgspec.Raw(b"\xc0")
    holder: Clear | None = None
    actor: tuple[str, str, str] = ("", "", "")
    valid_from: date = date.min
    reason: str | None = None
    document_no: str | None = None
    key: str | None = None
    content: bytes = b""
    stamps: Stamps | None = None
    code: str = ""
    faults: tuple[Fault, ...] = ()


_lines = msgspec.msgpack.Decoder(list[_Line])
_bodies: dict[str, Callable[[msgspec.Raw], Any]] = {
    name: msgspec.msgpack.Decoder(kind.cls).decode for name, kind in EVENTS.items()
}


def beside(path: Path, *, history: bool = False) -> Iterator[Item]:
    """Yield the lines of an NDJSON file, read by another process.

    Raises:
        Invalid: the file as a whole cannot be used.
        ReaderEnded: the reader did not get to the end of the file.
    """
    command = [
        sys.executable,
        "-m",
        "api.intake.imports.reader",
        str(path),
        *([_HISTORY] if history else []),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reader:  # noqa: S603 - our own module
        try:
            for frame in _frames(reader.stdout):
                yield from (_item(path, line) for line in _lines.decode(frame))
        finally:
            reader.kill()  # it has ended, or nobody listens any more


def _frames(pipe: IO[bytes] | None) -> Iterator[bytes]:
    whole = 0
    while pipe is not None:
        head = pipe.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise ReaderEnded("the process that read the file ended early")
        length, checksum = _HEAD.unpack(head)
        if not length:
            if checksum != whole:
                raise ReaderEnded("a part of what was read did not arrive")
            return
        frame = pipe.read(length)
        if len(frame) < length:
            raise ReaderEnded("the process that read the file ended early")
        if zlib.crc32(frame) != checksum:
            raise ReaderEnded("what was read did not arrive as it was sent")
        whole = zlib.crc32(frame, whole)
        yield frame


_actors: dict[tuple[str, str, str], Actor] = {}


def _item(path: Path, line: _Line) -> Item:
    if not line.name:
        if line.number == 0:
            raise Invalid(line.faults, line.code)
        span = Span(path, line.start, line.end)
        return Item(line.number, None, line.faults, line.code, span, line.end)
    actor = _actors.get(line.actor)
    if actor is None:
        account, role, organisation = line.actor
        actor = Actor(account=account, role=Role(role), organisation=organisation)
        _actors[line.actor] = actor
    submission = Submission(
        _bodies[line.name](line.body),
        line.holder,
        actor,
        line.valid_from,
        line.reason,
        line.document_no,
        line.key,
        line.content,
        stamps=line.stamps or UNSTAMPED,
    )
    return Item(line.number, submission, (), "", Span(path, line.start, line.end), line.end)


def _line(item: Item) -> _Line:
    span: Span = item.given
    submission = item.submission
    if submission is None:
        return _Line(item.line, span.start, span.end, code=item.code, faults=item.faults)
    actor = submission.actor
    return _Line(
        item.line,
        span.start,
        span.end,
        type(submission.body).__name__,
        msgspec.Raw(msgspec.msgpack.encode(submission.body)),
        submission.holder,
        (actor.account, actor.role.value, actor.organisation),
        submission.valid_from,
        submission.reason,
        submission.document_no,
        submission.idempotency_key,
        submission.content,
        None if submission.stamps is UNSTAMPED else submission.stamps,
    )


def send(path: Path, pipe: IO[bytes], *, history: bool = False) -> None:
    """Read the file and send what it holds."""
    encode = msgspec.msgpack.Encoder().encode
    whole = 0

    def write(lines: Iterable[_Line]) -> None:
        nonlocal whole
        frame = encode(list(lines))
        pipe.write(_HEAD.pack(len(frame), zlib.crc32(frame)) + frame)
        whole = zlib.crc32(frame, whole)

    try:
        items = of_lines(path, history=history)
        while batch := list(islice(items, LINES)):
            write(map(_line, batch))
    except Invalid as error:
        write([_Line(0, 0, 0, code=error.code, faults=error.faults)])
    pipe.write(_HEAD.pack(0, whole))
    pipe.flush()


if __name__ == "__main__":
    try:
        with rare_collections():
            send(Path(sys.argv[1]), outlet_for_frames(), history=_HISTORY in sys.argv[2:])
    except BrokenPipeError:
        sys.stderr.close()  # whoever asked has gone; there is nobody to tell
