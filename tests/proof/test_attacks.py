"""What a superuser or the owner of the tables can do, and what finds it out.

A thousand entries; checkpoints of 700 and of 1,000 were cosigned by a witness, one enterprise has the
receipt of one entry. The attacker writes into the tables what he likes; `recomputed` says that he
also makes everything agree that follows from them: leaves, tiles and the tree's edge.
"""

# ruff: noqa: S608 - an attacker writes the statements he likes

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import Connection

from ledger.connect import Addresses, app_pool
from ledger.log import tiles
from ledger.log.log import Append
from ledger.log.merkle import Frontier, leaf_hash, verify_inclusion
from ledger.log.postgres_log import PostgresLog
from ledger.log.verify import Statement, VerifyReport, verify
from proof.asking import ask_all
from proof.checkpoints import Checkpoint, read_checkpoint
from proof.notes import Kind, Note, new_key, sign
from proof.policy import read_policy, trust
from proof.receipts import Receipt
from proof.signer import HEAD, Inconsistent, Signer, open_signer, sign_now
from proof.verifications import verify_and_keep
from proof.witness import Witness
from tests.ledger.drafts import draft
from tests.postgres import Server

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

BATCH = 50
KNOWN = (700, 1000)
MINE = 351
"""The position of the entry whose receipt an enterprise keeps: the first of its transaction."""
ORIGIN = "ledger.example/log"
AT = 1_764_000_000
TABLES = ("entry", "entry_tag", "log_state", "tile")


class Scene(NamedTuple):
    """What each of them holds before the attack."""

    log: PostgresLog
    signer: Signer
    witness: Witness
    policy: str
    checkpoints: list[Note]
    receipt: Receipt


class Attack(NamedTuple):
    """Statements, and what finds them out after everything else was made to agree."""

    statements: str
    by_checkpoint: bool = True
    by_receipt: bool = True


NEXT = "UPDATE ledger.entry SET position = position"
ATTACKS = {
    "rewrite one score": Attack(
        f"UPDATE ledger.entry SET payload = '{{\"score\":99}}' WHERE position = {MINE}"
    ),
    "swap the type alone": Attack(
        f"UPDATE ledger.entry SET type = 'standing.listing-removed/1' WHERE position = {MINE}"
    ),
    "back-date": Attack(
        "UPDATE ledger.entry e SET recorded_at = e.recorded_at - interval '1 microsecond'"
        f" WHERE position = {MINE}"
    ),
    "reorder two": Attack(
        f"{NEXT} + 100000 WHERE position = {MINE}; {NEXT} - 1 WHERE position = {MINE} + 1;"
        f" UPDATE ledger.entry SET position = {MINE} + 1 WHERE position > 100000"
    ),
    "cut the last 400": Attack("DELETE FROM ledger.entry WHERE position > 600", by_receipt=False),
    "cut what no witness has seen": Attack(
        "DELETE FROM ledger.entry WHERE position > 1000", by_checkpoint=False, by_receipt=False
    ),
    "take one out and close the gap": Attack(
        "DELETE FROM ledger.entry WHERE position = 200;"
        f"{NEXT} + 100000 WHERE position > 200; {NEXT} - 100001 WHERE position > 100000"
    ),
    "put a forged one into the past": Attack(
        f"{NEXT} + 100000 WHERE position > 500; {NEXT} - 99999 WHERE position > 100000;"
        "INSERT INTO ledger.entry SELECT 501, recorded_at, valid_from, 1, 0, 'forged', type, subject,"
        " district, tags, NULL, NULL, payload, salt, leaf, backfill, format FROM ledger.entry"
        " WHERE position = 500",
        by_receipt=False,
    ),
}


