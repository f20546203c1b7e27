"""The application's role can read and append; the owner cannot change either."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ledger.connect import Addresses
from ledger.log.clock import now
from ledger.log.entry import entry_bytes, instant_text
from ledger.log.merkle import Frontier, leaf_hash
from ledger.log.postgres_log import PostgresLog
from ledger.log.verify import verify
from tests.database_clock import put_clock
from tests.ledger.drafts import draft, single
from tests.postgres import Server

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


@pytest.mark.parametrize("attack", [each for each in OF_THE_OWNER if each.startswith("DELETE")])
def test_no_setting_of_a_session_switches_the_triggers_off(
    written: PostgresLog, server: Server, addresses: Addresses, attack: str
):
    """Not even a superuser's, who has to take them away to come past them: that is seen."""
    name = conninfo_to_dict(addresses.owner)["dbname"]
    with psycopg.connect(
        make_conninfo(server.superuser, dbname=name), autocommit=True
    ) as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(attack)
    assert refused.value.sqlstate == "LG002"


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


def offered(log: PostgresLog, **other: Any) -> list[object]:
    """Arguments of `ledger.append_2` for one entry that fits, but for what a test makes of it."""
    head, made = log.head(), draft("a/1", "t:1", subject="x", key="k")
    at = other.pop("at", None) or now()
    version = other.pop("version", 2)
    made = made._replace(**other.pop("draft", {}))
    salt = bytes(16)
    leaf = leaf_hash(entry_bytes(made, version, instant_text(at), 0, salt))
    leaf = other.pop("leaf", leaf)
    frontier = Frontier(1, [head.root])
    frontier.append(leaf)
    hashes = other.pop("frontier", frontier.hashes)
    assert not other
    return [
        *(2, at, hashes, [made.stream], [version], [made.type], [made.valid_from]),
        *([made.subject], [made.district], ["\n".join(made.tags)], [made.idempotency_key]),
        *([made.request_digest], [0], [made.payload], [salt], [leaf], [0]),
    ]


OFFER = """
SELECT ledger.append_2(
    %s::bigint, %s::timestamptz, %s::bytea[], %s::text[], %s::integer[], %s::text[], %s::date[],
    %s::text[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::integer[], %s::bytea[],
    %s::bytea[], %s::bytea[], %s::integer[])
"""


def offer(addresses: Addresses, values: list[object]) -> None:
    with psycopg.connect(addresses.app, autocommit=True) as connection:
        connection.execute(OFFER.encode(), values)


def test_an_append_undone_uses_no_position(written: PostgresLog, addresses: Addresses):
    with psycopg.connect(addresses.app) as connection:
        connection.execute(OFFER.encode(), offered(written))
        connection.rollback()
    written.append([single("a/2")])
    assert [entry.position for entry in written.entries()] == [1, 2]


def test_the_function_takes_an_entry_that_is_what_it_says(
    written: PostgresLog, addresses: Addresses
):
    offer(addresses, offered(written))
    assert verify(written.pool).difference is None
    assert written.head().position == 2


LIES: dict[str, dict[str, Any]] = {
    "a time that is yet to come": {"at": datetime(2100, 1, 1, tzinfo=UTC)},
    "a leaf of nothing": {"leaf": bytes(32)},
    "a frontier of nothing": {"frontier": [bytes(32)]},
    "a version that leaves one out": {"version": 3},
    "two lines in one value": {"draft": {"type": "t\nsubject y"}},
}


REFUSED_AS = {"leaf": "a leaf is not the hash of its entry", "frontier": "the frontier is not that"}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_the_function_refuses_an_entry_that_is_not_what_it_says(
    written: PostgresLog, addresses: Addresses, lie: dict[str, Any]
):
    with pytest.raises(
        psycopg.Error, match=REFUSED_AS.get(next(iter(lie)), "append at")
    ) as refused:
        offer(addresses, offered(written, **lie))
    assert refused.value.sqlstate == "LG003"
    assert verify(written.pool).difference is None
    written.append([single("a/1", "t:1")])


def test_a_time_read_long_ago_is_read_again(written: PostgresLog, addresses: Addresses):
    put_clock(addresses, now() + timedelta(hours=1))
    with pytest.raises(psycopg.Error) as refused:
        offer(addresses, offered(written, at=now()))
    assert refused.value.sqlstate == "LG001"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 6, 7, 8, 255, 256, 1000])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 17, 256, 257])
def test_the_database_reckons_the_edge_of_the_tree_as_the_tree_does(
    addresses: Addresses, size: int, count: int
):
    numbered = [sha256(str(n).encode()).digest() for n in range(size + count)]
    frontier = Frontier()
    for leaf in numbered[:size]:
        frontier.append(leaf)
    before = list(frontier.hashes)
    for leaf in numbered[size:]:
        frontier.append(leaf)
    with psycopg.connect(addresses.owner) as connection:
        row = connection.execute(
            "SELECT ledger.frontier_after(%s::bigint, %s::bytea[], %s::bytea[])",
            (size, before, numbered[size:]),
        ).fetchone()
    assert row == (frontier.hashes,)
