"""How entries name evidence: by a tag, so that who sees such an entry finds the evidence behind it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

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


def evidence_tags(digests: Iterable[str]) -> tuple[str, ...]:
    """Return the tags for all of it, each once; a text that is no digest names nothing."""
    return tuple(dict.fromkeys(evidence_tag(each) for each in digests if _DIGEST.fullmatch(each)))
