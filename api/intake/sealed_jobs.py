"""Work that waits for its turn in a table: an import, a question what-if.

A job may name people and stands outside the vault, so it is sealed as a whole with a key that the database
does not hold. Beside the seal stand its stage, its turn and whose it is: any server finds the next one.
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Generic, LiteralString, NamedTuple, Protocol, TypeVar

import msgspec
from psycopg import Connection, sql
from psycopg.abc import QueryNoTemplate
from psycopg_pool import ConnectionPool

from domain.terms.envelope import Actor

logger = logging.getLogger("dudao.api")


class Seals(NamedTuple):
    """How content is sealed, each to what it belongs to; what does not open is None."""

    seal: Callable[[bytes, str], bytes]
    unseal: Callable[[bytes, str], bytes | None]


class _Job(Protocol):
    id: str
    actor: Actor
    asked_at: str

    @property
    def stage(self) -> StrEnum:
        """How far it has come: `queued`, `running`, or something at which nobody works."""
        ...


J = TypeVar("J", bound=_Job)

ONE = "SELECT id, state FROM {table} WHERE id = %(id)s"
OF = """
SELECT id, state FROM {table}
 WHERE account = %(account)s AND role = %(role)s AND organisation = %(organisation)s
 ORDER BY asked_at DESC, turn DESC LIMIT %(most)s
"""
EVERY = "SELECT id, state FROM {table} ORDER BY asked_at DESC, turn DESC"
NEXT = "SELECT id, state FROM {table} WHERE stage IN ('queued', 'running') ORDER BY turn LIMIT 1"
GIVE_UP = "UPDATE {table} SET stage = 'failed' WHERE id = %(id)s"


class SealedJobs(Generic[J]):
    """The jobs of one table of the schema `office`."""

    def __init__(  # noqa: PLR0913, PLR0917 - where they stand, and what they are
        self,
        pool: ConnectionPool[Connection[Any]],
        seals: Seals,
        kind: type[J],
        table: str,
        sealed_as: str,
        most: int,
    ) -> None:
        """Read jobs of a kind, sealed to `sealed_as` and their id; `most`: how many of one account."""
        self._pool, self._seals, self._kind = pool, seals, kind
        self._table, self._sealed_as, self._most = sql.Identifier("office", table), sealed_as, most

    def values(self, job: J) -> dict[str, Any]:
        """Return what changes of a job while it is worked at: its stage and all that it says."""
        state = self._seals.seal(msgspec.json.encode(job), f"{self._sealed_as} {job.id}")
        return {"id": job.id, "stage": job.stage.value, "state": state}

    def new(self, job: J) -> dict[str, Any]:
        """Return the same with what never changes: who asked for it, and when."""
        return {**self.values(job), **_whose(job.actor), "asked_at": job.asked_at}

    def find(self, id_: str) -> J | None:
        """Return the job of that id."""
        try:
            values = {"id": str(uuid.UUID(id_))}
        except ValueError:
            return None
        return next(self.opened(self._statement(ONE), values), None)

    def of(self, actor: Actor) -> list[J]:
        """Return the jobs of one account, the latest first."""
        return list(self.opened(self._statement(OF), {**_whose(actor), "most": self._most}))

    def every(self) -> list[J]:
        """Return the jobs of all accounts, the latest first."""
        return list(self.opened(self._statement(EVERY), {}))

    def next(self) -> J | None:
        """Return the job whose turn it is; one that another key sealed is given up."""
        while True:
            with self._pool.connection() as connection:
                row = connection.execute(self._statement(NEXT)).fetchone()
                if row is None:
                    return None
                job = self._open(*row)
                if job is not None:
                    return job
                logger.error(
                    "%s %s was sealed with another key; it is given up", self._sealed_as, row[0]
                )
                connection.execute(self._statement(GIVE_UP), {"id": row[0]})

    def opened(self, query: QueryNoTemplate, values: Mapping[str, Any]) -> Iterator[J]:
        """Yield the jobs that a query answers, `(id, state)`; those that another key sealed are left out."""
        with self._pool.connection() as connection:
            rows = connection.execute(query, values).fetchall()
        jobs = (self._open(*row) for row in rows)
        yield from (job for job in jobs if job is not None)

    def _open(self, id_: object, state: bytes) -> J | None:
        opened = self._seals.unseal(bytes(state), f"{self._sealed_as} {id_}")
        return None if opened is None else msgspec.json.decode(opened, type=self._kind)

    def _statement(self, template: LiteralString) -> sql.Composed:
        return sql.SQL(template).format(table=self._table)


def _whose(actor: Actor) -> dict[str, str]:
    return {
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
    }
