"""Large NDJSON files are read and checked in a process of their own: half of the work of an import.

The reader sends what it found in frames: the length in four bytes, then the lines as msgpack. A
frame of length 0 says that the file was read to its end; without it the reader died.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec

from api.intake.collecting import rare_collections
from api.intake.imports.items import Item, Span, of_lines
from domain.registry import EVENTS
from domain.terms.envelope import UNSTAMPED, Actor, Stamps
from domain.terms.vocabulary import Role
from ledger.gate.faults import Fault, Invalid
from ledger.gate.shapes import Clear, Submission

LINES = 1_000
"""Lines in one frame."""
_LENGTH = 4


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


def beside(path: Path) -> Iterator[Item]:
    """Yield the lines of an NDJSON file, read by another process.

    Raises:
        Invalid: the file as a whole cannot be used.
        ChildProcessError: the reader ended early.
    """
    command = [sys.executable, "-m", "api.intake.imports.reader", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reader:  # noqa: S603 - our own module
        try:
            for frame in _frames(reader.stdout):
                yield from (_item(path, line) for line in _lines.decode(frame))
        finally:
            reader.kill()  # it has ended, or nobody listens any more


def _frames(pipe: IO[bytes] | None) -> Iterator[bytes]:
    while pipe is not None:
        length = int.from_bytes(head := pipe.read(_LENGTH), "big")
        frame = pipe.read(length)
        if len(head) < _LENGTH or len(frame) < length:
            raise ChildProcessError("the process that read the file ended early")
        if not frame:
            return
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
    found = item.submission
    if found is None:
        return _Line(item.line, span.start, span.end, code=item.code, faults=item.faults)
    actor = found.actor
    return _Line(
        item.line,
        span.start,
        span.end,
        type(found.body).__name__,
        msgspec.Raw(msgspec.msgpack.encode(found.body)),
        found.holder,
        (actor.account, actor.role.value, actor.organisation),
        found.valid_from,
        found.reason,
        found.document_no,
        found.idempotency_key,
        found.content,
        None if found.stamps is UNSTAMPED else found.stamps,
    )


def send(path: Path, pipe: IO[bytes]) -> None:
    """Read the file and send what it holds."""
    encode = msgspec.msgpack.Encoder().encode

    def write(lines: Iterable[_Line]) -> None:
        frame = encode(list(lines))
        pipe.write(len(frame).to_bytes(_LENGTH, "big") + frame)

    try:
        items = of_lines(path)
        while batch := list(islice(items, LINES)):
            write(map(_line, batch))
    except Invalid as error:
        write([_Line(0, 0, 0, code=error.code, faults=error.faults)])
    pipe.write(bytes(_LENGTH))
    pipe.flush()


if __name__ == "__main__":
    try:
        with rare_collections():
            send(Path(sys.argv[1]), sys.stdout.buffer)
    except BrokenPipeError:
        sys.stderr.close()  # whoever asked has gone; there is nobody to tell
