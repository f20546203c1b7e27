"""Corrected fields set in an event: with all rules where it is decided, by shape alone where it is folded.

What was accepted once must read the same for ever, so a fold knows no rule that could be
tightened: it sets the stored values and decodes the outcome as the ledger decodes an event.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, cast

import msgspec
from pydantic_core import ValidationError

from domain.terms.decider import Amended, Changes, Refused
from ledger.gate.errors import UNKNOWN_FIELD, faults_of
from ledger.gate.faults import Fault, Invalid
from ledger.gate.json import canonical, read, value_text
from ledger.gate.output import members
from ledger.gate.schema import event_reader
from ledger.gate.text import as_list, as_object


def amend(event: object, changes: Changes) -> Amended:
    """Return `event` with fields set (path, value as JSON text), all of it validated again.

    A path into something absent creates it. This is the `Amend` of the domain.

    Raises:
        Refused: the outcome is no valid event; `field` names the correction at fault.
    """
    shape: Any = type(event)
    try:
        after = event_reader(shape).validate_python(_set_all(event, changes))
    except ValidationError as error:
        faults = faults_of(error)
    except Invalid as error:
        faults = list(error.faults)
    else:
        data = _thawed(members(after))
        return Amended(after, tuple((path, value_text(_at(data, path))) for path, _ in changes))
    fault = faults[0]
    paths = [p for p, _ in changes if fault.field == p or fault.field.startswith(f"{p}.")]
    field = f"fields.{paths[0]}" if paths else "fields"
    named = f"{fault.field}: " if fault.field else ""
    raise Refused("invalid-correction", fault.zh, f"{named}{fault.en}", field)


def apply(event: Any, changes: Changes) -> Any:  # noqa: ANN401 - any event
    """Return `event` with stored values set, by shape alone. This is the `Apply` of the domain."""
    try:
        return _decoder(event.__class__)(canonical(_set_all(event, changes)))
    except (msgspec.ValidationError, Invalid):
        # No decider lets such a correction in; one that got past them must not stop the views.
        return event


@cache
def _decoder(shape: type) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(shape).decode


def _set_all(event: object, changes: Changes) -> dict[str, Any]:
    data: dict[str, Any] = _thawed(members(event))
    for path, text in changes:
        _set(data, path, read(text.encode()))
    return data


def _thawed(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value with lists for tuples: an event's lists never change, and here one item does."""
    if (inside := as_object(value)) is not None:
        return {key: _thawed(inner) for key, inner in inside.items()}
    if not isinstance(value, tuple):
        return value
    return [_thawed(inner) for inner in cast("Iterable[object]", value)]


def _at(data: object, path: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value at a path that was set."""
    for part in path.split("."):
        data = None if data is None else _get(data, part, path)
    return data


def _set(data: dict[str, Any], path: str, value: object) -> None:
    at: object = data
    *parents, last = path.split(".")
    for part in parents:
        if _get(at, part, path) is None:
            _put(at, part, dict[str, Any](), path)
        at = _get(at, part, path)
    _put(at, last, value, path)


def _get(at: object, part: str, path: str) -> Any:  # noqa: ANN401 - any JSON value
    members = as_object(at)
    if members is not None:
        return members.get(part)
    items = as_list(at)
    return items[_index(items, part, path)] if items else _index([], part, path)


def _put(at: object, part: str, value: object, path: str) -> None:
    members, items = as_object(at), as_list(at) or []
    if members is not None:
        members[part] = value
    else:
        items[_index(items, part, path)] = value


def _index(items: Sequence[object], part: str, path: str) -> int:
    if part.isdecimal() and part.isascii() and int(part) < len(items):
        return int(part)
    raise Invalid([Fault(path, *UNKNOWN_FIELD)])
