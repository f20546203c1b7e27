"""What a view is made of: its columns, and the rows that it shows of one record."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import orjson

from domain.supervision import Supervision


class Row(NamedTuple):
    """One stretch of days of one public record. `columns` are the view's own, in its order.

    `doc` is the JSON item as the public sees it, without anything that depends on the basis
    of a question; so equal rows have equal bytes.
    """

    valid_from: date
    valid_to: date | None
    district: str | None
    columns: tuple[Any, ...]
    doc: bytes


Rows: TypeAlias = tuple[Row, ...]


class View(NamedTuple):
    """One table of versioned rows: its name, its own columns (name and type), its rendering."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Supervision, str], Rows]


def item(doc: bytes) -> dict[str, Any]:
    """Return the item that a stored document is."""
    found: dict[str, Any] = orjson.loads(doc)
    return found


def document(shown: object) -> bytes:
    """Return the bytes of an item; numbers keep the digits that were reported."""
    return orjson.dumps(shown, default=_exact)


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(type(value).__name__)


def fields(event: Any) -> dict[str, Any]:  # noqa: ANN401 - any event
    """Return the fields of an event by name, nested records as they are."""
    return {name: getattr(event, name) for name in event.__dataclass_fields__}
