"""What is said to flags: reviews, each of one outcome, and the enterprise's answers."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.assessment import Candidates
from domain.catalogue import CatalogueAdopted
from domain.certificate.certificate import CertificateRevoked
from domain.checks.outcome import Outcome
from domain.correction import FieldCorrection, RecordCorrected
from domain.finding.finding import (
    FINDING,
    FindingClosed,
    FindingWithdrawn,
    MeasureImposed,
    MeasureSetAside,
    RectificationOrdered,
    RectificationReported,
    ReinspectionRecorded,
)
from domain.flag import FLAG, FlagAnswered, FlagReviewed, Lapse, Review, Said, shown
from domain.terms.decider import Command
from domain.terms.vocabulary import CatalogueKind, ReviewDecision, ReviewLapse, Verdict
from tests.facts import GUARD, NUMBER, certified, held, issue, listed, raised, register
from tests.given import CENTRE, OTHER, TODAY, USCC, given, order, recorded, reporter, state_of

DAY = date(2025, 7, 1)
# Positions of `certified`: 1 registration, 2 session, 3 certificate. Nobody has listed the enterprise.
UNLISTED = "S7-2"
NOT_LISTED = Outcome(Verdict.BREACH, reason="unlisted", values=("2025-03-10",)).name


def review(
    flag: str = UNLISTED,
    decision: ReviewDecision = ReviewDecision.DISMISSED,
    finding_id: str | None = None,
    reason: str | None = "已核实",
    **beside: Any,
) -> Command[Any]:
    outcome = beside.pop("outcome", None)
    body = FlagReviewed(flag=flag, decision=decision, finding_id=finding_id, outcome=outcome)
    return order(body, beside.pop("on", DAY), reason=reason, **beside)


def answer(flag: str = UNLISTED, statement: str = "名单正在公示", **beside: Any) -> Command[Any]:
    return order(FlagAnswered(flag=flag, statement=statement, evidence=()), DAY, **beside)


def test_a_supervisor_reviews_a_flag():
    (new,) = given(*certified()).when(review()).new
    assert new.event == FlagReviewed(
        flag=UNLISTED, decision=ReviewDecision.DISMISSED, outcome=NOT_LISTED
    )
    assert (new.stream, new.subject, new.district) == ("flag/S7-2", USCC, "110108")
    assert new.tags == ("flag:S7-2",)
    (after,) = state_of(recorded(*certified(), review()), FLAG.key(UNLISTED)).reviews
    assert (after.by, after.reason, after.decision) == (
        "sup-1", "已核实", ReviewDecision.DISMISSED,
    )  # fmt: skip


def test_what_a_deadline_brings_is_not_reviewed_before_it_has_passed():
    """§3: a paper that reviews an order as overdue on a day on which it was not."""
    due = RectificationOrdered(finding_id="f-1", requirement="改", due_on=date(2025, 7, 15))
    overdue = given(register(), order(raised(), date(2025, 6, 1)), order(due, date(2025, 6, 2)))
    for early in (date(2025, 6, 20), date(2025, 7, 15)):
        refusal = overdue.when(review("Q2-3", on=early)).refusal
        assert (refusal.code, refusal.field) == ("before-its-ground", "valid_from")
    on_time = review("Q2-3", on=date(2025, 7, 16))
    assert len(overdue.when(on_time).new) == 1
    fields = (FieldCorrection(path="valid_from", value='"2025-06-20"'),)
    back = order(RecordCorrected(position=4, fields=fields), DAY, reason="误记")
    given(
        *[register(), order(raised(), date(2025, 6, 1)), order(due, date(2025, 6, 2)), on_time]
    ).when(back).then_refused("before-its-ground")


def test_reviewing_in_the_same_way_again_changes_nothing():
    given(*certified(), review()).when(review()).then_nothing()


def test_a_review_may_be_overturned_or_given_another_reason():
    for other in (review(decision=ReviewDecision.UPHELD), review(reason="另有证据")):
        assert len(given(*certified(), review()).when(other).new) == 1


def test_a_review_names_the_outcome_that_it_is_about():
    given(*certified()).when(review(outcome=NOT_LISTED)).then_as_ordered()
    never = review(outcome="breach.suspended")
    given(*certified()).when(never).then_refused("unknown-outcome", "outcome")


def test_a_review_of_an_outcome_that_was_once_in_force_is_taken_and_is_stale():
    """The supervisor read it a moment before it changed; what never was is nobody's to review (§1)."""
    beyond = held(candidates=Candidates(other=1))
    (first,) = given(register(), beyond).when(review("S5-2")).new
    fields = (FieldCorrection(path="candidates.other", value="2"),)
    corrected = order(RecordCorrected(position=2, fields=fields), DAY, by=CENTRE)
    way = [register(), beyond, corrected]
    (now,) = given(*way).when(review("S5-2")).new
    assert now.event.outcome != first.event.outcome
    before = review("S5-2", outcome=first.event.outcome)
    (late,) = given(*way).when(before).then_as_ordered()
    said = state_of(recorded(*way, before), FLAG.key("S5-2"))
    assert shown(said, Verdict.BREACH, now.event.outcome, {}).stale
    assert late.event.outcome == first.event.outcome
    given(register(), beyond).when(review("S5-2", outcome=now.event.outcome)).then_refused(
        "unknown-outcome"
    )


