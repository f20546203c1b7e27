"""`POST /preferences`: language and print size, kept by the reader's own browser."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Response

from api.web.frame.acting import Form, text
from api.web.frame.readers_language import LANGUAGE_COOKIE, LARGE_COOKIE

router = APIRouter(include_in_schema=False)
YEAR = 365 * 24 * 3600


def inside(address: str | None) -> str:
    """Return the address if it lies on this site, else the start page.

    Two strokes at its start, or more, name another host for a browser, whatever a parser of
    addresses makes of the third.
    """
    if address is None or "\\" in address or address.startswith("//"):
        return "/"
    parts = urlsplit(address)
    here = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if here and address.isprintable() else "/"


@router.post("/preferences")
def preferences(form: Form) -> Response:
    """Keep what was chosen and lead back."""
    answer = Response(status_code=303, headers={"Location": inside(text(form, "next"))})
    language, large = text(form, "language"), text(form, "large")
    if language in {"zh", "en"}:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, samesite="lax", httponly=True)
    if large in {"0", "1"}:
        answer.set_cookie(LARGE_COOKIE, large, max_age=YEAR, samesite="lax", httponly=True)
    return answer
