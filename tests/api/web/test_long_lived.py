"""What lives as long as the server: the collector of reference cycles looks at it once."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from api.web import long_lived
from api.web.long_lived import LongLived


class Ring:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.me = self


def is_looked_at(ring: Ring) -> bool:
    """Whether the collector has it in sight; the number of what is set aside falls while others end."""
    return any(other is ring for other in gc.get_objects())


@pytest.fixture
def aside() -> Iterator[LongLived]:
    found = LongLived()
    found.set_aside()
    yield found
    found.end()


@pytest.mark.usefixtures("aside")
def test_what_is_there_is_set_aside_and_what_comes_later_is_still_collected() -> None:
    assert gc.get_freeze_count() > 10_000
    ring = Ring()
    seen = weakref.ref(ring)
    del ring
    gc.collect()
    assert seen() is None


@pytest.mark.usefixtures("aside")
def test_what_a_long_look_has_left_is_set_aside_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lived, "LONG", float("inf"))
    ring = Ring()
    gc.collect()
    assert is_looked_at(ring), "a short look sets nothing aside"
    monkeypatch.setattr(long_lived, "LONG", -1.0)
    gc.collect(1)
    assert is_looked_at(ring), "nor does a look at what is young"
    gc.collect()
    assert not is_looked_at(ring)


def test_in_the_end_all_is_looked_at_again() -> None:
    found = LongLived()
    found.set_aside()
    found.end()
    assert gc.get_freeze_count() == 0
    assert found.looked not in gc.callbacks
