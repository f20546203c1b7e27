"""Whatever a superuser changes in whatever column, `verify` names the position."""

# ruff: noqa: S608 - an attacker writes the statements he likes

from collections.abc import Iterator
from itertools import product

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from ledger.connect import app_pool
from ledger.log import pages
from ledger.log.log import Append
from ledger.log.merkle import joined, root_of
from ledger.log.postgres_log import PostgresLog
from ledger.log.tiles import root_at
from ledger.log.verify import Difference, Fast, Statement, VerifyReport, verify
from tests.ledger.drafts import draft
from tests.postgres import Server

pytestmark = pytest.mark.postgres

SIZE = 11
BIT = {
    "bytea": "set_bit({c}, %(bit)s %% (8 * octet_length({c})), 1 - get_bit({c}, %(bit)s %% (8 * octet_length({c}))))",
    "text": "overlay({c} placing chr(ascii({c}) # (1 << (%(bit)s %% 5))) from 1 for 1)",
    "text[]": "ARRAY[overlay({c}[1] placing chr(ascii({c}[1]) # 1) from 1 for 1)] || {c}[2:]",
    "integer": "{c} # (1 << (%(bit)s %% 32))",
    "bigint": "{c} # (1::bigint << (%(bit)s %% 63))",
    "timestamptz": "{c} + (1::bigint << (%(bit)s %% 58)) * interval '1 microsecond'",
    "date": "{c} + (1 << (%(bit)s %% 22))",
    "bytea[]": "ARRAY[set_bit({c}[1], %(bit)s %% 256, 1 - get_bit({c}[1], %(bit)s %% 256))] || {c}[2:]",
}
COLUMNS = {
    "position": "bigint",
    "recorded_at": "timestamptz",
    "valid_from": "date",
    "version": "integer",
    "part": "integer",
    "stream": "text",
    "type": "text",
    "subject": "text",
    "district": "text",
    "tags": "text[]",
    "idempotency_key": "text",
    "request_digest": "bytea",
    "payload": "bytea",
    "salt": "bytea",
    "leaf": "bytea",
}
STATE = {"size": "bigint", "frontier": "bytea[]", "recorded_at": "timestamptz"}


def in_threads(pool: ConnectionPool) -> Fast:
    """Recompute pages the fast way, on connections of the pool."""

    def recomputed(job: pages.Job) -> pages.Accepted | None:
        with pool.connection() as connection:
            return pages.accepted(connection, job)

    return recomputed


class Attacker:
    """A superuser with the triggers and constraints out of the way."""

    def __init__(self, superuser: str, log: PostgresLog) -> None:
        self.log = log
        self.connection = psycopg.connect(superuser, autocommit=True)
        for table in ("entry", "entry_tag", "log_state"):
            self.run(f"ALTER TABLE ledger.{table} DISABLE TRIGGER ALL")
            for (name,) in self.run(
                "SELECT conname FROM pg_constraint WHERE contype = 'c'"
                f" AND conrelid = 'ledger.{table}'::regclass"
            ):
                self.run(f"ALTER TABLE ledger.{table} DROP CONSTRAINT {name}")

    def run(self, statement: str, **values: object) -> list[tuple]:
        cursor = self.connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    def under(self, statement: str, **values: object) -> VerifyReport:
        """Report what `verify` finds after the statement, and undo it."""
        tables = ("entry", "entry_tag", "log_state")
        try:
            for table in tables:
                self.run(f"CREATE TABLE IF NOT EXISTS public.{table} AS TABLE ledger.{table}")
            self.run(statement, **values)
            # What the fast way does not accept is named by the slow one: it is enough to try the fast.
            return verify(self.log.pool, fast=in_threads(self.log.pool))
        except (psycopg.IntegrityError, psycopg.DataError):
            assume(condition=False)
            raise
        finally:
            for table in tables:
                self.run(f"TRUNCATE ledger.{table}")
                self.run(f"INSERT INTO ledger.{table} TABLE public.{table}")


