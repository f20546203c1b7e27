"""A list that grows: waited for until there is something, or sent on as it grows (Server-Sent Events).

The ledger announces its growth; what is read then is read by position, which has no gaps. So whatever
becomes of an announcement or a connection, nobody who goes on behind the last position that they saw
misses an entry or gets one twice.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.export.formats import TABULAR
from api.http.lists import answer_list, in_time
from api.http.negotiation import negotiate
from api.http.shell import Receive, Scope, Send
from api.installation.news import News, TooMany
from api.installation.wiring import Installation
from api.questions.clocks import parse_position
from api.questions.declared import DeclaredList
from api.questions.parameters import LARGEST_PAGE
from api.questions.problems import Problem, Unclear, invalid
from api.questions.queries import Found
from api.questions.questions import EventsQuestion
from domain.terms.envelope import Actor

STREAM = "text/event-stream"
BREATH = 15.0
"""Seconds of silence after which a stream says that it is still there."""
LASTS = 600.0
"""Seconds after which a stream ends. Who asks again, as browsers do by themselves, is looked at again:
a token may have ended meanwhile, an account may have been closed."""
AGAIN = 2_000
"""Milliseconds after which a browser asks again."""


async def answer_growing(
    request: Request,
    house: Installation,
    actor: Actor,
    listed: DeclaredList,
    question: EventsQuestion,
) -> Response:
    """Return a page of the list, once there is something on it; or all of it as it grows."""
    if question.format is None:
        accept = request.headers.get("accept", "")
        if negotiate(accept, (*TABULAR, STREAM)) == STREAM:
            return await _stream(request, house, actor, listed, question)
    if question.wait is not None and not _only_head(request):
        question = await _awaited(house, actor, listed, question)
    return await run_in_threadpool(answer_list, request, house, actor, listed, question)


def _only_head(request: Request) -> bool:
    return bool(getattr(request.state, "head", False))


def _asking(
    house: Installation, actor: Actor, listed: DeclaredList
) -> Callable[[EventsQuestion], Found]:
    return lambda question: listed.ask(house, actor, question)


async def _awaited(
    house: Installation, actor: Actor, listed: DeclaredList, question: EventsQuestion
) -> EventsQuestion:
    """Wait until the answer is not empty, as long as the question says; return what to ask then."""
    if question.whole:
        raise invalid("wait", "all 与 wait 不能同给", "leave wait out where all is asked for")
    ask, loop = _asking(house, actor, listed), asyncio.get_running_loop()
    until = loop.time() + (question.wait or 0)
    with _place(house.news):
        while True:
            answer = await run_in_threadpool(ask, question)
            if answer.page.items or answer.page.next is not None or question.upto is not None:
                return question
            behind = max(question.after, answer.answer_basis.position)
            if not await house.news.beyond(behind, until - loop.time()):
                return question
            # Nothing up to there is asked for: it need not be looked at again.
            question = question.model_copy(update={"after": behind})


def _place(news: News) -> ExitStack:
    with ExitStack() as place:
        try:
            place.enter_context(news.waiting())
        except TooMany:
            raise Problem(
                "not-ready",
                "等待新事件的连接过多，请稍后重试",
                "too many wait for news; try again later",
                headers={"Retry-After": "10"},
            ) from None
        return place.pop_all()


async def _stream(
    request: Request,
    house: Installation,
    actor: Actor,
    listed: DeclaredList,
    question: EventsQuestion,
) -> Response:
    """Return every entry as an event of its own, `id` its position; then those still to come."""
    ask = _asking(house, actor, listed)
    question = question.model_copy(
        update={"after": _last_seen(request, question.after), "limit": LARGEST_PAGE}
    )
    # What is wrong with the question, and who may not ask it, is a problem and no stream.
    first = await run_in_threadpool(ask, question)
    headers = {
        "Cache-Control": "private, no-store",
        "Ledger-Position": str(first.answer_basis.position),
        "Vary": "Accept, Authorization, Cookie, Last-Event-ID",
        # nginx would keep events until its buffer is full.
        "X-Accel-Buffering": "no",
    }
    if _only_head(request):
        return Response(media_type=STREAM, headers=headers)
    place = _place(house.news)
    made = _events(house.news, ask, question, first)
    return _Growing(made, place, headers)


def _last_seen(request: Request, after: int) -> int:
    """Return where to go on: behind what the caller saw last, whatever the address says."""
    said = request.headers.get("last-event-id", "").strip()
    if not said:
        return after
    try:
        return parse_position(said)
    except Unclear as error:
        raise invalid("Last-Event-ID", error.zh, error.en) from None


class _Growing(StreamingResponse):
    """Events that are sent as they come."""

    def __init__(
        self, made: AsyncGenerator[bytes], place: ExitStack, headers: dict[str, str]
    ) -> None:
        super().__init__(made, media_type=STREAM, headers=headers)
        self._made, self._held = made, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send; then, however it ended, let go of the place among those who wait."""
        with self._held:
            try:
                await super().__call__(scope, receive, in_time(send))
            finally:
                await self._made.aclose()


async def _events(
    news: News, ask: Callable[[EventsQuestion], Found], question: EventsQuestion, answer: Found
) -> AsyncGenerator[bytes]:
    loop = asyncio.get_running_loop()
    quiet = float(question.wait or LASTS)
    now = loop.time()
    ends, silent_at = now + LASTS, now + quiet
    yield b"retry: %d\n\n" % AGAIN
    while True:
        for item in answer.page.items:
            yield _event(item)
            silent_at = loop.time() + quiet
        more = answer.page.next
        position = max(question.after, answer.answer_basis.position if more is None else int(more))
        if _at_its_end(question, position) or news.is_over() or loop.time() >= ends:
            return
        while more is None and not await news.beyond(
            position, min(BREATH, silent_at - loop.time())
        ):
            if news.is_over() or loop.time() >= min(ends, silent_at):
                return
            # Without data it is no event, but what was looked at in vain need not be looked at again.
            yield b": %d\nid: %d\n\n" % (position, position)
        question = question.model_copy(update={"after": position})
        answer = await run_in_threadpool(ask, question)


def _at_its_end(question: EventsQuestion, position: int) -> bool:
    return question.upto is not None and position >= question.upto


def _event(item: Any) -> bytes:  # noqa: ANN401 - a row of the list
    return b"id: %d\ndata: %b\n\n" % (item["position"], orjson.dumps(item))
