"""Bearer tokens: who acts, in which role, for whom, until when; signed with a key of this installation.

`dudao1.<payload>.<mac>`: payload is base64url JSON, mac is HMAC-SHA-256 over `dudao1.<payload>`.
The key lies in `keys/token.key` of the data folder, made at first use and readable by its owner
alone. Whoever reads that file can be anybody: it belongs into no backup that others read.
"""

import base64
import binascii
import hmac
import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role

PREFIX = "dudao1"
KEY_BYTES = 32
LONGEST = timedelta(days=366)
MAX_TOKEN = 2_000
"""Characters; a longer header is no token of ours."""


class BadToken(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """The token is not one of ours, was changed, or has expired; the message says which."""


def key_file(folder: Path) -> Path:
    """Return where the signing key of the data folder lies."""
    return folder / "keys" / "token.key"


def load_key(folder: Path) -> bytes:
    """Return the signing key of the data folder; make it if there is none yet."""
    path = key_file(folder)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise BadToken(f"{path}: {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _make_key(path: Path) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    # A link fails where the name exists: of two first uses at once, both end up with one key.
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()


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


def verify(key: bytes, token: str, now: datetime) -> Actor:
    """Return who the token speaks for.

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
    if now >= expires:
        raise BadToken("expired")
    return Actor(
        account=str(claims["account"]),
        role=Role(str(claims["role"])),
        organisation=str(claims["organisation"]),
    )


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadToken("form") from None
