"""Files that come with a form: kept as evidence under the digest of their bytes, and named in the command."""

import hashlib
from typing import Any

from starlette.datastructures import FormData, UploadFile

from api.installation.wiring import Installation
from api.intake import evidence
from api.intake.evidence import LARGEST, MIB, SIGNATURE_BYTES, Arrived
from api.questions.policy import Action, decide
from api.questions.problems import invalid
from domain.terms.envelope import Actor


def sent(form: FormData, name: str) -> list[UploadFile]:
    """Return the files that were chosen in a field; a field left empty sends one without a name."""
    return [each for each in form.getlist(name) if isinstance(each, UploadFile) and each.filename]


def keep(house: Installation, actor: Actor, upload: UploadFile, field: str) -> dict[str, Any]:
    """Store a file and return how a command names it: `sha256`, `media_type`, `file_name`.

    Raises:
        Problem: 422 for what is too large or of a kind that is not taken, 429 past the day's quota.
    """
    decide(actor, Action.UPLOAD, "evidence")
    digest, size, start = hashlib.sha256(), 0, b""
    upload.file.seek(0)
    while piece := upload.file.read(MIB):
        digest.update(piece)
        size += len(piece)
        start = start or piece[:SIGNATURE_BYTES]
    media = evidence.media_of(start)
    if media is None or not 0 < size <= LARGEST:
        raise invalid(
            field,
            f"请用 PDF 或照片（JPEG、PNG、WebP、HEIC），每个不超过 {LARGEST // MIB} MiB",
            f"PDF or a photo (JPEG, PNG, WebP, HEIC), {LARGEST // MIB} MiB at most each",
        )
    evidence.store(house.pool, actor, media, Arrived(digest.digest(), size, start, upload.file))
    return {
        "sha256": digest.hexdigest(),
        "media_type": media.value,
        "file_name": (upload.filename or "")[-120:],
    }
