"""How everything that is raised while answering becomes a problem of the one shape."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.pages import problems as pages
from api.problems import MEDIA_TYPE, Fault, Problem, Unclear, fault, from_refusal
from domain.decider import Refused

MOST_FAULTS = 20

_REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("必填", "is required"),
        "extra_forbidden": ("没有这个参数", "there is no such parameter"),
        "string_type": ("应为文本", "must be text"),
        "string_too_long": ("过长", "is too long"),
    }
)
_OF_STATUS: Mapping[int, tuple[str, str, str]] = MappingProxyType(
    {
        400: ("malformed-request", "请求无法读取", "the request cannot be read"),
        404: ("not-found", "没有这个地址", "there is nothing at this address"),
        405: ("method-not-allowed", "此地址不支持该方法", "this address does not know the method"),
        413: ("too-large", "内容过大", "the content is too large"),
    }
)


def install(app: FastAPI) -> None:
    """Make `app` answer every failure with a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _unclear)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)


def respond(request: Request, problem: Problem) -> Response:
    """Return the answer that says `problem`: a page for a person, else the one JSON shape."""
    if pages.wanted(request):
        return pages.page(request, problem)
    return Response(
        problem.body(request.scope["state"]["instance"]),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return respond(request, error)


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return respond(request, from_refusal(error))


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


def unclear(found: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the problem of parameters that pydantic refused; what was sent is not repeated."""
    faults = [Fault(_field(fault), " / ".join(_reason(fault))) for fault in found[:MOST_FAULTS]]
    return Problem(
        "invalid",
        "参数不符合要求,详见 errors",
        "parameters are not as required, see errors",
        errors=faults,
    )


def _field(fault: Mapping[str, Any]) -> str:
    parts = [str(part) for part in fault["loc"] if part not in {"query", "path", "body", "header"}]
    name = ".".join(parts)[:100]
    return name if name.isprintable() else "?"


def _reason(fault: Mapping[str, Any]) -> tuple[str, str]:
    context: dict[str, Any] = fault.get("ctx") or {}
    error = context.get("error")
    if isinstance(error, Unclear):
        return error.zh, error.en
    if fault["type"] in {"enum", "literal_error"}:
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return f"取值应为 {expected} 之一", f"must be one of {expected}"
    return _REASONS.get(str(fault["type"]), ("值无效", "is not valid"))
