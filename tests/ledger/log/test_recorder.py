"""The library's recorder port: one contract for its own recorder in memory and for the ledger."""

from collections.abc import Callable
from threading import Thread

import pytest
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBRecorder,
)
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.dcb.tests import DCBRecorderTestCase
from eventsourcing.persistence import IntegrityError, ProgrammingError

from ledger.connect import Addresses
from ledger.log.postgres_log import PostgresLog
from ledger.log.recorder import Recorder
from ledger.log.verify import verify


@pytest.fixture(params=["memory", pytest.param("ledger", marks=pytest.mark.postgres)])
def recorder(request: pytest.FixtureRequest) -> DCBRecorder:
    if request.param == "memory":
        return InMemoryDCBRecorder()
    log: PostgresLog = request.getfixturevalue("log")
    addresses: Addresses = request.getfixturevalue("addresses")
    return Recorder(log, addresses.app)


def event(type_: str = "Counted", *tags: str) -> DCBEvent:
    return DCBEvent(type_, b"data", list(tags))


def unless(*tags: str, after: int | None = None, types: tuple[str, ...] = ()) -> DCBAppendCondition:
    return DCBAppendCondition(DCBQuery([DCBQueryItem(list(types), list(tags))]), after)


def test_the_librarys_own_case_of_appending_and_reading(recorder: DCBRecorder):
    DCBRecorderTestCase()._test_append_read(recorder)


def test_the_librarys_own_case_of_subscribing(recorder: DCBRecorder):
    DCBRecorderTestCase()._test_append_subscribe(recorder)


def test_positions_follow_each_other(recorder: DCBRecorder):
    assert [recorder.append([event(), event()]) for _ in range(3)] == [2, 4, 6]
    assert [each.position for each in recorder.read()] == [1, 2, 3, 4, 5, 6]


def test_a_stale_decision_is_refused_and_adds_nothing(recorder: DCBRecorder):
    recorder.append([event("Counted", "a", "b")])
    with pytest.raises(IntegrityError):
        recorder.append([event("Counted", "a")], unless("a", "b", after=0))
    recorder.append([event("Counted", "a")], unless("a", "c"))
    recorder.append([event("Counted", "a")], unless("a", "b", after=1))
    recorder.append([event("Counted", "a")], unless("a", types=("Other",)))
    assert len(list(recorder.read())) == 4


def test_an_empty_condition_is_met_only_by_an_empty_ledger(recorder: DCBRecorder):
    recorder.append([event()], DCBAppendCondition())
    with pytest.raises(IntegrityError):
        recorder.append([event()], DCBAppendCondition())


def test_nothing_cannot_be_appended(recorder: DCBRecorder):
    with pytest.raises(ProgrammingError):
        recorder.append([])


def test_of_eight_that_decide_on_the_same_facts_one_is_recorded(recorder: DCBRecorder):
    outcomes: list[bool] = []

    def decide() -> None:
        try:
            recorder.append([event("Taken", "seat:1")], unless("seat:1"))
        except IntegrityError:
            outcomes.append(False)
        else:
            outcomes.append(True)

    together(decide, 8)
    assert sorted(outcomes) == [False] * 7 + [True]


def test_a_subscription_misses_nothing_of_many_writers(recorder: DCBRecorder):
    def write() -> None:
        for _ in range(25):
            recorder.append([event(), event()])

    with recorder.subscribe() as subscription:
        writers = Thread(target=together, args=(write, 4))
        writers.start()
        seen = [next(subscription).position for _ in range(200)]
        writers.join()
    assert seen == list(range(1, 201))


@pytest.mark.postgres
def test_what_the_library_records_is_part_of_the_tree(log: PostgresLog, addresses: Addresses):
    Recorder(log, addresses.app).append([event("Counted", "a", "a", "b"), event()])
    assert [(each.stream, each.version, each.tags) for each in log.entries()] == [
        ("", 0, ("a", "b")),
        ("", 0, ()),
    ]
    assert verify(log.pool).difference is None
    assert [each.position for each in log.read(["a"])] == [1]


def together(work: Callable[[], None], number: int) -> None:
    threads = [Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
