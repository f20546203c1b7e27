"""What thousands of entries say alike: it is read once, and all of them hold the same value.

Nine of ten entries are certificates. They name some hundreds of occupations, and points between 0
and 100: read anew for each, these took two thirds of the time of reading it and a third of its room.
Values of events never change, so nobody sees whether they are shared.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import make_dataclass
from functools import cache
from itertools import repeat
from operator import attrgetter
from types import MappingProxyType
from typing import Any, get_type_hints

import msgspec

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued

RECURRING: Mapping[type, tuple[str, ...]] = MappingProxyType(
    {AssessmentHeld: ("occupation",), CertificateIssued: ("occupation", "results")}
)
"""Members that are the same in many entries; every entry has them."""
KEPT = 16_384
"""Values of one type that are kept; with one more they are collected anew."""

_run = deque[Any](maxlen=0).extend
_become = vars(object)["__class__"].__set__


def shape(cls: type) -> type:
    """Return what an event is read as: the recurring members of `cls` stay the bytes that were stored."""
    raw = [(name, msgspec.Raw) for name in RECURRING[cls]]
    own = {"__slots__": ()}  # those of the event itself, which it becomes
    return make_dataclass(cls.__name__, raw, bases=(cls,), namespace=own, frozen=True, kw_only=True)


def completing(cls: type) -> Callable[[Sequence[Any]], None]:
    """Return what makes events of what was read as their shape, in place: new ones would cost as much again.

    Without a call in Python for each of ten million.
    """
    hints = get_type_hints(cls)
    members = [
        (attrgetter(name), _values(hints[name]).__getitem__, vars(cls)[name].__set__)
        for name in RECURRING[cls]
    ]

    def complete(events: Sequence[Any]) -> None:
        for get, read, put in members:
            _run(map(put, events, map(read, map(bytes, map(get, events)))))
        _run(map(_become, events, repeat(cls)))

    return complete


class _Values(dict[bytes, Any]):
    """Values by their bytes. To know which was used last would cost most where points are so fine that few recur."""

    def __init__(self, read: Callable[[bytes], Any]) -> None:
        self._read = read

    def __missing__(self, written: bytes) -> Any:  # noqa: ANN401 - of any type
        value = self._read(written)
        if len(self) >= KEPT:
            self.clear()
        self[written] = value
        return value


@cache  # one for each type: a certificate then names the very occupation of its session
def _values(hint: Any) -> _Values:  # noqa: ANN401 - any type hint
    return _Values(msgspec.json.Decoder(hint).decode)
