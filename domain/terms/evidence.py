"""How entries name evidence: by a tag, so that who sees such an entry finds the evidence behind it.

A file's name on somebody's disk often names a person, and an entry is never forgotten: of what newly
comes in, the name is made here. What a phone puts before it, the question and a caption, stays.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from domain.terms.vocabulary import Datum

_DIGEST = re.compile(r"[0-9A-Fa-f]{64}")


def evidence_tag(sha256: str) -> str:
    """Return the tag of entries that name evidence: who sees such an entry sees the evidence."""
    return f"evidence:{sha256.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A photo, film or paper, kept by the digest of its original bytes."""

    sha256: str
    media_type: str
    file_name: str
    captured_at: datetime | None = None
    lon: Decimal | None = None
    lat: Decimal | None = None
    datum: Datum | None = None


SEPARATOR = " · "
"""Between the question, the caption and the name of a photo's file."""
_ENDINGS = MappingProxyType(
    {
        "image/jpeg": "jpg",
        "image/png": "png",
        "image/webp": "webp",
        "image/heic": "heic",
        "application/pdf": "pdf",
        "application/json": "json",
        "video/mp4": "mp4",
    }
)
_OWN = re.compile(r"device-record-[0-9]+\.json|signature\.png|(?:标注|marked) [0-9a-f]{6}\.jpg")
"""Names that our own page on a phone gives."""
_NAMED_BY = 12
"""Characters of the digest that name a file: enough to find it by."""


def generated(evidence: Evidence) -> Evidence:
    """Return the evidence under a name made from its digest, in the place of the file's own."""
    *before, own = evidence.file_name.split(SEPARATOR)
    if _OWN.fullmatch(own):
        return evidence
    ending = _ENDINGS.get(evidence.media_type)
    made = evidence.sha256.lower()[:_NAMED_BY] + (f".{ending}" if ending else "")
    return replace(evidence, file_name=SEPARATOR.join((*before, made)))


def evidence_tags(digests: Iterable[str]) -> tuple[str, ...]:
    """Return the tags for all of it, each once; a text that is no digest names nothing."""
    return tuple(
        dict.fromkeys(evidence_tag(digest) for digest in digests if _DIGEST.fullmatch(digest))
    )