@pytest.fixture(scope="module")
def attacker(server: Server, template: str) -> Iterator[Attacker]:
    addresses = server.create("dudao_test_verify", template)
    superuser = make_conninfo(server.superuser, dbname=conninfo_to_dict(addresses.owner)["dbname"])
    with app_pool(addresses.app) as pool:
        log = PostgresLog(pool)
        for number in range(SIZE):
            stream, subject = f"standing/{number % 3}", f"s{number % 2}"
            tags = (f"t:{number % 4}", f"u:{number}", f"stream:{stream}")
            one = draft(stream, *tags, key=f"k{number}", subject=subject, payload=b'{"a":1}')
            log.append([Append((one._replace(district="110108"),))])
        attacker = Attacker(superuser, log)
        yield attacker
        attacker.connection.close()
    server.drop("dudao_test_verify")


# Each example rewrites the ledger; what varies is only which row and which bit.
hard = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def test_an_untouched_ledger_is_whole(attacker: Attacker):
    seen = []
    report = verify(attacker.log.pool, lambda done, last: seen.append((done, last)))
    assert report == (attacker.log.head(), None)
    assert seen == [(SIZE, SIZE)]


def test_some_pages_are_put_together_from_the_bare_columns_whoever_offers_to(
    attacker: Attacker, monkeypatch: pytest.MonkeyPatch
):
    asked: list[pages.Job] = []
    monkeypatch.setattr("ledger.log.verify.SELDOM", 1)
    report = verify(attacker.log.pool, fast=asked.append)
    assert (report.difference, asked) == (None, [])


def test_the_fast_way_accepts_what_is_whole(attacker: Attacker):
    with attacker.log.pool.connection() as connection:
        found = pages.accepted(connection, pages.Job(0, SIZE, (4, SIZE)))
    assert found is not None
    head = attacker.log.head()
    assert joined(found.edges[SIZE]) == head.root == root_of(found.tail)
    assert found.recorded_at[1] == head.recorded_at


@pytest.mark.parametrize("column", COLUMNS)
@hard
@given(position=st.integers(1, SIZE), bit=st.integers(0, 2**20))
def test_a_changed_bit_in_an_entry_is_named(
    attacker: Attacker, column: str, position: int, bit: int
):
    """Law 7."""
    change = sql.SQL(BIT[COLUMNS[column]]).format(c=sql.Identifier(column)).as_string()
    statement = f"UPDATE ledger.entry SET {column} = {change} WHERE position = %(position)s"
    report = attacker.under(statement, position=position, bit=bit)
    assert report.difference is not None
    assert report.difference.position == position
    assert report.head.position == position - 1


@pytest.mark.parametrize("column", ["subject", "district", "idempotency_key", "request_digest"])
def test_a_value_taken_away_is_named(attacker: Attacker, column: str):
    report = attacker.under(f"UPDATE ledger.entry SET {column} = NULL WHERE position = 4")
    assert report.difference is not None
    assert report.difference.position == 4


@pytest.mark.parametrize("column", STATE)
@hard
@given(bit=st.integers(0, 2**20))
def test_a_changed_bit_in_the_state_is_found(attacker: Attacker, column: str, bit: int):
    change = sql.SQL(BIT[STATE[column]]).format(c=sql.Identifier(column)).as_string()
    report = attacker.under(f"UPDATE ledger.log_state SET {column} = {change}", bit=bit)
    assert report.difference is not None


