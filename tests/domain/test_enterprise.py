"""Registration, changes of the profile, and the units that an enterprise acts for."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.correction import FieldCorrection, RecordCorrected
from domain.enterprise import (
    ENTERPRISE,
    Enterprise,
    EnterpriseProfileChanged,
    UnitCovered,
    UnitReleased,
)
from domain.terms.decider import Command
from domain.terms.envelope import Stamps
from domain.terms.vocabulary import EnterpriseKind
from tests.facts import complaint, dispatch, raised, register, registration, spot_check
from tests.given import (
    CENTRE,
    OTHER,
    TODAY,
    UNIT,
    USCC,
    forced,
    given,
    inspector,
    order,
    recorded,
    reporter,
    state_of,
)

DAY = date(2025, 6, 1)


def change(on: date = DAY, **changes: Any) -> Command[Any]:
    return order(EnterpriseProfileChanged(uscc=USCC, **changes), on)


def cover(on: date = DAY, unit: str = UNIT, name: str = "分公司") -> Command[Any]:
    return order(UnitCovered(uscc=USCC, unit_uscc=unit, unit_name=name), on)


def release(on: date = DAY, unit: str = UNIT) -> Command[Any]:
    return order(UnitReleased(uscc=USCC, unit_uscc=unit), on)


def enterprise_after(*history: Command[Any]) -> Enterprise:
    state = state_of(recorded(*history), ENTERPRISE.key(USCC))
    assert isinstance(state, Enterprise)
    return state


# Registration


def test_an_enterprise_is_registered_in_its_stream_with_its_district():
    (new,) = given().when(register()).then(registration())
    assert (new.stream, new.subject, new.district) == (f"enterprise/{USCC}", USCC, "110108")
    assert new.tags == (f"enterprise:{USCC}",)


def test_registering_an_enterprise_again_as_it_is_changes_nothing():
    given(register()).when(register()).then_nothing()


def test_registering_an_enterprise_again_as_another_is_refused():
    given(register()).when(register(name="另一企业")).then_refused("already-registered", "uscc")


def test_a_code_with_a_wrong_check_character_is_refused():
    given().when(order(registration(uscc="91110302MA222LU88A"), DAY, by=CENTRE)).then_refused(
        "invalid-uscc", "uscc"
    )


def test_an_enterprise_is_not_registered_from_tomorrow_on():
    given().when(register(on=TODAY)).then_as_ordered()
    given().when(register(on=TODAY + timedelta(days=1))).then_refused("day-in-the-future")


# Profile


def test_a_change_of_profile_is_recorded_as_it_was_reported_also_where_it_changes_nothing_today():
    both = change(name="新名", address="北京市海淀区")
    (new,) = given(register()).when(both).then_as_ordered()
    assert new.event.address == "北京市海淀区"
    given(register(), change(name="新名")).when(
        order(EnterpriseProfileChanged(uscc=USCC, name="新名"), DAY + timedelta(days=1))
    ).then_as_ordered()


def test_a_name_of_the_tenth_that_was_entered_before_that_of_the_first_is_not_lost():
    first = order(EnterpriseProfileChanged(uscc=USCC, name="甲"), date(2025, 3, 1))
    back = order(EnterpriseProfileChanged(uscc=USCC, name="示例企业"), date(2025, 3, 10))
    for way in ((first, back), (back, first)):
        state = state_of(recorded(register(), *way), ENTERPRISE.key(USCC))
        names = [state.profile_on(day).name for day in (date(2025, 3, 5), date(2025, 3, 10))]
        assert names == ["甲", "示例企业"]


def test_one_day_has_one_value_of_a_field():
    way = [register(), change(name="新名")]
    given(*way).when(change(name="另名")).then_refused("changed-that-day", "name")
    given(*way).when(change(address="北京市海淀区")).then_as_ordered()


def test_every_field_of_a_profile_may_change():
    everything = EnterpriseProfileChanged(
        uscc=USCC, name="新名", kind=EnterpriseKind.CENTRAL, district="BDA", address="亦庄"
    )
    (new,) = given(register()).when(order(everything, DAY)).then(everything)
    assert new.district == "BDA"


def test_the_same_change_of_a_profile_again_is_known_already():
    given(register(), change(name="新名")).when(change(name="新名")).then_nothing()


def test_the_profile_of_an_unknown_enterprise_is_not_changed():
    given().when(change(name="新名")).then_refused("unknown-enterprise", "uscc")


def test_a_change_that_is_learnt_late_lasts_beyond_a_later_change_of_something_else():
    after = enterprise_after(
        register(), change(date(2025, 6, 1), address="新址"), change(date(2025, 1, 1), name="新名")
    )
    assert (after.profile.name, after.profile.address) == ("新名", "新址")
    assert after.profile_on(date(2025, 3, 1)).address == "北京市海淀区"
    assert after.profile_on(date(2024, 12, 31)).name == "示例企业"


def test_a_change_that_is_learnt_late_leaves_a_later_change_of_the_same_in_place():
    after = enterprise_after(
        register(), change(date(2025, 6, 1), name="丙"), change(date(2025, 1, 1), name="乙")
    )
    assert [after.profile_on(date(2025, month, 1)).name for month in (1, 5, 6)] == [
        "乙", "乙", "丙",
    ]  # fmt: skip


def test_before_its_registration_an_enterprise_has_its_first_profile():
    after = enterprise_after(register(), change(name="新名"))
    assert after.profile_on(date(2020, 1, 1)).name == "示例企业"


CHANGES = st.lists(
    st.tuples(
        st.dates(date(2024, 3, 2), date(2026, 10, 1)),
        st.sampled_from(["name", "address", "district"]),
        st.sampled_from("ABC"),
    ),
    max_size=8,
    unique_by=lambda c: c[:2],
)


@forall(CHANGES, st.randoms(use_true_random=False), st.dates(date(2024, 3, 1), date(2026, 12, 1)))
def test_the_order_in_which_changes_are_learnt_does_not_matter(
    changes: list[tuple[date, str, str]], chance: Any, day: date
):
    def told(some: list[tuple[date, str, str]]) -> Enterprise:
        bodies = [
            forced(
                EnterpriseProfileChanged(uscc=USCC, **{name: value}), f"enterprise:{USCC}", on=on
            )
            for on, name, value in some
        ]
        state = state_of(recorded(register(), *bodies), ENTERPRISE.key(USCC))
        assert isinstance(state, Enterprise)
        return state

    shuffled = list(changes)
    chance.shuffle(shuffled)
    assert told(changes).profile_on(day) == told(shuffled).profile_on(day)
    assert told(changes).profile == told(changes).profile_on(date(9999, 1, 1))


def test_a_change_of_profile_may_be_filed_for_a_later_day():
    tomorrow = TODAY + timedelta(days=1)
    (new,) = given(register()).when(change(tomorrow, name="新名")).then_as_ordered()
    assert new.valid_from == tomorrow


def test_a_district_hands_its_enterprise_over_and_no_other_takes_it():
    moved = EnterpriseProfileChanged(uscc=USCC, district="110105")
    given(register()).when(order(moved, DAY, by=inspector("110105"))).then_refused("other-district")
    (new,) = given(register()).when(order(moved, DAY, by=inspector("110108"))).then(moved)
    assert new.district == "110105"


BEFORE = DAY - timedelta(days=30)
AFTER_HANDING_OVER = [
    register(),
    order(EnterpriseProfileChanged(uscc=USCC, district="110105"), DAY),
]


@pytest.mark.parametrize(
    "act",
    [
        raised(),
        dispatch(),
        EnterpriseProfileChanged(uscc=USCC, district="110106"),
        RecordCorrected(position=1, fields=(FieldCorrection(path="name", value='"另"'),)),
    ],
)
def test_a_district_that_handed_an_enterprise_over_does_nothing_more_for_days_before(act: Any):
    by_then = order(act, BEFORE, by=inspector("110108"))
    ahead = order(EnterpriseProfileChanged(uscc=USCC, district="110105"), TODAY + timedelta(days=9))
    then = given(*AFTER_HANDING_OVER).when(by_then)
    assert then.refusal is not None
    assert then.refusal.code in {"handed-over", "not-yours-to-correct"}
    if not isinstance(act, RecordCorrected):
        then.then_refused("handed-over", "actor.organisation")
        assert given(register(), ahead).when(by_then).new  # it is still the competent one today
        history = replace(by_then, stamps=Stamps(backfill=True), document_no="1")
        assert given(*AFTER_HANDING_OVER).when(history).new


def test_what_a_district_saw_or_heard_before_it_handed_over_it_still_reports_and_corrects():
    seen = order(spot_check(), BEFORE, by=inspector("110108"))
    heard = order(complaint(), BEFORE, by=inspector("110108"))
    for told in (seen, heard):
        given(*AFTER_HANDING_OVER).when(told).then_as_ordered()
    fields = (FieldCorrection(path="offline", value="false"),)
    wrong = order(RecordCorrected(position=3, fields=fields), DAY, by=inspector("110108"))
    given(*AFTER_HANDING_OVER, seen).when(wrong).then_as_ordered()


def test_an_inspector_registers_enterprises_of_their_own_district_alone():
    body = registration()
    given().when(order(body, DAY, by=inspector("110105"))).then_refused("other-district")
    given().when(order(body, DAY, by=inspector("110108"))).then(body)


def test_a_reporter_learns_nothing_by_repeating_what_another_enterprise_reported():
    given(register()).when(order(registration(), DAY, by=reporter(OTHER))).then_refused(
        "other-enterprise"
    )


# Units


def test_a_unit_is_covered_from_its_day_on():
    (new,) = given(register()).when(cover()).then_as_ordered()
    assert (new.stream, new.valid_from) == (f"enterprise/{USCC}", DAY)
    after = enterprise_after(register(), cover())
    before = DAY - timedelta(days=1)
    assert after.uncovered(UNIT, DAY, TODAY) is None
    assert after.uncovered(UNIT, before, DAY) == before
    assert after.uncovered(OTHER, DAY, DAY) == DAY


def test_covering_a_unit_again_changes_nothing():
    given(register(), cover()).when(cover()).then_nothing()


def test_covering_a_unit_again_under_another_name_is_recorded():
    given(register(), cover()).when(cover(name="新分公司")).then_as_ordered()


def test_an_enterprise_is_not_its_own_unit():
    given(register()).when(cover(unit=USCC)).then_refused("unit-is-applicant", "unit_uscc")


def test_a_unit_has_a_valid_code():
    given(register()).when(cover(unit=UNIT[:-1] + "0")).then_refused("invalid-uscc", "unit_uscc")


def test_a_unit_of_an_unknown_enterprise_is_refused():
    given().when(cover()).then_refused("unknown-enterprise", "uscc")


def test_a_unit_may_be_covered_from_tomorrow_on():
    tomorrow = TODAY + timedelta(days=1)
    (new,) = given(register()).when(cover(tomorrow)).then_as_ordered()
    assert new.valid_from == tomorrow


def test_a_unit_is_released_from_its_day_on():
    day = DAY + timedelta(days=30)
    given(register(), cover()).when(release(day)).then_as_ordered()
    after = enterprise_after(register(), cover(), release(day))
    assert after.uncovered(UNIT, DAY, day - timedelta(days=1)) is None
    assert after.uncovered(UNIT, DAY, day + timedelta(days=9)) == day


def test_releasing_a_released_unit_changes_nothing():
    given(register(), cover(), release()).when(release()).then_nothing()


def test_a_unit_that_was_never_covered_is_not_released():
    given(register()).when(release()).then_refused("not-covered", "unit_uscc")


def test_a_unit_is_not_released_before_it_was_covered():
    given(register(), cover()).when(release(DAY - timedelta(days=1))).then_refused("not-covered")


def test_a_released_unit_may_be_covered_again():
    later = DAY + timedelta(days=60)
    given(register(), cover(), release(DAY + timedelta(days=30))).when(
        cover(later)
    ).then_as_ordered()
