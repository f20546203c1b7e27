"""Style, scripts and pictures: files of the package, under addresses that change with their bytes.

The files of one folder share an address that changes with any of them: modules name their
neighbours by relative address, so a neighbour that changed must have another address too. Scripts
go out without comments (`minified`); an address is made from the bytes that go out.
"""

import hashlib
import mimetypes
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from fastapi import APIRouter, Response

from api.questions.problems import not_found
from api.web.frame.minified import minified

router = APIRouter(include_in_schema=False)
FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}


@cache
def content(name: str) -> bytes | None:
    """Return a packaged file as it is delivered, None if there is none of that name."""
    parts = PurePosixPath(name).parts
    if not parts or any(part in {"..", "/", "."} for part in parts):
        return None
    file = (files("api.web") / "static").joinpath(*parts)
    if not file.is_file():
        return None
    if name.endswith(".js"):
        return minified(file.read_text(encoding="utf-8")).encode()
    return file.read_bytes()


@cache
def static(name: str) -> str:
    """Return the address of a packaged file.

    Raises:
        LookupError: there is none of that name: a template has a slip.
    """
    if content(name) is None:
        raise LookupError(f"api/web/static has no {name}")
    return f"/static/{_digest(name)}/{name}"


@cache
def folder(name: str) -> tuple[str, ...]:
    """Return the names of the files of a folder, in order."""
    entries = (files("api.web") / "static" / name).iterdir()
    return tuple(sorted(f"{name}/{file.name}" for file in entries if file.is_file()))


@cache
def _digest(name: str) -> str:
    """Return what stands for the bytes behind an address: those of the file, or of its folder."""
    folder_name, _, _ = name.rpartition("/")
    hashed = hashlib.sha256()
    for file_name in folder(folder_name) if folder_name else (name,):
        hashed.update(hashlib.sha256(content(file_name) or b"").digest())
    return hashed.hexdigest()[:12]


def _file(name: str, caching: str) -> Response:
    octets = content(name)
    if octets is None:
        raise not_found("没有这个文件", "there is no such file")
    kind = PurePosixPath(name).suffix
    media = _TYPES.get(kind) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    text = media.startswith("text/") or media.endswith("+xml")
    sent = f"{media}; charset=utf-8" if text else media
    return Response(octets, media_type=sent, headers={"Cache-Control": caching})


@router.get("/static/{digest}/{name:path}")
def file(digest: str, name: str) -> Response:
    """Return a file of the package; for ever only under the address of these bytes."""
    known = content(name) is not None and digest == _digest(name)
    return _file(name, FOR_EVER if known else "no-cache")


@router.get("/favicon.ico")
def icon() -> Response:
    """Return the icon that every browser asks for."""
    return _file("icon.svg", "public, max-age=86400")
