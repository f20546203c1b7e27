"""`/applications/{id}/materials/{sha256}`: one material of an application, to be read beside the score sheet.

The bytes came from outside, so they are opened in a frame that may do nothing: no scripts, no
forms, no origin. What a browser shows by itself (PDF, pictures) is shown; anything else is saved.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from api.http.caller import Caller, Installed
from api.http.downloads import disposition
from api.intake import evidence
from api.intake.evidence import EXTENSIONS, Media
from api.questions.policy import Action, decide
from api.questions.queries import ask_one
from api.questions.questions import AsOf
from api.web.frame.reading import read

router = APIRouter(include_in_schema=False)

SHOWN = frozenset({Media.PDF, Media.JPEG, Media.PNG, Media.WEBP})
"""What every browser opens by itself."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
"""The bytes run nothing, load nothing and belong to no site; only our own pages may frame them."""


@router.get("/applications/{application_id}/materials/{sha256}")
def material(
    request: Request, house: Installed, actor: Caller, application_id: str, sha256: str
) -> Response:
    """Return the bytes to whoever is shown the application; every reading is remembered."""
    decide(actor, Action.READ, "materials")
    question, _ = read(request, AsOf)
    _, item = ask_one(house, actor, "applications", question.asked(), application_id)
    stored = evidence.material(house, item, sha256)
    name = f"{application_id}-{sha256[:8]}.{EXTENSIONS[stored.media]}"
    headers = {
        "Content-Disposition": disposition(name, shown=stored.media in SHOWN),
        "Content-Security-Policy": POLICY,
        "Content-Length": str(stored.size),
        # A copy that is kept would be read without being remembered.
        "Cache-Control": "no-store",
    }
    media = stored.media.value
    return StreamingResponse(evidence.octets(house, stored), media_type=media, headers=headers)
