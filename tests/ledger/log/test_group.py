"""Work on many threads' items as one: everybody gets their own answer, and nobody pays for a neighbour."""

from collections.abc import Iterator, Sequence
from threading import Event

import pytest

from ledger.log.group import Closed, Group


class SlowWork:
    """Work of which a test says when it ends, and how."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.may_go_on = Event()
        self.under_way = Event()
        self.fail: dict[str, Exception] = {}
        self.never_again: set[str] = set()

    def do(self, items: Sequence[str]) -> list[str]:
        self.groups.append([*items])
        self.under_way.set()
        self.may_go_on.wait()
        for item in items:
            if item in self.fail:
                raise self.fail[item]
        return [f"{item} is done" for item in items]

    def may_repeat(self, item: str, _: Exception) -> bool:
        return item not in self.never_again


@pytest.fixture
def slow() -> Iterator[tuple[SlowWork, Group[str, str]]]:
    work = SlowWork()
    group = Group(work.do, work.may_repeat)
    yield work, group
    work.may_go_on.set()
    group.close()


def test_items_that_arrive_meanwhile_share_the_next_group(slow: tuple[SlowWork, Group[str, str]]):
    work, group = slow
    futures = [group.submit("first")]
    work.under_way.wait()
    futures += [group.submit(item) for item in "abc"]
    work.may_go_on.set()
    assert [future.result() for future in futures] == [
        *("first is done", "a is done", "b is done", "c is done"),
    ]
    assert work.groups == [["first"], ["a", "b", "c"]]


def test_a_failure_is_answered_to_whom_it_belongs(slow: tuple[SlowWork, Group[str, str]]):
    work, group = slow
    work.fail["b"] = RuntimeError("poison")
    first = group.submit("first")
    work.under_way.wait()
    a, b, c = (group.submit(item) for item in "abc")
    work.may_go_on.set()
    assert [first.result(), a.result(), c.result()] == ["first is done", "a is done", "c is done"]
    assert str(b.exception()) == "poison"


def test_what_could_be_done_twice_is_not_tried_again(slow: tuple[SlowWork, Group[str, str]]):
    work, group = slow
    work.fail["a"] = RuntimeError("gone")
    work.never_again.add("a")
    first = group.submit("first")
    work.under_way.wait()
    once, safe = group.submit("a"), group.submit("b")
    work.may_go_on.set()
    assert [first.result(), safe.result()] == ["first is done", "b is done"]
    assert str(once.exception()) == "gone"
    assert work.groups[-1] == ["b"]


def test_an_item_taken_back_in_time_is_not_done(slow: tuple[SlowWork, Group[str, str]]):
    work, group = slow
    first = group.submit("first")
    work.under_way.wait()
    a, b = group.submit("a"), group.submit("b")
    assert a.cancel()
    work.may_go_on.set()
    assert [first.result(), b.result()] == ["first is done", "b is done"]
    assert work.groups == [["first"], ["b"]]


def test_closing_does_what_waits_and_takes_no_more(slow: tuple[SlowWork, Group[str, str]]):
    work, group = slow
    futures = [group.submit(item) for item in "ab"]
    work.may_go_on.set()
    group.close()
    assert all(future.done() for future in futures)
    with pytest.raises(Closed):
        group.do("c")
