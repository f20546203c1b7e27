"""Where questions what-if are kept: in the database, so that any server goes on with them.

Lines that are supposed may name people and stand outside the vault: everything is sealed with a key that
the database does not hold. What a part came to is written with where it ends, in one transaction.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.intake.sealed_jobs import SealedJobs, Seals
from domain.terms.envelope import Actor

CHANNEL = "dudao_what_if"
WAKE = f"NOTIFY {CHANNEL}"
MOST_SHOWN = 50
"""Questions of an account that are listed."""


class Stage(StrEnum):
    """How far a question has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


WORKING = frozenset({Stage.QUEUED, Stage.RUNNING})


class CatalogueAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A stored catalogue that is supposed to be adopted."""

    sha256: str
    valid_from: str
    valid_to: str | None = None
    edition: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is supposed, as it was sent."""

    rules: str | None = None
    """A rule set as JSON."""
    catalogue: CatalogueAsked | None = None
    suppositions: str | None = None
    """Lines as an import takes them."""


class Job(msgspec.Struct, kw_only=True):
    """One question, and how far it has come."""

    id: str
    actor: Actor
    asked_at: str
    position: int
    valid_at: str
    stage: Stage = Stage.QUEUED
    about: list[str] = []
    """What is supposed: `rules`, `catalogue`, `suppositions`."""
    parts: int = 0
    """Parts that are done."""
    last: str = ""
    """The last subject of the last of them."""
    done: int = 0
    """Entries looked at."""
    whole: int = 0
    enterprises: int = 0
    flips: list[dict[str, Any]] = []
    differences: dict[str, int] = {}
    lines: int = 0
    taken: int = 0
    refused: int = 0
    refusals: list[dict[str, Any]] = []
    errors: list[dict[str, str]] = []

    @property
    def working(self) -> bool:
        """Whether it is still to be carried out."""
        return self.stage in WORKING

    @property
    def flipped(self) -> int:
        """How many verdicts flip."""
        return sum(each["number"] for each in self.flips)


class WhatIfStore:
    """The questions of an installation."""

    def __init__(self, pool: ConnectionPool[Connection[Any]], seals: Seals) -> None:
        self._pool = pool
        self._seals = seals
        self._jobs = SealedJobs(pool, seals, Job, "what_if", "what-if", MOST_SHOWN)

    INSERT = """
    INSERT INTO office.what_if (id, account, role, organisation, stage, asked_at, asked, state)
    VALUES (%(id)s, %(account)s, %(role)s, %(organisation)s, %(stage)s, %(asked_at)s, %(asked)s,
            %(state)s)
    """

    def add(self, job: Job, asked: Asked) -> None:
        """Keep a new question. It is known to all from then on."""
        values = {
            **self._jobs.new(job),
            "asked": self._seals.seal(msgspec.json.encode(asked), f"asked {job.id}"),
        }
        with self._pool.connection() as connection, connection.transaction():
            connection.execute(self.INSERT, values)
            connection.execute(WAKE)

    SAVE = """
    UPDATE office.what_if SET stage = %(stage)s, state = %(state)s
     WHERE id = %(id)s AND stage IN ('queued', 'running')
    """
    PUT = """
    INSERT INTO office.what_if_piece (id, kind, part, octets)
    VALUES (%(id)s, %(kind)s, %(part)s, %(octets)s)
    """

    def save(self, job: Job, pieces: Mapping[str, Sequence[bytes]] | None = None) -> bool:
        """Keep how far a question has come with what the part came to; False where it was given up."""
        with self._pool.connection() as connection, connection.transaction():
            if connection.execute(self.SAVE, self._jobs.values(job)).rowcount != 1:
                return False
            for kind, rows in (pieces or {}).items():
                octets = self._seals.seal(
                    zlib.compress(b"\n".join(rows)), f"{kind} {job.id} {job.parts}"
                )
                values = {"id": job.id, "kind": kind, "part": job.parts, "octets": octets}
                connection.execute(self.PUT, values)
        return True

    ASKED = "SELECT asked FROM office.what_if WHERE id = %(id)s"

    def asked(self, job: Job) -> Asked | None:
        """Return what is supposed; None where another key sealed it."""
        with self._pool.connection() as connection:
            row: Any = connection.execute(self.ASKED, {"id": job.id}).fetchone()
        opened = None if row is None else self._seals.unseal(bytes(row[0]), f"asked {job.id}")
        return None if opened is None else msgspec.json.decode(opened, type=Asked)

    def find(self, id_: str) -> Job | None:
        """Return the question of that id."""
        return self._jobs.find(id_)

    def of(self, actor: Actor) -> list[Job]:
        """Return the questions of one account, the latest first."""
        return self._jobs.of(actor)

    def every(self) -> list[Job]:
        """Return the questions of all accounts, the latest first."""
        return self._jobs.every()

    def next(self) -> Job | None:
        """Return the question whose turn it is; one that another key sealed is given up."""
        return self._jobs.next()

    DROP = "DELETE FROM office.what_if WHERE id = %(id)s"
    STALE = "DELETE FROM office.what_if WHERE asked_at < %(before)s"

    def drop(self, job: Job) -> None:
        """Forget a question and all that it came to."""
        with self._pool.connection() as connection:
            connection.execute(self.DROP, {"id": job.id})

    def forget(self, now: datetime, kept: timedelta) -> None:
        """Forget what was asked so long ago."""
        with self._pool.connection() as connection:
            connection.execute(self.STALE, {"before": now - kept})

    PIECE = """
    SELECT part, octets FROM office.what_if_piece
     WHERE id = %(id)s AND kind = %(kind)s AND part >= %(part)s ORDER BY part LIMIT 1
    """

    def pieces(self, job: Job, kind: str, part: int = 0) -> Iterator[tuple[int, list[bytes]]]:
        """Yield the rows of one kind, part by part, from one part on."""
        while True:
            values = {"id": job.id, "kind": kind, "part": part}
            with self._pool.connection() as connection:
                row: Any = connection.execute(self.PIECE, values).fetchone()
            if row is None:
                return
            part = int(row[0])
            opened = self._seals.unseal(bytes(row[1]), f"{kind} {job.id} {part}")
            yield part, [] if opened is None else zlib.decompress(opened).split(b"\n")
            part += 1
