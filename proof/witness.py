"""A witness (C2SP tlog-witness): cosigns what continues the log that it knows, and nothing else.

It keeps the last checkpoint of every log in one file, written before it answers. It needs neither
database nor ledger, so that an archive or a district can run it on a machine of its own.
"""

import json
import logging
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from ledger.log.merkle import verify_consistency
from proof.checkpoints import BadCheckpoint, Checkpoint, decimal, read_checkpoint, read_hash
from proof.files import Unusable, read_key, write_whole
from proof.notes import (
    BadNote,
    Kind,
    Note,
    PrivateKey,
    PublicKey,
    new_key,
    read_note,
    verified,
)

logger = logging.getLogger("dudao.witness")

MAX_PROOF = 63
MAX_BODY = 400_000
"""Bytes; a checkpoint with many long signatures has a quarter of it."""
TIMEOUT = 15.0
"""Seconds within which a request has to arrive."""
NOTE = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


class Answer(NamedTuple):
    """What is answered to a request."""

    status: int
    body: bytes = b""
    media_type: str = NOTE


class Request(NamedTuple):
    """An `add-checkpoint`."""

    old_size: int
    path: tuple[bytes, ...]
    note: Note

    def written(self) -> bytes:
        """Return it as it is sent."""
        lines = [f"old {self.old_size}", *(b64encode(each).decode() for each in self.path), "", ""]
        return "\n".join(lines).encode() + self.note.written()


def read_request(content: bytes) -> Request:
    """Return the request that bytes are.

    Raises:
        ValueError: they are none.
    """
    head, separator, tail = content.partition(b"\n\n")
    lines = head.decode().split("\n")
    if not separator or not lines[0].startswith("old ") or len(lines) - 1 > MAX_PROOF:
        raise ValueError("no old size, a proof and an empty line before a checkpoint")
    path = tuple(read_hash(line) for line in lines[1:])
    return Request(decimal(lines[0].removeprefix("old ")), path, read_note(tail))


class Witness:
    """One key, the keys of the logs it follows, and one file."""

    def __init__(
        self,
        key: PrivateKey,
        logs: Mapping[str, tuple[PublicKey, ...]],
        state: Path,
        clock: Callable[[], int],
    ) -> None:
        self._key, self._logs, self._state, self._clock = key, logs, state, clock
        self._lock = threading.Lock()

    def add(self, content: bytes) -> Answer:
        """Cosign a checkpoint that continues the one known, and remember it."""
        try:
            request = read_request(content)
            checkpoint = read_checkpoint(request.note.text)
        except (BadNote, BadCheckpoint, ValueError):
            return Answer(400, b"not an add-checkpoint request\n")
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            return Answer(404, b"not a log that is known here\n")
        try:
            signed = verified(request.note, keys)
        except BadNote:
            signed = []
        if not signed:
            return Answer(403, b"not signed by a key of the log\n")
        if request.old_size > checkpoint.size:
            return Answer(400, b"the old size is above the new one\n")
        with self._lock:
            return self._continued(request, checkpoint)

    def _continued(self, request: Request, checkpoint: Checkpoint) -> Answer:
        states = self._states()
        known = states.get(checkpoint.origin)
        last = read_checkpoint(read_note(known.encode()).text) if known else None
        if request.old_size != (last.size if last else 0):
            return Answer(409, f"{last.size if last else 0}\n".encode(), SIZE)
        if last is None or last.size == 0:
            holds = not request.path
        elif last.size == checkpoint.size and last.root != checkpoint.root:
            logger.critical("two roots of %s at size %s", checkpoint.origin, last.size)
            return Answer(422, b"another root was cosigned for this size\n")
        else:
            holds = verify_consistency(
                last.size, checkpoint.size, last.root, checkpoint.root, request.path
            )
        if not holds:
            logger.critical("%s does not continue what was cosigned", checkpoint.origin)
            return Answer(422, b"the proof does not hold\n")
        cosignature = self._key.sign(checkpoint.text(), self._clock())
        note = Note(checkpoint.text(), (*request.note.signatures, cosignature))
        states[checkpoint.origin] = note.written().decode()
        self._write(states)
        return Answer(200, cosignature.line().encode())

    def last(self, origin_digest: str) -> Answer:
        """Return the last checkpoint cosigned for a log, named by the SHA-256 of its origin."""
        with self._lock:
            states = self._states()
        for origin, note in states.items():
            if sha256(origin.encode()).hexdigest() == origin_digest:
                return Answer(200, note.encode())
        return Answer(404, b"nothing was cosigned for this log\n")

    def _states(self) -> dict[str, str]:
        if not self._state.exists():
            return {}
        states: dict[str, str] = json.loads(self._state.read_text("utf-8"))
        return states

    def _write(self, states: Mapping[str, str]) -> None:
        write_whole(self._state, json.dumps(states, ensure_ascii=False, indent=1).encode())


def open_key(folder: Path, name: str) -> PrivateKey:
    """Return the witness's key in a folder; make it at the first start.

    Raises:
        Unusable: others can read it, it is damaged, or is another witness's.
        BadKey: no key can have this name.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "witness.key"
    if not path.exists():
        made = new_key(name, Kind.ED25519_COSIGNATURE)
        write_whole(path, f"{made.written()}\n".encode())
    key = read_key(path)
    if key.name != name:
        raise Unusable(f"{path} 是 {key.name} 的密钥", f"{path} is the key of {key.name}")
    return key


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server of the witness, listening."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = TIMEOUT

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit() or int(length) > MAX_BODY:
                self.close_connection = True
                self._answer(Answer(400, b"no length, or too long\n"))
                return
            content = self.rfile.read(int(length))
            reply = Answer(404, b"POST /add-checkpoint\n")
            if self.path == "/add-checkpoint":
                reply = witness.add(content)
            self._answer(reply)

        def do_GET(self) -> None:
            name, _, rest = self.path.removeprefix("/").partition("/")
            reply = Answer(404, b"GET /<sha256 of the origin>/checkpoint\n")
            self._answer(witness.last(name) if rest == "checkpoint" else reply)

        def _answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - overrides
            logger.info(format, *args)

    return ThreadingHTTPServer((host, port), Handler)
