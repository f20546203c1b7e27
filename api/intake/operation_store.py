"""Where imports asked for over HTTP are kept: in the database, so that any server goes on with them.

Files and lists of refused lines name people and stand outside the vault; so they are sealed with a
key that the database does not hold, each piece to its place.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

import msgspec
from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.intake.sealed_jobs import SealedJobs, Seals
from domain.terms.envelope import Actor

PIECE = 1024 * 1024
MOST_SHOWN = 100
"""Operations of an account that are listed."""
Kind: TypeAlias = Literal["upload", "rejects"]


class Stage(StrEnum):
    """How far an operation has come."""

    QUEUED = "queued"
    RUNNING = "running"
    PREVIEWED = "previewed"
    """It was rehearsed: the counts say what it would come to. Nothing was recorded."""
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"
    """It was given up after its preview; the file is gone."""


class Operation(msgspec.Struct, kw_only=True):
    """One import."""

    id: str
    file_name: str
    suffix: str
    actor: Actor
    asked_at: str
    stage: Stage = Stage.QUEUED
    preview: bool = False
    """Whether it is to be rehearsed first, and waits for a confirmation then."""
    assessment_id: str | None = None
    """The session of all rows of an upload, where who uploads has said so."""
    began: int | None = None
    """The end of the ledger when it was begun: what it finds behind that, it has recorded itself."""
    done: int = 0
    whole: int = 0
    lines: int = 0
    taken: int = 0
    known: int = 0
    refused: int = 0
    notes: list[str] = []
    errors: list[dict[str, str]] = []


class Unopened(Exception):  # noqa: N818 - reads as what it says
    """Content was sealed with another key than this installation's."""


