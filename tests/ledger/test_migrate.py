"""Migrations run once, in order, and are never edited afterwards."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection

from ledger.connect import Addresses
from ledger.migrate import LEDGER, Edited, Source, files, migrate, schema_state
from ledger.unready import Newer
from tests.postgres import Server

pytestmark = pytest.mark.postgres


@pytest.fixture
def empty(server: Server) -> Iterator[Addresses]:
    yield server.create("dudao_test_migrate", "template0")
    server.drop("dudao_test_migrate")


@pytest.fixture
def connection(addresses: Addresses) -> Iterator[Connection]:
    with psycopg.connect(addresses.owner) as connection:
        yield connection


def write(folder: Path, **contents: str) -> Source:
    for name, content in contents.items():
        (folder / f"{name.removeprefix('m')}.sql").write_text(content, encoding="utf-8")
    return Source("other", folder)


def test_all_of_them_run_on_an_empty_database_and_only_once(empty: Addresses):
    with psycopg.connect(empty.owner) as connection:
        assert migrate(connection) == [migration.name for migration in files(LEDGER.folder)]
        assert migrate(connection) == []


def test_processes_that_start_together_run_them_once(empty: Addresses):
    def start(_: int) -> list[str]:
        with psycopg.connect(empty.owner) as connection:
            return migrate(connection)

    with ThreadPoolExecutor(4) as threads:
        ran = sorted(threads.map(start, range(4)), key=len)
    assert [len(each) for each in ran] == [0, 0, 0, len(files(LEDGER.folder))]


def test_another_folder_has_numbers_of_its_own(connection: Connection, tmp_path: Path):
    source = write(tmp_path, m0001_a="CREATE TABLE projections.a (x int)")
    assert migrate(connection, [LEDGER, source]) == ["0001_a.sql"]
    write(
        tmp_path, m0002_b="CREATE TABLE projections.b (x int); CREATE TABLE projections.c (x int)"
    )
    assert migrate(connection, [LEDGER, source]) == ["0002_b.sql"]


def test_in_another_role_the_objects_belong_to_it(connection: Connection, tmp_path: Path):
    source = write(tmp_path, m0001_a="CREATE TABLE projections.a (x int)")._replace(
        role="dudao_app"
    )
    migrate(connection, [source])
    owner = connection.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'a'").fetchone()
    assert owner == ("dudao_app",)


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_a_file_that_ran_and_is_not_the_same_any_more_stops_the_start(
    connection: Connection, tmp_path: Path, change: str
):
    source = write(tmp_path, m0001_a="SELECT 1", m0002_b="SELECT 1")
    migrate(connection, [source])
    if change == "edited":
        write(tmp_path, m0001_a="SELECT 2")
    else:
        (tmp_path / "0001_a.sql").unlink()
    with pytest.raises(Edited, match=r"0001_.*number"):
        migrate(connection, [source])


def test_tables_of_a_later_release_are_told_from_files_that_were_edited(
    connection: Connection, tmp_path: Path
):
    source = write(tmp_path, m0001_a="SELECT 1", m0002_b="SELECT 1")
    migrate(connection, [source])
    (tmp_path / "0002_b.sql").unlink()
    assert schema_state(connection, [source]).later == ["other/0002"]
    with pytest.raises(Newer, match="later release"):
        migrate(connection, [source])


def test_of_a_migration_that_fails_nothing_stays(connection: Connection, tmp_path: Path):
    source = write(tmp_path, m0001_a="CREATE TABLE projections.a (x int)", m0002_b="SELECT 1/0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(connection, [source])
    assert connection.execute("SELECT to_regclass('projections.a')").fetchone() == (None,)


@pytest.mark.parametrize("names", [["m1_a"], ["m0001_A"], ["m0001_a", "m0001_b"]])
def test_a_name_out_of_order_is_refused(tmp_path: Path, names: list[str]):
    write(tmp_path, **dict.fromkeys(names, ""))
    with pytest.raises(ValueError, match="NNNN"):
        files(tmp_path)
