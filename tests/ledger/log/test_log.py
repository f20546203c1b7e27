"""The log on a real server: order, conditions, reading."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ledger.connect import Addresses
from ledger.log.clock import ClockRefused
from ledger.log.entry import MAX_ENTRY_BYTES, Malformed
from ledger.log.log import Abandoned, Append, Appended, Conflict, KeyReused, Look, Replayed
from ledger.log.merkle import EMPTY_ROOT, root_of
from ledger.log.postgres_log import PostgresLog
from tests.database_clock import as_read, put_clock
from tests.ledger.drafts import draft, single

pytestmark = pytest.mark.postgres


def test_an_empty_ledger_has_position_zero_and_the_empty_root(log: PostgresLog):
    assert log.head() == (0, EMPTY_ROOT, None)


def test_what_is_appended_is_read_back_with_positions_and_versions(log: PostgresLog):
    items = [single("a/1", "t:1"), single("a/1", "t:2"), single("b/1")]
    results = [log.append([item])[0] for item in items]
    entries = list(log.entries())
    assert [(result.first, result.count) for result in results] == [(1, 1), (2, 1), (3, 1)]
    assert [(e.position, e.stream, e.version) for e in entries] == [
        (1, "a/1", 1),
        (2, "a/1", 2),
        (3, "b/1", 1),
    ]
    assert log.head().root == root_of([entry.leaf_hash() for entry in entries])


def test_a_command_appends_all_its_entries_at_one_time(log: PostgresLog):
    command = Append((draft("a/1", key="k"), draft("b/1", key="k")))
    (result,) = log.append([command])
    entries = list(log.entries())
    assert [entry.part for entry in entries] == [0, 1]
    assert {entry.recorded_at for entry in entries} == {result.recorded_at}


def test_reading_by_tags_finds_each_entry_once_up_to_the_position(log: PostgresLog):
    tagged = (draft("a/1", "t:1", "t:2"), draft("a/2", "t:3"), draft("a/3", "t:2"))
    log.append([Append(tagged)])
    assert [entry.position for entry in log.read(["t:1", "t:2"])] == [1, 3]
    assert [entry.position for entry in log.read(["t:2"], upto=2)] == [1]
    assert log.read([]) == log.read(["t:none"]) == log.read(["t:1"], upto=0) == []


def test_tags_that_repeat_stream_and_subject_are_found_only_where_they_stand(log: PostgresLog):
    log.append(
        [
            Append((draft("a/1", "stream:a/1", "subject:x", subject="x"),)),
            Append((draft("a/1", subject="x"),)),
            Append((draft("b/1", "stream:a/1", "subject:x"),)),
        ]
    )
    assert [entry.position for entry in log.read(["stream:a/1"])] == [1, 3]
    assert [entry.position for entry in log.read(["subject:x"])] == [1, 3]


def test_a_look_shows_the_end_with_what_was_asked(log: PostgresLog):
    empty = log.look([], [], [])
    assert (empty.position, empty.frontier, empty.uses, empty.entries) == (0, [], {}, [])
    log.append([single("a/1", "t:1", key="k"), single("a/1", "t:2"), single("b/1", "t:3")])
    look = log.look(["k", "unused"], ["a/1", "c/1"], ["t:2", "t:none", "t:3"])
    assert (look.position, look.recorded_at) == (log.head().position, log.head().recorded_at)
    assert look.versions == {"a/1": 2, "c/1": 0}
    assert look.uses == log.used_keys(["k", "unused"])
    assert look.entries == log.read(["t:2", "t:3"])


def decided_on(look: Look, stream: str, *tags: str) -> list[Append]:
    return [single(stream, *tags, known=look.position, key=f"of {stream}")]


def test_what_was_decided_on_a_look_is_appended_there(log: PostgresLog):
    log.append([single("a/1", "t:1")])
    look = log.look(["of a/1"], ["a/1"], ["t:1"])
    (result,) = log.append(decided_on(look, "a/1", "t:1"), look=look)
    assert isinstance(result, Appended)
    assert [entry.version for entry in log.entries()] == [1, 2]
    assert log.head().root == root_of([entry.leaf_hash() for entry in log.entries()])


def test_a_look_that_others_have_overtaken_is_of_no_account(log: PostgresLog):
    look = log.look(["of a/1"], ["a/1"], ["t:1"])
    log.append([single("a/1", "t:2")])
    assert log.append(decided_on(look, "a/1", "t:2"), look=look) == [Conflict("t:2")]
    (result,) = log.append(decided_on(look, "a/1", "t:1"), look=look)
    assert isinstance(result, Appended)
    assert [entry.version for entry in log.entries()] == [1, 2]


def test_what_a_look_was_not_asked_is_read_before_appending(log: PostgresLog):
    log.append([single("a/1", "t:1", key="of a/1"), single("b/1", "t:2")])
    look = log.look([], [], [])
    assert log.append(decided_on(look, "a/1"), look=look) == [Replayed(1, 1)]
    log.append(decided_on(look, "b/1"), look=look)
    assert [entry.version for entry in log.entries()] == [1, 1, 2]
    older = log.look(["of c/1"], ["c/1"], [])
    (stale,) = [item._replace(known=0) for item in decided_on(older, "c/1", "t:1")]
    assert log.append([stale], look=older) == [Conflict("t:1")]


def test_history_is_by_subject_and_bounded_by_positions(log: PostgresLog):
    for number, subject in enumerate("xyxzyx"):
        log.append([Append((draft(f"a/{number}", subject=subject),))])
    assert [entry.position for entry in log.history("x", after=1, upto=5)] == [3]
    found = [(entry.subject, entry.position) for entry in log.histories(["y", "x"])]
    assert found == [("x", 1), ("x", 3), ("x", 6), ("y", 2), ("y", 5)]
    assert log.subjects() == ["x", "y", "z"]
    assert log.subjects(after="x", limit=1) == ["y"]
    assert log.subject_sizes() == {"x": 3, "y": 2, "z": 1}
    assert [entry.position for entry in log.at([5, 2, 99])] == [2, 5]


def test_streaming_goes_over_pages_and_stops_at_the_limit(log: PostgresLog):
    log.append([Append(tuple(draft(f"a/{n}") for n in range(12_000)))])
    assert [entry.position for entry in log.entries()] == list(range(1, 12_001))
    assert [entry.position for entry in log.entries(after=3, upto=9_000, limit=7_000)] == list(
        range(4, 7_004)
    )


def test_a_decision_on_stale_facts_is_a_conflict_that_names_the_tag(log: PostgresLog):
    log.append([single("a/1", "t:1", known=0)])
    assert log.append([single("a/2", "t:1", known=0)]) == [Conflict("t:1")]
    assert isinstance(log.append([single("a/2", "t:1", known=1)])[0], Appended)


@pytest.mark.parametrize("tag", ["t:1", "stream:a/1", "subject:x"])
def test_a_conflict_is_found_however_far_back_the_decision_read(log: PostgresLog, tag: str):
    log.append([Append((draft("a/1", tag, subject="x"),))])
    log.append([Append(tuple(draft(f"f/{n}", "filler") for n in range(500)))])
    assert log.append([Append((draft("b/1"),), frozenset({tag}), 0)]) == [Conflict(tag)]
    free = Append((draft("b/1"),), frozenset({tag}), 1)
    assert isinstance(log.append([free])[0], Appended)


def test_a_chain_conflicts_only_with_others_and_then_as_a_whole(log: PostgresLog):
    chain = [single("a/1", "t:1"), single("a/2", "t:1")]
    assert all(isinstance(result, Appended) for result in log.append(chain))
    stale = [single("a/3", "t:9"), single("a/4", "t:1")]
    assert log.append(stale) == [Abandoned(), Conflict("t:1")]
    assert log.head().position == 2


def test_an_expected_version_must_be_the_last(log: PostgresLog):
    first = Append((draft("a/1"),), expected_version=("a/1", 0))
    assert isinstance(log.append([first])[0], Appended)
    assert log.append([first]) == [Conflict("a/1")]
    assert isinstance(log.append([first._replace(expected_version=("a/1", 1))])[0], Appended)


def test_a_repeated_request_gets_its_first_answer_even_if_it_would_conflict_now(log: PostgresLog):
    item = Append((draft("a/1", "t:1", key="k"), draft("a/1", "t:1", key="k")), frozenset({"t:1"}))
    log.append([item])
    assert log.append([item]) == [Replayed(1, 2)]
    other = Append((draft("a/1", key="k", digest=bytes(32)),))
    assert log.append([other]) == [KeyReused("k")]
    use = log.used_keys(["k", "unused"])
    assert list(use) == ["k"]
    assert (use["k"].first, use["k"].count) == (1, 2)


def test_the_same_key_fifty_times_at_once_has_one_effect(log: PostgresLog):
    item = single("a/1", "t:1", key="k")
    with ThreadPoolExecutor(8) as threads:
        results = [
            r for batch in threads.map(lambda _: log.append([item]), range(50)) for r in batch
        ]
    assert sum(isinstance(result, Appended) for result in results) == 1
    assert results.count(Replayed(1, 1)) == 49
    assert log.head().position == 1


def test_sixteen_writers_on_one_stream_have_one_winner_for_each_version(log: PostgresLog):
    def compete(version: int) -> int:
        item = Append((draft("a/1", "t:1"),), expected_version=("a/1", version))
        with ThreadPoolExecutor(16) as threads:
            results = list(threads.map(lambda _: log.append([item])[0], range(16)))
        return sum(isinstance(result, Appended) for result in results)

    assert [compete(version) for version in range(5)] == [1] * 5


def test_a_malformed_draft_appends_nothing(log: PostgresLog):
    large = draft("a/1", payload=bytes(MAX_ENTRY_BYTES))
    with pytest.raises(Malformed, match="payload"):
        log.append([single("a/1"), Append((large,))])
    assert log.head().position == 0


def test_time_finds_the_last_position_at_or_before_it(log: PostgresLog, addresses: Addresses):
    start = datetime(2024, 1, 1, tzinfo=UTC)
    instants = [start + timedelta(days=day) for day in (0, 0, 1, 5)]
    log.clock = as_read
    for instant in instants:
        put_clock(addresses, instant)
        log.append([single("a/1")])
    asked = [-1, 0, 0.5, 1, 4, 5, 9]
    found = [log.position_at(start + timedelta(days=day)) for day in asked]
    assert found == [0, 2, 2, 3, 3, 4, 4]
    assert log.recorded_at(3) == instants[2]
    with pytest.raises(KeyError):
        log.recorded_at(5)


def test_a_refused_clock_appends_nothing_and_frees_the_lock(log: PostgresLog, addresses: Addresses):
    later = datetime(2024, 1, 2, tzinfo=UTC)
    log.clock = as_read
    put_clock(addresses, later)
    log.append([single("a/1")])
    put_clock(addresses, later - timedelta(days=1))
    with pytest.raises(ClockRefused):
        log.append([single("a/1")])
    put_clock(addresses, later)
    log.append([single("a/1")])
    assert log.head().position == 2


def test_four_thousand_large_drafts_do_not_hang(log: PostgresLog):
    """A pipelined insert of this size deadlocked over a Unix socket, holding the lock."""
    drafts = tuple(draft(f"a/{n}", payload=bytes(512)) for n in range(4_000))
    with ThreadPoolExecutor(1) as other:
        log.append([Append(drafts[:1])])
        competitor = other.submit(log.append, [single("b/1")])
        log.append([Append(drafts)])
        assert isinstance(competitor.result(timeout=20)[0], Appended)
    assert log.head().position == 4_002
