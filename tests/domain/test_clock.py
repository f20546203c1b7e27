"""A clock that ran ahead is put back on the record, by nobody's role."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain import clock, registry
from domain.clock import CLOCK, ClockSet
from domain.terms.decider import Refused
from ledger.log.entry import SETS_CLOCK
from ledger.log.postgres_log import PostgresLog
from ledger.reference import installed
from tests.given import CENTRE, facts_of, given, order, state_of
from tests.given import entry as entry_of

RIGHT = datetime(2026, 3, 1, 8, tzinfo=UTC)
BACK = ClockSet(from_=RIGHT + timedelta(days=400), to=RIGHT, reason="时钟电池失效")
DAY = date(2026, 3, 1)


def test_the_clock_is_put_back_in_a_stream_of_its_own():
    (new,) = clock.decide(facts_of([]), order(BACK, DAY, by=CENTRE))
    assert new == clock.set_back(BACK, DAY)
    assert (new.stream, new.event, new.subject, new.district) == (
        "clock/database",
        BACK,
        None,
        None,
    )
    assert list(clock.boundary(order(BACK, DAY, by=CENTRE))) == []
    assert state_of([entry_of(new, 1, order(BACK, DAY, by=CENTRE))], CLOCK.key("database")) == BACK
    assert state_of([], CLOCK.key("database")) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": BACK.from_}, "clock-not-ahead"),
        ({"to": BACK.from_ + timedelta(seconds=1)}, "clock-not-ahead"),
        ({"reason": "  "}, "fields-missing"),
    ],
)
def test_a_clock_is_not_put_forward_and_not_without_a_reason(changes: dict, code: str):
    bad = replace(BACK, **changes)
    with pytest.raises(Refused) as refused:
        clock.sound(bad, installed(), DAY)
    assert refused.value.code == code
    with pytest.raises(Refused):
        clock.set_back(bad, DAY)


def test_nobody_has_the_clock_put_back_by_a_command():
    given().when(order(BACK, DAY, by=CENTRE)).then_refused("role-not-allowed", "actor.role")


def test_the_ledger_knows_the_entry_by_its_stored_name_and_stream():
    """Append function, verification and the search by time look for these."""
    kind = registry.EVENTS["ClockSet"]
    assert f"{kind.stem}/" == SETS_CLOCK
    assert f"stream = '{clock.STREAM}'" in PostgresLog.POSITION_AT
