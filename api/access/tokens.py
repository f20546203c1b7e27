"""Bearer tokens: who acts, in which role, for whom, until when; signed with a key of this installation.

`dudao2.` and a JWS in compact form (RFC 7515), signed with HS256; `kid` is the id of the key that signed.
Releases of before wrote `dudao1.<payload>.<mac>`, an HMAC-SHA-256 over base64url JSON.
The key lies in `keys/token.key` of the data folder, made with the ledger and readable by its owner
alone. Whoever reads that file can be anybody: it belongs into no backup that others read. One whose
place another has taken signs nothing: of what it has signed, what stands on the table holds.
"""

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.vault import keys

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

PREFIX = "dudao2"
"""What a token begins with, so that who looks for lost ones finds them."""
BEFORE = "dudao1"
"""The form without the id of a key."""
_ALGORITHM = "HS256"
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
    from joserfc import jwt  # noqa: PLC0415 - 0.1 s that most commands do not need

    claims = {
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
        "iat": int(issued_at.timestamp()),
        "exp": int((issued_at + ttl).timestamp()),
        "jti": secrets.token_hex(8),
    }
    return f"{PREFIX}.{jwt.encode({'alg': _ALGORITHM, 'kid': key_id(key)}, claims, _jwk(key))}"


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
    prefix, _, rest = token.partition(".")
    if prefix == PREFIX:
        by, claims = _signed(rest, (key, *earlier))
        names = "iat", "exp", "jti"
    elif prefix == BEFORE:
        by, claims = _signed_before(token, (key, *earlier))
        names = "issued_at", "expires_at", "id"
    else:
        raise BadToken("form")
    issued, expires, token_id = (str(claims[name]) for name in names)
    issued_at, ends_at = (datetime.fromtimestamp(int(at), UTC) for at in (issued, expires))
    if now >= min(ends_at, issued_at + LONGEST):
        raise BadToken("expired")
    actor = Actor(
        account=str(claims["account"]),
        role=Role(str(claims["role"])),
        organisation=str(claims["organisation"]),
    )
    return Claims(token_id, actor, issued_at, ends_at, earlier=by != key)


def _signed(compact: str, keys_: Sequence[bytes]) -> tuple[bytes, Mapping[str, object]]:
    """Return by which key a JWS is signed, and what it says. The algorithm is ours, whatever it names."""
    from joserfc import jwt  # noqa: PLC0415 - 0.1 s that most commands do not need
    from joserfc.errors import JoseError  # noqa: PLC0415 - as above

    by = {key_id(each): each for each in keys_}.get(_kid(compact))
    if by is None:
        raise BadToken("signature")
    try:
        return by, jwt.decode(compact, _jwk(by), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError):
        raise BadToken("signature") from None


def _kid(compact: str) -> str:
    """Return which key a JWS names."""
    try:
        header: object = json.loads(_decode(compact.partition(".")[0]))
    except ValueError:
        raise BadToken("form") from None
    if not isinstance(header, dict):
        raise BadToken("form")
    return str(cast("dict[str, object]", header).get("kid"))


@lru_cache(16)
def _jwk(key: bytes) -> "OctKey":
    from joserfc.jwk import OctKey  # noqa: PLC0415 - 0.1 s that most commands do not need

    return OctKey.import_key(key)


def _signed_before(token: str, keys_: Iterable[bytes]) -> tuple[bytes, Mapping[str, object]]:
    """Return the same of a token of before keys had ids."""
    signed, _, mac = token.rpartition(".")
    _, _, payload = signed.rpartition(".")
    given = _decode(mac)
    by = next((each for each in keys_ if hmac.compare_digest(given, _mac(each, signed))), None)
    if by is None or signed.count(".") != 1:
        raise BadToken("signature")
    return by, cast("dict[str, object]", json.loads(_decode(payload)))


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadToken("form") from None
