"""What a view is made of: its columns, and the rows that it shows of one record."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import msgspec
import orjson

from domain.supervision.supervision import Supervision


class Row(NamedTuple):
    """One stretch of days of one public record.

    `columns` are the view's own, in its order, each as PostgreSQL writes it (`lines.text`).
    `doc` is the JSON item as the public sees it, without anything that depends on the basis of
    a question; so equal rows have equal text.
    """

    valid_from: date
    valid_to: date | None
    district: str | None
    columns: tuple[str, ...]
    doc: str

    def holds_on(self, day: date) -> bool:
        """Return whether the row speaks of the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


row_of: Callable[[tuple[Any, ...]], Row] = partial(
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType] - of any columns
    Row,
)
"""The same of a tuple of all its parts, without a Python call for each of ten million."""


Rows: TypeAlias = tuple[Row, ...]


class View(NamedTuple):
    """One table of versioned rows: its name, the names of its own columns, its rendering."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Supervision, str], Rows]


# Numbers keep the digits that were reported; msgspec encodes events five times as fast as orjson.
_encode = msgspec.json.Encoder(decimal_format="number").encode


def document(shown: object) -> str:
    """Return an item as JSON text."""
    return _encode(shown).decode()


def item(doc: str) -> dict[str, Any]:
    """Return the item that a stored document is."""
    shown: dict[str, Any] = orjson.loads(doc)
    return shown


def fields(event: Any) -> dict[str, Any]:  # noqa: ANN401 - any event
    """Return the fields of an event by name, nested records as they are."""
    return {name: getattr(event, name) for name in event.__dataclass_fields__}
