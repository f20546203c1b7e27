"""How an answer goes out: bytes that depend on nothing but basis and question, and how long they hold.

An answer pinned to a position never changes and may be kept for ever; a live one carries a strong
ETag of its bytes and is asked for again. What is not public is never kept by a shared cache.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response

from api import formats
from api.formats import JSON, MEDIA, Row
from api.time_travel import Asked

FOR_EVER = "max-age=31536000, immutable"


class Standing(NamedTuple):
    """What an answer stands on: its basis as shown, and whether it can change."""

    basis: Mapping[str, Any]
    pinned: bool

    @property
    def position(self) -> int:
        """Position of the basis."""
        return int(self.basis["position"])

    @property
    def day(self) -> date:
        """Day of the basis."""
        return date.fromisoformat(self.basis["valid_at"])

    @property
    def asked(self) -> Asked:
        """What to ask further questions by, so that they stand on the same."""
        return Asked(self.day, None, self.position)


class Listing(NamedTuple):
    """One page of a list. `limited`: what the caller sees is narrowed to this, honestly said."""

    items: Sequence[Row]
    next: str | None
    limited: Mapping[str, Any] | None = None


def limits(page: Listing) -> dict[str, str]:
    """Return the header that says to what a page is narrowed; none where nothing is hidden."""
    return {} if page.limited is None else {"Dudao-Limited": urlencode(list(page.limited.items()))}


LIMITED = (
    "仅含您可见的记录;您的查询超出或限于此范围",
    "only what you may see; your question reaches beyond it or was narrowed to it",
)


def page_json(standing: Standing, page: Listing) -> bytes:
    """Return a page as the contract writes it; a narrowed one says so."""
    members: dict[str, Any] = {"basis": standing.basis, "items": page.items, "next": page.next}
    if page.limited is not None:
        members["limited_to"] = page.limited
        members["note"] = {"zh": LIMITED[0], "en": LIMITED[1]}
    return orjson.dumps(members)


def document(
    request: Request, standing: Standing, members: Mapping[str, Any], *, public: bool = False
) -> Response:
    """Return one record as JSON, its basis first."""
    formats.negotiate(request.headers.get("accept", ""), (JSON,))
    body = orjson.dumps({"basis": standing.basis, **members})
    return answer(request, standing, body, JSON, headers={}, public=public)


def answer(  # noqa: PLR0913 - one argument a part of the answer
    request: Request,
    standing: Standing,
    body: bytes,
    media: str,
    *,
    headers: Mapping[str, str],
    public: bool,
) -> Response:
    """Return `body`, or 304 where the caller holds the same bytes."""
    tag = f'"{hashlib.sha256(media.encode() + body).hexdigest()[:32]}"'
    sent = {
        "ETag": tag,
        "Cache-Control": lasting(standing, public=public),
        "Vary": "Accept, Authorization",
        "Ledger-Position": str(standing.position),
        **headers,
    }
    if _holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=MEDIA.get(media, media), headers=sent)


def lasting(standing: Standing, *, public: bool) -> str:
    """Return who may keep an answer, and for how long."""
    scope = "public" if public else "private"
    return f"{scope}, {FOR_EVER if standing.pinned else 'no-cache'}"


def _holds(header: str, tag: str) -> bool:
    held = [part.strip().removeprefix("W/") for part in header.split(",")]
    return tag in held or header.strip() == "*"
