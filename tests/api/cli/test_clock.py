"""`dudao clock`: the clocks compared, and the documented way out of a ledger whose clock ran ahead."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.connect import Addresses, app_pool
from ledger.log.clock import now
from ledger.log.postgres_log import PostgresLog
from tests.api.cli.test_cli import Shell
from tests.api.lines import registered, uscc
from tests.database_clock import as_read, put_clock
from tests.ledger.drafts import single
from tests.postgres import Server

pytestmark = pytest.mark.postgres

DATABASE = "dudao_cli_clock"
RUNNING = "SELECT pg_get_functiondef('ledger.clock()'::regprocedure)"


@pytest.fixture(scope="module")
def addresses(server: Server) -> Iterator[Addresses]:
    server.drop(DATABASE)
    yield server.create(DATABASE, "template0")
    server.drop(DATABASE)


@pytest.fixture(scope="module")
def shell(addresses: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("clock")
    made = Shell(folder, DUDAO_DATABASE_URL=addresses.app, DUDAO_OWNER_URL=addresses.owner)
    made.run("init")
    return made


def run_ahead(addresses: Addresses) -> None:
    """Let one entry be recorded in a year that has not come."""
    with psycopg.connect(addresses.owner) as owner:
        row: Any = owner.execute(RUNNING).fetchone()
    put_clock(addresses, now() + timedelta(days=400))
    with app_pool(addresses.app) as pool:
        log = PostgresLog(pool, as_read)
        log.append([single("a/1")])
    # The clock runs again as in a new ledger.
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute(row[0])


def test_a_ledger_whose_clock_ran_ahead_has_a_way_out(shell: Shell, addresses: Addresses):
    assert json.loads(shell.run("clock", "--json").stdout)["ahead"] is False
    assert (
        "clock is not ahead"
        in shell.run("clock", "--set", "--reason", "x", "--lang", "en", status=2).stderr
    )
    run_ahead(addresses)
    path = shell.folder / "in.ndjson"
    path.write_text(json.dumps(registered(uscc())) + "\n")
    assert "时钟" in shell.run("import", "in.ndjson", status=2).stderr
    told = shell.run("clock", status=1)
    assert "dudao clock --set" in told.stderr
    assert "最后一条记录" in told.stdout
    assert "dudao clock" in shell.run("doctor", status=1).stdout
    assert "--reason" in shell.run("clock", "--set", status=2).stderr
    made = json.loads(shell.run("clock", "--set", "--reason", "曾超前", "--json").stdout)
    assert made["from"] > made["to"]
    shell.run("import", "in.ndjson")
    shell.run("verify")
    shell.run("replay", "--check")
    assert shell.run("clock").stderr == ""


def test_whoever_serves_cannot_put_the_clock_back(
    shell: Shell, addresses: Addresses, tmp_path: Path
):
    run_ahead(addresses)
    serving = Shell(shell.folder, DUDAO_DATABASE_URL=addresses.app)
    said = serving.run("clock", "--set", "--reason", "x", "--lang", "en", status=2).stderr
    assert "may not do all that is needed" in said
    shell.run("clock", "--set", "--reason", "x")
