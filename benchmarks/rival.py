"""The same reports through `eventsourcing` as it comes: its `Application`, its PostgreSQL recorder."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
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
    """Yield clients of one application that save a new aggregate each time.

    There are as many pooled connections as clients, so that none of them waits for one.
    """
    parts = conninfo_to_dict(conninfo)
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts.get("port", "5432")),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": "",  # the server knows the account at the other end of the socket
        "POSTGRES_POOL_SIZE": str(number),
    }
    application = Application[UUID](env=env)
    try:
        yield [_saving(application, client) for client in range(number)]
    finally:
        application.close()


def _saving(application: Application[UUID], client: int) -> Act:
    reports = sessions.reports(client)

    def act() -> None:
        report = next(reports)
        application.save(Session(msgspec.to_builtins(report.body)))

    return act
