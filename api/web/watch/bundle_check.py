"""`/verify` 核验证据包: a bundle or a report on paper, verified in the browser of whoever holds it.

Anybody may come, from the code on a report; the file goes nowhere, so there is nothing to ask for.
"""

import re
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.questions.assurance.transparency import verifier_keys
from api.questions.problems import Problem
from api.web.frame.frame import framed
from api.web.frame.rendering import render

router = APIRouter(include_in_schema=False)

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleCheckPage:
    """What a bundle is held against."""

    keys: str
    """The keys of this installation's log, a line each; empty where nothing was signed yet."""
    content: str
    """The digest of entries and evidence that a paper names; empty where none was given."""


@router.get("/verify")
def verify(request: Request, house: Installed, actor: Caller) -> Response:
    """Show where a bundle is verified."""
    given = request.query_params.get("content", "")
    try:
        keys = verifier_keys(house).decode().strip()
    except Problem:  # nothing was signed yet
        keys = ""
    page = BundleCheckPage(keys=keys, content=given if _DIGEST.fullmatch(given) else "")
    return render(framed(request, house, actor), "bundle_check.html", page)