def test_an_outcome_of_before_a_catalogue_was_adopted_is_one_that_was():
    """What was judged then is read again by the catalogues of then."""
    way = [*listed(), held(occupation=GUARD)]
    at = len(recorded(*way))
    upheld = review(f"S3-{at}", ReviewDecision.UPHELD)
    (then,) = given(*way).when(upheld).new
    lifted = CatalogueAdopted(
        kind=CatalogueKind.QUALIFICATIONS,
        edition="2026",
        valid_from=date(2024, 1, 1),
        sha256="ab" * 32,
    )
    way.append(order(lifted, date(2024, 1, 1)))
    (now,) = given(*way).when(upheld).new
    assert now.event.outcome != then.event.outcome
    before = review(f"S3-{at}", ReviewDecision.UPHELD, outcome=then.event.outcome)
    given(*way).when(before).then_as_ordered()


@pytest.mark.parametrize(
    "flag", ["S1-1", "S1-9", "R1-2", "C3-3", "Q1-2", "S0-2", "G9-2", "T1", "", "S1-02"]
)
def test_a_flag_that_no_check_could_raise_does_not_exist(flag: str):
    given(*certified()).when(review(flag)).then_refused("unknown-flag", "flag")
    given(*certified()).when(answer(flag)).then_refused("other-enterprise")


@pytest.mark.parametrize("flag", ["S1-2", "S5-3", "G1-2", "C3-2", "R1-3", "C2-3", "T1-3"])
def test_a_flag_that_was_never_raised_is_neither_reviewed_nor_answered(flag: str):
    for said in (review(flag), answer(flag)):
        given(*certified()).when(said).then_refused("never-raised", "flag")


@pytest.mark.parametrize(
    ("history", "flag"),
    [
        ([register(), held(method="抽签")], "S6-2"),
        ([register(), held(venue=None)], "G1-2"),
        (certified(issuer_uscc=OTHER), "R1-3"),
        (certified(certificate_no="第一号"), "C1-3"),
    ],
)
def test_a_flag_is_reviewed_on_the_record_that_its_check_judges(history: Any, flag: str):
    (new,) = given(*history).when(review(flag)).new
    assert new.event.flag == flag


def test_a_flag_that_is_clear_by_now_is_reviewed_and_the_review_is_stale():
    said = Said(reviews=(_review("clear."),))
    seen = shown(said, Verdict.CLEAR, "clear.", {})
    assert seen == (said.reviews[0], Lapse(ReviewLapse.OUTCOME_CHANGED))


