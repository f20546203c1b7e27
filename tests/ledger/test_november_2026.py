"""What is in a ledger stays what it was: the one of November 2026, read by the code of today."""

import json
import lzma
import shutil

import psycopg
import pytest

from api.intake.imports.files import Importer, Rejects
from api.intake.sheets.directory import Directory
from ledger import codec
from ledger.deciding.amending import apply
from ledger.deciding.transact import Transactor
from ledger.log.merkle import Frontier
from ledger.log.verify import verify
from ledger.log.writer import Writer
from ledger.migrate import LEDGER, migrate
from ledger.reference import installed
from ledger.vault.keys import Keys
from ledger.vault.vault import Vault
from tests.november_2026 import FOLDER, TAKEN, kept, restore
from tests.verdicts import verdicts

CHANGED = FOLDER / "changed_verdicts.json"
"""Key of a flag → verdict and severity as shown then (`was`) and now (`is`; null: nothing is raised), and
the `reason`."""


def test_its_entries_have_the_hashes_and_the_root_that_they_had():
    frontier = Frontier()
    for entry in kept().entries:
        frontier.append(entry.leaf_hash())
    assert (frontier.size, frontier.root()) == (kept().position, kept().root)


def test_every_entry_decodes():
    assert [codec.recorded(e).position for e in kept().entries] == list(
        range(1, kept().position + 1)
    )


@pytest.fixture
def restored(server, addresses):
    with psycopg.connect(addresses.owner) as connection:
        migrate(connection, [LEDGER])
    restore(addresses.owner)
    return addresses


@pytest.mark.postgres
def test_it_opens_and_verifies(restored, log):
    assert verify(log.pool).head.root == kept().root
    assert verify(log.pool).difference is None
    assert log.head().position == kept().position


@pytest.mark.postgres
@pytest.mark.parametrize("name", TAKEN)
def test_a_file_that_was_taken_then_adds_nothing_now(restored, log, tmp_path, name):
    vault = Vault(log.pool, Keys(kept().identity_key, bytes(32)))
    path = tmp_path / name.removesuffix(".xz")
    if name.endswith(".xz"):
        path.write_bytes(lzma.decompress((FOLDER / name).read_bytes()))
    else:
        shutil.copy(FOLDER / name, path)
    transactor = Transactor(log, Writer(log), vault, installed())
    importer = Importer(transactor, lambda: Directory(log, codec.recorded, apply))
    report = importer.take(path, Rejects(tmp_path / "reject.ndjson"))
    transactor.close()
    assert report.lines > 0
    assert (report.taken, report.known, report.refused) == (0, report.lines, 0)
    assert log.head().root == kept().root


def _raised(flag):
    """What a flag says of its record; None where nothing is raised."""
    return None if flag is None or flag[0] == "clear" else list(flag[:2])


def test_every_verdict_that_is_another_now_is_listed_with_its_reason():
    now = verdicts(map(codec.recorded, kept().entries), kept().judged_on)
    was = kept().verdicts
    pairs = {key: (_raised(was.get(key)), _raised(now.get(key))) for key in was.keys() | now.keys()}
    changed = {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
    listed = json.loads(CHANGED.read_text(encoding="utf-8"))
    assert changed == {key: (each["was"], each["is"]) for key, each in listed.items()}
    assert all(each["reason"].strip() for each in listed.values())
