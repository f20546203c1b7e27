"""The day of receipt: nobody acquits themselves by dating a paper back (§1)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.correction import FieldCorrection, RecordCorrected
from domain.enterprise import EnterpriseProfileChanged, UnitCovered
from domain.plan import AnnualPlanFiled, AnnualSummary
from domain.terms.envelope import UNSTAMPED, Stamps
from domain.terms.vocabulary import Role
from tests.facts import held, listed, register
from tests.given import (
    BUREAU,
    CENTRE,
    SUPERVISOR,
    TODAY,
    UNIT,
    USCC,
    given,
    inspector,
    order,
    recorded,
    reporter,
)

CLAIMED = date(2025, 1, 10)
RECEIVED = date(2025, 2, 20)
PLAN = AnnualPlanFiled(
    uscc=USCC,
    year=2025,
    summary=AnnualSummary(sessions=0, candidates=0, certificates=0),
    sessions=(),
)


def file(stamps: Stamps = UNSTAMPED, on: date = CLAIMED, by=None, body=PLAN):
    return order(body, on, by=by or reporter(), stamps=stamps)


def stamps_of(command):
    (new,) = given(register()).when(command).then_as_ordered()
    return new.valid_from, (new.under or command).stamps


def test_what_an_enterprise_files_is_valid_from_the_day_of_its_entry():
    day, stamps = stamps_of(file())
    assert (day, stamps.received_on, stamps.claimed_on) == (TODAY, TODAY, CLAIMED)
    assert stamps.received_by is None


def test_an_authority_states_the_day_on_which_it_received_a_paper():
    day, stamps = stamps_of(file(Stamps(received_on=RECEIVED, received_by=CENTRE)))
    assert (day, stamps.received_on, stamps.claimed_on) == (RECEIVED, RECEIVED, CLAIMED)
    assert stamps.received_by == CENTRE


def test_a_paper_that_came_on_its_own_day_claims_nothing():
    day, stamps = stamps_of(file(Stamps(received_on=CLAIMED, received_by=CENTRE)))
    assert (day, stamps.claimed_on) == (CLAIMED, None)


def test_a_later_day_that_the_enterprise_names_is_the_day_from_which_it_is_meant():
    later = TODAY + timedelta(days=30)
    day, stamps = stamps_of(file(on=later))
    assert (day, stamps.received_on, stamps.claimed_on) == (later, TODAY, None)


def test_a_filing_that_an_authority_enters_was_received_on_its_day():
    day, stamps = stamps_of(file(by=CENTRE))
    assert (day, stamps.received_on, stamps.received_by) == (CLAIMED, CLAIMED, CENTRE)


def test_an_authority_that_enters_a_filing_may_state_another_day_of_receipt():
    day, stamps = stamps_of(file(Stamps(received_on=RECEIVED), by=CENTRE))
    assert (day, stamps.received_by, stamps.claimed_on) == (RECEIVED, CENTRE, CLAIMED)


@pytest.mark.parametrize("by", [None, reporter()])
def test_an_enterprise_does_not_state_the_day_of_receipt(by):
    stamps = Stamps(received_on=CLAIMED, received_by=by)
    given(register()).when(file(stamps)).then_refused("stamp-by-reporter", "received_on")


def test_who_receives_is_the_centre_or_the_competent_district():
    stamps = Stamps(received_on=RECEIVED, received_by=inspector("110108"))
    given(register()).when(file(stamps)).then_as_ordered()
    elsewhere = replace(stamps, received_by=inspector("110105"))
    given(register()).when(file(elsewhere)).then_refused("other-district")
    bureau = replace(stamps, received_by=BUREAU)
    given(register()).when(file(bureau)).then_refused("stamp-role", "received_by.role")
    nowhere = replace(CENTRE, role=Role.CENTRE_OFFICER, organisation="110108")
    given(register()).when(file(replace(stamps, received_by=nowhere))).then_refused(
        "organisation-mismatch", "received_by.organisation"
    )


def test_nothing_was_received_tomorrow_or_by_somebody_on_no_day():
    tomorrow = Stamps(received_on=TODAY + timedelta(days=1), received_by=CENTRE)
    given(register()).when(file(tomorrow)).then_refused("day-in-the-future", "received_on")
    given(register()).when(file(Stamps(received_by=CENTRE))).then_refused("stamp-incomplete")


def test_a_fact_is_not_filed_and_has_no_day_of_receipt():
    session = replace(held(), stamps=Stamps(received_on=RECEIVED, received_by=CENTRE))
    given(*listed()).when(session).then_refused("not-a-filing", "received_on")


def test_a_unit_that_is_covered_afterwards_was_not_covered_before():
    body = UnitCovered(uscc=USCC, unit_uscc=UNIT, unit_name="分公司")
    (new,) = given(register()).when(file(body=body)).then(body)
    assert new.valid_from == TODAY


def test_an_enterprise_does_not_correct_the_day_of_receipt_and_the_centre_does():
    history = (register(), file())
    at = recorded(*history)[-1].position
    field = FieldCorrection(path="valid_from", value=f'"{CLAIMED}"')
    fix = RecordCorrected(position=at, fields=(field,))
    given(*history).when(order(fix, CLAIMED, by=reporter())).then_refused("day-of-receipt")
    given(*history).when(order(fix, CLAIMED, by=CENTRE)).then(fix)
    given(*history).when(order(fix, CLAIMED, by=SUPERVISOR)).then(fix)


def test_a_district_that_hands_an_enterprise_over_received_the_change_itself():
    moved = EnterpriseProfileChanged(uscc=USCC, district="110105")
    given(register()).when(order(moved, RECEIVED, by=inspector("110108"))).then(moved)