def test_the_review_of_another_outcome_is_stale_and_that_of_the_present_one_holds():
    old, new = _review("breach.level-outside.1"), _review("breach.level-outside.2")
    changed = Lapse(ReviewLapse.OUTCOME_CHANGED)
    one, two = "breach.level-outside.1", "breach.level-outside.2"
    assert shown(Said(reviews=(old,)), Verdict.BREACH, two, {}) == (old, changed)
    assert shown(Said(reviews=(old, new)), Verdict.BREACH, one, {}) == (old, None)
    assert shown(Said(), Verdict.BREACH, one, {}) == (None, None)


def _review(
    outcome: str,
    decision: ReviewDecision = ReviewDecision.DISMISSED,
    finding_id: str | None = None,
) -> Review:
    return Review(
        decision=decision,
        position=9,
        by="sup-1",
        reason="核实",
        finding_id=finding_id,
        outcome=outcome,
    )


def closing(outcome: str = "没有问题") -> Command[Any]:
    return order(FindingClosed(finding_id="f-1", outcome=outcome), DAY)


def reprimand() -> list[Command[Any]]:
    """A measure was taken."""
    days = {"effective_from": DAY}
    return [order(MeasureImposed(finding_id="f-1", measure_id="m-1", kind="约谈", **days), DAY)]


def mending() -> list[Command[Any]]:
    """What was ordered was put right."""
    due = RectificationOrdered(finding_id="f-1", requirement="改", due_on=DAY)
    report = RectificationReported(finding_id="f-1", statement="已改", evidence=())
    return [
        order(due, DAY),
        order(report, DAY),
        order(ReinspectionRecorded(finding_id="f-1", passed=True, note=""), DAY),
    ]


def revoked_measure() -> list[Command[Any]]:
    """A measure was taken and set aside."""
    gone = MeasureSetAside(finding_id="f-1", measure_id="m-1", effective_from=DAY)
    return [*reprimand(), order(gone, DAY)]


WITHDRAWAL = order(FindingWithdrawn(finding_id="f-1", reason="有误"), DAY)


@pytest.mark.parametrize(
    ("way", "why"),
    [
        ([], None),
        ([WITHDRAWAL], ReviewLapse.FINDING_WITHDRAWN),
        ([*mending(), WITHDRAWAL], ReviewLapse.FINDING_WITHDRAWN),
        ([closing()], ReviewLapse.FINDING_WITHOUT_CONSEQUENCE),
        ([*revoked_measure(), closing()], ReviewLapse.FINDING_WITHOUT_CONSEQUENCE),
        ([*reprimand(), closing()], None),
        ([*mending(), closing()], None),
    ],
)
def test_a_flag_that_was_made_a_finding_is_back_in_the_queue_when_the_finding_comes_to_nothing(
    way: list[Command[Any]], why: ReviewLapse | None
):
    """One person would take a severe flag out of the queue: make it a finding, and end that (§1)."""
    history = recorded(register(), order(raised(), DAY), *way)
    finding = state_of(history, FINDING.key("f-1"))
    converted = _review("breach.outside.1", ReviewDecision.CONVERTED, "f-1")
    seen = shown(Said(reviews=(converted,)), Verdict.BREACH, "breach.outside.1", {"f-1": finding})
    assert seen.review == converted
    assert seen.lapse == (None if why is None else Lapse(why, len(history)))
    assert seen.holding == (converted if why is None else None)


def twice() -> list[Command[Any]]:
    """Two certificates under one number."""
    second = issue(holder=_holder("h-2"))
    return [*certified(), order(second, date(2025, 3, 20))]


def _holder(subject_id: str) -> Any:
    holder = issue().holder
    return type(holder)(
        subject_id=subject_id,
        masked_name="李*",
        id_type=holder.id_type,
        category=holder.category,
    )


