"""A witness cosigns what continues the log that it knows, over HTTP as tlog-witness says."""

import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest
from psycopg import Connection

from ledger.log.log import Append
from ledger.log.merkle import consistency_proof, leaf_hash, root_of
from ledger.log.postgres_log import PostgresLog
from proof import kept
from proof.asking import ask_all
from proof.checkpoints import Checkpoint
from proof.notes import Kind, Note, PrivateKey, new_key, read_note, read_signatures, sign, verified
from proof.policy import read_policy, trust
from proof.signer import open_signer, sign_now
from proof.witness import Answer, Request, Witness, server
from tests.ledger.drafts import draft

ORIGIN = "ledger.example/1"
AT = 1_764_000_000
LOG = PrivateKey(ORIGIN, Kind.ED25519, bytes(32))
LEAVES = [leaf_hash(bytes([number])) for number in range(20)]
OTHER = [leaf_hash(bytes([number, 1])) for number in range(20)]


def signed(size: int, leaves: list[bytes] = LEAVES, key: PrivateKey = LOG) -> Note:
    return sign(Checkpoint(key.name, size, root_of(leaves[:size])), [key], AT)


def request(old: int, size: int, leaves: list[bytes] = LEAVES) -> bytes:
    path = consistency_proof(old, leaves[:size]) if old <= size else []
    return Request(old, tuple(path), signed(size, leaves)).written()


@pytest.fixture
def key() -> PrivateKey:
    return new_key("witness.example/1", Kind.ED25519_COSIGNATURE)


@pytest.fixture
def witness(key: PrivateKey, tmp_path: Path) -> Witness:
    return Witness(key, {ORIGIN: (LOG.public,)}, tmp_path / "state", lambda: AT)


def test_it_cosigns_one_tree_after_the_other(witness: Witness, key: PrivateKey):
    for old, size in ((0, 0), (0, 7), (7, 7), (7, 12), (12, 20)):
        answer = witness.add(request(old, size))
        assert answer.status == 200, answer
        note = Note(signed(size).text, read_signatures(answer.body.decode()))
        assert [each.at for each in verified(note, [key.public])] == [AT]


def test_it_remembers_over_a_restart_and_shows_what_it_cosigned(
    witness: Witness, key: PrivateKey, tmp_path: Path
):
    witness.add(request(0, 7))
    again = Witness(key, {ORIGIN: (LOG.public,)}, tmp_path / "state", lambda: AT)
    assert again.add(request(0, 9)) == Answer(409, b"7\n", "text/x.tlog.size")
    last = again.last(sha256(ORIGIN.encode()).hexdigest())
    assert len(verified(read_note(last.body), [LOG.public, key.public])) == 2
    assert again.last("00").status == 404


def proofless(old: int, size: int) -> bytes:
    return Request(old, (), signed(size)).written()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (request(7, 12, OTHER), 422),  # a rewritten past
        (request(7, 7, OTHER), 422),  # another tree of the same size
        (proofless(7, 12), 422),
        (request(0, 12), 409),
        (request(5, 12), 409),
        (request(8, 12), 409),
        (request(7, 5), 400),  # a tail cut off
        (request(5, 5), 409),
        (
            Request(
                7, (), signed(12, key=PrivateKey("x.example", Kind.ED25519, bytes(32)))
            ).written(),
            404,
        ),
        (
            Request(7, (), signed(12, key=PrivateKey(ORIGIN, Kind.ED25519, b"1" * 32))).written(),
            403,
        ),
        (b"", 400),
        (b"old 7\n\n", 400),
        (b"old 07\n\n" + signed(12).written(), 400),
        (b"old 7\nAAAA\n\n" + signed(12).written(), 400),
        (b"old 7\n" + b"A" * 43 + b"=\n" * 64 + b"\n" + signed(12).written(), 400),
        (request(7, 12).replace(b"\n12\n", b"\n13\n"), 403),
    ],
)
def test_it_refuses_all_else_and_forgets_nothing(witness: Witness, body: bytes, status: int):
    assert witness.add(request(0, 7)).status == 200
    assert witness.add(body).status == status
    assert witness.add(request(7, 12)).status == 200


