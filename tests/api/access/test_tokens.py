"""Bearer tokens: made for one actor, for a time, by one installation."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.access.tokens import BadToken, issue, key_id, load_key, read, verify
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.unready import MissingKeys
from ledger.vault.keys import make

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
WHO = Actor(account="检查员-1", role=Role.DISTRICT_INSPECTOR, organisation="110108")
KEY = bytes(range(32))


def test_a_token_carries_account_role_and_organisation() -> None:
    assert verify(KEY, issue(KEY, WHO, NOW, timedelta(days=1)), NOW) == WHO


def test_a_token_ends() -> None:
    token = issue(KEY, WHO, NOW, timedelta(hours=1))
    verify(KEY, token, NOW + timedelta(minutes=59))
    with pytest.raises(BadToken, match="expired"):
        verify(KEY, token, NOW + timedelta(hours=1))


def test_a_changed_token_is_nobody() -> None:
    prefix, named, payload, mac = issue(KEY, WHO, NOW, timedelta(days=1)).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"role": "centre_officer"}).encode())
    with pytest.raises(BadToken):
        verify(KEY, f"{prefix}.{named}.{forged.rstrip(b'=').decode()}.{mac}", NOW)


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "dudao1..", "dudao1.e30.", "\u00e9", "dudao1." + "A" * 5000]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        verify(KEY, token, NOW)


def test_a_token_of_another_installation_is_refused() -> None:
    with pytest.raises(BadToken):
        verify(KEY, issue(bytes(32), WHO, NOW, timedelta(days=1)), NOW)


def test_a_key_of_before_verifies_what_it_signed_and_no_other_key_does() -> None:
    token = issue(KEY, WHO, NOW, timedelta(days=1))
    new, other = bytes(range(1, 33)), bytes(32)
    claims = read(new, token, NOW, [other, KEY])
    assert (claims.actor, claims.earlier) == (WHO, True)
    assert not read(KEY, token, NOW, [other]).earlier
    for keys in ((new, [other]), (new, [])):
        with pytest.raises(BadToken, match="signature"):
            read(keys[0], token, NOW, keys[1])


def test_a_token_names_the_key_that_signed_it() -> None:
    prefix, named, payload, mac = issue(KEY, WHO, NOW, timedelta(days=1)).split(".")
    assert named == key_id(KEY)
    with pytest.raises(BadToken):
        verify(KEY, f"{prefix}.{key_id(bytes(32))}.{payload}.{mac}", NOW)


def test_a_token_of_before_keys_had_ids_is_good_until_it_ends() -> None:
    _, _, payload, _ = issue(KEY, WHO, NOW, timedelta(days=1)).split(".")
    signed = f"dudao1.{payload}"
    mac = base64.urlsafe_b64encode(hmac.digest(KEY, signed.encode(), "sha256")).rstrip(b"=")
    token = f"{signed}.{mac.decode()}"
    assert verify(KEY, token, NOW) == WHO
    assert read(bytes(32), token, NOW, [KEY]).earlier


def test_no_token_is_signed_with_a_key_that_is_no_ledgers(tmp_path: Path) -> None:
    with pytest.raises(MissingKeys, match=r"token\.key"):
        load_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
    key = make(tmp_path / "keys")["token"]
    assert load_key(tmp_path) == key