class Attacker:
    """Somebody with a connection who may take the guards away."""

    def __init__(self, connection: Connection, log: PostgresLog) -> None:
        self.connection, self.log = connection, log
        for table in TABLES:
            connection.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER ALL")

    def carry_out(self, attack: Attack) -> None:
        for statement in attack.statements.split(";"):
            self.connection.execute(statement.encode())

    def make_agree(self) -> None:
        """Recompute leaves, tiles and edge from the columns as they are now."""
        layer, laid, last = tiles.Layer(), [], None
        for entry in self.log.entries():
            leaf = entry.leaf_hash()
            self.connection.execute(
                "UPDATE ledger.entry SET leaf = %s WHERE position = %s", (leaf, entry.position)
            )
            laid += layer.append(leaf)
            last = entry.recorded_at
        self.connection.execute("TRUNCATE ledger.tile")
        for tile in laid:
            self.connection.execute("INSERT INTO ledger.tile VALUES (%s, %s, %s, %s)", tile)
        self.connection.execute(
            "UPDATE ledger.log_state SET size = %s, frontier = %s, recorded_at = %s",
            (layer.size, layer.frontier().hashes, last),
        )


def fill(log: PostgresLog, upto: int) -> None:
    for first in range(log.head().position, upto, BATCH):
        drafts = [draft(f"w/{first + n}", payload=b'{"score":1}') for n in range(BATCH)]
        log.append([Append((each,)) for each in drafts])


@pytest.fixture
def scene(addresses: Addresses, tmp_path: Path) -> Iterator[Scene]:
    with app_pool(addresses.app) as pool, pool.connection() as connection:
        log = PostgresLog(pool)
        signer = open_signer(tmp_path / "signer", ORIGIN)
        key = new_key("w.example/1", Kind.ED25519_COSIGNATURE)
        witness = Witness(key, {ORIGIN: signer.public}, tmp_path / "state", lambda: AT)
        logs = "".join(f"log {each.vkey}\n" for each in signer.public)
        policy = f"{logs}witness w {key.public.vkey} http://w\nquorum w\n"
        checkpoints = []
        for size in KNOWN:
            fill(log, size)
            checkpoints.append(cosigned(connection, signer, witness, policy))
        path = tiles.inclusion_proof(MINE - 1, KNOWN[-1], tiles.stored(connection))
        content = log.at([MINE])[0].hashed_bytes()
        receipt = Receipt(MINE - 1, tuple(path), checkpoints[-1], content)
        fill(log, KNOWN[-1] + BATCH)
        yield Scene(log, signer, witness, policy, checkpoints, receipt)


def cosigned(
    connection: Connection, signer: Signer, witness: Witness, policy: str, at: int = AT
) -> Note:
    note = sign_now(signer, connection, at)

    def through(_url: str, body: bytes) -> tuple[int, bytes]:
        answer = witness.add(body)
        return answer.status, answer.body

    assert ask_all(connection, read_policy(policy), note, at, through)[0].refusal is None
    return note


@pytest.fixture(params=["superuser", "owner"])
def attacker(
    request: pytest.FixtureRequest, scene: Scene, server: Server, addresses: Addresses
) -> Iterator[Attacker]:
    name = psycopg.conninfo.conninfo_to_dict(addresses.owner)["dbname"]
    who = {"superuser": server.superuser, "owner": server.owner}[request.param]
    conninfo = psycopg.conninfo.make_conninfo(who, dbname=name)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if request.param == "owner":
            connection.execute("SET ROLE dudao_ledger")
        yield Attacker(connection, scene.log)


def against_checkpoints(scene: Scene) -> bool:
    """Tell whether the ledger contradicts a checkpoint that was kept elsewhere."""
    known = [read_checkpoint(note.text) for note in scene.checkpoints]
    statements = [Statement(each.size, each.root, "kept elsewhere") for each in known]

    def stated(_: Connection, after: int, upto: int) -> list[Statement]:
        return [each for each in statements if after < each.position <= upto]

    return verify(scene.log.pool, stated=stated).difference is not None


def against_receipt(scene: Scene) -> bool:
    """Tell whether the ledger contradicts the receipt of an entry."""
    root = read_checkpoint(scene.receipt.note.text).root
    assert scene.receipt.extra is not None
    leaf = leaf_hash(scene.receipt.extra)
    assert verify_inclusion(MINE - 1, KNOWN[-1], leaf, scene.receipt.path, root)
    found = scene.log.at([MINE])
    return not found or found[0].leaf_hash() != leaf


