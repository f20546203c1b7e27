"""The signer signs what continues what it signed, and nothing else."""

from pathlib import Path

import pytest
from psycopg import Connection

from ledger.log.log import Append
from ledger.log.merkle import root_of
from ledger.log.postgres_log import PostgresLog
from proof import kept
from proof.checkpoints import Checkpoint, read_checkpoint
from proof.files import Unusable
from proof.notes import Kind, verified
from proof.signer import (
    Inconsistent,
    Signer,
    begin_again,
    former,
    last_signed,
    open_signer,
    retire,
    rotate,
    sign_now,
)
from tests.ledger.drafts import draft

pytestmark = pytest.mark.postgres

ORIGIN = "ledger.example/1"
AT = 1_764_000_000


def fill(log: PostgresLog, count: int) -> None:
    first = log.head().position
    log.append([Append(tuple(draft(f"w/{first + number}") for number in range(count)))])


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return open_signer(tmp_path / "signer", ORIGIN)


def test_it_says_how_long_the_ledger_is_and_what_its_root_is(
    signer: Signer, log: PostgresLog, connection: Connection
):
    fill(log, 300)
    note = sign_now(signer, connection, AT)
    assert read_checkpoint(note.text) == Checkpoint(ORIGIN, 300, log.head().root)
    kinds = [each.key.kind for each in verified(note, signer.public)]
    assert sorted(kinds) == [Kind.ED25519, Kind.MLDSA44_COSIGNATURE]
    assert last_signed(signer) == note
    found = kept.latest(connection)
    assert found is not None
    assert found.note == note
    assert set(kept.log_keys(connection, ORIGIN)) == set(signer.public)


def test_what_did_not_grow_is_not_signed_again(
    signer: Signer, log: PostgresLog, connection: Connection
):
    assert read_checkpoint(sign_now(signer, connection, AT).text).size == 0
    fill(log, 5)
    first = sign_now(signer, connection, AT)
    assert sign_now(signer, connection, AT + 60) == first
    fill(log, 1)
    assert read_checkpoint(sign_now(signer, connection, AT).text).size == 6


REWRITTEN = [
    "UPDATE ledger.log_state SET frontier[1] = sha256('x')",
    "UPDATE ledger.log_state SET size = size - 256, frontier = frontier[1:1] || sha256('x')",
    "UPDATE ledger.log_state SET size = 512, frontier = frontier[1:1]",
    "UPDATE ledger.tile SET root = sha256('x') WHERE number = 1",
]


@pytest.mark.parametrize("statement", REWRITTEN)
def test_a_ledger_that_does_not_continue_it_is_not_signed(
    signer: Signer, log: PostgresLog, superuser: Connection, connection: Connection, statement: str
):
    fill(log, 600)
    first = sign_now(signer, connection, AT)
    fill(log, 7)
    superuser.execute(statement.encode())
    with pytest.raises(Inconsistent):
        sign_now(signer, connection, AT)
    assert last_signed(signer) == first
    found = kept.latest(connection)
    assert found is not None
    assert found.checkpoint.size == 600


def test_another_ledger_is_not_signed(signer: Signer, log: PostgresLog, connection: Connection):
    fill(log, 3)
    (signer.folder / "checkpoint").write_bytes(
        sign_now(signer, connection, AT).written().replace(b"\n3\n", b"\n9\n", 1)
    )
    with pytest.raises(Inconsistent):
        sign_now(signer, connection, AT)


def test_a_crash_after_signing_hands_out_what_was_signed(
    signer: Signer, log: PostgresLog, connection: Connection, superuser: Connection
):
    fill(log, 3)
    note = sign_now(signer, connection, AT)
    superuser.execute("ALTER TABLE proof.checkpoint DISABLE TRIGGER ALL")
    superuser.execute("DELETE FROM proof.checkpoint")
    assert sign_now(signer, connection, AT + 9) == note
    found = kept.latest(connection)
    assert found is not None
    assert found.note == note


