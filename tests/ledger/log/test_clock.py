"""A clock that cannot be right is refused; a ledger may lie idle as long as it likes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.log.clock import LEAP, PATIENCE, ClockRefused, DatabaseClock, today

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Machine:
    """A machine whose clock can be set and whose time passes when told."""

    def __init__(self) -> None:
        self.wall, self.passed = START, timedelta(0)
        self.clock = DatabaseClock(lambda: self.wall, lambda: self.passed)

    def let_pass(self, time: timedelta) -> None:
        self.wall, self.passed = self.wall + time, self.passed + time


@pytest.fixture
def machine() -> Machine:
    machine = Machine()
    machine.clock(machine.wall, None)
    return machine


def test_weeks_without_an_entry_are_no_leap(machine: Machine):
    machine.let_pass(timedelta(weeks=30))
    assert machine.clock(machine.wall, START) == machine.wall


@pytest.mark.parametrize("leap", [LEAP + SECOND, timedelta(days=400)])
def test_a_leap_ahead_is_refused_and_does_not_poison_what_follows(
    machine: Machine, leap: timedelta
):
    """A clamped clock would keep the future date for ever after."""
    machine.let_pass(SECOND)
    with pytest.raises(ClockRefused, match="should be about"):
        machine.clock(machine.wall + leap, START)
    assert machine.clock(machine.wall, START) == machine.wall


def test_a_leap_is_reckoned_from_the_last_good_reading_not_from_the_set_clock(machine: Machine):
    machine.wall += timedelta(days=400)
    with pytest.raises(ClockRefused):
        machine.clock(machine.wall, START)


def test_the_first_reading_is_held_against_the_own_clock():
    machine = Machine()
    with pytest.raises(ClockRefused):
        machine.clock(machine.wall + timedelta(days=1), None)


def test_a_small_step_back_is_waited_out(machine: Machine):
    assert machine.clock(START, START + SECOND) == SECOND
    assert machine.clock(START + SECOND, START + SECOND) == START + SECOND


def test_a_step_back_is_refused_with_an_alarm(machine: Machine, caplog: pytest.LogCaptureFixture):
    with pytest.raises(ClockRefused, match="before the last entry of"):
        machine.clock(START, START + PATIENCE + SECOND)
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


def test_today_is_a_civil_day():
    assert type(today()) is date
