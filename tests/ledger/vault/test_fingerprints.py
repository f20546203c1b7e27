"""A ledger and its keys belong together: others are refused before anything is read or written."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from ledger.connect import Addresses, app_pool
from ledger.log.log import Append
from ledger.log.postgres_log import PostgresLog
from ledger.unready import MissingKeys, OtherKeys
from ledger.vault import fingerprints, keys, samples
from ledger.vault.keys import of_vault
from ledger.vault.vault import Person, Vault
from tests.ledger.drafts import draft

pytestmark = pytest.mark.postgres

PEOPLE = [Person(f"张{number}", "id_card", str(number)) for number in range(5)]


@pytest.fixture
def pool(addresses: Addresses) -> Iterator[ConnectionPool[Connection[Any]]]:
    with app_pool(addresses.app) as made:
        yield made


def tied(pool: ConnectionPool[Connection[Any]], folder: Path) -> dict[str, bytes]:
    with pool.connection() as connection:
        return fingerprints.keys_of(connection, folder)


def of_before(pool: ConnectionPool[Connection[Any]], folder: Path) -> None:
    """A ledger with persons, as it was before fingerprints stood in the database."""
    own = of_vault(keys.make(folder, ["identity", "wrapping"]))
    Vault(pool, own).pseudonyms(PEOPLE)


def test_a_ledger_without_entries_gets_keys_and_keeps_them(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path
):
    made = tied(pool, tmp_path / "keys")
    assert tied(pool, tmp_path / "keys") == made
    with pool.connection() as connection:
        assert fingerprints.in_use(connection) == {
            name: keys.fingerprint(name, key) for name, key in made.items()
        }


def test_of_two_that_start_at_once_with_folders_of_their_own_one_is_refused(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path
):
    def attempt(name: str) -> bool:
        try:
            tied(pool, tmp_path / name)
        except (OtherKeys, MissingKeys):
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(attempt, ["one", "other"])) == [False, True]


def test_other_keys_are_refused_with_what_differs_and_no_keys_are_made(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path
):
    tied(pool, tmp_path / "own")
    with pytest.raises(MissingKeys):
        tied(pool, tmp_path / "forgotten")
    assert not (tmp_path / "forgotten").exists()
    keys.make(tmp_path / "strange")
    with pytest.raises(OtherKeys, match=r"identity\.key \(.*≠") as refused:
        tied(pool, tmp_path / "strange")
    assert str(tmp_path / "strange") in refused.value.zh


def test_who_brings_no_keys_may_look_and_who_brings_others_may_not(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path
):
    tied(pool, tmp_path / "own")
    keys.make(tmp_path / "strange", ["wrapping"])
    with pool.connection() as connection:
        fingerprints.check(connection, tmp_path / "nothing")
        fingerprints.check(connection, tmp_path / "own")
        with pytest.raises(OtherKeys, match="wrapping"):
            fingerprints.check(connection, tmp_path / "strange")


def test_a_ledger_of_before_is_tied_to_the_keys_that_open_its_boxes(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path
):
    of_before(pool, tmp_path / "own")
    with pool.connection() as connection:
        fingerprints.tie(connection, tmp_path / "nothing")
        assert fingerprints.in_use(connection) == {}
    keys.make(tmp_path / "strange")
    with pytest.raises(OtherKeys):
        tied(pool, tmp_path / "strange")
    own = tied(pool, tmp_path / "own")
    assert set(own) == {"identity", "wrapping", "token"}
    with pool.connection() as connection:
        assert len(fingerprints.in_use(connection)) == 3


@pytest.mark.parametrize("name", ["identity", "wrapping"])
def test_one_right_key_beside_a_wrong_one_ties_nothing(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path, name: str
):
    of_before(pool, tmp_path)
    keys.path_of(tmp_path, name).write_bytes(bytes(32))
    with pytest.raises(OtherKeys):
        tied(pool, tmp_path)
    with pool.connection() as connection:
        assert fingerprints.in_use(connection) == {}


def test_a_ledger_with_entries_and_no_keys_gets_none(
    log: PostgresLog, pool: ConnectionPool[Connection[Any]], tmp_path: Path
):
    log.append([Append((draft("enterprise/1"),))])
    with pytest.raises(MissingKeys):
        tied(pool, tmp_path / "keys")
    assert list(tmp_path.iterdir()) == []


def test_a_sample_tells_whose_box_does_not_open(
    pool: ConnectionPool[Connection[Any]], addresses: Addresses, tmp_path: Path
):
    of_before(pool, tmp_path)
    own = of_vault(keys.complete(tmp_path, ["identity", "wrapping"]))
    with pool.connection() as connection:
        assert samples.take(connection, own) == (5, ())
        assert samples.take(connection, own, 3) == (3, ())
    with psycopg.connect(addresses.owner) as connection:
        row = connection.execute(
            "UPDATE vault.person SET box = '\\x00' WHERE identity ="
            " (SELECT min(identity::text)::bytea FROM vault.person) RETURNING subject_id"
        ).fetchone()
    with pool.connection() as connection:
        assert samples.take(connection, own) == (4, row)


def test_not_even_the_owner_takes_a_fingerprint_away(
    pool: ConnectionPool[Connection[Any]], addresses: Addresses, tmp_path: Path
):
    tied(pool, tmp_path)
    with (
        psycopg.connect(addresses.owner) as connection,
        pytest.raises(psycopg.Error, match="append"),
    ):
        connection.execute("DELETE FROM vault.key_fingerprint")