class Store:
    """The operations of an installation."""

    def __init__(self, pool: ConnectionPool[Connection[Any]], seals: Seals) -> None:
        self._pool = pool
        self._seals = seals
        self._jobs = SealedJobs(pool, seals, Operation, "operation", "operation", MOST_SHOWN)

    INSERT = """
    WITH own AS (INSERT INTO office.operation_turn (operation) VALUES (%(id)s) RETURNING number)
    INSERT INTO office.operation (id, turn, account, role, organisation, stage, asked_at, state)
    SELECT %(id)s, number, %(account)s, %(role)s, %(organisation)s, %(stage)s, %(asked_at)s, %(state)s
      FROM own
    ON CONFLICT (id) DO NOTHING
    """

    def add(self, operation: Operation, content: IO[bytes] | None) -> None:
        """Keep a new operation with its file: both or neither. It is known to all from then on."""
        with self._pool.connection() as connection, connection.transaction():
            if connection.execute(self.INSERT, self._jobs.new(operation)).rowcount == 0:
                return
            if content is not None:
                self._put(connection, operation.id, "upload", content)
            connection.execute(WAKE)

    PUT = """
    INSERT INTO office.operation_piece (id, kind, number, octets)
    VALUES (%(id)s, %(kind)s, %(number)s, %(octets)s)
    """

    def _put(self, connection: Connection[Any], id_: str, kind: Kind, content: IO[bytes]) -> None:
        number = 0
        while piece := content.read(PIECE):
            octets = self._seals.seal(piece, f"{kind} {id_} {number}")
            values = {"id": id_, "kind": kind, "number": number, "octets": octets}
            connection.execute(self.PUT, values)
            number += 1

    SAVE = "UPDATE office.operation SET stage = %(stage)s, state = %(state)s WHERE id = %(id)s"

    def save(self, operation: Operation) -> None:
        """Keep what has become of an operation."""
        with self._pool.connection() as connection:
            connection.execute(self.SAVE, self._jobs.values(operation))

    # To the end of the row: it is asked for now, and not when its file was looked at.
    MOVE = """
    WITH own AS (INSERT INTO office.operation_turn (operation) VALUES (%(id)s) RETURNING number)
    UPDATE office.operation SET stage = %(stage)s, state = %(state)s, turn = own.number FROM own
     WHERE id = %(id)s AND stage = %(was)s
    """

    def move(self, operation: Operation, was: Stage) -> bool:
        """Keep an operation that leaves the stage `was`; return False where somebody was first."""
        values = {**self._jobs.values(operation), "was": was.value}
        with self._pool.connection() as connection, connection.transaction():
            moved = connection.execute(self.MOVE, values).rowcount == 1
            connection.execute(WAKE)
        return moved

    def find(self, id_: str) -> Operation | None:
        """Return the operation of that id."""
        return self._jobs.find(id_)

    def of(self, actor: Actor) -> list[Operation]:
        """Return the operations of one account, the latest first."""
        return self._jobs.of(actor)

    def next(self) -> Operation | None:
        """Return the operation whose turn it is."""
        return self._jobs.next()

    # A rehearsal that nobody came back to; a file whose faults were to be mended.
    STALE = """
    SELECT o.id, o.state FROM office.operation o
     WHERE o.asked_at < %(before)s AND o.stage NOT IN ('queued', 'running')
       AND EXISTS (SELECT FROM office.operation_piece p WHERE p.id = o.id AND p.kind = 'upload')
    """

    def stale(self, now: datetime, kept: timedelta) -> list[Operation]:
        """Return what nobody came back to for so long, and whose file is still here."""
        return list(self._jobs.opened(self.STALE, {"before": now - kept}))

    LATELY = """
    SELECT count(*), count(*) FILTER (WHERE stage IN ('queued', 'running', 'previewed'))
      FROM office.operation WHERE account = %(account)s AND asked_at > %(since)s
    """

    def lately(self, account: str, since: datetime) -> tuple[int, int]:
        """Return how many imports an account has asked for since then, and how many of them are open."""
        values = {"account": account, "since": since}
        with self._pool.connection() as connection:
            row: Any = connection.execute(self.LATELY, values).fetchone()
        return int(row[0]), int(row[1])

    OLD = """
    SELECT o.id, o.state FROM office.operation o
     WHERE o.asked_at < %(before)s AND o.stage NOT IN ('queued', 'running')
       AND EXISTS (SELECT FROM office.operation_piece p WHERE p.id = o.id)
    """

    def old(self, now: datetime, kept: timedelta) -> list[Operation]:
        """Return what was asked for so long ago and still has content."""
        return list(self._jobs.opened(self.OLD, {"before": now - kept}))

    DROP = "DELETE FROM office.operation_piece WHERE id = %(id)s AND kind = ANY (%(kinds)s)"

    def drop(self, operation: Operation, *kinds: Kind) -> None:
        """Forget content of an operation."""
        with self._pool.connection() as connection:
            connection.execute(self.DROP, {"id": operation.id, "kinds": list(kinds)})

    def replace(self, operation: Operation, kind: Kind, path: Path | None) -> None:
        """Keep the content of a file in place of what was there; None: there is none."""
        with self._pool.connection() as connection, connection.transaction():
            connection.execute(self.DROP, {"id": operation.id, "kinds": [kind]})
            if path is not None:
                with path.open("rb") as content:
                    self._put(connection, operation.id, kind, content)

    PIECES = """
    SELECT octets FROM office.operation_piece
     WHERE id = %(id)s AND kind = %(kind)s AND number = %(number)s
    """

    def pieces(self, operation: Operation, kind: Kind) -> Iterator[bytes]:
        """Yield the content, a megabyte at a time.

        Raises:
            Unopened: it was sealed with another key.
        """
        number = 0
        while True:
            values = {"id": operation.id, "kind": kind, "number": number}
            with self._pool.connection() as connection:
                row = connection.execute(self.PIECES, values).fetchone()
            if row is None:
                return
            opened = self._seals.unseal(bytes(row[0]), f"{kind} {operation.id} {number}")
            if opened is None:
                raise Unopened(operation.id)
            yield opened
            number += 1

    def fetch(self, operation: Operation, path: Path) -> Path:
        """Write the upload to a file that its owner alone reads; return that.

        Raises:
            Unopened, OSError: this cannot be done.
        """
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in self.pieces(operation, "upload"):
                file.write(piece)
        return path


CHANNEL = "dudao_imports"
WAKE = f"NOTIFY {CHANNEL}"
