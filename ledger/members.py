"""What a field of an event is called where others read it: a name that Python keeps for itself ends in `_`.

`ClockSet` has `from`, as the contract says; no field of a class can be called so.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, get_type_hints

import msgspec


def member(field: str) -> str:
    """Return the name of a field in stored bytes and in every answer."""
    return field.removesuffix("_")


@cache
def shape(cls: Any) -> Any:  # noqa: ANN401 - an event's class
    """Return what an event of `cls` is written and read as: the class itself, if its fields do."""
    renamed = {field.name: member(field.name) for field in fields(cls)}
    if all(name == to for name, to in renamed.items()):
        return cls
    hints = get_type_hints(cls)
    return msgspec.defstruct(
        cls.__name__,
        [(field.name, hints[field.name]) for field in fields(cls)],
        rename=renamed,
        frozen=True,
        kw_only=True,
    )


def written(event: object) -> Any:  # noqa: ANN401 - the event itself, or what stands for it
    """Return the event with its members called as others read them."""
    cls: Any = event.__class__
    mirrored = shape(cls)
    return event if mirrored is cls else _as(mirrored, event)


def read_as(cls: type) -> Callable[[Any], Any] | None:
    """Return what makes an event out of its shape; None where the shape is the event."""
    return None if shape(cls) is cls else lambda found: _as(cls, found)


def _as(cls: Any, event: object) -> Any:  # noqa: ANN401 - of any class
    names = getattr(cls, "__struct_fields__", None) or [field.name for field in fields(cls)]
    return cls(**{name: getattr(event, name) for name in names})
