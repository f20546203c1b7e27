"""Bearer tokens: who acts, in which role, for whom, until when; signed with a key of this installation.

`dudao2.<key>.<payload>.<mac>`: payload is base64url JSON, key is the id of the key that signed, mac is
HMAC-SHA-256 over all that stands before it. Releases of before wrote `dudao1.<payload>.<mac>`.
The key lies in `keys/token.key` of the data folder, made with the ledger and readable by its owner
alone. Whoever reads that file can be anybody: it belongs into no backup that others read. One whose
place another has taken signs nothing: of what it has signed, what stands on the table holds.
"""

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, cast

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.vault import keys

PREFIX = "dudao2"
BEFORE = "dudao1"
"""The form without the id of a key."""
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
    signed = f"{PREFIX}.{key_id(key)}.{payload}"
    return f"{signed}.{_encode(_mac(key, signed))}"


class Claims(NamedTuple):
    """What a token says: its id in the table of tokens, who it speaks for, its days.

    `earlier`: it was signed with a key of before, and is only good if it stands on the table.
    """

    token_id: str
    actor: Actor
    issued_at: datetime
    ends_at: datetime
    earlier: bool = False


def key_id(key: bytes) -> str:
    """Return what a key is called in the tokens that it signs."""
    return keys.key_id("token", key)


def verify(key: bytes, token: str, now: datetime) -> Actor:
    """Return who the token speaks for.

    Raises:
        BadToken: its form, signature or time is wrong.
    """
    return read(key, token, now).actor


def read(key: bytes, token: str, now: datetime, earlier: Sequence[bytes] = ()) -> Claims:
    """Return what a token says; `earlier` are keys of before that are good to verify.

    Raises:
        BadToken: its form, signature or time is wrong.
    """
    if len(token) > MAX_TOKEN or not token.isascii():
        raise BadToken("form")
    signed, _, mac = token.rpartition(".")
    head, _, payload = signed.rpartition(".")
    prefix, *named = head.split(".")
    given = _decode(mac)
    if (prefix, len(named)) not in {(PREFIX, 1), (BEFORE, 0)}:
        raise BadToken("form")
    by = next(
        (
            each
            for each in (key, *earlier)
            if named in ([], [key_id(each)]) and hmac.compare_digest(given, _mac(each, signed))
        ),
        None,
    )
    if by is None:
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
    return Claims(str(claims["id"]), actor, issued, expires, earlier=by != key)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadToken("form") from None
