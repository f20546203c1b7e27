"""Reviews of flags: a flag is a check on a record of the kind that the check judges."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.flag import FLAG, FlagReviewed
from domain.terms.decider import Command
from domain.terms.vocabulary import ReviewDecision
from tests.facts import NUMBER, certified, raised
from tests.given import CENTRE, TODAY, USCC, given, order, recorded, state_of

DAY = date(2025, 7, 1)
# Positions of `certified`: 1 registration, 2 session, 3 certificate.


def review(
    flag: str = "S1-2",
    decision: ReviewDecision = ReviewDecision.DISMISSED,
    finding_id: str | None = None,
    reason: str | None = "已核实",
    **beside: Any,
) -> Command[Any]:
    body = FlagReviewed(flag=flag, decision=decision, finding_id=finding_id)
    return order(body, beside.pop("on", DAY), reason=reason, **beside)


def test_a_supervisor_reviews_a_flag():
    (new,) = given(*certified()).when(review()).then_as_ordered()
    assert (new.stream, new.subject, new.district) == ("flag/S1-2", USCC, "110108")
    assert new.tags == ("flag:S1-2",)
    after = state_of(recorded(*certified(), review()), FLAG.key("S1-2"))
    assert (after.by, after.reason, after.decision) == (
        "sup-1", "已核实", ReviewDecision.DISMISSED,
    )  # fmt: skip


def test_reviewing_in_the_same_way_again_changes_nothing():
    given(*certified(), review()).when(review()).then_nothing()


def test_a_review_may_be_overturned_or_given_another_reason():
    given(*certified(), review()).when(review(decision=ReviewDecision.UPHELD)).then_as_ordered()
    given(*certified(), review()).when(review(reason="另有证据")).then_as_ordered()


@pytest.mark.parametrize(
    "flag", ["S1-1", "S1-9", "R1-2", "C3-3", "Q1-2", "S0-2", "G9-2", "T1", "", "S1-02"]
)
def test_a_flag_that_no_check_could_raise_does_not_exist(flag: str):
    given(*certified()).when(review(flag)).then_refused("unknown-flag", "flag")


@pytest.mark.parametrize("flag", ["S1-2", "S1-3", "G1-2", "C3-2", "R1-3", "C2-3", "T1-3"])
def test_every_check_has_flags_on_what_it_judges(flag: str):
    given(*certified()).when(review(flag)).then_as_ordered()


def test_a_review_of_twins_is_a_fact_of_the_number_and_of_the_holder():
    (new,) = given(*certified()).when(review("C2-3")).then_as_ordered()
    assert new.tags == ("flag:C2-3", f"certificate:{NUMBER}", "holder:h-1")


def test_a_review_gives_its_reason():
    for reason in (None, "", "  "):
        given(*certified()).when(review(reason=reason)).then_refused("reason-missing", "reason")


def test_a_flag_becomes_a_finding_that_exists():
    converted = review(decision=ReviewDecision.CONVERTED, finding_id="f-1")
    given(*certified()).when(converted).then_refused("unknown-finding", "finding_id")
    given(*certified()).when(review(decision=ReviewDecision.CONVERTED)).then_refused(
        "unknown-finding", "finding_id"
    )
    given(*certified(), order(raised(), DAY)).when(converted).then_as_ordered()


def test_a_flag_is_not_reviewed_tomorrow_nor_by_the_centre_s_officer():
    given(*certified()).when(review(on=TODAY + timedelta(days=1))).then_refused("day-in-the-future")
    given(*certified()).when(review(by=CENTRE)).then_refused("role-not-allowed")
