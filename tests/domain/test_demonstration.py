"""A demonstration begins once, with its clock, and by nobody's role."""

from datetime import UTC, date, datetime

import pytest

from domain import demonstration, registry
from domain.demonstration import DEMONSTRATION, DemonstrationBegun
from domain.terms.decider import Refused
from tests.given import CENTRE, facts_of, given, order, state_of
from tests.given import entry as entry_of

DAY = date(2023, 9, 1)
BEGUN = DemonstrationBegun(clock=datetime(2023, 9, 1, 1, tzinfo=UTC))
ORDER = order(BEGUN, DAY, by=CENTRE)
LEDGER = DEMONSTRATION.key("ledger")


def test_it_begins_in_a_stream_of_its_own_and_once():
    assert list(demonstration.boundary(ORDER)) == [LEDGER]
    facts = facts_of([])
    facts.states[LEDGER.tag] = None
    (new,) = demonstration.decide(facts, ORDER)
    assert new == demonstration.begun(BEGUN, DAY)
    assert (new.stream, new.subject, new.district) == ("demonstration/ledger", None, None)
    first = entry_of(new, 1, ORDER)
    assert state_of([first], LEDGER) == BEGUN
    facts.states[LEDGER.tag] = BEGUN
    with pytest.raises(Refused) as refused:
        demonstration.decide(facts, ORDER)
    assert refused.value.code == "demonstration-begun"


def test_nobody_has_it_begun_by_a_command():
    given().when(ORDER).then_refused("role-not-allowed", "actor.role")


def test_the_database_knows_the_entry_by_its_stored_name():
    assert registry.EVENTS["DemonstrationBegun"].stem == "demonstration.demonstration-begun"
