"""Signed links to one table at one position: for readers that send no header, and for a short while.

A link speaks for the account that asked for it, for that one address: what the account may no longer
see, its links do not show either, and it ends with the token, key or session by which it was asked for.
It may end up in a log or in a shared script, so it holds an hour.
"""

import base64
import binascii
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from api.access.sealing import derived
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role

HOLDS = timedelta(hours=1)
_PURPOSE = "dudao table links"


class BadLink(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """The proof is none of ours, is for another table, or has expired."""


class KnownBy(NamedTuple):
    """By what somebody is known: `token`, `key` or `session`, which one, and when it ends if it says so."""

    kind: str
    name: str
    ends_at: datetime | None = None


class Bearer(NamedTuple):
    """Who a link speaks for, and by what they were known who asked for it."""

    actor: Actor
    by: KnownBy


class Linked(NamedTuple):
    """What a link leads to."""

    table: str
    position: int


def issue(key: bytes, bearer: Bearer, linked: Linked, expires_at: datetime) -> str:
    """Return the proof that lets whoever has it read one table as the bearer may."""
    actor, by = bearer
    claims = {
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
        "table": linked.table,
        "position": linked.position,
        "by": [by.kind, by.name],
        "expires_at": int(expires_at.timestamp()),
    }
    payload = _encoded(json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode())
    return f"{payload}.{_encoded(_mac(key, payload))}"


def verify(key: bytes, link: str, linked: Linked, now: datetime) -> Bearer:
    """Return who the link speaks for, as long as that by which it was asked for holds.

    Raises:
        BadLink: it proves nothing for this table.
    """
    payload, _, mac = link.partition(".")
    if not link.isascii() or not hmac.compare_digest(_decoded(mac), _mac(key, payload)):
        raise BadLink("signature")
    claims = cast("dict[str, object]", json.loads(_decoded(payload)))
    if (claims["table"], claims["position"]) != linked:
        raise BadLink("table")
    if now >= datetime.fromtimestamp(int(str(claims["expires_at"])), UTC):
        raise BadLink("expired")
    actor = Actor(
        account=str(claims["account"]),
        role=Role(str(claims["role"])),
        organisation=str(claims["organisation"]),
    )
    kind, name = cast("list[object]", claims["by"])
    return Bearer(actor, KnownBy(str(kind), str(name)))


def _mac(key: bytes, payload: str) -> bytes:
    return hmac.digest(derived(key, _PURPOSE), payload.encode(), "sha256")


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadLink("form") from None
