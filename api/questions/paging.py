"""A list page by page: how it goes on, and all of it on the basis of its first page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from api.questions import cursors
from api.questions.cursors import AskedList, Cursor
from api.questions.parameters import LARGEST_PAGE
from api.questions.queries import Found, require_agreeing
from api.questions.questions import AllAtOnce, AsOf, Entire, Paged

Q = TypeVar("Q", bound=Paged)
Once = TypeVar("Once", bound=AllAtOnce)


class Paging(NamedTuple):
    """How a list goes on: what the next question changes, given a page that has a `next`."""

    changes: Callable[[Found], Mapping[str, Any]]


def _cursor(answer: Found) -> Mapping[str, Any]:
    return {"cursor": answer.page.next}


def _position(answer: Found) -> Mapping[str, Any]:
    # The end of the ledger that the first page saw is the end of all pages.
    return {"after": int(answer.page.next or 0), "upto": answer.answer_basis.position}


BY_CURSOR = Paging(_cursor)
BY_POSITION = Paging(_position)


def pages(
    question: Q,
    ask: Callable[[Q], Found],
    paging: Paging = BY_CURSOR,
    begun: Sequence[Found] = (),
) -> Iterator[Found]:
    """Yield a list page by page until its end; all pages stand on the basis of the first.

    `begun`: pages that were asked for before; the others go on behind the last.
    """
    question = question.model_copy(update={"limit": LARGEST_PAGE})
    yield from begun
    if begun:
        answer = begun[-1]
    else:
        answer = ask(question)
        yield answer
    while answer.page.next is not None:
        question = question.model_copy(update=dict(paging.changes(answer)))
        answer = ask(question)
        yield answer


def cut(address: str, question: Once, ask: Callable[[Once], Found]) -> Found:
    """Return as much of an answer that is given all at once as is asked for.

    A page behind the first stands on the basis of the first, where the question has one.

    Raises:
        Problem: 422, the cursor is none of this list, or contradicts the basis asked for.
    """
    if question.limit is None and question.cursor is None:
        return ask(question)
    chosen = question.model_dump(exclude=_NO_FILTER, exclude_none=True, mode="json")
    place = AskedList(address, chosen)
    start = 0
    if question.cursor is not None:
        cursor = cursors.decode(question.cursor, place)
        if not (cursor.after.isascii() and cursor.after.isdecimal() and len(cursor.after) < 9):
            raise cursors.unusable()
        start = int(cursor.after)
        question = _pinned(question, cursor)
    whole = ask(question)
    end = len(whole.page.items) if question.limit is None else start + question.limit
    further = None
    if end < len(whole.page.items):
        at = whole.answer_basis
        further = cursors.encode(Cursor(at.position, at.day, str(end), place.digest))
    page = whole.page._replace(items=whole.page.items[start:end], next=further)
    return whole._replace(page=page)


def _pinned(question: Once, cursor: Cursor) -> Once:
    if not isinstance(question, Entire):
        return question
    require_agreeing(question.asked(), cursor)
    basis = {"valid_at": cursor.valid_at, "known_at": None, "position": cursor.position}
    return question.model_copy(update=basis)


_NO_FILTER = {*AsOf.model_fields, "format", "whole", "limit", "cursor"}
