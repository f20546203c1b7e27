"""A ledger goes into one file and comes back as it was, or nothing comes."""

import errno
import gc
import io
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from api.installation.opening import SOURCES
from ledger.backup.archive import BadArchive, Manifest, Reader, Writer
from ledger.backup.dump import Untied, dump
from ledger.backup.load import Occupied, Restored, restore
from ledger.backup.tables import LEFT_OUT, ONE_ROW, held
from ledger.connect import Addresses, app_pool
from ledger.log.log import Append
from ledger.log.postgres_log import PostgresLog
from ledger.log.verify import verify
from ledger.migrate import LEDGER, migrate, schema_state
from ledger.unready import MissingKeys, Newer, OtherKeys
from ledger.vault import erasures, fingerprints, keys, samples
from ledger.vault.keys import of_vault
from ledger.vault.vault import Person, Unknown, Vault
from tests.ledger.drafts import draft
from tests.postgres import Server

pytestmark = pytest.mark.postgres

PEOPLE = [Person(f"张{number}", "201", str(number)) for number in range(9)]


def nothing(name: str, octets: int) -> None:
    """Nobody looks."""


class Kept:
    """A ledger with entries and persons, and a way to make empty databases beside it."""

    def __init__(self, addresses: Addresses, folder: Path, make: Callable[[], Addresses]) -> None:
        self.addresses, self.folder, self.make = addresses, folder, make
        with psycopg.connect(addresses.owner) as connection:
            migrate(connection, SOURCES)
        with app_pool(addresses.app) as pool:
            with pool.connection() as connection:
                self.keys = fingerprints.keys_of(connection, folder)
            self.people = Vault(pool, of_vault(self.keys)).pseudonyms(PEOPLE)
            log = PostgresLog(pool)
            for number in range(300):
                log.append([Append((draft(f"enterprise/{number}", f"a:{number}", f"b:{number}"),))])
            self.head = log.head()

    def dump(self) -> bytes:
        file = io.BytesIO()
        with app_pool(self.addresses.app) as pool, pool.connection() as connection:
            self.manifest = dump(
                connection,
                SOURCES,
                Writer(file),
                place="here",
                release="1",
                configuration={},
                progress=nothing,
            )
        return file.getvalue()


def restored(
    octets: bytes, target: Addresses, folder: Path, tmp_path: Path, *erased: str
) -> Restored:
    path = tmp_path / "backup.zip"
    path.write_bytes(octets)
    with Reader(path) as reader, psycopg.connect(target.owner) as connection:
        return restore(
            connection, SOURCES, reader, folder, place="there", erased=erased, progress=nothing
        )


@pytest.fixture
def make(server: Server) -> Iterator[Callable[[], Addresses]]:
    names = [f"dudao_backup_{number}" for number in range(3)]
    left = iter(names)

    def made() -> Addresses:
        name = next(left)
        server.drop(name)
        return server.create(name, "template0")

    yield made
    for name in names:
        server.drop(name)


@pytest.fixture
def kept(make: Callable[[], Addresses], tmp_path: Path) -> Kept:
    return Kept(make(), tmp_path / "keys", make)


def rows(connection: Connection[Any], name: str) -> list[tuple[Any, ...]]:
    schema, _, table = name.partition(".")
    statement = psycopg.sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(
        psycopg.sql.Identifier(schema, table)
    )
    return connection.execute(statement).fetchall()


def test_every_row_comes_back_and_the_ledger_goes_on(kept: Kept, tmp_path: Path):
    octets = kept.dump()
    assert (kept.manifest.position, kept.manifest.root) == (300, kept.head.root.hex())
    target = kept.make()
    assert restored(octets, target, kept.folder, tmp_path).erased == 0
    with psycopg.connect(kept.addresses.owner) as one, psycopg.connect(target.owner) as other:
        for name in [each.name for each in held(one, SOURCES)] + ["ledger.entry_tag"]:
            assert rows(one, name) == rows(other, name), name
    with app_pool(target.app, 3) as pool:
        assert verify(pool).difference is None
        vault = Vault(pool, of_vault(kept.keys))
        # The same persons are found again, and new ones get numbers behind the old.
        assert vault.pseudonyms(PEOPLE) == kept.people
        vault.reveal(kept.people[0], "auditor", "complaint 12")
        log = PostgresLog(pool)
        log.append([Append((draft("enterprise/new"),))])
        assert log.head().position == 301


