"""At any basis API, tables, SQL and a replay on processes and on Dask come to the same, by digest.

`./run long bases` asks a thousand (DUDAO_TEST_BASES, DUDAO_TEST_SEED).
"""

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import Connection

from api.installation import tables
from api.installation.wiring import Installation
from api.web.app import create_app
from projections.items.tables import KINDS
from projections.views.views import VIEWS
from replay import known_at
from replay.engines import Engine, Executor, InProcess, running
from tests.api.desk import Desk
from tests.ledger_story import LedgerStory
from tests.postgres import Server
from tests.projections.chronicle import BEGINNING, START, by_chance, tell
from tests.replay.bases import LISTS, Sums, folded, of_cases, of_table, summed, together
from tests.replay.clusters import cluster
from tests.serving import own_settings, serving

pytest.importorskip("distributed")
duckdb: Any = pytest.importorskip("duckdb")

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

BASES = int(os.environ.get("DUDAO_TEST_BASES", "5"))
SEED = int(os.environ.get("DUDAO_TEST_SEED", "1"))
HISTORIES = 4
"""Random histories, one after the other in one ledger."""
ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}


class City(NamedTuple):
    """One ledger, and every way of asking about it."""

    desk: Desk
    house: Installation
    above: Connection[Any]
    folder: Path
    position: int

    def by_api(self, day: date, position: int) -> Sums:
        """What the lists of the API say, nothing left out by a filter."""
        asked = {"valid_at": day.isoformat(), "position": position, "limit": 1000}
        found = {
            name: self.desk.items(f"/v1/{name}", ANALYST, **asked) for name in (*LISTS, *KINDS)
        }
        found["roster"] += self.desk.items("/v1/roster", ANALYST, standing="unlisted", **asked)
        found["flags"] = [
            flag
            for verdict in ("breach", "undecided", "clear")
            for flag in self.desk.items(
                "/v1/flags", ANALYST, verdict=verdict, review="any", **asked
            )
        ]
        return summed(found)

    def by_tables(self, day: date, position: int) -> Sums:
        """What DuckDB reads in the exported files."""
        with duckdb.connect() as conn:

            def held(name: str) -> list[dict[str, Any]]:
                query = f"SELECT * FROM '{self.folder}/{name}/*.parquet' WHERE {HELD}"  # noqa: S608
                values = {"position": position, "day": day}
                rows: list[dict[str, Any]] = (
                    conn.sql(query, params=values).to_arrow_table().to_pylist()
                )
                return rows

            found = {name: [of_table(name, row) for row in held(name)] for name in LISTS}
            return summed({**found, **of_cases(held("cases"))})

    def by_sql(self, day: date, position: int) -> Sums:
        """What the functions of the schema `analysis` give."""

        def held(name: str) -> list[dict[str, Any]]:
            query = f"SELECT to_jsonb(v) FROM analysis.{name}_at(%s, %s) v"  # noqa: S608
            return [
                row for (row,) in self.above.execute(query.encode(), (day, position)).fetchall()
            ]

        found = {name: [of_table(name, row) for row in held(name)] for name in LISTS}
        return summed({**found, **of_cases(held("cases"))})

    def by_replay(self, executor: Executor, day: date, position: int) -> Sums:
        """What follows from the ledger itself."""
        conninfo = self.house.database.addresses.app
        parts = known_at.parts(conninfo, position, 3, tuple(VIEWS)) if position else ()
        return together(executor.map(partial(folded, day=day), parts))


HELD = """known_from <= $position AND (known_to IS NULL OR known_to > $position)
 AND valid_from <= $day AND (valid_to IS NULL OR valid_to > $day)"""


@pytest.fixture(scope="module")
def city(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    settings = own_settings(server, "dudao_bases", tmp_path_factory.mktemp("bases"))
    assert settings.database_url is not None
    name = psycopg.conninfo.conninfo_to_dict(settings.database_url.get_secret_value())["dbname"]
    superuser = psycopg.conninfo.make_conninfo(server.superuser, dbname=name)
    folder = tmp_path_factory.mktemp("tables") / "of"
    with (
        Installation(settings, connections=16) as house,
        psycopg.connect(superuser, autocommit=True) as above,
    ):
        story = LedgerStory(house.log)
        for number in range(HISTORIES):
            steps = by_chance(SEED * HISTORIES + number, 60)
            tell(story, steps if number else [*BEGINNING, *steps])
        house.runner.catch_up()
        house.follow()
        above.execute("INSERT INTO analysis.reader (login) VALUES (session_user)")
        wanted = tables.wanted(house, story.position)
        tables.export(house, InProcess(house.folding), folder, wanted, lambda _done, _whole: None)
        with serving(create_app(house)) as base:
            desk = Desk(base, house.key)
            yield City(desk, house, above, folder, story.position)
            desk.http.close()


def test_api_tables_sql_and_replays_come_to_the_same_at_any_basis(
    city: City, tmp_path: Path
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - bases, not keys
    folding = city.house.folding
    with (
        cluster(tmp_path, 1) as made,
        running(folding, Engine(2)) as on_processes,
        running(folding, Engine(scheduler=made.address)) as on_dask,
    ):
        shown: set[str] = set()
        for _ in range(BASES):
            basis = START + timedelta(days=chance.randint(0, 900)), chance.randint(0, city.position)
            told = city.by_api(*basis)
            assert city.by_tables(*basis) == told, basis
            assert city.by_sql(*basis) == told, basis
            assert city.by_replay(on_processes, *basis) == told, basis
            assert city.by_replay(on_dask, *basis) == told, basis
            shown |= {name for name, (number, _) in told.items() if number}
    assert shown > set(LISTS)
