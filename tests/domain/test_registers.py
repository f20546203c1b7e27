"""Registers and papers of the duties: staff, partnerships, specifications, complaints, results (一(四), 二, 三, 四)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.assessment import ResultsPublished
from domain.partnership import PARTNERSHIP, PartnershipFiled, in_force
from domain.specification import SPECIFICATION, filed_for
from domain.staff import STAFF, StaffRegistered, StaffReleased, missing_on
from domain.terms.decider import Command
from domain.terms.envelope import UNSTAMPED, Stamps
from domain.terms.vocabulary import PartnershipKind, StaffDuty
from tests.facts import (
    COOK,
    ELECTRICIAN,
    certified,
    complaint,
    raised,
    register,
    specification,
    spot_check,
)
from tests.given import (
    CENTRE,
    OTHER,
    TODAY,
    USCC,
    given,
    inspector,
    order,
    recorded,
    reporter,
    state_of,
)

DAY = date(2025, 6, 1)
TOMORROW = TODAY + timedelta(days=1)


def hire(on: date = DAY, name: str = "王甲", **changes: Any) -> Command[Any]:
    body = StaffRegistered(uscc=USCC, staff_id="p-1", name=name, duty=StaffDuty.ASSESSOR)
    return order(replace(body, **changes), on)


def release(on: date, staff_id: str = "p-1") -> Command[Any]:
    return order(StaffReleased(uscc=USCC, staff_id=staff_id), on)


def partner(on: date = DAY, **changes: Any) -> Command[Any]:
    body = PartnershipFiled(uscc=USCC, kind=PartnershipKind.SCHOOL, partner="某技师学院")
    return order(replace(body, **changes), on)


def publish(**changes: Any) -> Command[Any]:
    body = ResultsPublished(
        assessment_id="a-1", published_on=date(2025, 3, 12), until=date(2025, 3, 18), where="网站"
    )
    return order(replace(body, **changes), DAY)


def missing(day: date, names: tuple[str, ...], *history: Command[Any]) -> tuple[str, ...]:
    state = state_of(recorded(register(), *history), STAFF.key(USCC))
    return missing_on(state, day, names, StaffDuty.ASSESSOR)


def test_staff_are_on_the_register_from_the_day_of_registration_to_that_of_release():
    end = DAY + timedelta(days=30)
    for way in ((hire(), release(end)), (hire(), hire(name="王乙", staff_id="p-2"), release(end))):
        assert missing(DAY, ("王甲",), *way) == ()
        assert missing(DAY - timedelta(days=1), ("王甲",), *way) == ("王甲",)
        assert missing(end, ("王甲",), *way) == ("王甲",)


def test_names_on_the_register_are_compared_folded_and_by_duty():
    assert missing(DAY, ("王 甲",), hire()) == ()
    assert missing(DAY, ("王甲",), hire(duty=StaffDuty.QUALITY)) == ("王甲",)


def test_a_release_that_was_entered_before_a_later_registration_is_not_lost():
    first, end, again = hire(), release(DAY + timedelta(days=9)), hire(DAY + timedelta(days=20))
    for way in ((first, end, again), (first, again, end)):
        days = (DAY + timedelta(days=n) for n in (0, 9, 20))
        assert [missing(day, ("王甲",), *way) for day in days] == [(), ("王甲",), ()]


def test_the_same_paper_again_is_known_and_who_was_never_registered_is_not_released():
    given(register(), hire()).when(hire()).then_nothing()
    given(register(), hire()).when(hire(DAY + timedelta(days=1))).then_as_ordered()
    given(register()).when(release(DAY)).then_refused("unknown-staff", "staff_id")
    (later,) = given(register()).when(hire(TOMORROW)).then_as_ordered()  # a later day of its own
    assert later.valid_from == TOMORROW
    given().when(hire()).then_refused("unknown-enterprise")
    given(register()).when(replace(hire(), actor=reporter(OTHER))).then_refused("other-enterprise")


def test_a_partnership_is_in_force_from_its_day_until_it_ends():
    end = DAY + timedelta(days=30)
    state = state_of(recorded(register(), partner(valid_to=end)), PARTNERSHIP.key(USCC))
    days = (DAY - timedelta(days=1), DAY, end)
    assert [in_force(state, PartnershipKind.SCHOOL, day) for day in days] == [False, True, False]
    assert not in_force(state, PartnershipKind.APPRENTICESHIP, DAY)
    given(register(), partner()).when(partner()).then_nothing()
    given(register()).when(partner(valid_to=DAY)).then_refused("period-empty", "valid_to")


def test_a_specification_counts_from_its_receipt_and_never_from_a_day_before_it():
    """What S4 leaves undecided for want of one would go clear by a day that the enterprise names (§1)."""
    earlier = DAY - timedelta(days=30)
    body = specification(filed_on=earlier)

    def on_file(stamps: Stamps, by: Any, day: date) -> bool:
        way = recorded(register(), order(body, DAY, by=by, stamps=stamps))
        return filed_for(state_of(way, SPECIFICATION.key(USCC)), ELECTRICIAN, day)

    assert not on_file(UNSTAMPED, reporter(), earlier)
    assert on_file(UNSTAMPED, reporter(), TODAY)
    for stamps, by in (
        (UNSTAMPED, CENTRE),
        (Stamps(received_on=DAY, received_by=CENTRE), reporter()),
    ):
        assert not on_file(stamps, by, DAY - timedelta(days=1))
        assert on_file(stamps, by, DAY)


def test_a_specification_decides_something_with_the_number_of_its_filing_alone():
    def filed(**changes: Any) -> bool:
        way = recorded(register(), order(specification(**changes), DAY))
        return filed_for(state_of(way, SPECIFICATION.key(USCC)), ELECTRICIAN, DAY)

    assert filed()
    assert not filed(filing_no=None)
    for nothing in (" ", "无", "-", "/", "不详", "待办", "待备案", "０", "N/A"):
        assert not filed(filing_no=nothing)
    assert not filed(filed_with="无")
    assert not filed(occupation=COOK)
    assert not filed(filed_on=DAY + timedelta(days=1))
    given(register(), order(specification(), DAY)).when(order(specification(), DAY)).then_nothing()
    given(register()).when(order(specification(filed_on=TOMORROW), DAY)).then_refused(
        "day-in-the-future", "filed_on"
    )


def test_a_complaint_is_received_once_and_named_by_inspections_and_findings():
    way = [register(), order(complaint(), DAY)]
    given(register()).when(order(complaint(), DAY)).then_as_ordered()
    given(*way).when(order(complaint(), DAY)).then_refused("duplicate", "complaint_id")
    given(*way).when(order(complaint(subject="另"), DAY)).then_refused("complaint-exists")
    given(register()).when(order(complaint(complained_on=TOMORROW), DAY)).then_refused(
        "day-in-the-future", "complained_on"
    )
    for body in (raised(complaints=("c-1",)), spot_check(complaints=("c-1",))):
        given(*way).when(order(body, DAY)).then_as_ordered()
        given(register()).when(order(body, DAY)).then_refused("unknown-complaint", "complaints.0")


def test_a_complaint_about_another_enterprise_is_named_by_nobody_else():
    other = [register(), register(uscc=OTHER), order(complaint(uscc=OTHER), DAY)]
    given(*other).when(order(raised(complaints=("c-1",)), DAY)).then_refused(
        "other-enterprise", "complaints.0"
    )


def test_a_district_receives_complaints_about_its_own_enterprises():
    given(register()).when(order(complaint(), DAY, by=inspector())).then_as_ordered()
    given(register()).when(order(complaint(), DAY, by=inspector("110105"))).then_refused(
        "other-district"
    )


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"assessment_id": "a-9"}, "other-enterprise", "actor.organisation"),
        ({"published_on": TOMORROW, "until": TOMORROW}, "day-in-the-future", "published_on"),
        ({"until": date(2025, 3, 11)}, "days-reversed", "until"),
        ({"published_on": date(2025, 3, 9)}, "published-before-session", "published_on"),
    ],
)
def test_results_are_published_after_their_session(changes: Any, code: str, field: str):
    given(*certified()).when(publish(**changes)).then_refused(code, field)


def test_results_are_published_by_who_assessed_and_once():
    (new,) = given(*certified()).when(publish()).then_as_ordered()
    assert (new.stream, new.subject, new.valid_from) == ("assessment/a-1", USCC, date(2025, 3, 12))
    given(*certified(), publish()).when(publish()).then_nothing()
    given(*certified()).when(replace(publish(), actor=reporter(OTHER))).then_refused(
        "other-enterprise"
    )