@pytest.mark.parametrize("column", ["tag_hash", "position"])
@hard
@given(position=st.integers(1, SIZE), bit=st.integers(0, 2**20))
def test_a_changed_bit_in_the_index_of_tags_is_named(
    attacker: Attacker, column: str, position: int, bit: int
):
    change = BIT["bigint"].format(c=column)
    statement = f"UPDATE ledger.entry_tag SET {column} = {change} WHERE position = %(position)s"
    report = attacker.under(statement, position=position, bit=bit)
    moved = position ^ (1 << bit % 63) if column == "position" else position
    assert report.difference is not None
    assert report.difference.position == (min(position, moved) or position)


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("UPDATE ledger.entry SET version = 2147483647 WHERE position = 3", 3),
        # The same bytes under the same leaf, cut at another place.
        (
            (
                "UPDATE ledger.entry SET salt = substr(payload, octet_length(payload)) || salt,"
                " payload = substr(payload, 1, octet_length(payload) - 1) WHERE position = 4"
            ),
            4,
        ),
        (
            (
                "UPDATE ledger.entry SET subject = subject || E'\ndistrict ' || district, district = NULL"
                " WHERE position = 4"
            ),
            4,
        ),
        ("DELETE FROM ledger.entry WHERE position = 5", 5),
        ("DELETE FROM ledger.entry WHERE position > 9", 10),
        ("DELETE FROM ledger.entry_tag WHERE position = 5", 5),
        ("INSERT INTO ledger.entry_tag VALUES (hashtextextended('t:9', 0), 6)", 6),
        ("INSERT INTO ledger.entry_tag VALUES (1, 900)", 900),
        ("UPDATE ledger.entry SET position = -position WHERE position IN (3, 4)", 3),
        ("UPDATE ledger.entry_tag SET position = -position WHERE position = 6", 6),
        ("INSERT INTO ledger.entry_tag VALUES (1, -3)", 0),
        ("UPDATE ledger.entry SET tags = ARRAY[NULL] WHERE position = 2", 2),
        ("UPDATE ledger.entry SET tags = ARRAY[['a'], ['b']] WHERE position = 2", 2),
        ("UPDATE ledger.entry SET recorded_at = '20000-01-01' WHERE position = 7", 7),
        ("UPDATE ledger.entry SET valid_from = '20000-01-01' WHERE position = 8", 8),
    ],
)
def test_what_is_missing_moved_or_impossible_is_named(
    attacker: Attacker, statement: str, position: int
):
    report = attacker.under(statement)
    assert report.difference is not None
    assert report.difference.position == position


@pytest.mark.parametrize(
    "tags",
    [
        ("t:0", "t:0", "u:4", "stream:standing/1"),
        ("t:0", "u:4", "stream:standing/1", "stream:standing/1"),
    ],
)
def test_a_tag_that_stands_twice_is_named(attacker: Attacker, tags: tuple[str, ...]):
    """The leaf is that of the entry, and the index of tags says all of it once, as ever."""
    (entry,) = attacker.log.at([5])
    leaf = entry._replace(tags=tags).leaf_hash()
    report = attacker.under(
        "UPDATE ledger.entry SET tags = %(tags)s, leaf = %(leaf)s WHERE position = 5",
        tags=list(tags),
        leaf=leaf,
    )
    assert report.difference == Difference(5, "tags: the same tag twice")


def test_versions_that_are_not_in_the_order_of_positions_are_named(attacker: Attacker):
    """Each leaf is that of its entry, and no version of the stream is missing."""
    index = attacker.run("SELECT pg_get_indexdef('ledger.entry_stream'::regclass)")[0][0]
    attacker.run("DROP INDEX ledger.entry_stream")
    try:
        leaves = [
            one._replace(version=3 - one.version).leaf_hash() for one in attacker.log.at([2, 5])
        ]
        report = attacker.under(
            "UPDATE ledger.entry SET version = 3 - version,"
            " leaf = CASE position WHEN 2 THEN %(one)s ELSE %(other)s END WHERE position IN (2, 5)",
            one=leaves[0],
            other=leaves[1],
        )
    finally:
        attacker.run(index)
    assert report.difference == Difference(2, "version: not the next of its stream")