def test_keys_rotate_with_an_overlap(signer: Signer, log: PostgresLog, connection: Connection):
    fill(log, 3)
    old = sign_now(signer, connection, AT)
    both = rotate(signer.folder, ORIGIN)
    assert len(both.keys) == 4
    fill(log, 1)
    note = sign_now(both, connection, AT)
    assert len(verified(note, signer.public)) == 2
    new = both
    for key in signer.public:
        new = retire(signer.folder, ORIGIN, key.key_id.hex())
    fill(log, 1)
    note = sign_now(new, connection, AT)
    assert not verified(note, signer.public)
    assert len(verified(note, new.public)) == 2
    assert len(verified(old, kept.log_keys(connection, ORIGIN))) == 2
    with pytest.raises(Unusable):
        retire(signer.folder, ORIGIN, new.public[0].key_id.hex())


def test_after_a_restore_with_loss_the_log_has_another_name(
    signer: Signer, log: PostgresLog, connection: Connection, superuser: Connection
):
    fill(log, 9)
    last = sign_now(signer, connection, AT)
    superuser.execute("DELETE FROM ledger.entry WHERE position > 8")
    superuser.execute(
        "UPDATE ledger.log_state SET size = 8, frontier = ARRAY[%s]",
        (root_of([entry.leaf_hash() for entry in log.entries(upto=8)]),),
    )
    with pytest.raises(Inconsistent):
        sign_now(signer, connection, AT)
    other = begin_again(signer.folder, "ledger.example/2")
    assert former(other) == read_checkpoint(last.text)
    begun = kept.Begun("restored from the backup of Monday", ORIGIN, 9)
    note = sign_now(other, connection, AT, begun)
    (beginning,) = kept.beginnings(connection)
    assert (beginning.origin, beginning.position, beginning.begun) == ("ledger.example/2", 8, begun)
    assert beginning.lost == 1
    assert read_checkpoint(note.text)[:2] == ("ledger.example/2", 8)
    found = kept.latest(connection)
    assert found is not None
    assert found.checkpoint.origin == "ledger.example/2"
    for used in (ORIGIN, "ledger.example/2"):
        with pytest.raises(Unusable):
            begin_again(signer.folder, used)


def test_a_folder_brought_back_from_an_old_copy_signs_nothing_against_what_it_signed_since(
    signer: Signer, log: PostgresLog, connection: Connection, superuser: Connection
):
    fill(log, 300)
    old = sign_now(signer, connection, AT)
    fill(log, 5)
    since = sign_now(signer, connection, AT)
    superuser.execute("UPDATE ledger.log_state SET frontier[2] = sha256('x')")
    (signer.folder / "checkpoint").write_bytes(old.written())
    with pytest.raises(Inconsistent) as refused:
        sign_now(signer, connection, AT)
    assert refused.value.last == read_checkpoint(since.text)


def test_a_folder_of_its_own_cannot_sign_under_a_name_that_others_signed(
    signer: Signer, log: PostgresLog, connection: Connection, tmp_path: Path
):
    fill(log, 3)
    sign_now(signer, connection, AT)
    with pytest.raises(Unusable):
        sign_now(open_signer(tmp_path / "other", ORIGIN), connection, AT)


def test_keys_that_others_can_read_or_that_are_damaged_are_refused(signer: Signer):
    path = next((signer.folder / "keys").glob("*.key"))
    path.chmod(0o644)
    with pytest.raises(Unusable):
        open_signer(signer.folder, ORIGIN)
    path.chmod(0o600)
    path.write_text("PRIVATE+KEY+nothing")
    with pytest.raises(Unusable):
        open_signer(signer.folder, ORIGIN)


def test_lost_keys_are_not_made_anew_in_silence(
    signer: Signer, log: PostgresLog, connection: Connection
):
    sign_now(signer, connection, AT)
    for path in (signer.folder / "keys").glob("*.key"):
        path.unlink()
    with pytest.raises(Unusable):
        open_signer(signer.folder, ORIGIN)
