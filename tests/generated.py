"""Hypothesis strategies for every event, made from the type hints of its class."""

import unicodedata
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from domain.registry import EVENTS

# Printable, of every plane, without what no text may hold.
CHARACTERS = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cf", "Cn", "Zl", "Zp"))
TEXTS = st.text(CHARACTERS, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))
DECIMALS = st.decimals(
    min_value=-1000, max_value=1000, allow_nan=False, allow_infinity=False, places=6
).map(lambda value: Decimal(f"{value:f}".rstrip("0").rstrip(".")) + 0)
INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(min_value=0, max_value=2**53 - 1),
    bool: st.booleans(),
    Decimal: DECIMALS,
    date: st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    datetime: INSTANTS,
}


def instances(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of the type `hint`."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{f.name: instances(hints[f.name]) for f in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    arguments = get_args(hint)
    if get_origin(hint) is tuple:
        return st.lists(instances(arguments[0]), max_size=3).map(tuple)
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*(st.none() if a is NoneType else instances(a) for a in arguments))
    raise TypeError(hint)


def events(*names: str) -> st.SearchStrategy[Any]:
    """Return events of the named types, of all types without a name."""
    return st.sampled_from(sorted(names or EVENTS)).flatmap(
        lambda name: instances(EVENTS[name].cls)
    )
