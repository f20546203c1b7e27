"""The log as a stranger follows it over HTTP: checkpoint, tiles, keys; and receipts of entries."""

import base64
from collections.abc import Collection
from pathlib import Path

import pytest

from api.installation.wiring import Installation
from ledger.log import tiles
from ledger.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from ledger.log.tiles import HASH, Tile
from proof import kept
from proof.checkpoints import Checkpoint, read_checkpoint
from proof.notes import read_note, read_vkey, verified
from proof.policy import read_policy
from proof.receipts import BadProof, check, read_receipt
from proof.signer import Signer, open_signer, sign_now
from tests.api.desk import Desk
from tests.api.lines import CENTRE, SUPERVISOR, Json, district, listed, reporter, uscc

pytestmark = pytest.mark.postgres

ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}
ORIGIN = "ledger.example/log"


def path_of(tile: Tile) -> str:
    """Write the address of a tile as tlog-tiles says."""
    digits = f"{tile.number:0{-(-len(str(tile.number)) // 3) * 3}}"
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"/log/tile/{tile.level}/{path}" + (f".p/{tile.width}" if tile.width < 256 else "")


def last_tile(size: int) -> Tile:
    """The tile at the right edge of a tree of so many leaves."""
    number = (size - 1) // 256
    return Tile(0, number, size - 256 * number)


