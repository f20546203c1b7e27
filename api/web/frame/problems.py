"""Problems as pages: the same sentence that the API gives, for a reader who came with a browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from fastapi import Request, Response
from starlette.routing import Match

from api.http.arrival import require_own
from api.http.handlers import WRITTEN
from api.http.obligations import FORMS
from api.questions.policy import ANYONE
from api.questions.problems import KINDS, OTHER_RULES, Fault, Problem
from api.web.frame.clocks import PARAMETERS, RULES
from api.web.frame.frame import address, framed
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
    then: Mapping[str, str]
    """The clocks of the address, where what is asked for may come later than they say."""
    now: str
    """The same address without them."""
    today: str | None
    """The same address under the rules of today, where it asks for others alone."""
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


def _above(request: Request) -> str:
    """Return the page with the form that is sent to this address: the nearest above that can be asked for.

    Whoever reloads after a refusal, or changes language or print there, asks for the address by GET.
    """
    whole = request.url.path.rstrip("/")
    path, _, slug = whole.rpartition("/")
    while path and not _answers(request, path):
        path = path.rpartition("/")[0]
    return f"{path or '/'}#{slug}"


def _answers(request: Request, path: str) -> bool:
    scope = {**request.scope, "path": path, "raw_path": path.encode(), "method": "GET"}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def _clocks(request: Request) -> dict[str, str]:
    return {
        name: request.query_params[name] for name in PARAMETERS if request.query_params.get(name)
    }


def _now(request: Request) -> str:
    kept = {
        n: v for n, v in request.query_params.items() if n not in {*PARAMETERS, *RULES, "cursor"}
    }
    return address(request.url.path, kept)


def _under_today(request: Request) -> str:
    kept = {n: v for n, v in request.query_params.items() if n != "exact"}
    return address(request.url.path, kept)


class KeptPage(NamedTuple):
    """What somebody wrote whose sign-in had ended."""

    action: str
    """Where it was sent."""
    way_in: str
    """Where they sign in, in a window beside this one."""
    fields: Sequence[tuple[str, str]]
    """What they wrote, by field."""
    shown: Sequence[tuple[str, str]]
    """The part of it that is text of their own."""
    files: bool
    """Whether files went along, which no browser keeps."""


def _kept(request: Request, problem: Problem) -> Response:
    """Return the page that holds what was written until its writer has signed in again."""
    house = request.app.state.installation
    require_own(request, house.settings)
    written = getattr(request.state, WRITTEN)
    fields = [(name, value) for name, value in written if isinstance(value, str)]
    query = f"?{request.url.query}" if request.url.query else ""
    way_in = problem.rule if problem.rule in FORMS else None
    context = KeptPage(
        action=f"{request.url.path}{query}",
        way_in=FORMS[way_in] if way_in else "/sign-in?next=%2Faccount",
        fields=fields,
        shown=[(name, value) for name, value in fields if len(value) > 20 or "\n" in value],
        files=any(not isinstance(value, str) and value.filename for _, value in written),
    )
    return render(framed(request, house, ANYONE), "kept.html", context, problem.status)


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
    if problem.code == "method-not-allowed" and request.method == "GET":
        return Response(status_code=303, headers={"Location": _above(request)})
    if problem.code == "unauthenticated" and tokenless and hasattr(request.state, WRITTEN):
        return _kept(request, problem)
    house = request.app.state.installation
    frame = framed(request, house, getattr(request.state, "actor", ANYONE))
    title = KINDS[problem.code].title
    if frame.language == "en":
        title = _TITLES_EN.get(problem.status, "Problem")
    if frame.language == "en" and problem.code == OTHER_RULES:
        title = "Other rules today"
    context = ProblemPage(
        title=title,
        zh=f"{problem.zh.removesuffix('。')}。",
        en=f"{problem.en[:1].upper()}{problem.en[1:].removesuffix('.')}.",
        errors=problem.errors,
        then=_clocks(request) if problem.code == "not-found" else {},
        now=_now(request),
        today=_under_today(request) if problem.code == OTHER_RULES else None,
        instance=str(request.scope["state"]["instance"]).rpartition(":")[2],
    )
    answer = render(frame, "problem.html", context, problem.status)
    answer.headers.update(problem.headers)
    return answer
