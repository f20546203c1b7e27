"""How everything that is raised while answering becomes a problem of the one shape."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.http.outages import outage
from api.questions.parameters import unclear
from api.questions.problems import MEDIA_TYPE, Problem, fault, from_refusal
from domain.terms.decider import Refused
from ledger.codec import Unreadable
from ledger.log.clock import ClockRefused
from ledger.log.log import OutcomeUnknown
from ledger.unready import Unready

_OF_STATUS: Mapping[int, tuple[str, str, str]] = MappingProxyType(
    {
        400: ("malformed-request", "请求无法读取", "the request cannot be read"),
        404: ("not-found", "没有这个地址", "there is nothing at this address"),
        405: ("method-not-allowed", "此地址不支持该方法", "this address does not know the method"),
        413: ("too-large", "内容过大", "the content is too large"),
    }
)


WRITTEN = "written"
"""Where a request keeps the fields of its form, once they were read."""


Page: TypeAlias = Callable[[Request, Problem], Response | None]
"""A problem as a page, for a caller who takes pages; None for any other."""


def install(app: FastAPI, page: Page) -> None:
    """Make `app` answer every failure with a problem: as `page` shows it, else the one JSON shape."""
    app.state.problem_page = page
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _unclear)
    app.add_exception_handler(HTTPException, _http)
    for temporary in (psycopg.Error, OutcomeUnknown, ClockRefused, Unready, Unreadable):
        app.add_exception_handler(temporary, _outage)
    app.add_exception_handler(Exception, _fault)


def respond(request: Request, problem: Problem) -> Response:
    """Return the answer that says `problem`: a page for a person, else the one JSON shape."""
    shown: Page = request.app.state.problem_page
    return shown(request, problem) or Response(
        problem.body(request.scope["state"]["instance"]),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )


_WRITTEN = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


async def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    if error.code == "unauthenticated" and request.method == "POST":
        await _keep_what_was_written(request)
    return respond(request, error)


async def _keep_what_was_written(request: Request) -> None:
    """Read the form that was refused, unless it was read before: its text is given back, not lost."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in _WRITTEN or hasattr(request.state, WRITTEN):
        return
    async with request.form(max_files=40, max_fields=2000) as form:
        setattr(request.state, WRITTEN, form.multi_items())


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return respond(request, from_refusal(error))


def _outage(request: Request, error: Exception) -> Response:
    problem = outage(error)
    if problem is None:
        raise error
    return respond(request, problem)


def _fault(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the log has it
    """Answer a fault of the program; it is raised again behind this, and logged by the shell."""
    return respond(request, fault())


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code not in _OF_STATUS:
        raise error
    code, zh, en = _OF_STATUS[error.status_code]
    headers = dict(error.headers or {})
    if "Allow" in headers and "GET" in headers["Allow"] and "HEAD" not in headers["Allow"]:
        headers["Allow"] += ", HEAD"
    return respond(request, Problem(code, zh, en, headers=headers))


def _unclear(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return respond(request, unclear(error.errors()))
