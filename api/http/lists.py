"""A list as an answer: one page in the form that the caller wants, or all of it."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import chain
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

import anyio
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from api.export import files, formats
from api.export.files import MOST_ROWS, Origin, TooManyRows
from api.export.formats import JSON, MEDIA, NAMED, PARQUET, XLSX
from api.http import memento
from api.http.answers import VARY, answer, kept, limits, page_json
from api.http.downloads import disposition
from api.http.negotiation import negotiate
from api.http.shell import Message, Receive, Scope, Send, Stalled
from api.installation.whole_lists import Wanted, begun
from api.installation.wiring import Installation
from api.questions.assurance.integrity import root_at
from api.questions.columns import table
from api.questions.declared import DeclaredList
from api.questions.paging import Paging, cut, pages
from api.questions.problems import Problem, invalid
from api.questions.queries import Found
from api.questions.questions import AllAtOnce, AsOf, Formatted, Paged, chosen
from domain.terms.envelope import Actor
from projections.items.shape import Shape

_NO_FILTER = frozenset({"cursor", "limit", "format", "all", *AsOf.model_fields})


def answer_list(
    request: Request,
    house: Installation,
    actor: Actor,
    listed: DeclaredList,
    question: Any,  # noqa: ANN401 - the list's own
) -> Response:
    """Return a page of a list; with `all` the whole of it."""
    parts = [request.path_params[part] for part in listed.parts]

    def ask(asked: Any) -> Found:  # noqa: ANN401 - the list's own
        return listed.ask(house, actor, asked, *parts)

    shape = listed.shape(question)
    if isinstance(question, Paged) and question.whole:
        _require_whole(question)
        answers = begun(pages(question, ask, listed.paging))
        return _whole(request, house, actor, listed, question, answers)
    if isinstance(question, AllAtOnce):
        if question.whole:
            _require_whole(question)
        return _page(request, question, cut(request.url.path, question, ask), shape, listed.paging)
    return _page(request, question, ask(question), shape, listed.paging)


def _page(
    request: Request, question: Formatted, listed: Found, shape: Shape, paging: Paging
) -> Response:
    """Return one page in the form that was asked for."""
    media = _form(request, question)
    fields = table(shape, chosen(question), listed.audience).fields
    headers = limits(listed.page)
    if question.format is not None and media != JSON:
        headers["Content-Disposition"] = disposition(_name(request, listed, media))
    if listed.page.next is not None:
        further = paging.changes(listed)
        kept = [(k, v) for k, v in request.query_params.multi_items() if k not in further]
        address = f"{request.url.path}?{urlencode([*kept, *further.items()])}"
        headers["Link"] = f'<{address}>; rel="next"'
    if media == JSON:
        body = page_json(listed.answer_basis, listed.page)
    else:
        origin = _origin(request, listed, media)
        body = b"".join(files.pieces(media, fields, [listed.page.items], origin))
    return answer(request, listed.answer_basis, body, media, headers=headers, public=listed.public)


def _form(request: Request, question: Formatted) -> str:
    """Return the form of the answer: what the address says, before what the headers say.

    A link on a page cannot set headers, and those of a browser accept anything.
    """
    if question.format is not None:
        return NAMED[question.format]
    return negotiate(request.headers.get("accept", ""))


def _origin(request: Request, answer: Found, media: str) -> Origin:
    filters = {k: v for k, v in request.query_params.items() if k not in _NO_FILTER}
    root = None
    # The other forms have no place for it, and computing it is not for nothing.
    if media in {PARQUET, XLSX}:
        root = root_at(request.app.state.installation, answer.answer_basis.position)
    return Origin(request.url.path, answer.answer_basis.basis, filters, answer.page.limited, root)


def _name(request: Request, answer: Found, media: str) -> str:
    basis = answer.answer_basis.basis
    _, *parts = request.url.path.strip("/").split("/")
    return f"{'-'.join(parts)}-{basis['valid_at']}-{basis['position']}.{formats.EXTENSIONS[media]}"


def _whole(  # noqa: PLR0913, PLR0917 - who asks for what, and how it begins
    request: Request,
    house: Installation,
    actor: Actor,
    listed: DeclaredList,
    question: Paged,
    answers: Sequence[Found],
) -> Response:
    """Return all of a list.

    What fails before the first piece is a problem. What fails later breaks the connection off, so
    that no half of a list passes for a whole one.
    """
    media = _form(request, question)
    first = answers[0]
    parts = [request.path_params[part] for part in listed.parts]
    # A column that there is not is said before anything is made.
    table(listed.shape(question), chosen(question), first.audience)
    origin = _origin(request, first, media)
    wanted = Wanted(listed.name, parts, actor, question, answers, media, origin)
    made = _in_turn(house.whole_lists.turns, house.whole_lists.pieces(wanted))
    try:
        head = next(made, b"")
    except TooManyRows:
        raise _too_many() from None
    named = (
        {} if media == JSON else {"Content-Disposition": disposition(_name(request, first, media))}
    )
    headers = {
        "Cache-Control": kept(request, first.answer_basis, public=first.public),
        **named,
        "Ledger-Position": str(first.answer_basis.position),
        "Vary": VARY,
        **memento.headers(
            request.url.path, request.query_params.multi_items(), first.answer_basis.basis
        ),
        **limits(first.page),
    }
    return Pieces(head, made, media_type=MEDIA.get(media, media), headers=headers)


STALLED = 60.0
"""Seconds within which a caller has to take a piece. Two that stop reading would keep both turns."""


class Pieces(StreamingResponse):
    """Pieces that are sent as they are made, and are made no longer when the caller goes away."""

    def __init__(
        self, head: bytes, made: Generator[bytes], media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(chain([head], made), media_type=media_type, headers=headers)
        self._made = made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send; then, however it ended, let go of files and of the turn.

        Raises:
            Stalled: the caller has taken nothing for `STALLED` seconds.
        """
        try:
            await super().__call__(scope, receive, in_time(send))
        finally:
            self._made.close()


def in_time(send: Send) -> Send:
    """Return `send` for answers that go out piece by piece: it fails with a caller who takes none."""

    async def sending(message: Message) -> None:
        try:
            with anyio.fail_after(STALLED):
                await send(message)
        except TimeoutError:
            raise Stalled from None

    return sending


def _require_whole(question: Paged | AllAtOnce) -> None:
    """Refuse a part of a list of which the whole is asked for.

    Generated clients send every parameter that has a default: `limit` as described is no part.
    """
    default = type(question).model_fields["limit"].default
    if question.limit != default or "cursor" in question.model_fields_set:
        raise invalid(
            "all",
            "all 给出整个列表，不能与 limit、cursor 同给",
            "all gives the whole list: leave limit and cursor out",
        )


def _in_turn(turns: BoundedSemaphore, made: Iterator[bytes]) -> Generator[bytes]:
    """Yield what is made, while few enough others do the same.

    The turn ends with the last piece, with a failure, and when the generator is closed.
    """
    if not turns.acquire(blocking=False):
        raise Problem(
            "not-ready",
            "正在生成的下载过多，请稍后重试",
            "too many downloads are being made; try again later",
            headers={"Retry-After": "10"},
        )
    try:
        yield from made
    finally:
        turns.release()


def _too_many() -> Problem:
    return invalid(
        "all",
        f"超过 {MOST_ROWS:,} 行；请加筛选条件，或改用 csv、ndjson、parquet",
        f"more than {MOST_ROWS:,} rows; narrow the list, or take csv, ndjson or parquet",
    )
