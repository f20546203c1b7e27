"""How an installation stands at this moment, in numbers: what an operator is warned by."""

import shutil
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from api.installation.version import VERSION
from api.installation.wiring import Installation
from ledger.log.clock import now


class Figure(NamedTuple):
    """A name, what it tells, and its values; `label` is empty where there is one value alone."""

    name: str
    help: str
    label: str
    values: Mapping[str, float]


# Of persons an estimate: counting millions at each question would be dearer than what it tells.
FIGURES = """
SELECT (SELECT count(*) FROM office.operation WHERE stage = 'queued'),
       (SELECT count(*) FROM office.operation WHERE stage = 'running'),
       (SELECT count(*) FROM office.session WHERE ends_at > %(at)s AND seen_at > %(idle_since)s),
       (SELECT count(*) FROM office.attempt WHERE since > %(over)s),
       (SELECT count(*) FROM office.attempt WHERE since > %(over)s AND tries >= %(bound)s),
       (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'vault.person'::regclass),
       pg_database_size(current_database())
"""


def figures(house: Installation) -> Iterator[Figure]:
    """Yield the figures of queue, sign-in, vault, pool and disk."""
    limits, bounds, at = house.gate.limits, house.gate.bounds, now()
    values = {
        "at": at,
        "idle_since": at - limits.idle,
        "over": at - bounds.lock,
        "bound": bounds.account,
    }
    with house.reading() as connection:
        row: Any = connection.execute(FIGURES, values).fetchone()
    queued, running, sessions, tried, locked, persons, database = row
    yield Figure("dudao_build_info", "Which release answers", "version", {VERSION: 1})
    yield Figure(
        "dudao_imports",
        "Imports over HTTP that are not finished",
        "stage",
        {"queued": queued, "running": running},
    )
    yield _one("dudao_sessions", "Sign-ins that hold", sessions)
    yield Figure(
        "dudao_sign_in_counted",
        "Accounts and addresses against which wrong tries are counted, and those that are locked",
        "state",
        {"tried": tried, "locked": locked},
    )
    yield _one("dudao_vault_persons", "Persons in the vault, estimated", persons)
    yield _one("dudao_database_bytes", "Size of the database", database)
    yield from _pool(house)
    disk = shutil.disk_usage(house.settings.folder)
    yield _one("dudao_disk_free_bytes", "Free where the data folder is", disk.free)
    yield _one("dudao_disk_size_bytes", "Size of the disk where the data folder is", disk.total)


def _pool(house: Installation) -> Iterator[Figure]:
    counts = house.pool.get_stats()
    size, free = counts.get("pool_size", 0), counts.get("pool_available", 0)
    yield Figure(
        "dudao_pool_connections",
        "Connections to the database of the process that answers",
        "state",
        {"used": size - free, "free": free},
    )
    yield _one("dudao_pool_size_max", "The most of them", counts.get("pool_max", 0))
    yield _one(
        "dudao_pool_waiting", "Requests that wait for one", counts.get("requests_waiting", 0)
    )
    yield _one(
        "dudao_pool_failures", "Connections that failed", counts.get("connections_errors", 0)
    )


def _one(name: str, told: str, value: float) -> Figure:
    return Figure(name, told, "", {"": value})