def inside(scene: Scene) -> VerifyReport:
    """Verify what the tables say of themselves, as if nobody remembered anything."""
    return verify(scene.log.pool)


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_not_made_to_agree_is_found_without_anybody(
    scene: Scene, attacker: Attacker, name: str
) -> None:
    attacker.carry_out(ATTACKS[name])
    assert inside(scene).difference is not None


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_made_to_agree_is_found_by_who_remembers(
    scene: Scene, attacker: Attacker, name: str
) -> None:
    attack = ATTACKS[name]
    attacker.carry_out(attack)
    attacker.make_agree()
    assert inside(scene).difference is None, "the tables alone do not tell"
    assert against_checkpoints(scene) is attack.by_checkpoint
    assert against_receipt(scene) is attack.by_receipt
    with scene.log.pool.connection() as connection:
        if attack.by_checkpoint:
            with pytest.raises(Inconsistent):
                sign_now(scene.signer, connection, AT)
            assert verify_and_keep(scene.log.pool, "somebody").difference is not None
        else:
            tomorrow = AT + 86_400
            assert cosigned(connection, scene.signer, scene.witness, scene.policy, tomorrow)


def test_what_no_witness_saw_is_missed_by_all_but_its_receipt(
    scene: Scene, attacker: Attacker
) -> None:
    entry = scene.log.at([1010])[0]
    attacker.carry_out(ATTACKS["cut what no witness has seen"])
    attacker.make_agree()
    assert not against_checkpoints(scene)
    assert scene.log.at([1010]) != [entry]


def test_an_earlier_verification_remembers_where_no_checkpoint_does(
    scene: Scene, attacker: Attacker
) -> None:
    fill(scene.log, 1100)
    assert verify_and_keep(scene.log.pool, "auditor").difference is None
    fill(scene.log, 1150)
    attacker.connection.execute("UPDATE ledger.entry SET payload = '{}' WHERE position = 1090")
    attacker.make_agree()
    assert inside(scene).difference is None
    found = verify_and_keep(scene.log.pool, "auditor").difference
    assert found is not None
    assert found.position == 1100
    assert "verification of" in found.what


def test_a_tail_that_was_cut_is_missed_where_a_verification_reached_it(
    scene: Scene, attacker: Attacker
) -> None:
    assert verify_and_keep(scene.log.pool, "auditor").difference is None
    attacker.carry_out(ATTACKS["cut what no witness has seen"])
    attacker.make_agree()
    found = verify_and_keep(scene.log.pool, "auditor").difference
    assert found is not None
    assert found.position == 1001


@pytest.fixture
def forked(scene: Scene, attacker: Attacker) -> Callable[[], Note]:
    """Who holds the log's keys signs what he likes, without the signer's memory."""

    def second_tree() -> Note:
        attacker.carry_out(ATTACKS["rewrite one score"])
        attacker.make_agree()
        with scene.log.pool.connection() as connection:
            tiles.lay(connection)
            row: Any = connection.execute(HEAD).fetchone()
            size, frontier = row
        checkpoint = Checkpoint(scene.signer.origin, size, Frontier(size, frontier).root())
        return sign(checkpoint, scene.signer.keys, AT)

    return second_tree


def test_a_second_tree_under_the_logs_own_key_gets_no_cosignature(
    scene: Scene, forked: Callable[[], Note]
) -> None:
    note = forked()
    policy = read_policy(scene.policy)
    assert trust(policy, note).logs, "the signature is genuine"
    assert not trust(policy, note).met
    statuses: list[int] = []

    def through(_url: str, body: bytes) -> tuple[int, bytes]:
        answer = scene.witness.add(body)
        statuses.append(answer.status)
        return answer.status, answer.body

    with scene.log.pool.connection() as connection:
        assert ask_all(connection, policy, note, AT + 86_400, through)[0].refusal is not None
    assert statuses[-1] == 422