def test_no_name_or_number_and_no_key_stands_in_it(kept: Kept):
    canary = Person("金丝雀甲", "201", "110101199003079999")
    with app_pool(kept.addresses.app) as pool:
        Vault(pool, of_vault(kept.keys)).pseudonyms([canary])
    needles = [
        form for text in canary[::2] for form in (text.encode(), text.encode().hex().encode())
    ]
    needles += [form for key in kept.keys.values() for form in (key, key.hex().encode())]
    with zipfile.ZipFile(io.BytesIO(kept.dump())) as archive:
        for name in archive.namelist():
            assert not any(needle in archive.read(name) for needle in needles), name


def test_it_comes_back_with_its_own_keys_alone(kept: Kept, tmp_path: Path):
    octets, target = kept.dump(), kept.make()
    with pytest.raises(MissingKeys):
        restored(octets, target, tmp_path / "nothing", tmp_path)
    keys.make(tmp_path / "strange")
    with pytest.raises(OtherKeys):
        restored(octets, target, tmp_path / "strange", tmp_path)
    with psycopg.connect(target.owner) as connection:
        found = connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'ledger'")
        assert found.fetchone() == (0,)
    restored(octets, target, kept.folder, tmp_path)


def test_a_restore_never_writes_over_a_ledger_or_beside_the_tables_of_others(
    kept: Kept, tmp_path: Path
):
    octets = kept.dump()
    with pytest.raises(Occupied, match="there"):
        restored(octets, kept.addresses, kept.folder, tmp_path)
    target = kept.make()
    with psycopg.connect(target.owner) as connection:
        connection.execute("CREATE TABLE public.payroll (x int)")
    with pytest.raises(Occupied):
        restored(octets, target, kept.folder, tmp_path)


def changed(octets: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive in which one member says something else, with all sums of the ZIP right."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == member else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("member", "change"),
    [
        (
            "tables/ledger.entry.copy",
            lambda text: text.replace(b"enterprise/7\t", b"enterprise/8\t"),
        ),
        ("tables/vault.person.copy", lambda text: text[: text.rindex(b"\n", 0, -1) + 1]),
        ("manifest.json", lambda text: text.replace(b'"position": 300', b'"position": 299')),
    ],
)
def test_a_changed_archive_restores_nothing(
    kept: Kept, tmp_path: Path, member: str, change: Callable[[bytes], bytes]
):
    octets, target = changed(kept.dump(), member, change), kept.make()
    with pytest.raises(BadArchive, match="nothing was restored"):
        restored(octets, target, kept.folder, tmp_path)
    with psycopg.connect(target.owner) as connection:
        found = connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'vault'")
        assert found.fetchone() == (0,)


def test_a_forged_root_is_found_even_where_every_digest_was_made_to_fit(kept: Kept, tmp_path: Path):
    octets = kept.dump()
    root = kept.manifest.root.encode()
    forged = changed(octets, "manifest.json", lambda text: text.replace(root, b"0" * 64))
    with pytest.raises(BadArchive, match="nothing was restored"):
        restored(forged, kept.make(), kept.folder, tmp_path)


@pytest.mark.parametrize("cut", [0.5, 0.99])
def test_a_cut_file_is_no_backup(kept: Kept, tmp_path: Path, cut: float):
    octets = kept.dump()
    with pytest.raises(BadArchive):
        restored(octets[: int(len(octets) * cut)], kept.addresses, kept.folder, tmp_path)


def test_a_backup_of_a_later_release_says_so(kept: Kept, tmp_path: Path):
    later = changed(
        kept.dump(),
        "manifest.json",
        lambda text: text.replace(b'"ledger": {', b'"ledger": {"9999": "x",', 1),
    )
    with pytest.raises(Newer, match="ledger/9999"):
        restored(later, kept.make(), kept.folder, tmp_path)


def test_what_is_recorded_meanwhile_is_not_in_it(kept: Kept, tmp_path: Path):
    """One moment for all tables: a person of after it comes with no entry, and no entry alone."""
    file = io.BytesIO()
    with app_pool(kept.addresses.app) as pool, pool.connection() as connection:
        log, vault = PostgresLog(pool), Vault(pool, of_vault(kept.keys))

        def meanwhile(name: str, octets: int) -> None:
            vault.pseudonyms([Person("李四", "201", name)])
            log.append([Append((draft(f"enterprise/{name}"),))])

        manifest: Manifest = dump(
            connection,
            SOURCES,
            Writer(file),
            place="",
            release="1",
            configuration={},
            progress=meanwhile,
        )
        assert log.head().position > 300
    assert manifest.position == 300
    target = kept.make()
    restored(file.getvalue(), target, kept.folder, tmp_path)
    with app_pool(target.app) as pool, pool.connection() as connection:
        assert samples.take(connection, of_vault(kept.keys)).opened == len(PEOPLE)


