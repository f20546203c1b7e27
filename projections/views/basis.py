"""At which point of two axes a question is asked, and the shape of every answer that is a list."""

from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString, NamedTuple


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


def known(position: LiteralString = "%(position)s", row: LiteralString = "") -> LiteralString:
    """Return the condition that a row was known at a position; `row`: its alias with a dot."""
    return (
        f"{row}known_from <= {position} AND ({row}known_to IS NULL OR {row}known_to > {position})"
    )


def on_day(day: LiteralString = "%(valid_at)s", row: LiteralString = "") -> LiteralString:
    """Return the condition that a row speaks of a day."""
    return f"{row}valid_from <= {day} AND ({row}valid_to IS NULL OR {row}valid_to > {day})"


def holds(
    position: LiteralString = "%(position)s",
    day: LiteralString = "%(valid_at)s",
    row: LiteralString = "",
) -> LiteralString:
    """Return the condition that a row holds at a basis, for a statement of SQL.

    It stands here and nowhere else: a statement that said it otherwise would answer another question.
    """
    return f"{known(position, row)}\n   AND {on_day(day, row)}"


KNOWN: LiteralString = known()
ON_DAY: LiteralString = on_day()
HOLDS: LiteralString = holds()
