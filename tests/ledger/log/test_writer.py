"""Group commit: everybody gets their own answer, and nobody pays for a neighbour."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import chain
from threading import Event

import pytest

from ledger.log.entry import MAX_ENTRY_BYTES, Malformed
from ledger.log.log import Append, Appended, Conflict, OutcomeUnknown, Replayed, Result
from ledger.log.postgres_log import PostgresLog
from ledger.log.writer import Closed, Writer
from tests.ledger.drafts import draft, single

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class SlowLog:
    """Stands in for the log where a test must say when an append ends, and how."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_go_on = Event()
        self.under_way = Event()
        self.fail: dict[str, Exception] = {}

    def append(self, batch: Sequence[Append], *, chained: bool = False) -> list[Result]:
        streams = [item.drafts[0].stream for item in batch]
        self.batches.append(streams)
        self.under_way.set()
        self.may_go_on.wait()
        for stream in streams:
            if stream in self.fail:
                raise self.fail[stream]
        return [Appended(1, 1, NOW) for _ in batch]


@pytest.fixture
def slow() -> Iterator[tuple[SlowLog, Writer]]:
    log = SlowLog()
    with Writer(log) as writer:
        yield log, writer
        log.may_go_on.set()


def test_commands_that_arrive_meanwhile_share_the_next_transaction(slow: tuple[SlowLog, Writer]):
    log, writer = slow
    futures = [writer.submit(single("first"))]
    log.under_way.wait()
    futures += [writer.submit(single(name)) for name in "abc"]
    log.may_go_on.set()
    assert [future.result().count for future in futures] == [1, 1, 1, 1]
    assert log.batches == [["first"], ["a", "b", "c"]]


def test_a_failure_is_answered_to_whom_it_belongs(slow: tuple[SlowLog, Writer]):
    log, writer = slow
    log.fail["b"] = RuntimeError("poison")
    first = writer.submit(single("first"))
    log.under_way.wait()
    a, b, c = (writer.submit(single(name)) for name in "abc")
    log.may_go_on.set()
    assert [first.result().count, a.result().count, c.result().count] == [1, 1, 1]
    assert str(b.exception()) == "poison"


def test_where_the_outcome_is_unknown_only_commands_with_a_key_are_tried_again(
    slow: tuple[SlowLog, Writer],
):
    log, writer = slow
    log.fail["a"] = OutcomeUnknown("gone")
    first = writer.submit(single("first"))
    log.under_way.wait()
    keyless, keyed = writer.submit(single("a")), writer.submit(single("b", key="k"))
    log.may_go_on.set()
    assert first.result().count == keyed.result().count == 1
    assert isinstance(keyless.exception(), OutcomeUnknown)
    assert log.batches[-1] == ["b"]


def test_a_command_taken_back_in_time_is_not_appended(slow: tuple[SlowLog, Writer]):
    log, writer = slow
    first = writer.submit(single("first"))
    log.under_way.wait()
    a, b = writer.submit(single("a")), writer.submit(single("b"))
    assert a.cancel()
    log.may_go_on.set()
    assert [first.result().count, b.result().count] == [1, 1]
    assert log.batches == [["first"], ["b"]]


def test_closing_appends_what_waits_and_takes_no_more(slow: tuple[SlowLog, Writer]):
    log, writer = slow
    futures = [writer.submit(single(name)) for name in "ab"]
    log.may_go_on.set()
    writer.close()
    assert all(future.done() for future in futures)
    with pytest.raises(Closed):
        writer.append(single("c"))


def test_a_malformed_command_is_refused_before_it_meets_others(slow: tuple[SlowLog, Writer]):
    log, writer = slow
    with pytest.raises(Malformed):
        writer.submit(Append((draft(payload=bytes(MAX_ENTRY_BYTES)),)))
    log.may_go_on.set()
    assert writer.append(single("a")).count == 1


@pytest.mark.postgres
def test_many_clients_get_each_their_own_positions(log: PostgresLog):
    def client(number: int) -> list[int]:
        items = [single(f"s/{number}", f"c:{number}-{turn}") for turn in range(50)]
        return [writer.append(item).first for item in items]

    with Writer(log) as writer, ThreadPoolExecutor(16) as clients:
        positions = list(clients.map(client, range(16)))
    for number, own in enumerate(positions):
        entries = log.at(own)
        assert [entry.stream for entry in entries] == [f"s/{number}"] * 50
        assert [entry.version for entry in entries] == list(range(1, 51))
    assert sorted(chain.from_iterable(positions)) == list(range(1, 801))


@pytest.mark.postgres
def test_one_conflict_does_not_fail_a_neighbour(log: PostgresLog):
    with Writer(log) as writer:
        futures = [writer.submit(single("a/1", "t:1")) for _ in range(20)]
        others = [writer.submit(single("b/1")) for _ in range(20)]
        kinds = [type(future.result()) for future in futures]
        assert all(isinstance(other.result(), Appended) for other in others)
    assert kinds == [Appended] + [Conflict] * 19


@pytest.mark.postgres
def test_a_chain_goes_between_the_groups(log: PostgresLog):
    with Writer(log) as writer:
        results = writer.append_chain([single("a/1", "t:1", key="k"), single("a/1", "t:1")])
        assert [type(result) for result in results] == [Appended, Appended]
        assert writer.append(single("a/1", "t:1", key="k")) == Replayed(1, 1)
