"""Opaque cursors: where a list goes on, pinned to the basis and the filters of its first page.

Not signed: a cursor only chooses a place and a basis that the caller could also ask for by
parameters, and the rows that the caller may see are decided anew for every page.
"""

import base64
import binascii
import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, NamedTuple

import msgspec

from api.questions.problems import Problem, invalid
from projections.views.basis import BadCursor

MAX_CURSOR = 2_000


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in a list."""

    position: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    valid_at: date
    after: str
    """Key of the last row of the page before."""
    digest: str
    """Of path and filters: a cursor is of use only where it came from."""
    from_position: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] | None = None
    """The earlier basis of a comparison, with `from_valid_at`."""
    from_valid_at: date | None = None


class AskedList(NamedTuple):
    """Where a request stands: its path and everything that selects rows."""

    path: str
    filters: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Short digest that ties a cursor to this list."""
        text = msgspec.json.encode([self.path, sorted(self.filters.items())])
        return hashlib.sha256(text).hexdigest()[:16]


def encode(cursor: Cursor) -> str:
    """Return the cursor as text for a query parameter."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()


def decode(text: str, place: AskedList) -> Cursor:
    """Return the cursor that `text` is.

    Raises:
        Problem: 422, it is no cursor or one of another list.
    """
    if len(text) > MAX_CURSOR:
        raise unusable()
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(octets, type=Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise unusable() from None
    if cursor.digest != place.digest:
        raise unusable()
    return cursor


def unusable() -> Problem:
    """Return the problem of a cursor that does not fit."""
    return invalid(
        "cursor",
        "游标无效或属于另一查询；请从第一页重新开始",
        "the cursor is not valid for this list; start again from the first page",
    )


@contextmanager
def fitting() -> Generator[None]:
    """Read behind the key of a cursor; one that no row can have is a problem of the caller's."""
    try:
        yield
    except BadCursor:
        raise unusable() from None
