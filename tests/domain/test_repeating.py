"""Repeating a command adds nothing, whatever was commanded before."""

from typing import Any

from hypothesis import event, given

from domain.terms.envelope import Recorded
from tests.given import Given, entry, order
from tests.projections.chronicle import chronicles, told
from tests.projections.chronicle_events import day_of


@given(chronicles())
def test_repeating_a_command_at_once_adds_nothing(steps):
    entries: list[Recorded[Any]] = []
    for step, one in told(steps):
        command = order(one.event, day_of(step))
        for new in Given(entries, None).when(command).new:
            entries.append(entry(new, len(entries) + 1, command))
            event(type(new.event).__name__)
        assert Given(entries, None).when(command).new == []