def test_a_review_gives_its_reason():
    for reason in (None, "", "  "):
        given(*certified()).when(review(reason=reason)).then_refused("reason-missing", "reason")


def test_a_review_is_not_corrected_to_another_outcome_or_into_another_finding():
    way = [*certified(), review(decision=ReviewDecision.UPHELD)]
    at = recorded(*way)[-1].position

    def corrected(**fields: Any) -> Command[Any]:
        values = tuple(FieldCorrection(path=k, value=json.dumps(v)) for k, v in fields.items())
        return order(RecordCorrected(position=at, fields=values), DAY, reason="误记")

    given(*way).when(corrected(outcome="undecided.")).then_refused("outcome-stays")
    into = corrected(decision="converted", finding_id="f-1")
    given(*way).when(into).then_refused("identity-field")
    given(*way).when(corrected(decision="converted")).then_refused("unknown-finding")


def test_a_flag_becomes_a_finding_that_exists_and_is_of_the_same_enterprise():
    converted = review(decision=ReviewDecision.CONVERTED, finding_id="f-1")
    given(*certified()).when(converted).then_refused("unknown-finding", "finding_id")
    given(*certified()).when(review(decision=ReviewDecision.CONVERTED)).then_refused(
        "unknown-finding", "finding_id"
    )
    assert given(*certified(), order(raised(), DAY)).when(converted).new
    gone = [order(raised(), DAY), order(FindingWithdrawn(finding_id="f-1", reason="有误"), DAY)]
    given(*certified(), *gone).when(converted).then_refused("finding-withdrawn", "finding_id")
    ended = [order(raised(), DAY), closing("已处理")]
    given(*certified(), *ended).when(converted).then_refused("finding-ended", "finding_id")
    later = [order(raised(), DAY + timedelta(days=1))]
    given(*certified(), *later).when(converted).then_refused("before-its-ground")
    of_another = [register(uscc=OTHER), order(raised(uscc=OTHER), DAY)]
    given(*certified(), *of_another).when(converted).then_refused("other-enterprise", "finding_id")


def test_a_flag_is_not_reviewed_tomorrow_nor_by_the_centre_s_officer():
    given(*certified()).when(review(on=TODAY + timedelta(days=1))).then_refused("day-in-the-future")
    given(*certified()).when(review(by=CENTRE)).then_refused("role-not-allowed")


def test_an_enterprise_answers_its_own_flag_and_nobody_else_s():
    (new,) = given(*certified()).when(answer()).then_as_ordered()
    assert (new.stream, new.subject) == ("flag/S7-2", USCC)
    (said,) = state_of(recorded(*certified(), answer()), FLAG.key(UNLISTED)).answers
    assert (said.statement, said.said_on) == ("名单正在公示", DAY)
    given(*certified()).when(answer(by=reporter(OTHER))).then_refused("other-enterprise")
    given(*certified()).when(answer(statement="  ")).then_refused("statement-missing", "statement")
    given(*certified(), answer()).when(answer()).then_nothing()


def test_a_breach_that_came_in_together_with_its_end_is_reviewed_all_the_same():
    """The centre had revoked one of two certificates before the other was reported (0280)."""
    first = issue(issued_on=date(2025, 3, 20))
    way = [
        register(),
        held(candidates=Candidates(employee=1)),
        order(first, first.issued_on),
        order(CertificateRevoked(certificate_no=NUMBER, reason="错"), date(2025, 5, 1), by=CENTRE),
    ]
    second = replace(issue(certificate_no=f"{NUMBER[:-1]}9"), issued_on=date(2025, 3, 25))
    way.append(order(second, second.issued_on))
    named = Outcome(Verdict.BREACH, reason="more-than-candidates", values=("1", "2")).name
    given(*way).when(review("C3-2", outcome=named)).then_as_ordered()
    (now,) = given(*way).when(review("C3-2")).new
    assert now.event.outcome != named, "today it is over"
