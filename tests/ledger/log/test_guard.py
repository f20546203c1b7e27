"""The application's role can read and append; the owner cannot change either."""

import psycopg
import pytest
from psycopg import Connection

from ledger.connect import Addresses
from ledger.log.postgres_log import PostgresLog
from tests.ledger.drafts import single

pytestmark = pytest.mark.postgres

NEW_ENTRY = (
    "INSERT INTO ledger.entry SELECT 2, recorded_at, valid_from, 2, 0, stream, type, subject, district,"
    " tags, NULL, NULL, payload, salt, leaf FROM ledger.entry"
)
OF_THE_APP = [
    NEW_ENTRY,
    "UPDATE ledger.entry SET payload = ''",
    "DELETE FROM ledger.entry",
    "TRUNCATE ledger.entry",
    "BEGIN; LOCK TABLE ledger.entry IN EXCLUSIVE MODE",
    "BEGIN; LOCK TABLE ledger.log_state IN ROW EXCLUSIVE MODE",
    "SELECT * FROM ledger.log_state FOR UPDATE",
    "SELECT * FROM ledger.entry FOR SHARE",
    "INSERT INTO ledger.entry_tag VALUES (1, 1)",
    "DELETE FROM ledger.entry_tag",
    "UPDATE ledger.log_state SET size = 0",
    "INSERT INTO ledger.tile VALUES (0, 0, sha256(''), sha256(''))",
    "SELECT ledger.tile_root('')",
    "DELETE FROM ledger.log_state",
    "INSERT INTO ledger.migration (namespace, number, name, digest) VALUES ('x', 1, 'x', 'x')",
    "DROP TABLE ledger.entry",
    "ALTER TABLE ledger.entry DISABLE TRIGGER ALL",
    "CREATE TABLE ledger.mine (a int)",
    "CREATE OR REPLACE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "ALTER FUNCTION ledger.append SECURITY INVOKER",
    "SET session_replication_role = replica",
    "SET ROLE dudao_ledger",
    "COPY ledger.entry FROM PROGRAM 'true'",
    "SELECT pg_read_file('postgresql.conf')",
    "CREATE TABLE public.mine (a int)",
    "UPDATE vault.person SET box = ''",
    "DELETE FROM vault.access",
    "UPDATE vault.access SET reason = ''",
]
OF_THE_OWNER = [
    "UPDATE ledger.entry SET payload = ''",
    "DELETE FROM ledger.entry",
    "TRUNCATE ledger.entry, ledger.entry_tag",
    "DELETE FROM ledger.entry_tag",
    "DELETE FROM ledger.log_state",
    "TRUNCATE ledger.log_state",
    "DELETE FROM ledger.migration",
    "UPDATE ledger.tile SET root = sha256('')",
    "TRUNCATE ledger.tile",
    "SET session_replication_role = replica; UPDATE ledger.entry SET payload = ''",
    "UPDATE vault.access SET reason = ''",
    "DELETE FROM vault.access",
]


@pytest.fixture
def written(log: PostgresLog) -> PostgresLog:
    log.append([single("a/1", "t:1")])
    return log


@pytest.mark.parametrize("attack", OF_THE_APP)
def test_the_application_may_not(written: PostgresLog, addresses: Addresses, attack: str):
    with (
        psycopg.connect(addresses.app, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(attack)


@pytest.mark.parametrize("attack", OF_THE_OWNER)
def test_even_the_owner_may_not(written: PostgresLog, addresses: Addresses, attack: str):
    with (
        psycopg.connect(addresses.owner, autocommit=True) as connection,
        pytest.raises(psycopg.Error) as refused,
    ):
        connection.execute(attack)
    assert refused.value.sqlstate in {"LG002", "42501"}


def append(
    connection: Connection, first: int, frontier: str, leaves: str = "ARRAY[sha256('')]"
) -> None:
    connection.execute(  # what a hostile application would send
        f"SELECT ledger.append({first}, now(), {frontier}, ARRAY['a/9'], ARRAY[1], ARRAY['t'],"
        "ARRAY[current_date], ARRAY[NULL], ARRAY[NULL], ARRAY[''], ARRAY[NULL]::text[],"
        f"ARRAY[NULL]::bytea[], ARRAY[0], ARRAY[''::bytea], ARRAY[substr(sha256(''), 1, 16)], ARRAY[sha256('')])"
    )


@pytest.mark.parametrize(
    ("first", "frontier"),
    [
        (1, "ARRAY[sha256('')]"),
        (3, "ARRAY[sha256(''), sha256('')]"),
        (2, "ARRAY[sha256(''), sha256('')]"),
        (2, "'{}'::bytea[]"),
    ],
)
def test_the_function_refuses_a_position_or_a_frontier_that_does_not_fit(
    written: PostgresLog, addresses: Addresses, first: int, frontier: str
):
    with (
        psycopg.connect(addresses.app, autocommit=True) as connection,
        pytest.raises(psycopg.Error) as refused,
    ):
        append(connection, first, frontier)
    assert refused.value.sqlstate == "LG001"


def test_tables_of_ones_own_do_not_deceive_the_functions(
    written: PostgresLog, addresses: Addresses
):
    with psycopg.connect(addresses.app, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE log_state AS SELECT 0::bigint AS size")
        connection.execute("CREATE TEMP TABLE entry (position bigint)")
        row = connection.execute(
            "SELECT size FROM ledger.open_append('{}','{}','{}',0,false)"
        ).fetchone()
    assert row == (1,)


def test_read_models_belong_to_the_application(addresses: Addresses):
    with psycopg.connect(addresses.app, autocommit=True) as connection:
        connection.execute("CREATE TABLE projections.x (a int)")
        connection.execute("INSERT INTO projections.x VALUES (1); UPDATE projections.x SET a = 2")
        connection.execute("DROP TABLE projections.x")


def test_an_append_undone_uses_no_position(written: PostgresLog, addresses: Addresses):
    with psycopg.connect(addresses.app) as connection:
        append(connection, 2, "ARRAY[sha256('')]")
        connection.rollback()
    written.append([single("a/2")])
    assert [entry.position for entry in written.entries()] == [1, 2]
