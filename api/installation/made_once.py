"""What is made when it is first asked for, and once: whoever asks meanwhile waits for it.

Python 3.11 did that with `cached_property`. From 3.12 on two threads that ask at the same time make two,
and each goes on with its own: one of them a follower that is told to stop and runs on.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class made_once(Generic[T]):  # noqa: N801 - it stands where a decorator of the library would
    """A property whose value is made by the first thread that asks."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self._lock = RLock()
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        """Return the value; later it is found in the instance itself, without this."""
        if instance is None:
            return self
        values = instance.__dict__
        with self._lock:
            if self._name not in values:
                values[self._name] = self._make(instance)
        made: T = values[self._name]
        return made
