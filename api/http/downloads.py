"""Files in answers: their names (RFC 6266, RFC 8187), and as what they are sent."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST = 120


def disposition(name: str, *, shown: bool = False) -> str:
    """Return `Content-Disposition` for a file called `name`; `shown`: in the browser, not saved.

    Both forms are given: plain ASCII for old programs, UTF-8 for all others. What is not a letter,
    digit, dot, dash or underscore leaves the first and is encoded in the second, so no name ends
    the header or leads into a folder.
    """
    short = name.replace("/", "_").replace("\\", "_")[-LONGEST:]
    plain = _UNSAFE.sub("_", short).strip("._-") or "file"
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(short, safe='')}"


OCTETS = "application/octet-stream"
_BINARY: Mapping[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def binary(media: str) -> dict[str, Any]:
    """Return the description of a file: of its own type, or as bytes for who asks for bytes.

    Programs that are generated from the description know bytes, and not every type that there is.
    """
    return {media: _BINARY, OCTETS: _BINARY}


def sent_as(request: Request, media: str) -> str:
    """Return as what a file is sent: its type, but bytes to who takes nothing else."""
    return OCTETS if request.headers.get("accept", "").strip() == OCTETS else media
