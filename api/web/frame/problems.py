"""Problems as pages: the same sentence that the API gives, for a reader who came with a browser."""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request, Response

from api.http.obligations import FORMS
from api.questions.policy import ANYONE
from api.questions.problems import KINDS, Fault, Problem
from api.web.frame.frame import framed
from api.web.frame.rendering import render

MACHINES = ("/v1/", "/log/", "/healthz", "/readyz", "/metrics", "/openapi.json")
"""Where programs ask: a problem there is JSON, whatever they accept."""

_TITLES_EN = {
    400: "The request cannot be read",
    401: "Please sign in",
    403: "You may not do this",
    404: "Nothing found",
    405: "Not possible at this address",
    409: "Not done",
    413: "Too large",
    422: "Not as required",
    429: "Too many attempts",
    500: "Internal error",
    503: "Not ready yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage:
    """What went wrong."""

    title: str
    """What kind of problem, in the reader's language."""
    zh: str
    """What happened and what to do."""
    en: str
    """The same in English."""
    errors: tuple[Fault, ...]
    """The fields at fault."""
    instance: str
    """The number under which the log knows this occurrence."""


def wanted(request: Request) -> bool:
    """Return whether the caller is a person with a browser."""
    if request.url.path.startswith(MACHINES):
        return False
    return "text/html" in request.headers.get("accept", "")


def _way_in(request: Request, problem: Problem) -> str:
    """Return where somebody signs in, or completes it."""
    if problem.rule is not None and problem.rule in FORMS:
        return FORMS[problem.rule]
    query = f"?{request.url.query}" if request.url.query else ""
    following = quote(f"{request.url.path}{query}", safe="")
    return f"/sign-in?next={following}"


def page(request: Request, problem: Problem) -> Response | None:
    """Return the page that says `problem`; one who is not signed in is led to the way in first.

    None for a program: it takes the one JSON shape.

    Not one who came with a token: it is no better at the sign-in page, which would lead back here.
    """
    if not wanted(request):
        return None
    tokenless = "authorization" not in request.headers
    if problem.code == "unauthenticated" and request.method == "GET" and tokenless:
        return Response(status_code=303, headers={"Location": _way_in(request, problem)})
    house = request.app.state.installation
    frame = framed(request, house, getattr(request.state, "actor", ANYONE))
    title = KINDS[problem.code].title
    if frame.language == "en":
        title = _TITLES_EN.get(problem.status, "Problem")
    context = ProblemPage(
        title=title,
        zh=f"{problem.zh.removesuffix('。')}。",
        en=f"{problem.en[:1].upper()}{problem.en[1:].removesuffix('.')}.",
        errors=problem.errors,
        instance=str(request.scope["state"]["instance"]).rpartition(":")[2],
    )
    answer = render(frame, "problem.html", context, problem.status)
    answer.headers.update(problem.headers)
    return answer
