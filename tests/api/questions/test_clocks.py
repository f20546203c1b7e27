"""The two clocks of a question."""

from datetime import UTC, date, datetime, timedelta

import pytest

from api.questions.clocks import (
    Asked,
    default_day,
    parse_day,
    parse_instant,
    parse_position,
    refuse_future,
)
from api.questions.problems import Problem, Unclear

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30", "2026-2-3", "20260203", "2026-02-03T00:00:00", "1800-01-01", "3000-01-01",
        "２０２６-02-03", "2026-02-03\n", " 2026-02-03", "1577836800", "", "today",
    ],
)  # fmt: skip
def test_only_a_day_is_a_day(text: str) -> None:
    with pytest.raises(Unclear):
        parse_day(text)


def test_an_instant_needs_its_zone_and_becomes_utc() -> None:
    assert parse_instant("2026-11-01T12:00:00+08:00") == NOW
    assert parse_instant("2026-11-01t04:00:00.000000999z") == NOW
    for text in (
        "2026-11-01T12:00:00",
        "2026-11-01",
        "2026-11-01T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ):
        with pytest.raises(Unclear):
            parse_instant(text)


@pytest.mark.parametrize("text", ["-1", "1.0", "1e3", "1_000", " 7", "٣", "007", "9" * 16, ""])
def test_only_a_whole_number_is_a_position(text: str) -> None:
    with pytest.raises(Unclear):
        parse_position(text)


def test_what_has_not_come_is_refused_and_not_answered_by_the_present() -> None:
    refuse_future(Asked(position=5, known_at=None), 5, NOW)
    with pytest.raises(Problem):
        refuse_future(Asked(position=6), 5, NOW)
    with pytest.raises(Problem):
        refuse_future(Asked(min_position=6), 5, NOW)
    with pytest.raises(Problem):
        refuse_future(Asked(known_at=NOW + timedelta(minutes=2)), 5, NOW)


def test_a_pinned_position_means_the_day_it_was_recorded() -> None:
    late = datetime(2026, 5, 31, 23, 30, tzinfo=UTC)
    today = date(2026, 11, 1)
    assert default_day(late, today, pinned=True) == date(2026, 6, 1)
    assert default_day(late, today, pinned=False) == today
    assert default_day(None, today, pinned=True) == today
