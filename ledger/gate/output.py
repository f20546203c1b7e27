"""Events in the shape of the contract: what history, API and corrections show.

The same names and nesting as the input, with numbers as JSON numbers. A holder shows what the
entry holds: subject id and masked name, never more.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

import msgspec

from domain.correction import CorrectionRequested, RecordCorrected
from domain.request import ActRequested
from ledger.gate.text import as_object
from ledger.members import written


def contract(event: object) -> dict[str, Any]:
    """Return the event's data as the contract writes it, ready for any JSON writer."""
    data: dict[str, Any] = _with_numbers(exact(event))
    return data


def exact(event: object) -> dict[str, Any]:
    """Return the same with exact decimals and tuples, for who walks over it anyway."""
    if isinstance(event, RecordCorrected | CorrectionRequested):
        fields = {field.path: json.loads(field.value) for field in event.fields}
        return {"position": event.position, "fields": fields}
    data = members(event)
    if isinstance(event, ActRequested):
        data["data"] = json.loads(event.data)
    return data


def members(event: object) -> dict[str, Any]:
    """Return the event's data with days as text and exact decimals."""
    data: dict[str, Any] = msgspec.to_builtins(written(event), builtin_types=(Decimal,))
    return data


@lru_cache(maxsize=4_096)  # of marks there are a hundred
def json_number(value: Decimal) -> int | float:
    """Return the number that JSON writes for `value`: 80, not 80.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def _with_numbers(value: object) -> Any:  # noqa: ANN401 - any JSON value
    if (inside := as_object(value)) is not None:
        return {key: _with_numbers(inner) for key, inner in inside.items()}
    if isinstance(value, tuple | list):
        return [_with_numbers(inner) for inner in cast("Iterable[object]", value)]
    return json_number(value) if isinstance(value, Decimal) else value
