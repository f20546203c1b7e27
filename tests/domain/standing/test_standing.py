"""Standing and scope day by day: what is ordered, what is derived, what is learnt late."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.enterprise import EnterpriseProfileChanged
from domain.standing.course import Course, standing_zh
from domain.standing.standing import (
    STANDING,
    EnterpriseListed,
    ListingReinstated,
    ListingRemoved,
    ListingRenewed,
    ListingSuspended,
    ScopeChanged,
    require_listing_period,
)
from domain.terms.decider import Command, Refused
from domain.terms.intervals import Days
from domain.terms.scope import Unit, units
from domain.terms.vocabulary import Standing
from tests.facts import (
    COOK,
    ELECTRICIAN,
    GUARD,
    LATHE,
    LISTED_FROM,
    LISTED_TO,
    SCOPE,
    WELDER,
    item,
    listed,
    listing,
    raised,
    register,
)
from tests.given import CENTRE, OTHER, USCC, forced, given, order, recorded, state_of

DAY = date(2025, 3, 1)
KEY = STANDING.key(USCC)
TAG = f"standing:{USCC}"


def change(*added: Any, on: date = DAY, removed: Iterable[Any] = (), basis: str = "依据") -> Any:
    body = ScopeChanged(uscc=USCC, added=tuple(added), removed=tuple(removed), basis=basis)
    return order(body, on)


def suspend(on: date = DAY, until: date | None = None, basis: str = "依据") -> Command[Any]:
    return order(ListingSuspended(uscc=USCC, basis=basis, until=until), on)


def reinstate(on: date = DAY) -> Command[Any]:
    return order(ListingReinstated(uscc=USCC, basis="依据"), on)


def remove(on: date = DAY) -> Command[Any]:
    return order(ListingRemoved(uscc=USCC, basis="依据"), on)


def renew(
    start: date = LISTED_TO, end: date | None = None, scope: Any = None, on: date | None = None
) -> Command[Any]:
    end = end or start.replace(year=start.year + 3)
    body = ListingRenewed(uscc=USCC, basis="依据", valid_from=start, valid_to=end, scope=scope)
    return order(body, on or start)


def course_after(*history: Any) -> Course:
    state: Course = state_of(recorded(*history), KEY)
    return state


def standings(course: Course, *days: date) -> list[str]:
    return [course.on(day).standing.value for day in days]


# Listing


def test_a_listing_holds_from_its_first_day_and_not_on_its_last():
    course = course_after(*listed())
    before, last = LISTED_FROM - timedelta(days=1), LISTED_TO - timedelta(days=1)
    assert standings(course, before, LISTED_FROM, last, LISTED_TO) == [
        "unlisted", "listed", "listed", "expired",
    ]  # fmt: skip
    assert course.on(last).scope == units(SCOPE)
    assert course.on(LISTED_TO).scope == frozenset()


def test_a_listing_follows_from_a_publication_alone():
    given(*listed()).when(order(listing(), LISTED_FROM)).then_refused("listed-by-publication")


def test_a_standing_of_an_unknown_enterprise_is_not_changed():
    given().when(suspend()).then_refused("unknown-enterprise", "uscc")


def test_a_standing_is_changed_under_a_valid_code():
    body = ListingRemoved(uscc="91110302MA222LU88A", basis="依据")
    given().when(order(body, DAY)).then_refused("invalid-uscc", "uscc")


@pytest.mark.parametrize("command", [change(item(LATHE, "4"), basis=" "), suspend(basis="")])
def test_every_change_of_standing_states_its_basis(command: Command[Any]):
    given(*listed()).when(command).then_refused("basis-missing", "basis")


def test_the_centre_changes_no_standing():
    given(*listed()).when(replace(suspend(), actor=CENTRE)).then_refused("role-not-allowed")


# Scope


def test_scope_is_added_and_removed_from_a_day_on():
    command = change(item(LATHE, "4"), removed=[item(ELECTRICIAN, "5")])
    (new,) = given(*listed()).when(command).then_as_ordered()
    assert (new.stream, new.tags, new.valid_from) == (f"standing/{USCC}", (TAG,), DAY)
    course = course_after(*listed(), command)
    assert course.on(DAY - timedelta(days=1)).scope == units(SCOPE)
    assert course.on(DAY).scope == units([item(ELECTRICIAN, "4"), item(LATHE, "4")])


def test_a_change_of_scope_is_recorded_as_it_was_decided_also_where_it_changes_nothing_today():
    for command in (
        change(item(ELECTRICIAN, "5", "3"), removed=[item(COOK, "5"), item(ELECTRICIAN, "4")]),
        change(*SCOPE),
        change(removed=[item(COOK, "5")]),
    ):
        given(*listed()).when(command).then_as_ordered()


def test_a_decision_of_the_tenth_that_was_entered_before_that_of_the_first_is_not_lost():
    """Added on 10 March as a precaution; the withdrawal of 1 March arrives afterwards."""
    added = change(item(ELECTRICIAN, "5"), on=date(2025, 3, 10))
    withdrawn = change(removed=[item(ELECTRICIAN, "5")], on=date(2025, 3, 1))
    for way in ((added, withdrawn), (withdrawn, added)):
        course = course_after(*listed(), *way)
        assert course.on(date(2025, 3, 5)).scope == units([item(ELECTRICIAN, "4")])
        assert course.on(date(2025, 3, 10)).scope == units(SCOPE)


def test_the_same_change_of_scope_again_is_known_already():
    command = change(item(LATHE, "4"), removed=[item(ELECTRICIAN, "5")])
    given(*listed(), command).when(command).then_nothing()
    given(*listed()).when(change()).then_nothing()


def test_what_is_added_and_removed_at_once_stays():
    both = change(*SCOPE, removed=SCOPE)
    given(*listed()).when(both).then_as_ordered()
    assert course_after(*listed(), both).on(DAY).scope == units(SCOPE)


def test_the_same_change_under_another_paper_is_an_act_of_its_own():
    one = replace(suspend(), document_no="2025-1")
    given(*listed(), one).when(one).then_nothing()
    given(*listed(), one).when(replace(one, document_no="2025-2")).then_as_ordered()


def test_an_access_controlled_occupation_is_not_added_but_may_be_removed():
    given(*listed()).when(change(item(GUARD, "4"))).then_refused("access-controlled", "added.0")
    given(*listed()).when(change(removed=[item(GUARD, "4")])).then_as_ordered()


def test_whether_an_occupation_may_be_added_depends_on_the_day_of_effect():
    old = forced(listing(valid_from=date(2021, 6, 1), valid_to=date(2024, 6, 1)), TAG)
    last, first = date(2021, 11, 22), date(2021, 11, 23)
    guard, welder = item(GUARD, "4"), item(WELDER, "4")
    given(register(), old).when(change(guard, on=last)).then_as_ordered()
    given(register(), old).when(change(guard, on=first)).then_refused("access-controlled")
    given(register(), old).when(change(welder, on=last)).then_refused("access-controlled")
    given(register(), old).when(change(welder, on=first)).then_as_ordered()


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (LISTED_FROM - timedelta(days=1), "not-listed"),
        (LISTED_TO - timedelta(days=1), None),
        (LISTED_TO, "listing-expired"),
    ],
)
def test_the_day_of_expiry_is_already_too_late(day: date, code: str | None):
    for command in (change(item(LATHE, "4"), on=day), suspend(day), remove(day)):
        outcome = given(*listed()).when(command)
        if code is None:
            outcome.then_as_ordered()
        else:
            outcome.then_refused(code, "uscc")


def test_a_removed_enterprise_has_no_scope_to_change():
    for command in (change(item(LATHE, "4")), suspend(), reinstate(), renew(DAY)):
        given(*listed(), remove()).when(command).then_refused("listing-removed")


# Suspension, reinstatement, removal


def test_a_suspension_lasts_until_its_day_and_the_scope_stays():
    until = DAY + timedelta(days=30)
    given(*listed()).when(suspend(until=until)).then_as_ordered()
    course = course_after(*listed(), suspend(until=until))
    assert standings(course, DAY, until - timedelta(days=1), until) == [
        "suspended", "suspended", "listed",
    ]  # fmt: skip
    assert course.on(DAY).scope == units(SCOPE)


def test_a_suspension_lasts_through_a_change_of_scope():
    until = DAY + timedelta(days=30)
    middle = DAY + timedelta(days=10)
    course = course_after(*listed(), suspend(until=until), change(item(LATHE, "4"), on=middle))
    assert standings(course, middle, until - timedelta(days=1), until) == [
        "suspended", "suspended", "listed",
    ]  # fmt: skip
    assert course.on(until).scope == units([*SCOPE, item(LATHE, "4")])


def test_the_same_suspension_again_is_known_already():
    until = DAY + timedelta(days=30)
    given(*listed(), suspend()).when(suspend()).then_nothing()
    given(*listed(), suspend(until=until)).when(suspend(until=until)).then_nothing()
    given(*listed(), suspend(until=until)).when(
        suspend(DAY + timedelta(days=5), until)
    ).then_as_ordered()


def test_suspensions_hold_together_until_the_last_of_them_ends():
    until = DAY + timedelta(days=30)
    for other in (until + timedelta(days=9), until - timedelta(days=9), None):
        again = suspend(DAY + timedelta(days=5), other)
        for way in ((suspend(until=until), again), (again, suspend(until=until))):
            course = course_after(*listed(), *way)
            last = None if other is None else max(other, until)
            assert course.on(DAY + timedelta(days=6)).suspended_until == last
            assert course.on(until - timedelta(days=1)).standing is Standing.SUSPENDED
            assert course.on(date(2027, 6, 1) if last is None else last).standing is (
                Standing.SUSPENDED if last is None else Standing.LISTED
            )


def test_a_reinstatement_ends_the_suspensions_of_its_finding_alone():
    one = order(ListingSuspended(uscc=USCC, basis="一", finding_id="f-1"), DAY)
    two = order(ListingSuspended(uscc=USCC, basis="二", finding_id="f-2"), DAY)
    later, last = DAY + timedelta(days=10), DAY + timedelta(days=20)
    partly = order(ListingReinstated(uscc=USCC, basis="依据", finding_id="f-1"), later)
    course = course_after(*listed(), one, two, partly, reinstate(last))
    assert standings(course, later, last - timedelta(days=1), last) == [
        "suspended", "suspended", "listed",
    ]  # fmt: skip


def test_a_suspension_ends_after_it_begins():
    given(*listed()).when(suspend(until=DAY)).then_refused("until-before-start", "until")
    given(*listed()).when(suspend(until=DAY + timedelta(days=1))).then_as_ordered()


def test_a_suspended_listing_is_reinstated():
    later = DAY + timedelta(days=10)
    given(*listed(), suspend()).when(reinstate(later)).then_as_ordered()
    course = course_after(*listed(), suspend(until=DAY + timedelta(days=30)), reinstate(later))
    assert standings(course, DAY, later, DAY + timedelta(days=30)) == [
        "suspended", "listed", "listed",
    ]  # fmt: skip


def test_reinstating_what_is_listed_is_recorded_for_a_suspension_that_arrives_late():
    given(*listed()).when(reinstate()).then_as_ordered()
    given(*listed(), reinstate()).when(reinstate()).then_nothing()
    late = suspend(DAY - timedelta(days=9))
    course = course_after(*listed(), reinstate(), late)
    assert standings(course, DAY - timedelta(days=1), DAY) == ["suspended", "listed"]
    given(register()).when(reinstate()).then_refused("not-listed")
    given(*listed()).when(reinstate(LISTED_TO)).then_refused("listing-expired")


def test_an_enterprise_is_removed_for_good():
    given(*listed()).when(remove()).then_as_ordered()
    given(*listed(), suspend()).when(remove()).then_as_ordered()
    course = course_after(*listed(), suspend(until=DAY + timedelta(days=9)), remove())
    assert standings(course, DAY, DAY + timedelta(days=9), LISTED_TO) == ["removed"] * 3
    assert course.on(DAY).scope == frozenset()


def test_a_second_removal_is_an_act_of_its_own():
    given(*listed(), remove()).when(remove(DAY + timedelta(days=1))).then_as_ordered()
    given(*listed(), remove()).when(remove()).then_nothing()


# Grants

MORE_FROM, MORE_TO = date(2025, 7, 1), date(2028, 7, 1)


def granted(**changes: Any) -> Any:
    """A second publication, for 车工."""
    body = listing(
        batch="2025-1",
        application_id="app-2",
        scope=(item(LATHE, "4"),),
        valid_from=MORE_FROM,
        valid_to=MORE_TO,
    )
    return forced(replace(body, **changes), TAG)


def test_a_second_publication_adds_to_the_first_and_each_lasts_for_its_own_days():
    course = course_after(*listed(), granted())
    both = units([*SCOPE, item(LATHE, "4")])
    assert course.on(MORE_FROM).scope == course.on(LISTED_TO - timedelta(days=1)).scope == both
    assert course.on(LISTED_TO).scope == units([item(LATHE, "4")])
    assert course.on(LISTED_TO).days == Days(LISTED_FROM, MORE_TO)
    assert standings(course, LISTED_TO, MORE_TO) == ["listed", "expired"]


def test_a_grant_takes_the_place_of_those_alone_that_it_names():
    course = course_after(*listed(), granted(replaces=("app-1",)))
    assert course.on(MORE_FROM - timedelta(days=1)).scope == units(SCOPE)
    assert course.on(MORE_FROM).scope == units([item(LATHE, "4")])
    assert course_after(*listed(), granted(replaces=("app-9",))).on(MORE_FROM).scope == units(
        [*SCOPE, item(LATHE, "4")]
    )


def test_what_is_added_to_the_scope_lasts_as_long_as_the_longest_grant_of_its_day():
    course = course_after(*listed(), granted(), change(item(COOK, "4"), on=date(2026, 1, 1)))
    assert units([item(COOK, "4")]) < course.on(LISTED_TO).scope
    early = course_after(*listed(), granted(), change(item(COOK, "4"), on=DAY))
    assert not units([item(COOK, "4")]) & early.on(LISTED_TO).scope


def test_a_publication_does_not_end_a_suspension():
    course = course_after(*listed(), suspend(), granted())
    assert course.on(MORE_FROM).standing is Standing.SUSPENDED
    late = course_after(*listed(), granted(), suspend())
    assert late.on(MORE_FROM).standing is Standing.SUSPENDED


def test_a_suspension_lasts_over_the_expiry_of_one_grant_into_the_next():
    course = course_after(
        *listed(), suspend(), granted(valid_from=MORE_TO, valid_to=date(2030, 1, 1))
    )
    assert standings(course, LISTED_TO, MORE_TO) == ["expired", "suspended"]


def test_who_was_removed_is_listed_again_by_a_later_publication_without_the_old_suspensions():
    course = course_after(*listed(), suspend(), remove(DAY + timedelta(days=9)), granted())
    assert standings(course, DAY + timedelta(days=9), MORE_FROM) == ["removed", "listed"]
    assert course.on(MORE_FROM).scope == units([item(LATHE, "4")])


# Renewal


def test_a_listing_is_renewed_before_it_expires_and_its_scope_goes_on():
    early = renew(on=date(2027, 5, 1))
    decided = replace(early.body, decided_on=date(2027, 5, 1))
    (new,) = given(*listed()).when(replace(early, today=date(2027, 5, 1))).then(decided)
    assert new.valid_from == LISTED_TO
    course = course_after(*listed(), early)
    last = date(2030, 6, 30)
    assert standings(course, LISTED_TO, last, date(2030, 7, 1)) == ["listed", "listed", "expired"]
    assert course.on(last).scope == units(SCOPE)


def test_a_scope_that_changes_between_a_renewal_and_its_day_goes_on_too():
    middle = date(2027, 6, 1)
    course = course_after(*listed(), renew(), change(item(LATHE, "4"), on=middle))
    assert course.on(LISTED_TO).scope == units([*SCOPE, item(LATHE, "4")])


def test_a_listing_is_renewed_with_another_scope():
    scope = (item(COOK, "3"),)
    given(*listed()).when(renew(scope=scope)).then_as_ordered()
    assert course_after(*listed(), renew(scope=scope)).on(LISTED_TO).scope == units(scope)


def test_renewing_in_the_same_way_again_changes_nothing():
    given(*listed(), renew()).when(renew()).then_nothing()
    given(*listed(), renew(scope=SCOPE)).when(renew(scope=SCOPE)).then_nothing()
    given(*listed(), renew(scope=SCOPE)).when(renew(scope=(item(COOK, "3"),))).then_as_ordered()


def test_a_renewal_does_not_revive_what_was_withdrawn_after_it_was_decided():
    ahead = renew(scope=SCOPE, on=date(2027, 1, 1))
    withdrawn = change(removed=[item(ELECTRICIAN, "5")], on=date(2027, 3, 1))
    for way in ((ahead, withdrawn), (withdrawn, ahead)):
        course = course_after(*listed(), *way)
        assert course.on(LISTED_TO).scope == units([item(ELECTRICIAN, "4")])
    back = change(item(ELECTRICIAN, "5"), on=date(2027, 4, 1))
    assert course_after(*listed(), ahead, withdrawn, back).on(LISTED_TO).scope == units(SCOPE)
    before = renew(scope=SCOPE, on=date(2027, 4, 1))
    assert course_after(*listed(), withdrawn, before).on(LISTED_TO).scope == units(SCOPE)


def test_a_listing_that_expired_is_renewed_after_a_gap():
    late = LISTED_TO + timedelta(days=40)
    course = course_after(*listed(), renew(late, date(2029, 1, 1)))
    assert standings(course, LISTED_TO, late) == ["expired", "listed"]
    assert course.on(late).scope == units(SCOPE)


@pytest.mark.parametrize(
    ("until", "standing"),
    [
        (None, Standing.SUSPENDED),
        (LISTED_TO + timedelta(days=60), Standing.SUSPENDED),
        (LISTED_TO, Standing.LISTED),
        (LISTED_TO - timedelta(days=60), Standing.LISTED),
    ],
)
def test_a_renewal_does_not_end_a_suspension(until: date | None, standing: Standing):
    suspension = suspend(LISTED_TO - timedelta(days=90), until)
    course = course_after(*listed(), suspension, renew())
    assert course.on(LISTED_TO).standing is standing
    last = course.on(date(2030, 6, 30))
    assert last.standing is (Standing.SUSPENDED if until is None else Standing.LISTED)


def test_a_renewal_decided_for_a_later_day_lists_nobody_who_was_removed_before_it():
    """The bureau renewed ahead of time and removed the enterprise before the renewal began."""
    ahead = renew(on=date(2026, 10, 1))
    removed = remove(date(2026, 10, 20))
    given(*listed(), ahead).when(removed).then_as_ordered()
    course = course_after(*listed(), ahead, removed)
    assert standings(course, date(2026, 10, 19), date(2026, 10, 20), LISTED_TO) == [
        "listed", "removed", "removed",
    ]  # fmt: skip
    assert course.on(LISTED_TO).scope == frozenset()


def test_who_was_never_listed_is_not_renewed():
    given(register()).when(renew()).then_refused("not-listed", "uscc")


def test_nothing_is_renewed_without_a_scope():
    given(*listed()).when(renew(scope=())).then_refused("scope-empty", "scope")
    given(*listed(), change(removed=SCOPE)).when(renew()).then_refused("scope-empty", "scope")


def test_an_occupation_that_became_access_controlled_is_not_renewed():
    scope = (item(GUARD, "4"),)
    old = forced(listing(scope=scope, valid_from=date(2020, 6, 1), valid_to=date(2023, 6, 1)), TAG)
    for named in (None, scope):
        given(register(), old).when(renew(date(2023, 6, 1), scope=named)).then_refused(
            "access-controlled", "scope.0"
        )
    given(register(), old).when(renew(date(2021, 6, 1), scope=scope)).then_as_ordered()


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (date(2024, 2, 29), date(2027, 3, 1), None),
        (date(2024, 2, 29), date(2027, 3, 2), "period-too-long"),
        (date(2025, 7, 1), date(2028, 7, 1), None),
        (date(2025, 7, 1), date(2028, 7, 2), "period-too-long"),
        (date(2025, 7, 1), date(2025, 8, 1), None),
        (date(2025, 7, 1), date(2025, 7, 1), "period-empty"),
    ],
)
def test_a_listing_lasts_three_years_at_most(start: date, end: date, code: str | None):
    way = [register(), forced(listing(valid_from=date(2024, 1, 1)), TAG)]
    outcome = given(*way).when(renew(start, end))
    if code is None:
        outcome.then_as_ordered()
    else:
        outcome.then_refused(code, "valid_to")


def test_a_listing_without_end_is_too_long():
    with pytest.raises(Refused) as refusal:
        require_listing_period(Days(DAY), 3, "valid_to")
    assert refusal.value.code == "period-too-long"


# What is learnt late


def test_a_scope_granted_late_for_an_earlier_day_leaves_later_decisions_in_place():
    later = change(removed=[item(ELECTRICIAN, "5")], on=date(2025, 6, 1))
    late = change(item(LATHE, "4"), on=date(2025, 2, 1))
    course = course_after(*listed(), later, late)
    assert course.on(date(2025, 3, 1)).scope == units([*SCOPE, item(LATHE, "4")])
    assert course.on(date(2025, 6, 1)).scope == units([item(ELECTRICIAN, "4"), item(LATHE, "4")])


def test_a_standing_belongs_to_the_district_that_is_competent_on_its_day():
    moved = order(EnterpriseProfileChanged(uscc=USCC, district="BDA"), date(2025, 6, 1))
    for day, district in ((date(2025, 5, 31), "110108"), (date(2025, 6, 1), "BDA")):
        (new,) = given(*listed(), moved).when(suspend(day)).then_as_ordered()
        assert new.district == district


def test_every_standing_has_words():
    assert len({standing_zh(standing) for standing in Standing}) == len(Standing)


# Laws

START = date(2025, 1, 1)
OFFSETS = st.integers(0, 40)
ITEMS = st.lists(
    st.sampled_from([item(ELECTRICIAN, "5"), item(ELECTRICIAN, "4"), item(LATHE, "4")]), max_size=2
).map(tuple)


def _day(offset: int) -> date:
    return START + timedelta(days=offset)


def _listed(offset: int, length: int, scope: Any) -> tuple[date, Any]:
    body = listing(scope=scope, valid_from=_day(offset), valid_to=_day(offset + length))
    return _day(offset), body


def _renewed(offset: int, length: int, scope: Any) -> tuple[date, Any]:
    return _day(offset), renew(_day(offset), _day(offset + length), scope).body


def _suspended(offset: int, length: int | None) -> tuple[date, Any]:
    until = None if length is None else _day(offset + length)
    return _day(offset), suspend(until=until).body


LENGTHS = st.integers(1, 30)
CHANGES = st.lists(
    st.one_of(
        st.builds(_listed, OFFSETS, LENGTHS, ITEMS),
        st.builds(_renewed, OFFSETS, LENGTHS, st.none() | ITEMS),
        st.builds(_suspended, OFFSETS, st.none() | LENGTHS),
        st.builds(lambda o, a, r: (_day(o), change(*a, removed=r).body), OFFSETS, ITEMS, ITEMS),
        st.builds(lambda o: (_day(o), reinstate().body), OFFSETS),
        st.builds(lambda o: (_day(o), remove().body), OFFSETS),
    ),
    max_size=8,
)


@dataclass
class Diary:
    """The standing lived through one day after the other: slow, and plainly right."""

    grants: list[tuple[date, frozenset[Unit]]]
    """End and items of what is in force."""
    suspensions: list[date | None]
    last: frozenset[Unit] | None = None
    """What was in force last, where nothing is now; None: nothing ever was, or it was removed."""
    ever: bool = False
    removed: bool = False

    def pass_to(self, day: date) -> None:
        self.suspensions = [s for s in self.suspensions if s is None or s > day]
        if self.grants and all(end <= day for end, _ in self.grants):
            self.last = self.scope
        self.grants = [grant for grant in self.grants if grant[0] > day]

    @property
    def scope(self) -> frozenset[Unit]:
        return frozenset(unit for _, units_ in self.grants for unit in units_)

    @property
    def standing(self) -> str:
        if self.grants:
            return "suspended" if self.suspensions else "listed"
        return "removed" if self.removed else "expired" if self.ever else "unlisted"

    def write(self, day: date, events: list[Any]) -> None:
        def of(kind: Any) -> list[Any]:
            return [event for event in events if isinstance(event, kind)]

        for event in of(EnterpriseListed):
            self.grants.append((event.valid_to, units(event.scope)))
            self.ever, self.removed = True, False
        goes_on = self.scope if self.grants else self.last
        for event in of(ListingRenewed):
            if goes_on is not None:
                scope = goes_on if event.scope is None else units(event.scope)
                self.grants.append((event.valid_to, scope))
        out = frozenset(unit for e in of(ScopeChanged) for unit in units(e.removed))
        into = frozenset(unit for e in of(ScopeChanged) for unit in units(e.added))
        self.grants = [(end, (scope - out) | into) for end, scope in self.grants]
        self.suspensions += [event.until for event in of(ListingSuspended)]
        if of(ListingReinstated):
            self.suspensions = []
        if of(ListingRemoved):
            self.grants, self.suspensions, self.last, self.removed = [], [], None, True


@forall(CHANGES)
def test_the_course_is_what_living_through_it_day_by_day_would_give(
    changes: list[tuple[date, Any]],
):
    course = course_after(*[forced(event, TAG, on=day) for day, event in changes])
    diary = Diary(grants=[], suspensions=[])
    for offset in range(-1, 75):
        day = _day(offset)
        diary.pass_to(day)
        diary.write(day, [event for on, event in changes if on == day])
        now = course.on(day)
        assert (now.standing.value, now.scope) == (diary.standing, diary.scope), day


@forall(CHANGES, st.randoms(use_true_random=False), st.integers(-1, 75))
def test_the_order_in_which_changes_are_learnt_does_not_matter(
    changes: list[tuple[date, Any]], chance: Any, offset: int
):
    """Those of one day included."""
    shuffled = list(changes)
    chance.shuffle(shuffled)
    told = [
        course_after(*[forced(event, TAG, on=day) for day, event in some]).on(_day(offset))
        for some in (changes, shuffled)
    ]
    assert replace(told[0], because=()) == replace(told[1], because=())


@forall(CHANGES, st.integers(-1, 70), st.integers(0, 10))
def test_what_holds_over_some_days_is_what_holds_on_each(
    changes: list[tuple[date, Any]], first: int, length: int
):
    course = course_after(*[forced(event, TAG, on=day) for day, event in changes])
    days = [_day(first + n) for n in range(length + 1)]
    over = course.over(days[0], days[-1])
    assert {str(one) for _, one in over} == {str(course.on(day)) for day in days}
    assert all(one == course.on(day) for day, one in over)


@forall(CHANGES)
def test_carrying_out_an_order_twice_adds_nothing(changes: list[tuple[date, Any]]):
    """Over whatever orders were carried out before, on whatever days."""
    done: list[Any] = [register(), forced(listing(valid_from=START, valid_to=_day(45)), TAG)]
    for day, event in changes:
        command = order(event, day)
        if given(*done).when(command).new:
            done.append(command)
            given(*done).when(command).then_nothing()


@forall(CHANGES)
def test_every_day_has_the_entries_that_it_rests_on(changes: list[tuple[date, Any]]):
    course = course_after(*[forced(event, TAG, on=day) for day, event in changes])
    for offset in range(75):
        now = course.on(_day(offset))
        assert (now.standing is Standing.UNLISTED) == (now.because == ())
        assert set(now.because) <= set(range(1, len(changes) + 1))


def test_a_suspension_names_no_finding_of_another_enterprise():
    theirs = [register(uscc=OTHER), order(raised(uscc=OTHER), DAY)]
    named = order(ListingSuspended(uscc=USCC, basis="依据", finding_id="f-1"), DAY)
    given(*listed(), *theirs).when(named).then_refused("other-enterprise", "finding_id")
    given(*listed(), order(raised(), DAY)).when(named).then_as_ordered()
