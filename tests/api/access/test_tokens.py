"""Bearer tokens: made for one actor, for a time, by one installation."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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
    prefix, header, payload, signature = issue(KEY, WHO, NOW, timedelta(days=1)).split(".")
    forged = encoded({**claims_of(payload), "role": "centre_officer"})
    for token in (f"{prefix}.{header}.{forged}.{signature}", f"{prefix}.{header}.{forged}."):
        with pytest.raises(BadToken, match="signature"):
            verify(KEY, token, NOW)


@pytest.mark.parametrize("algorithm", ["none", "HS384", "RS256", "hs256", None, 5])
def test_a_token_chooses_no_algorithm(algorithm: object) -> None:
    """What says that it is not signed, or signed otherwise, is signed by nobody (RFC 8725, 2.1)."""
    prefix, _, payload, signature = issue(KEY, WHO, NOW, timedelta(days=1)).split(".")
    header = encoded({"alg": algorithm, "kid": key_id(KEY)})
    for mac in (
        "",
        signature,
        encoded_octets(hmac.digest(KEY, f"{header}.{payload}".encode(), "sha384")),
    ):
        with pytest.raises(BadToken, match="signature"):
            verify(KEY, f"{prefix}.{header}.{payload}.{mac}", NOW)


def test_a_token_is_a_jws_that_other_programs_verify() -> None:
    prefix, header, payload, signature = issue(KEY, WHO, NOW, timedelta(days=1)).split(".")
    assert prefix == "dudao2"
    assert claims_of(header) == {"alg": "HS256", "kid": key_id(KEY), "typ": "JWT"}
    mac = hmac.digest(KEY, f"{header}.{payload}".encode(), "sha256")
    assert signature == encoded_octets(mac)
    assert {"iat", "exp", "jti"} <= claims_of(payload).keys()


def encoded_octets(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def encoded(value: object) -> str:
    return encoded_octets(json.dumps(value, ensure_ascii=False).encode())


def claims_of(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.parametrize(
    "token",
    [
        *("", "x", "a.b.c", "dudao1..", "dudao1.e30.", "\u00e9", "dudao1." + "A" * 5000),
        *(
            "dudao2",
            "dudao2.",
            "dudao2...",
            "dudao2.e30.e30.e30",
            "dudao2.W10.e30.",
            "dudao2.%.e30.",
        ),
        *("dudao2.bnVsbA.e30.x", "dudao1.a.b.c", "dudao2." + "A" * 5000),
    ],
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
    prefix, header, payload, signature = issue(KEY, WHO, NOW, timedelta(days=1)).split(".")
    assert claims_of(header)["kid"] == key_id(KEY)
    other = encoded({**claims_of(header), "kid": key_id(bytes(32))})
    with pytest.raises(BadToken):
        verify(KEY, f"{prefix}.{other}.{payload}.{signature}", NOW)


def test_a_token_of_before_keys_had_ids_is_good_until_it_ends() -> None:
    claims = {"account": WHO.account, "role": WHO.role.value, "organisation": WHO.organisation}
    at = int(NOW.timestamp())
    payload = encoded({**claims, "issued_at": at, "expires_at": at + 86_400, "id": "0f"})
    signed = f"dudao1.{payload}"
    token = f"{signed}.{encoded_octets(hmac.digest(KEY, signed.encode(), 'sha256'))}"
    assert verify(KEY, token, NOW) == WHO
    assert read(bytes(32), token, NOW, [KEY]).earlier


def test_no_token_is_signed_with_a_key_that_is_no_ledgers(tmp_path: Path) -> None:
    with pytest.raises(MissingKeys, match=r"token\.key"):
        load_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
    key = make(tmp_path / "keys")["token"]
    assert load_key(tmp_path) == key