def test_who_was_erased_since_is_erased_again(kept: Kept, tmp_path: Path):
    receipt = b'{"basis":"request 3","subject_id":"%s"}' % kept.people[0].encode()
    with app_pool(kept.addresses.app) as pool:
        entry = draft("person/1", payload=receipt)._replace(type="person.erased/1")
        PostgresLog(pool).append([Append((entry,))])
    octets = kept.dump()
    listed = tmp_path / "erased.ndjson"
    erasures.note(listed, [kept.people[1]], "2026-11-30T00:00:00Z")
    target = kept.make()
    done = restored(octets, target, kept.folder, tmp_path, *erasures.listed(listed), "nobody")
    assert done.erased == 2
    with app_pool(target.app) as pool:
        vault = Vault(pool, of_vault(kept.keys))
        for subject_id in kept.people[:2]:
            with pytest.raises(Unknown):
                vault.reveal(subject_id, "auditor", "complaint 12")
            assert vault.accesses(subject_id)[0].act == "erase"
        vault.reveal(kept.people[2], "auditor", "complaint 12")


def test_a_list_of_erasures_that_cannot_be_read_names_its_line(tmp_path: Path):
    path = tmp_path / "erased"
    path.write_text('one\n\n{"subject_id": "two"}\n{"subject": "three"}\n')
    with pytest.raises(ValueError, match="erased:4"):
        erasures.listed(path)
    path.write_text('one\n\n{"subject_id": "two"}\n')
    assert erasures.listed(path) == {"one", "two"}
    erasures.note(path, ["two", "four"], "2026-11-30T00:00:00Z")
    assert erasures.listed(path) == {"one", "two", "four"}
    assert len(path.read_text().splitlines()) == 4


def test_a_ledger_that_is_tied_to_no_keys_is_not_backed_up(make: Callable[[], Addresses]):
    addresses = make()
    with psycopg.connect(addresses.owner) as connection:
        migrate(connection, SOURCES)
    with (
        app_pool(addresses.app) as pool,
        pool.connection() as connection,
        pytest.raises(Untied),
    ):
        dump(
            connection,
            SOURCES,
            Writer(io.BytesIO()),
            place="",
            release="1",
            configuration={},
            progress=nothing,
        )


def test_a_backup_of_an_earlier_release_is_brought_up_to_this_one(kept: Kept, tmp_path: Path):
    octets, target = kept.dump(), kept.make()
    path = tmp_path / "backup.zip"
    path.write_bytes(octets)
    folder = tmp_path / "sql"
    shutil.copytree(LEDGER.folder, folder)
    (folder / "9000_later.sql").write_text(
        "CREATE TABLE ledger.later AS SELECT count(*) AS entries FROM ledger.entry;"
    )
    later = (LEDGER._replace(folder=folder), *SOURCES[1:])
    with Reader(path) as reader, psycopg.connect(target.owner) as connection:
        restore(connection, later, reader, kept.folder, place="", erased=(), progress=nothing)
    with psycopg.connect(target.owner) as connection:
        assert connection.execute("SELECT entries FROM ledger.later").fetchone() == (300,)
        assert schema_state(connection, later).pending == []


class Full(io.BytesIO):
    """A disk with room for a part."""

    def write(self, data: Any, /) -> int:
        if self.tell() > 5_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_disk_is_one_error_and_nothing_that_looks_like_a_backup(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    behind: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", behind.append)
    disk = Full()
    with (
        app_pool(kept.addresses.app) as pool,
        pool.connection() as connection,
        pytest.raises(OSError, match="No space"),
        Writer(disk) as writer,
    ):
        dump(
            connection,
            SOURCES,
            writer,
            place="",
            release="1",
            configuration={},
            progress=nothing,
        )
    path = tmp_path / "cut.zip"
    path.write_bytes(disk.getvalue())
    disk.close()
    del writer
    gc.collect()
    assert behind == []
    with pytest.raises(BadArchive):
        Reader(path)


def test_a_new_ledger_holds_rows_only_in_tables_that_a_restore_knows_to_change(
    make: Callable[[], Addresses],
):
    addresses = make()
    with psycopg.connect(addresses.owner) as connection:
        migrate(connection, SOURCES)
    with psycopg.connect(addresses.owner) as connection:
        tables = held(connection, SOURCES)
        assert {each.name for each in tables if rows(connection, each.name)} == ONE_ROW
        known = {each.name for each in tables} | LEFT_OUT.keys()
        found = connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE tableowner = 'dudao_ledger'"
        )
        assert {name for (name,) in found} == known
