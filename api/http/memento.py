"""`Accept-Datetime` (RFC 7089) is `known_at`: the address itself is its own timegate.

An answer for a past state of knowledge says which one it is with `Memento-Datetime`, where that very
state stands with `Content-Location`, and names the address of the present one with `Link`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers

from api.questions.problems import Problem
from ledger.log.clock import now

CLOCKS = frozenset({"known_at", "position"})
_RULES = frozenset({"rules", "exact"})
_WITHOUT_CLOCKS = ("/v1/events", "/v1/diff", "/v1/imports", "/v1/what-if")


def timed(scope: dict[str, Any]) -> dict[str, Any]:
    """Return the request with the instant of its `Accept-Datetime` as `known_at`.

    A question that has a clock in its address is left as it is: that address is a fixed state. An
    instant that has not come asks for the latest state, as the standard has it.

    Raises:
        Problem: 400 for a header that holds no date.
    """
    header = Headers(scope=scope).get("accept-datetime")
    path = str(scope["path"])
    if header is None or scope["method"] != "GET" or not path.startswith("/v1/"):
        return scope
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if path.startswith(_WITHOUT_CLOCKS) or any(name in CLOCKS and value for name, value in query):
        return scope
    instant = _instant(header)
    if instant > now():
        return scope
    asked = urlencode([*query, ("known_at", instant.isoformat())])
    return {**scope, "query_string": asked.encode("latin-1")}


def _instant(header: str) -> datetime:
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(
            "malformed-request",
            "Accept-Datetime 应写作 Thu, 31 May 2007 20:35:00 GMT",
            "Accept-Datetime is written like Thu, 31 May 2007 20:35:00 GMT",
        ) from None


def headers(path: str, query: list[tuple[str, str]], basis: Mapping[str, Any]) -> dict[str, str]:
    """Return what the answer to a question about the past says besides; nothing for a live one.

    `Content-Location` is the address of this very state: by position, which holds for ever, by the rules
    that it was answered under, and by the day, unless that was filled in and would be again.
    """
    known_at = basis.get("known_at")
    if known_at is None or not any(name in CLOCKS for name, _ in query):
        return {}
    rest = [(name, value) for name, value in query if name not in CLOCKS | _RULES]
    state = [(name, value) for name, value in rest if name not in {"valid_at", "min_position"}]
    if "valid_at" not in basis.get("defaulted", ()):
        state.append(("valid_at", str(basis["valid_at"])))
    state.append(("position", str(basis["position"])))
    if basis["rules"] is not None:
        state.append(("rules", str(basis["rules"])))
    return {
        "Content-Location": _address(path, state),
        "Memento-Datetime": format_datetime(
            datetime.fromisoformat(known_at).astimezone(UTC).replace(microsecond=0), usegmt=True
        ),
        "Link": f'<{_address(path, rest)}>; rel="original timegate"',
    }


def _address(path: str, query: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
