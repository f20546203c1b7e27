"""A list page by page: how it goes on, and all of it on the basis of its first page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from api.questions.parameters import LARGEST_PAGE
from api.questions.queries import Found
from api.questions.questions import Paged

Q = TypeVar("Q", bound=Paged)


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
