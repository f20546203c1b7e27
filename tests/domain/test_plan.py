"""Annual plans: one a year, revised as often as needed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.plan import AnnualPlanRevised, AnnualSummary, Plan, plan_key
from domain.terms.decider import Command
from tests.facts import PLAN, register
from tests.given import CENTRE, OTHER, TODAY, USCC, given, order, recorded, reporter, state_of

FILED = date(2025, 1, 10)
SESSIONS = tuple(replace(PLAN.sessions[0], headcount=number) for number in (20, 30))


def file(on: date = FILED, by: Any = None, **changes: Any) -> Command[Any]:
    return order(replace(PLAN, **changes), on, by=by)


def revise(on: date = date(2025, 6, 1), **changes: Any) -> Command[Any]:
    base = AnnualPlanRevised(uscc=USCC, year=2025, summary=PLAN.summary, sessions=SESSIONS)
    return order(replace(base, **changes), on)


def test_a_plan_is_filed_for_its_year():
    (new,) = given(register()).when(file()).then(PLAN)
    assert (new.stream, new.tags) == (f"plan/{USCC}/2025", (f"plan:{USCC}/2025",))
    assert (new.subject, new.district) == (USCC, "110108")


def test_filing_the_same_plan_again_changes_nothing():
    given(register(), file()).when(file()).then_nothing()


def test_the_same_plan_handed_in_on_another_day_is_a_paper_of_its_own():
    earlier = file(date(2025, 1, 2))
    given(register(), file()).when(earlier).then(PLAN)
    given(register(), earlier).when(file()).then(PLAN)


def test_another_plan_for_the_same_year_is_a_revision():
    given(register(), file()).when(file(sessions=())).then_refused("plan-exists", "year")
    given(register(), file()).when(file(year=2026)).then_as_ordered()


def test_a_plan_that_is_meant_for_a_day_to_come_stops_none_that_is_received_today():
    ahead = file(TODAY + timedelta(days=900))
    other = file(TODAY, by=CENTRE, sessions=())
    given(register(), ahead).when(other).then_as_ordered()
    state = state_of(recorded(register(), ahead, other), plan_key(USCC, 2025))
    assert state.filed == TODAY


def test_a_plan_of_an_unknown_enterprise_is_refused():
    given().when(file()).then_refused("unknown-enterprise", "uscc")


def test_a_plan_names_a_valid_code():
    given().when(file(uscc="91110302MA222LU88A", by=CENTRE)).then_refused("invalid-uscc", "uscc")


def test_a_plan_may_be_filed_for_next_year_and_from_a_later_day_than_its_receipt():
    given(register()).when(file(TODAY, year=2027)).then_as_ordered()
    (new,) = given(register()).when(file(TODAY + timedelta(days=1))).then_as_ordered()
    assert new.valid_from == TODAY + timedelta(days=1)


def test_a_reporter_files_for_their_own_enterprise_alone():
    given(register()).when(file(by=reporter(OTHER))).then_refused("other-enterprise")


def test_no_plan_counts_below_zero():
    summary = AnnualSummary(sessions=0, candidates=-1, certificates=0)
    given(register()).when(file(summary=summary)).then_refused(
        "negative-number", "summary.candidates"
    )
    sessions = (SESSIONS[0], replace(SESSIONS[1], headcount=-1))
    given(register()).when(file(sessions=sessions)).then_refused(
        "negative-number", "sessions.1.headcount"
    )


def test_a_plan_is_revised_and_stays_filed_since_its_first_day():
    given(register(), file()).when(revise()).then_as_ordered()
    after = state_of(recorded(register(), file(), revise()), plan_key(USCC, 2025))
    assert isinstance(after, Plan)
    assert (after.filed, after.position, after.revised) == (FILED, 2, date(2025, 6, 1))
    assert after.sessions == SESSIONS


def test_the_same_revision_again_is_known_already():
    given(register(), file(), revise()).when(revise()).then_nothing()


def test_a_plan_is_revised_once_a_day_and_otherwise_by_its_day():
    given(register(), file(), revise()).when(revise(sessions=PLAN.sessions)).then_refused(
        "revised-that-day", "year"
    )


def test_a_plan_that_was_never_filed_is_not_revised():
    given(register()).when(revise()).then_refused("plan-missing", "year")
