"""How an answer goes out: bytes that depend on nothing but basis and question, and how long they hold.

An answer pinned to a position never changes and may be kept for ever; a live one carries a strong
ETag of its bytes and is asked for again. What is not public is never kept by a shared cache.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response

from api.export.formats import JSON, MEDIA
from api.http import memento
from api.http.negotiation import negotiate
from api.http.tags import tag_of
from api.questions.answers import LIMITED, AnswerBasis, ListPage

FOR_EVER = "max-age=31536000, immutable"
VARY = "Accept, Accept-Datetime, Authorization, Cookie"
"""What an answer depends on beside its address."""


def limits(page: ListPage) -> dict[str, str]:
    """Return the header that says to what a page is narrowed; none where nothing is hidden."""
    return {} if page.limited is None else {"Dudao-Limited": urlencode(list(page.limited.items()))}


def page_json(answer_basis: AnswerBasis, page: ListPage) -> bytes:
    """Return a page as the contract writes it; a narrowed one says so."""
    members: dict[str, Any] = {"basis": answer_basis.basis, "items": page.items, "next": page.next}
    if page.limited is not None:
        members["limited_to"] = page.limited
    note = page.note if page.limited is None else LIMITED
    if note is not None:
        members["note"] = {"zh": note[0], "en": note[1]}
    return orjson.dumps(members)


def document(
    request: Request, answer_basis: AnswerBasis, members: Mapping[str, Any], *, public: bool = False
) -> Response:
    """Return one record as JSON, its basis first."""
    negotiate(request.headers.get("accept", ""), (JSON,))
    body = orjson.dumps({"basis": answer_basis.basis, **members})
    return answer(request, answer_basis, body, JSON, headers={}, public=public)


def answer(  # noqa: PLR0913 - one argument a part of the answer
    request: Request,
    answer_basis: AnswerBasis,
    body: bytes,
    media: str,
    *,
    headers: Mapping[str, str],
    public: bool,
) -> Response:
    """Return `body`, or 304 where the caller holds the same bytes."""
    rules = answer_basis.basis["rules"]
    tag = tag_of(body, media, request.url.path, answer_basis.position, rules)
    asked = request.query_params.multi_items()
    known = memento.headers(request.url.path, asked, answer_basis.basis)
    links = [given["Link"] for given in (known, headers) if "Link" in given]
    sent = {
        "ETag": tag,
        "Cache-Control": kept(request, answer_basis, public=public),
        "Vary": VARY,
        "Ledger-Position": str(answer_basis.position),
        **known,
        **headers,
        **({"Link": ", ".join(links)} if links else {}),
    }
    if held(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=MEDIA.get(media, media), headers=sent)


def kept(request: Request, answer_basis: AnswerBasis, *, public: bool) -> str:
    """Return who may keep an answer. What is somebody's own is kept by no browser: others use it too.

    A program with a token looks after what it keeps itself, and a pinned answer never changes.
    """
    if not public and getattr(request.state, "session", None) is not None:
        return "private, no-store"
    return lasting(answer_basis, public=public)


def lasting(answer_basis: AnswerBasis, *, public: bool) -> str:
    """Return who may keep an answer, and for how long."""
    scope = "public" if public else "private"
    return f"{scope}, {FOR_EVER if answer_basis.pinned else 'no-cache'}"


def held(header: str, tag: str) -> bool:
    """Return whether a caller says that it holds what bears this tag."""
    tags = [part.strip().removeprefix("W/") for part in header.split(",")]
    return tag in tags or header.strip() == "*"
