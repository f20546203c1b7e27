"""A day is closed once, by nobody's role."""

from dataclasses import replace
from datetime import date

import pytest

from domain import day
from domain.day import DAY, DayClosed
from domain.terms.decider import Refused
from tests.given import CENTRE, entry, facts_of, given, order, state_of

CLOSED = DayClosed(day=date(2026, 3, 1), upto=7, subjects=2, root="0a" * 32)
COMMAND = order(CLOSED, CLOSED.day, by=CENTRE)
KEY = DAY.key("2026-03-01")


def test_a_day_has_a_stream_of_its_own_and_is_closed_once():
    facts = facts_of([])
    facts.states[KEY.tag] = None
    (new,) = day.decide(facts, COMMAND)
    assert new == day.closed(CLOSED)
    assert (new.stream, new.event, new.subject, new.valid_from) == (
        "day/2026-03-01",
        CLOSED,
        None,
        CLOSED.day,
    )
    assert list(day.boundary(COMMAND)) == [KEY]
    assert state_of([entry(new, 1, COMMAND)], KEY) == CLOSED
    facts.states[KEY.tag] = CLOSED
    assert day.decide(facts, COMMAND) == []


@pytest.mark.parametrize("changes", [{"upto": -1}, {"subjects": -1}, {"root": "x"}, {"root": ""}])
def test_what_is_no_root_closes_nothing(changes: dict):
    with pytest.raises(Refused) as refused:
        day.closed(replace(CLOSED, **changes))
    assert refused.value.code == "no-map"


def test_nobody_has_a_day_closed_by_a_command():
    given().when(COMMAND).then_refused("role-not-allowed", "actor.role")
