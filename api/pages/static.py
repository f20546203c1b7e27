"""Style, scripts and pictures: files of the package, under addresses that change with their bytes."""

import hashlib
import mimetypes
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from fastapi import APIRouter, Response

from api.problems import not_found

router = APIRouter(include_in_schema=False)
FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}


@cache
def _content(name: str) -> bytes | None:
    """Return the bytes of a packaged file, None if there is none of that name."""
    parts = PurePosixPath(name).parts
    if not parts or any(part in {"..", "/", "."} for part in parts):
        return None
    file = (files("api") / "static").joinpath(*parts)
    return file.read_bytes() if file.is_file() else None


@cache
def static(name: str) -> str:
    """Return the address of a packaged file.

    Raises:
        LookupError: there is none of that name: a template has a slip.
    """
    content = _content(name)
    if content is None:
        raise LookupError(f"api/static has no {name}")
    return f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{name}"


def _file(name: str, caching: str) -> Response:
    content = _content(name)
    if content is None:
        raise not_found("没有这个文件", "there is no such file")
    kind = PurePosixPath(name).suffix
    media = _TYPES.get(kind) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    text = media.startswith("text/") or media.endswith("+xml")
    sent = f"{media}; charset=utf-8" if text else media
    return Response(content, media_type=sent, headers={"Cache-Control": caching})


@router.get("/static/{digest}/{name:path}")
def file(digest: str, name: str) -> Response:  # noqa: ARG001 - the digest makes the address new
    """Return a file of the package."""
    return _file(name, FOR_EVER)


@router.get("/favicon.ico")
def icon() -> Response:
    """Return the icon that every browser asks for."""
    return _file("icon.svg", "public, max-age=86400")
