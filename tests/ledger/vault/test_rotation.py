"""A new wrapping key: every box opens as before, and whoever holds the old one enters nobody."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from ledger.connect import Addresses, app_pool
from ledger.unready import OtherKeys
from ledger.vault import fingerprints, keys, rotation
from ledger.vault.keys import of_vault
from ledger.vault.rotation import InUse, rewrap, rotate
from ledger.vault.vault import Person, Rotated, Spelling, Vault

pytestmark = pytest.mark.postgres

PEOPLE = [Person(f"张{number}", "201", str(number)) for number in range(7)]


@pytest.fixture
def pool(addresses: Addresses) -> Iterator[ConnectionPool[Connection[Any]]]:
    with app_pool(addresses.app, 1) as made:
        yield made


def opened(pool: ConnectionPool[Connection[Any]], folder: Path) -> Vault:
    with pool.connection() as connection:
        return Vault(pool, of_vault(fingerprints.keys_of(connection, folder)))


def test_every_person_and_spelling_is_readable_as_before(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    vault = opened(pool, tmp_path)
    people = vault.pseudonyms(PEOPLE)
    vault.spell([Spelling(people[0], "as-1\0N-1", "章零")])
    before = keys.complete(tmp_path)
    monkeypatch.setattr(rotation, "PAGE", 3)
    with pool.connection() as connection:
        assert rotate(connection, tmp_path, "wrapping", rewrap) == len(PEOPLE)
    after = keys.complete(tmp_path)
    assert {name for name in keys.NAMES if before[name] != after[name]} == {"wrapping"}
    renewed = opened(pool, tmp_path)
    assert renewed.pseudonyms(PEOPLE) == people
    assert [renewed.reveal(who, "auditor", "check") for who in people] == PEOPLE
    assert renewed.matches(people[0], "as-1\0N-1", "章零")
    assert not list(tmp_path.glob("*.next"))


def test_who_holds_the_key_of_before_enters_nobody_and_opens_nothing_anew(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path
):
    stale = opened(pool, tmp_path)
    old = keys.complete(tmp_path)["wrapping"]
    people = stale.pseudonyms(PEOPLE)
    with pool.connection() as connection:
        rotate(connection, tmp_path, "wrapping", rewrap)
    with pytest.raises(Rotated):
        stale.pseudonyms([Person("李四", "201", "n")])
    assert stale.pseudonyms(PEOPLE) == people  # finding needs the identity key alone
    keys.path_of(tmp_path, "wrapping").write_bytes(old)
    with pytest.raises(OtherKeys, match="wrapping"):
        opened(pool, tmp_path)


def test_a_rotation_that_was_cut_off_is_finished_or_forgotten(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    people = opened(pool, tmp_path).pseudonyms(PEOPLE)

    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with pool.connection() as connection, pytest.raises(KeyboardInterrupt):
        rotate(connection, tmp_path, "wrapping", killed)
    assert keys.next_path(tmp_path, "wrapping").exists()
    assert opened(pool, tmp_path).reveal(people[0], "auditor", "check") == PEOPLE[0]

    with monkeypatch.context() as at_the_end:
        at_the_end.setattr(rotation, "take_place", killed)
        with pool.connection() as connection, pytest.raises(KeyboardInterrupt):
            rotate(connection, tmp_path, "wrapping", rewrap)
    assert opened(pool, tmp_path).reveal(people[0], "auditor", "check") == PEOPLE[0]
    assert not keys.next_path(tmp_path, "wrapping").exists()


def test_a_key_that_is_kept_verifies_until_what_it_made_has_ended(
    pool: ConnectionPool[Connection[Any]], tmp_path: Path
):
    opened(pool, tmp_path)
    first = keys.complete(tmp_path)["token"]

    def renew(*_: object) -> int:
        return 0

    def good(days: int = 90) -> list[bytes]:
        with pool.connection() as connection:
            return list(
                fingerprints.earlier(connection, tmp_path, "token", timedelta(days=days)).values()
            )

    assert good() == []
    with pool.connection() as connection:
        rotate(connection, tmp_path, "token", renew, kept=True)
    second = keys.complete(tmp_path)["token"]
    assert second != first
    assert good() == [first]
    assert good(0) == []
    keys.place(keys.earlier_path(tmp_path, "token", "01234567"), bytes(32))
    with pool.connection() as connection:
        rotate(connection, tmp_path, "token", renew, kept=True)
    assert set(good()) == {first, second}  # and not one that was never the ledger's
    with pool.connection() as connection:
        rotate(connection, tmp_path, "token", renew)
    assert good() == []  # after a theft, on every server whatever lies in its folder


def test_nothing_is_rotated_under_a_running_server(
    pool: ConnectionPool[Connection[Any]], addresses: Addresses, tmp_path: Path
):
    opened(pool, tmp_path)
    before = keys.complete(tmp_path)
    with (
        psycopg.connect(addresses.app),
        pool.connection() as connection,
        pytest.raises(InUse, match="1 connections"),
    ):
        rotate(connection, tmp_path, "wrapping", rewrap)
    assert keys.complete(tmp_path) == before