def test_a_row_behind_the_end_is_named(attacker: Attacker):
    report = attacker.under(
        "INSERT INTO ledger.entry SELECT 12, recorded_at, valid_from, 9, part, stream, type, subject,"
        " district, tags, 'k', request_digest, payload, salt, leaf FROM ledger.entry WHERE position = 1"
    )
    assert report.difference is not None
    assert report.difference.position == 12


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        (
            "UPDATE ledger.tile SET root = set_bit(root, 9, 1 - get_bit(root, 9)) WHERE number = 1",
            257,
        ),
        (
            "UPDATE ledger.tile SET hashes = set_bit(hashes, 9, 1 - get_bit(hashes, 9)) WHERE number = 0",
            1,
        ),
        ("DELETE FROM ledger.tile WHERE number = 0", 1),
        (
            "INSERT INTO ledger.tile SELECT 0, 2, root, hashes FROM ledger.tile WHERE number = 1",
            513,
        ),
        ("INSERT INTO ledger.tile SELECT 1, 0, root, hashes FROM ledger.tile WHERE number = 1", 1),
    ],
)
def test_a_tile_that_does_not_say_what_the_entries_say_is_named(
    server: Server, log: PostgresLog, statement: str, position: int
):
    log.append([Append(tuple(draft(f"standing/{number}") for number in range(520)))])
    assert verify(log.pool).difference is None
    superuser = make_conninfo(server.superuser, dbname=name_of(log))
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("ALTER TABLE ledger.tile DISABLE TRIGGER ALL")
        connection.execute(statement.encode())
    difference = verify(log.pool).difference
    assert difference is not None
    assert difference.position == position
    assert difference.what.startswith("tile: ")
    assert verify(log.pool, fast=in_threads(log.pool)).difference == difference


def test_a_ledger_of_several_pages_is_recomputed_in_processes(server: Server, log: PostgresLog):
    size = pages.PAGE + 700
    # One command goes over the end of a page.
    many = (draft(f"plan/{number}", "一:标签", key="k") for number in range(size))
    log.append([Append(tuple(many))])
    roots = {at: tiles_root(log, at) for at in (1, 300, pages.PAGE, pages.PAGE + 1, size)}

    def stated(_: object, after: int, upto: int) -> list[Statement]:
        return [Statement(at, root, "x") for at, root in roots.items() if after < at <= upto]

    seen = []
    with pages.processes(str(log.pool.conninfo)) as fast:
        jobs = [pages.Job(0, pages.PAGE, (1,)), pages.Job(pages.PAGE, size, ())]
        assert all(map(fast, jobs)), "nothing of it is out of the ordinary"
        report = verify(log.pool, lambda *at: seen.append(at), stated, fast)
        assert report == (log.head(), None) == verify(log.pool, None, stated)
        assert seen == [(pages.PAGE, size), (size, size)]
        for at, right in dict(roots).items():
            roots[at] = bytes(32)
            report = verify(log.pool, None, stated, fast)
            assert report == verify(log.pool, None, stated)
            assert report.difference is not None
            assert report.difference.position == at
            roots[at] = right
        superuser = make_conninfo(server.superuser, dbname=name_of(log))
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("ALTER TABLE ledger.entry DISABLE TRIGGER ALL")
            # At the first entry of a page, and where no tile is whole yet.
            for position, (change, what) in product(
                (pages.PAGE + 1, pages.PAGE + 600),
                (
                    ("part = 99999", "part: 99999"),
                    ("idempotency_key = 'z'", "part: "),
                    ("recorded_at = recorded_at - interval '1 s'", "recorded_at: before"),
                ),
            ):
                recorded = log.at([position])[0]
                connection.execute(f"UPDATE ledger.entry SET {change} WHERE position = {position}")
                connection.execute(
                    "UPDATE ledger.entry SET leaf = %s WHERE position = %s",
                    (log.at([position])[0].leaf_hash(), position),
                )
                report = verify(log.pool, fast=fast)
                assert report == verify(log.pool)
                assert report.difference is not None
                assert report.difference.position == position
                assert report.difference.what.startswith(what)
                connection.execute(
                    "UPDATE ledger.entry SET part = %s, idempotency_key = %s, recorded_at = %s,"
                    " leaf = %s WHERE position = %s",
                    (
                        recorded.part,
                        recorded.idempotency_key,
                        recorded.recorded_at,
                        recorded.leaf_hash(),
                        position,
                    ),
                )


def tiles_root(log: PostgresLog, position: int) -> bytes:
    with log.pool.connection() as connection:
        return root_at(connection, position)


def name_of(log: PostgresLog) -> str:
    with log.pool.connection() as connection:
        return connection.info.dbname
