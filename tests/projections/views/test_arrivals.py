"""What came late, held against the days of the entries one by one."""

from datetime import timedelta

import pytest

from ledger.log.clock import today
from projections.views import arrivals
from tests.facts import listing
from tests.story import USCC, session

pytestmark = pytest.mark.postgres

LAGS = (0, 1, 6, 7, 8, 9, 30, 31, 400)
"""Days from an entry's own day to the day on which it was recorded."""


@pytest.fixture
def recorded(fresh):
    """Sessions and listings of two districts, with every lag; `(position, lag, district, type)`."""
    story, conn, _ = fresh()
    found = []
    for district in ("110105", "110108"):
        for lag in LAGS:
            for event, kind in ((session(), "assessment.assessment-held/1"), (listing(), None)):
                day = today() - timedelta(days=lag)
                at = story.tell(event, day, uscc=USCC, district=district)
                found.append((at, lag, district, kind or "standing.enterprise-listed/1"))
    story.write()
    return conn, found


@pytest.mark.parametrize("days", [0, 6, 7, 30, 365, 3000])
@pytest.mark.parametrize("district", [None, "110105"])
@pytest.mark.parametrize("kind", [None, "assessment.assessment-held/1"])
@pytest.mark.parametrize("uscc", [None, USCC])
def test_the_late_ones_are_those_recorded_so_many_days_after_their_day(
    recorded, days, district, kind, uscc
):
    conn, told = recorded
    wanted = arrivals.Wanted(days, 0, len(told), uscc, district, kind)
    right = [
        at
        for at, lag, where, type_ in reversed(told)
        if lag > days and district in {None, where} and kind in {None, type_}
    ]
    page = arrivals.late(conn, wanted, None, 100)
    assert [entry.position for entry in page.entries] == right
    assert (page.counted, page.next) == ((len(right), True), None)


def test_page_by_page_they_are_the_same(recorded):
    conn, told = recorded
    wanted = arrivals.Wanted(7, 2, len(told) - 1)
    whole = [e.position for e in arrivals.late(conn, wanted, None, 100).entries]
    found, cursor = [], None
    while True:
        page = arrivals.late(conn, wanted, cursor, 3)
        found += [entry.position for entry in page.entries]
        if page.next is None:
            break
        cursor = page.next
    assert found == whole
    assert len(whole) == sum(lag > 7 for at, lag, _, _ in told if 2 < at < len(told))
