"""The same reports through `eventsourcing` as it comes: its `Application` with two recorders, its DCB append.

What else the field has (message-db, UmaDB, Emmett) wants a server or a runtime of its own and cannot be
installed by the benchmark; it is named in the README beside the figure.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBRecorder,
)
from eventsourcing.dcb.postgres_tt import PostgresTTDCBFactory
from eventsourcing.domain import Aggregate, event
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict

from benchmarks import sessions
from benchmarks.rounds import Act


class Session(Aggregate):
    """A session; what the report says stands in its first event."""

    @event("Held")
    def __init__(self, report: dict[str, object]) -> None:
        self.report = report


@contextmanager
def saves(conninfo: str, number: int) -> Generator[Sequence[Act]]:
    """Yield clients of one application that save a new aggregate each time, in PostgreSQL."""
    with _application(_postgres(conninfo, number)) as application:
        yield [_saving(application, client) for client in range(number)]


@contextmanager
def sqlite_saves(folder: Path, number: int) -> Generator[Sequence[Act]]:
    """Yield the same clients over a file of SQLite, whose log is synced with every commit as it comes."""
    file = folder / f"library-{number}.sqlite"
    # Writers of SQLite come one after the other: whoever waits is not to be turned away.
    env = {"SQLITE_DBNAME": str(file), "SQLITE_LOCK_TIMEOUT": "60"}
    with _application({"PERSISTENCE_MODULE": "eventsourcing.sqlite", **env}) as application:
        yield [_saving(application, client) for client in range(number)]


@contextmanager
def conditional_appends(conninfo: str, number: int) -> Generator[Sequence[Act]]:
    """Yield clients that append where nobody has told of the session or its enterprise since they looked."""
    factory = PostgresTTDCBFactory(Environment("rival", _postgres(conninfo, number)))
    try:
        recorder = factory.dcb_recorder()
        yield [_appending(recorder, client) for client in range(number)]
    finally:
        factory.close()


def _postgres(conninfo: str, number: int) -> Mapping[str, str]:
    """Return as many pooled connections as clients, so that none of them waits for one."""
    parts = conninfo_to_dict(conninfo)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts.get("port", "5432")),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": "",  # the server knows the account at the other end of the socket
        "POSTGRES_POOL_SIZE": str(number),
    }


@contextmanager
def _application(env: Mapping[str, str]) -> Generator[Application[UUID]]:
    application = Application[UUID](env=dict(env))
    try:
        yield application
    finally:
        application.close()


def _saving(application: Application[UUID], client: int) -> Act:
    reports = sessions.reports(client)

    def act() -> None:
        report = next(reports)
        application.save(Session(msgspec.to_builtins(report.body)))

    return act


def _appending(recorder: DCBRecorder, client: int) -> Act:
    reports = sessions.reports(client)
    enterprise = f"enterprise:{sessions.uscc(client)}"
    of_it = DCBQueryItem(tags=[enterprise])
    known = recorder.read(DCBQuery([of_it])).head or 0

    def act() -> None:
        nonlocal known
        body = next(reports).body
        own = f"assessment:{body.assessment_id}"
        items = [DCBQueryItem(tags=[own]), of_it]
        told = DCBEvent("AssessmentHeld", msgspec.json.encode(body), [own, enterprise])
        known = recorder.append([told], DCBAppendCondition(DCBQuery(items), known))

    return act
