"""Bearer tokens: who acts, in which role, for whom, until when; signed with a key of this installation.

`dudao1.<payload>.<mac>`: payload is base64url JSON, mac is HMAC-SHA-256 over `dudao1.<payload>`.
The key lies in `keys/token.key` of the data folder, made with the ledger and readable by its owner
alone. Whoever reads that file can be anybody: it belongs into no backup that others read.
"""

import base64
import binascii
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, cast

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.vault import keys

PREFIX = "dudao1"
LONGEST = timedelta(days=90)
"""How long a token is good at most, whatever it says of itself."""
MAX_TOKEN = 2_000
"""Characters; a longer header is no token of ours."""


class BadToken(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """The token is not one of ours, was changed, or has expired; the message says which."""


def load_key(folder: Path) -> bytes:
    """Return the signing key of the data folder. It is made with the ledger, never here.

    Raises:
        MissingKeys, UnusableKey: with what to do.
    """
    return keys.complete(folder / "keys", ["token"])["token"]


def issue(key: bytes, actor: Actor, issued_at: datetime, ttl: timedelta) -> str:
    """Return a token for `actor` that expires `ttl` after `issued_at`."""
    claims = {
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
        "issued_at": int(issued_at.timestamp()),
        "expires_at": int((issued_at + ttl).timestamp()),
        "id": secrets.token_hex(8),
    }
    payload = _encode(json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode())
    signed = f"{PREFIX}.{payload}"
    return f"{signed}.{_encode(_mac(key, signed))}"


class Claims(NamedTuple):
    """What a token says: its id in the table of tokens, who it speaks for, its days."""

    token_id: str
    actor: Actor
    issued_at: datetime
    ends_at: datetime


def verify(key: bytes, token: str, now: datetime) -> Actor:
    """Return who the token speaks for.

    Raises:
        BadToken: its form, signature or time is wrong.
    """
    return read(key, token, now).actor


def read(key: bytes, token: str, now: datetime) -> Claims:
    """Return what a token says.

    Raises:
        BadToken: its form, signature or time is wrong.
    """
    if len(token) > MAX_TOKEN or not token.isascii():
        raise BadToken("form")
    signed, _, mac = token.rpartition(".")
    prefix, _, payload = signed.partition(".")
    if prefix != PREFIX or not hmac.compare_digest(_decode(mac), _mac(key, signed)):
        raise BadToken("signature")
    claims = cast("dict[str, object]", json.loads(_decode(payload)))
    expires = datetime.fromtimestamp(int(str(claims["expires_at"])), UTC)
    issued = datetime.fromtimestamp(int(str(claims["issued_at"])), UTC)
    if now >= min(expires, issued + LONGEST):
        raise BadToken("expired")
    actor = Actor(
        account=str(claims["account"]),
        role=Role(str(claims["role"])),
        organisation=str(claims["organisation"]),
    )
    return Claims(str(claims["id"]), actor, issued, expires)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadToken("form") from None