class Stranger:
    """Knows the address of the log and its keys, and nothing else."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def checkpoint(self) -> Checkpoint:
        keys = [read_vkey(line) for line in self.text("/log/verifier-key").splitlines()]
        note = read_note(self.text("/log/checkpoint").encode())
        assert len(verified(note, keys)) == len(keys) > 0
        return read_checkpoint(note.text)

    def text(self, path: str) -> str:
        answer = self.desk.http.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        return answer.text

    def read(self, wanted: Collection[Tile]) -> dict[Tile, bytes]:
        found = {}
        for tile in wanted:
            answer = self.desk.http.get(path_of(tile))
            assert answer.status_code == 200, (path_of(tile), answer.text)
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert len(answer.content) == tile.width * HASH
            found[tile] = answer.content
        return found


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return open_signer(tmp_path_factory.mktemp("signer"), ORIGIN)


def sign(house: Installation, signer: Signer) -> None:
    with house.pool.connection() as connection:
        sign_now(signer, connection, 1_764_000_000)


@pytest.fixture(scope="module")
def code(desk: Desk, house: Installation, signer: Signer) -> str:
    made = uscc()
    desk.send(*listed(made, "4"))
    sign(house, signer)
    return made


def test_a_stranger_follows_the_log_by_its_tiles(
    desk: Desk, house: Installation, signer: Signer, code: str
) -> None:
    stranger = Stranger(desk)
    old = stranger.checkpoint()
    assert old.size > 5
    assert tiles.root(old.size, stranger.read) == old.root
    desk.send(*listed(uscc(), "4"))
    assert stranger.checkpoint() == old, "only what was signed is shown"
    sign(house, signer)
    new = stranger.checkpoint()
    assert new.size > old.size
    proof = tiles.consistency_proof(old.size, new.size, stranger.read)
    assert verify_consistency(old.size, new.size, old.root, new.root, proof)
    entry = house.log.at([3])[0]
    path = tiles.inclusion_proof(2, new.size, stranger.read)
    assert verify_inclusion(2, new.size, entry.leaf_hash(), path, new.root)


def test_a_checkpoint_is_kept_for_seconds_alone(desk: Desk, code: str) -> None:
    assert desk.http.get("/log/checkpoint").headers["cache-control"] == "public, max-age=2"


@pytest.mark.parametrize(
    "path",
    [
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/0",
        "0/x000/000",
        "0/000/",
        "00/000.p/1",
        "0/900",
        "0/x999/x999/x999/x999/x999/x999/999",
        "5/000.p/1",
        "64/000.p/1",
        "entries/900",
        "-1/000",
        "0/٠٠٠.p/1",
    ],
)
def test_only_one_address_leads_to_a_tile_and_none_to_what_is_not_signed(
    desk: Desk, code: str, path: str
) -> None:
    answer = desk.http.get(f"/log/tile/{path}", headers=desk.auth(SUPERVISOR))
    assert answer.status_code == 404


def test_what_is_recorded_and_not_yet_signed_has_no_tile(
    desk: Desk, house: Installation, signer: Signer, code: str
) -> None:
    desk.send(*listed(uscc(), "4"))
    path = path_of(last_tile(house.log.head().position))
    assert desk.http.get(path).status_code == 404
    sign(house, signer)
    assert desk.http.get(path).status_code == 200


def test_entries_go_to_those_who_may_see_every_one(
    desk: Desk, house: Installation, code: str
) -> None:
    hashed = path_of(last_tile(Stranger(desk).checkpoint().size))
    path = hashed.replace("/log/tile/0/", "/log/tile/entries/")
    assert desk.http.get(path).status_code == 401
    for actor in (ANALYST, district("110108"), reporter(code)):
        assert desk.http.get(path, headers=desk.auth(actor)).status_code == 403
    answer = desk.http.get(path, headers=desk.auth(CENTRE))
    assert answer.headers["cache-control"].startswith("private")
    rest, leaves = answer.content, []
    while rest:
        length = int.from_bytes(rest[:2])
        leaves.append(leaf_hash(rest[2 : 2 + length]))
        rest = rest[2 + length :]
    hashes = desk.http.get(hashed).content
    assert b"".join(leaves) == hashes


def policy_of(signer: Signer) -> str:
    return "".join(f"log {key.vkey}\n" for key in signer.public) + "quorum none\n"


def position_of(desk: Desk, code: str, actor: Json) -> int:
    answer = desk.http.get(f"/v1/enterprises/{code}/history", headers=desk.auth(actor))
    return int(answer.json()["items"][0]["position"])


def test_a_receipt_proves_the_entry_it_carries(desk: Desk, signer: Signer, code: str) -> None:
    position = position_of(desk, code, reporter(code))
    answer = desk.http.get(f"/v1/events/{position}/proof", headers=desk.auth(SUPERVISOR))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="entry-{position}.tlog-proof"'
    )
    receipt = read_receipt(answer.content)
    assert receipt.written() == answer.content
    assert receipt.extra is not None
    policy = read_policy(policy_of(signer))
    assert check(receipt, receipt.extra, policy).checkpoint.origin == ORIGIN
    for at in range(0, len(receipt.extra), 7):
        changed = bytearray(receipt.extra)
        changed[at] ^= 1
        with pytest.raises(BadProof):
            check(receipt, bytes(changed), policy)


def test_a_receipt_is_for_who_may_see_the_entry(desk: Desk, code: str) -> None:
    position = position_of(desk, code, SUPERVISOR)
    path = f"/v1/events/{position}/proof"
    assert desk.http.get(path).status_code == 401
    assert desk.http.get(path, headers=desk.auth(reporter(uscc()))).status_code == 404
    assert (
        desk.http.get("/v1/events/999999/proof", headers=desk.auth(SUPERVISOR)).status_code == 404
    )
    masked = read_receipt(desk.http.get(path, headers=desk.auth(ANALYST)).content)
    assert masked.extra is None, "the bytes of an entry name people"


def test_an_entry_that_no_checkpoint_covers_has_no_receipt_yet(
    desk: Desk, house: Installation, signer: Signer, code: str
) -> None:
    desk.send(*listed(uscc(), "4"))
    path = f"/v1/events/{house.log.head().position}/proof"
    answer = desk.http.get(path, headers=desk.auth(SUPERVISOR))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    sign(house, signer)
    assert desk.http.get(path, headers=desk.auth(SUPERVISOR)).status_code == 200


def test_where_nothing_was_ever_signed_a_receipt_and_a_bundle_say_what_is_to_be_done(
    desk: Desk, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "latest", lambda _: None)
    for path in ("/v1/events/1/proof", f"/v1/enterprises/{code}/bundle"):
        answer = desk.http.get(path, headers=desk.auth(SUPERVISOR))
        assert answer.status_code == 503
        assert "dudao signer" in answer.json()["detail"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index ", "index 0"),
        lambda text: text.replace("index ", "at "),
        lambda text: text.replace("extra ", "extra *"),
        lambda text: text.replace("\n\n", "\n", 1),
        lambda text: text.replace("\n\n", "\n" + base64.b64encode(bytes(32)).decode() + "\n\n", 1),
    ],
)
def test_a_changed_receipt_proves_nothing(
    desk: Desk, signer: Signer, code: str, change, tmp_path: Path
) -> None:
    position = position_of(desk, code, SUPERVISOR)
    content = desk.http.get(f"/v1/events/{position}/proof", headers=desk.auth(SUPERVISOR)).text
    policy = read_policy(policy_of(signer))

    def read_and_check(text: str) -> None:
        receipt = read_receipt(text.encode())
        check(receipt, receipt.extra or b"", policy)

    read_and_check(content)
    with pytest.raises(BadProof):
        read_and_check(change(content))


def test_nobody_believes_a_log_that_the_policy_does_not_name(
    desk: Desk, code: str, tmp_path: Path
) -> None:
    position = position_of(desk, code, SUPERVISOR)
    content = desk.http.get(f"/v1/events/{position}/proof", headers=desk.auth(SUPERVISOR)).content
    receipt = read_receipt(content)
    other = open_signer(tmp_path / "other", ORIGIN)
    with pytest.raises(BadProof):
        check(receipt, receipt.extra or b"", read_policy(policy_of(other)))
