"""At which point of two axes a question is asked, and the shape of every answer that is a list."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Basis:
    """What held on the day `valid_at`, as known when the entry at `position` was the last."""

    valid_at: date
    position: int


class Page(NamedTuple):
    """One page of a list; `next` is the cursor of the page after it, None at the end.

    A cursor is the key of the last item: a page begins behind it and never counts rows.
    """

    items: list[dict[str, Any]]
    next: str | None


class BadCursor(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """The cursor does not belong to this list."""
