"""Bodies of requests: JSON in UTF-8 and nothing else, read by the one strict parser."""

from collections.abc import Callable, Collection, Mapping
from email.message import Message
from typing import Any, TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api.questions.parameters import LONGEST_TEXT
from api.questions.problems import Problem, from_invalid, invalid
from ledger.gate.faults import Invalid
from ledger.gate.json import read_object as parse

T = TypeVar("T")


async def read(request: Request) -> bytes:
    """Return the body.

    Raises:
        Problem: 415, it does not say that it is JSON in UTF-8.
    """
    said = Message()
    said["content-type"] = request.headers.get("content-type", "")
    charset = said.get_content_charset("utf-8")
    if said.get_content_type() != "application/json" or charset not in {"utf-8", "us-ascii"}:
        raise Problem(
            "unsupported-media-type",
            "请以 Content-Type: application/json(UTF-8)发送",
            "send Content-Type: application/json in UTF-8",
            headers={"Accept-Post": "application/json"},
        )
    return await request.body()


async def read_object(request: Request) -> dict[str, Any]:
    """Return the body as a JSON object.

    Raises:
        Problem: 400 where it cannot be read, 422 where a text in it may not stand.
    """
    raw = await read(request)
    try:
        value, faults = parse(raw)
    except Invalid as error:
        raise from_invalid(error) from None
    if faults:
        raise from_invalid(Invalid(faults))
    return value


async def in_thread(work: Callable[[], T]) -> T:
    """Run blocking work in the thread pool."""
    return await run_in_threadpool(work)


def text(body: Mapping[str, object], *names: str) -> str:
    """Return the text under the first of the names that is there."""
    for name in names:
        value = body.get(name)
        if isinstance(value, str) and value.strip() and len(value) <= LONGEST_TEXT:
            return value
        if value is not None:
            break
    raise invalid(
        names[0],
        f"应为 1 至 {LONGEST_TEXT} 个字符的文本",
        f"a text of 1 to {LONGEST_TEXT} characters is expected",
    )


def nothing_else(body: Mapping[str, object], known: Collection[str]) -> None:
    """Refuse members that mean nothing here."""
    for name in body:
        if name not in known:
            raise invalid(name[:60], "没有这个字段", "there is no such field")
