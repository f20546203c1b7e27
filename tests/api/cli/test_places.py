"""Where a ledger may come about, and who may make it: as a user meets it on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.connect import Addresses
from tests.api.cli.test_cli import Shell
from tests.api.lines import registered, uscc
from tests.postgres import Server

pytestmark = pytest.mark.postgres

TABLES = (
    "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|information)'"
)


@pytest.fixture
def empty(server: Server) -> Iterator[Addresses]:
    """A database in which nothing has happened."""
    server.drop("dudao_places")
    yield server.create("dudao_places", "template0")
    server.drop("dudao_places")


def shell(folder: Path, addresses: Addresses, **beside: str) -> Shell:
    return Shell(
        folder,
        DUDAO_DATABASE_URL=addresses.app,
        DUDAO_OWNER_URL=addresses.owner,
        **beside,
    )


@pytest.mark.parametrize("command", [("verify",), ("roster",), ("users", "list"), ("doctor",)])
def test_who_only_reads_makes_no_ledger_in_a_folder(tmp_path: Path, command: tuple[str, ...]):
    lost = Shell(tmp_path, DUDAO_DATA="typo")
    said = lost.run(*command, status=1 if command == ("doctor",) else 2)
    assert "typo" in said.stdout + said.stderr
    assert list(tmp_path.iterdir()) == []


def test_who_only_reads_makes_no_ledger_in_a_database(tmp_path: Path, empty: Addresses):
    said = shell(tmp_path, empty).run("verify", "--lang", "en", status=2).stderr
    assert "no ledger here" in said
    assert "dudao_places" in said
    with psycopg.connect(empty.owner) as connection:
        assert connection.execute(TABLES).fetchone() == (0,)


def test_not_even_an_import_makes_one_beside_the_tables_of_others(tmp_path: Path, empty: Addresses):
    with psycopg.connect(empty.owner) as connection:
        connection.execute("CREATE TABLE public.payroll (x int)")
    stranger = Shell(tmp_path, DUDAO_DATABASE_URL=empty.owner)
    (tmp_path / "in.ndjson").write_text(json.dumps(registered(uscc())))
    assert "no ledger here" in stranger.run("import", "in.ndjson", "--lang", "en", status=2).stderr
    with psycopg.connect(empty.owner) as connection:
        assert connection.execute(TABLES).fetchone() == (1,)


def test_an_import_into_an_empty_place_makes_one(tmp_path: Path, empty: Addresses):
    alone = Shell(tmp_path, DUDAO_DATABASE_URL=empty.owner)
    alone.load(registered(uscc()))
    assert json.loads(alone.run("verify", "--json").stdout)["position"] == 1


def test_the_owner_makes_it_once_and_again(tmp_path: Path, empty: Addresses):
    made = shell(tmp_path, empty)
    for command in ("init", "init", "migrate"):
        made.run(command)
    made.load(registered(uscc()))
    found = {each["check"]: each for each in json.loads(made.run("doctor", "--json").stdout)}
    assert found["recording"]["state"] == "ok"
    assert found["login"]["state"] == "ok"


def test_no_server_runs_with_the_login_that_owns_the_tables(tmp_path: Path, empty: Addresses):
    shell(tmp_path, empty).run("init")
    careless = Shell(tmp_path, DUDAO_DATABASE_URL=empty.owner)
    said = careless.run("serve", "--port", "0", "--lang", "en", status=2).stderr
    assert "DUDAO_OWNER_URL" in said
    assert "CREATE ROLE" in said


def test_what_was_lost_in_a_restore_is_said_and_given_again(tmp_path: Path, empty: Addresses):
    made = shell(tmp_path, empty)
    made.run("init")
    with psycopg.connect(empty.owner) as connection:
        connection.execute("SET ROLE dudao_ledger")
        connection.execute("REVOKE EXECUTE ON FUNCTION ledger.append FROM dudao_app")
    found = json.loads(made.run("doctor", "--json", status=1).stdout)
    (recording,) = [each for each in found if each["check"] == "recording"]
    assert recording["state"] == "fault"
    assert "GRANT EXECUTE ON FUNCTION ledger.append TO dudao_app;" in recording["zh"]
    said = made.run("serve", "--port", "0", "--lang", "en", status=2).stderr
    assert "GRANT EXECUTE ON FUNCTION ledger.append TO dudao_app;" in said
    made.run("migrate")
    made.load(registered(uscc()))


def test_a_ledger_of_an_earlier_release_waits_for_its_owner(tmp_path: Path, empty: Addresses):
    made = shell(tmp_path, empty)
    made.run("init")
    with psycopg.connect(empty.owner) as connection:
        connection.execute("SET ROLE dudao_ledger")
        connection.execute("DROP INDEX ledger.entry_backfill")
        connection.execute("ALTER TABLE ledger.migration DISABLE TRIGGER refuse_change")
        connection.execute(
            "DELETE FROM ledger.migration WHERE namespace = 'ledger' AND number = 60"
        )
        connection.execute("ALTER TABLE ledger.migration ENABLE ALWAYS TRIGGER refuse_change")
    for command in (("verify",), ("serve", "--port", "0")):
        assert "dudao migrate" in made.run(*command, status=2).stderr
    made.run("migrate")
    made.run("verify")


def test_files_of_another_major_version_are_named_with_what_to_do(tmp_path: Path):
    kept = tmp_path / ".dudao" / "postgres"
    kept.mkdir(parents=True)
    (kept / "PG_VERSION").write_text("17\n")
    said = Shell(tmp_path).run("serve", "--port", "0", "--lang", "en", status=2).stderr
    assert "PostgreSQL 17" in said
    assert "dudao backup" in said
