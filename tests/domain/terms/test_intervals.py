"""Half-open days, three years of a listing, and what holds on which day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terms.intervals import Days, Timeline, years_after

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
CHANGES = st.lists(st.tuples(DAYS, st.integers()), max_size=12).map(
    lambda changes: sorted(changes, key=lambda change: change[0])
)


def test_the_first_day_is_inside_and_the_last_is_not():
    days = Days(date(2024, 7, 1), date(2027, 7, 1))
    assert date(2024, 7, 1) in days
    assert date(2027, 6, 30) in days
    assert date(2027, 7, 1) not in days
    assert date(2024, 6, 30) not in days
    assert not days.empty


def test_without_an_end_every_later_day_is_inside():
    assert date(9999, 12, 31) in Days(date(2024, 7, 1))
    assert not Days(date(2024, 7, 1)).empty


@given(DAYS, st.integers(0, 400))
def test_an_interval_that_does_not_end_after_its_start_is_empty(start: date, back: int):
    days = Days(start, start - timedelta(days=back))
    assert days.empty
    assert start not in days


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2024, 2, 29), date(2027, 3, 1)),
        (date(2025, 2, 28), date(2028, 2, 28)),
        (date(2024, 7, 1), date(2027, 7, 1)),
        (date(2024, 12, 31), date(2027, 12, 31)),
    ],
)
def test_three_years_are_over_on_the_same_day_and_from_29_february_with_the_last_of_february(
    start: date, end: date
):
    assert years_after(start, 3) == end


def test_29_february_stays_where_the_year_has_one():
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


@given(DAYS, st.integers(0, 10))
def test_years_are_over_on_the_same_day_or_behind_the_last_of_february(start: date, years: int):
    after = years_after(start, years)
    assert after.year == start.year + years
    from_leap_day = (start.month, start.day) == (2, 29) and (after.month, after.day) == (3, 1)
    assert from_leap_day or (after.month, after.day) == (start.month, start.day)
    assert not from_leap_day or (after - timedelta(days=1)).day == 28


@given(CHANGES, DAYS)
def test_what_holds_on_a_day_is_the_last_change_on_or_before_it(
    changes: list[tuple[date, int]], day: date
):
    before = [value for start, value in changes if start <= day]
    assert Timeline(changes).on(day) == (before[-1] if before else None)


@given(CHANGES, DAYS, st.integers(0, 60))
def test_what_holds_over_some_days_is_all_that_holds_on_one_of_them(
    changes: list[tuple[date, int]], first: date, length: int
):
    timeline = Timeline(changes)
    last = first + timedelta(days=length)
    each_day = [timeline.on(first + timedelta(days=n)) for n in range(length + 1)]
    over = timeline.over(first, last)
    assert {value for _, value in over} == set(each_day)
    assert all(timeline.on(day) == value for day, value in over)


@given(CHANGES)
def test_the_stretches_follow_one_another_without_gap_and_say_what_holds(
    changes: list[tuple[date, int]],
):
    timeline = Timeline(changes)
    stretches = list(timeline.segments())
    assert [value for _, value in stretches] == [timeline.on(days.start) for days, _ in stretches]
    ends = [days.end for days, _ in stretches]
    assert ends == [*[days.start for days, _ in stretches[1:]], None][: len(stretches)]
    assert not any(days.empty for days, _ in stretches)
