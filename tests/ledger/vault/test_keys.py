"""Keys are files for their owner alone, made together with a ledger and never in another's place."""

import os
from pathlib import Path

import pytest

from ledger.unready import MissingKeys, UnusableKey
from ledger.vault.keys import complete, fingerprint, make, present, shown


def test_keys_are_made_once_and_kept_from_others(tmp_path: Path):
    keys = make(tmp_path / "keys")
    assert make(tmp_path / "keys") == keys
    assert len(set(keys.values())) == 3
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()]
    assert modes == [0o600] * 3


def test_keys_that_others_can_read_or_that_are_cut_off_stop_the_start(tmp_path: Path):
    make(tmp_path)
    (tmp_path / "identity.key").chmod(0o644)
    with pytest.raises(UnusableKey, match="chmod 600"):
        complete(tmp_path)
    (tmp_path / "identity.key").chmod(0o600)
    (tmp_path / "identity.key").write_bytes(os.urandom(31))
    with pytest.raises(UnusableKey, match="31 bytes"):
        complete(tmp_path)


def test_a_key_that_is_lost_is_named_and_not_made_anew(tmp_path: Path):
    make(tmp_path)
    (tmp_path / "wrapping.key").unlink()
    with pytest.raises(MissingKeys, match=r"wrapping\.key"):
        complete(tmp_path)
    assert set(present(tmp_path)) == {"identity", "token"}


def test_a_fingerprint_tells_keys_apart_and_their_purposes():
    key, other = bytes(32), bytes(range(32))
    assert fingerprint("identity", key) != fingerprint("identity", other)
    assert fingerprint("identity", key) != fingerprint("wrapping", key)
    assert len(shown(fingerprint("identity", key))) == 19