def test_another_tree_of_a_size_that_was_cosigned_is_said_to_be_one(witness: Witness):
    assert witness.add(request(0, 7)).status == 200
    assert witness.add(request(7, 7, OTHER)).body == b"another root was cosigned for this size\n"


def test_a_proof_for_nothing_is_refused(witness: Witness):
    body = Request(0, (LEAVES[0],), signed(7)).written()
    assert witness.add(body).status == 422


@pytest.fixture
def served(witness: Witness) -> Iterator[str]:
    made = server(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    thread.join()
    made.server_close()


def test_over_http(served: str):
    answer = httpx2.post(f"{served}/add-checkpoint", content=request(0, 7))
    assert answer.status_code == 200
    assert httpx2.post(f"{served}/other", content=b"x").status_code == 404
    conflict = httpx2.post(f"{served}/add-checkpoint", content=request(0, 8))
    assert (conflict.status_code, conflict.text) == (409, "7\n")
    assert conflict.headers["content-type"] == "text/x.tlog.size"
    digest = sha256(ORIGIN.encode()).hexdigest()
    assert httpx2.get(f"{served}/{digest}/checkpoint").status_code == 200
    assert httpx2.get(f"{served}/nothing").status_code == 404


@pytest.mark.postgres
def test_the_signer_asks_those_of_its_policy_and_keeps_what_they_say(
    log: PostgresLog, connection: Connection, tmp_path: Path
):
    signer = open_signer(tmp_path / "signer", ORIGIN)
    keys = [new_key(f"w.example/{n}", Kind.ED25519_COSIGNATURE) for n in range(3)]
    logs = {ORIGIN: signer.public}
    witnesses = {
        f"http://w{n}.example/add-checkpoint": Witness(key, logs, tmp_path / f"w{n}", lambda: AT)
        for n, key in enumerate(keys[:2])
    }
    lines = [f"witness w{n} {key.public.vkey} http://w{n}.example/" for n, key in enumerate(keys)]
    log_lines = [f"log {key.vkey}" for key in signer.public]
    policy = read_policy("\n".join([*log_lines, *lines, "group g 2 w0 w1 w2", "quorum g", ""]))

    def through(url: str, body: bytes) -> tuple[int, bytes]:
        if url not in witnesses:
            raise OSError("no route")
        answer = witnesses[url].add(body)
        return answer.status, answer.body

    def fill(count: int) -> None:
        first = log.head().position
        log.append([Append(tuple(draft(f"w/{first + n}") for n in range(count)))])

    for count in (3, 300, 1):
        fill(count)
        asked = ask_all(connection, policy, sign_now(signer, connection, AT), AT, through)
        assert [each.refusal for each in asked] == [None, None, "no route"]
        found = kept.latest(connection)
        assert found is not None
        assert trust(policy, found.note).met
        assert trust(policy, found.note).cosigned == {"w0": AT, "w1": AT}
    # Who has spoken is not asked again on the same day, and is on the next.
    note = sign_now(signer, connection, AT)
    assert [each.name for each in ask_all(connection, policy, note, AT + 60, through)] == ["w2"]
    assert len(ask_all(connection, policy, note, AT + 86_400, through)) == 3
    # One that has lost its memory is told everything; one that knows more is believed.
    witnesses["http://w0.example/add-checkpoint"] = Witness(
        keys[0], logs, tmp_path / "lost", lambda: AT
    )
    fill(1)
    asked = ask_all(connection, policy, sign_now(signer, connection, AT), AT, through)
    assert asked[0].refusal is None
    assert set(kept.last_words(connection, ORIGIN)) == {key.public.vkey for key in keys[:2]}
