"""Which items of a batch hold, without a database."""

from datetime import UTC, datetime

import pytest

from ledger.log.entry import Malformed
from ledger.log.judge import KnownFacts, judge, questions, validate
from ledger.log.log import Abandoned, Append, Appended, Conflict, KeyReused, Replayed, Use
from tests.ledger.drafts import DIGEST, draft, single

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def facts(batch: list[Append], head: int = 10, **more: object) -> KnownFacts:
    versions = dict.fromkeys(questions(batch).streams, 0)
    return KnownFacts(
        head, versions | more.get("versions", {}), more.get("uses", {}), more.get("newest", {})
    )


def test_versions_and_parts_follow_streams_and_commands():
    batch = [
        Append((draft("a", key="k"), draft("b", key="k"), draft("a", key="k"))),
        Append((draft("a"), draft(""))),
    ]
    judged = judge(batch, facts(batch, versions={"a": 4}), NOW)
    assert judged.versions == [5, 1, 6, 7, 0]
    assert judged.parts == [0, 1, 2, 0, 1]
    assert judged.results == [Appended(11, 3, NOW), Appended(14, 2, NOW)]


def test_the_key_is_judged_before_everything_else():
    item = Append((draft("a", "t", key="k"),), frozenset({"t"}), 0, ("a", 7))
    known = facts([item], uses={"k": Use(3, 1, DIGEST)}, newest={"t": 9})
    assert judge([item], known, NOW).results == [Replayed(3, 1)]
    other = known._replace(uses={"k": Use(3, 1, b"other")})
    assert judge([item], other, NOW).results == [KeyReused("k")]


def test_the_same_command_twice_in_a_batch_is_appended_by_neither():
    batch = [single("a", key="k"), single("a", key="k")]
    judged = judge(batch, facts(batch), NOW)
    assert judged.results == [Abandoned(), Replayed(11, 1)]
    assert judged.drafts == []


def test_a_decision_that_asks_for_nothing_is_still_judged():
    item = Append((), frozenset({"t"}), 5)
    assert judge([item], facts([item], newest={"t": 6}), NOW).results == [Conflict("t")]
    assert judge([item], facts([item], newest={"t": 5}), NOW).results == [Appended(11, 0, NOW)]


def test_a_chain_is_appended_whole_or_not_at_all():
    batch = [single("a", "t"), single("b", "t"), single("c", "u")]
    assert len(judge(batch, facts(batch), NOW).drafts) == 3
    judged = judge(batch, facts(batch, newest={"u": 4}), NOW)
    assert judged.results == [Abandoned(), Abandoned(), Conflict("u")]
    assert judged.drafts == []


def test_only_decisions_with_a_boundary_say_from_where_to_look():
    batch = [Append((draft("a"),), known=0), single("b", "t", known=8), single("c", "u", known=9)]
    asked = questions(batch)
    assert (asked.streams, set(asked.tags), asked.known) == (["a", "b", "c"], {"t", "u"}, 8)


def test_one_command_has_one_key():
    with pytest.raises(Malformed, match="one key"):
        validate(Append((draft("a", key="k"), draft("a"))))
