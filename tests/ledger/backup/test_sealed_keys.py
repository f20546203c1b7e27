"""Keys lie in a file of their own, which opens with its passphrase alone and names its last day."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.backup.sealed_keys import BadKeyFile, look, put, seal, unseal
from ledger.unready import OtherKeys
from ledger.vault import keys

PHRASE = "correct horse battery"
DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return keys.make(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def sealed(found: dict[str, bytes]) -> bytes:
    return seal(found, PHRASE, DAY, timedelta(days=30))


def test_they_come_back_with_the_passphrase_alone(found: dict[str, bytes], sealed: bytes):
    assert unseal(sealed, PHRASE) == found
    with pytest.raises(BadKeyFile, match="passphrase"):
        unseal(sealed, PHRASE + "!")
    assert not any(key.hex().encode() in sealed for key in found.values())


def test_the_file_says_whose_keys_they_are_and_when_it_must_go(
    found: dict[str, bytes], sealed: bytes
):
    head = look(sealed)
    assert head.keep_until == date(2026, 12, 30)
    assert head.fingerprints["identity"] == keys.fingerprint("identity", found["identity"]).hex()


def test_a_later_day_written_into_the_file_is_noticed(sealed: bytes):
    text = json.loads(sealed)
    text["head"]["keep_until"] = "2030-01-01"
    with pytest.raises(BadKeyFile):
        unseal(json.dumps(text).encode(), PHRASE)


@pytest.mark.parametrize("octets", [b"", b"{}", b"\xff\xfe", b'{"head":{},"sealed":""}'])
def test_what_is_no_backup_of_keys_is_said_to_be_none(octets: bytes):
    with pytest.raises(BadKeyFile):
        look(octets)


def test_a_forged_file_costs_no_more_memory_than_a_true_one(sealed: bytes):
    text = json.loads(sealed)
    text["head"]["scrypt"] = [2**30, 8, 1]
    with pytest.raises(BadKeyFile):
        unseal(json.dumps(text).encode(), PHRASE)


def test_a_short_passphrase_seals_nothing(found: dict[str, bytes]):
    with pytest.raises(BadKeyFile, match="12"):
        seal(found, "short", DAY, timedelta(days=30))


def test_missing_keys_are_put_back_and_others_are_left_alone(
    found: dict[str, bytes], tmp_path: Path
):
    assert put(tmp_path / "keys", found) == list(keys.NAMES)
    keys.path_of(tmp_path / "keys", "token").unlink()
    assert put(tmp_path / "keys", found) == ["token"]
    assert keys.complete(tmp_path / "keys") == found
    strange = keys.make(tmp_path / "strange", ["wrapping"])
    with pytest.raises(OtherKeys, match="wrapping"):
        put(tmp_path / "strange", found)
    assert keys.present(tmp_path / "strange") == strange
