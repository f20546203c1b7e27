"""Acts rest on acts: none is dated before what it rests on, and what it names must belong (§3)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.application.application import (
    ApplicationAccepted,
    ApplicationRejected,
    ApplicationWithdrawn,
    EvaluationScoreRevised,
    ExpertsAssigned,
    ReceiptIssued,
)
from domain.application.submission import ApplicationReturned
from domain.certificate.certificate import CertificateReissued, CertificateRevoked
from domain.correction import FieldCorrection, RecordCorrected
from domain.finding.finding import (
    FindingClosed,
    FindingDisputed,
    FindingWithdrawn,
    HearingHeld,
    MeasureImposed,
    MeasureLifted,
    MeasureSetAside,
    MeasureStayed,
    MeasureVaried,
    RectificationOrdered,
    RectificationReported,
    ReinspectionRecorded,
)
from domain.flag import FlagReviewed
from domain.inspection.draw import Pool, Sample, commitment
from domain.inspection.inspection import InspectionDrawn
from domain.plan import AnnualPlanRevised
from domain.registry import EVENTS
from domain.standing.standing import (
    ListingReinstated,
    ListingRemoved,
    ListingSuspended,
    ScopeChanged,
)
from domain.terms.decider import Command
from domain.terms.vocabulary import ReviewDecision
from tests.facts import (
    APP,
    LATHE,
    LISTED_FROM,
    NUMBER,
    PLAN,
    accepted,
    applied,
    assigned,
    certified,
    complaint,
    concluded,
    confirmation,
    confirmed,
    dispatch,
    evaluated,
    found,
    held,
    issue,
    item,
    listed,
    opinion,
    panel,
    points,
    publication,
    raised,
    recommended,
    register,
    roster_entry,
    scored,
    session,
    spot_check,
)
from tests.given import OTHER, SUPERVISOR, USCC, given, inspector, order, reporter

DAY = date(2025, 6, 10)
NEW_NUMBER = "Y000011123456254000009"
BEFORE = "before-its-ground"


def with_opinion() -> list[Command[Any]]:
    return [*applied(), order(opinion(), date(2024, 5, 20))]


def ordered() -> list[Command[Any]]:
    body = RectificationOrdered(finding_id="f-1", requirement="改", due_on=date(2025, 7, 1))
    return [*found(), order(body, DAY)]


def passed() -> list[Command[Any]]:
    reported = RectificationReported(finding_id="f-1", statement="已改", evidence=())
    again = ReinspectionRecorded(finding_id="f-1", passed=True, note="")
    return [*ordered(), order(reported, DAY), order(again, DAY + timedelta(days=5))]


IMPOSED = MeasureImposed(finding_id="f-1", measure_id="m-1", kind="约谈", effective_from=DAY)
REVOKED = CertificateRevoked(certificate_no=NUMBER, reason="有误")
REISSUED = CertificateReissued(certificate_no=NUMBER, new_certificate_no=NEW_NUMBER, reason="补发")


def scored_once() -> list[Command[Any]]:
    return [*assigned(), order(scored(), date(2024, 6, 10))]


def imposed() -> list[Command[Any]]:
    return [*found(), order(IMPOSED, DAY)]


def of_measure(cls: type) -> Any:
    return cls(finding_id="f-1", measure_id="m-1", effective_from=DAY)


def heard(held_on: date) -> HearingHeld:
    return HearingHeld(finding_id="f-1", held_on=held_on, outcome="维持")


def with_finding() -> list[Command[Any]]:
    return [*listed(), order(raised(), date(2025, 6, 1))]


def suspended() -> list[Command[Any]]:
    because = ListingSuspended(uscc=USCC, basis="督导", finding_id="f-1")
    return [*with_finding(), order(because, DAY)]


def planned() -> list[Command[Any]]:
    return [register(), order(PLAN, date(2025, 1, 10))]


REVISED_SCORE = EvaluationScoreRevised(
    application_id=APP, expert_id="e1", scores=points(19), comment="", reason="复核"
)
REVISED_PLAN = AnnualPlanRevised(uscc=USCC, year=2025, summary=PLAN.summary, sessions=())

ACTS = [
    (applied(), opinion(), date(2024, 5, 10)),
    (accepted(), ExpertsAssigned(application_id=APP, experts=panel("e1", "e2")), date(2024, 5, 25)),
    (scored_once(), REVISED_SCORE, date(2024, 6, 10)),
    (applied(), ApplicationWithdrawn(application_id=APP, reason="另报"), date(2024, 5, 10)),
    (
        listed(),
        ScopeChanged(uscc=USCC, added=(item(LATHE, "4"),), removed=(), basis="扩"),
        LISTED_FROM,
    ),
    (with_finding(), ListingSuspended(uscc=USCC, basis="督导", finding_id="f-1"), date(2025, 6, 1)),
    (with_finding(), ListingRemoved(uscc=USCC, basis="督导", finding_id="f-1"), date(2025, 6, 1)),
    (suspended(), ListingReinstated(uscc=USCC, basis="改", finding_id="f-1"), DAY),
    (planned(), REVISED_PLAN, date(2025, 1, 10)),
    (certified(), raised(assessments=("a-1",)), date(2025, 3, 10)),
    (certified(), raised(certificates=(NUMBER,)), date(2025, 3, 20)),
    (certified(), raised(flags=("S7-2",)), date(2025, 3, 10)),
    ([register(), order(complaint(), DAY)], raised(complaints=("c-1",)), date(2025, 5, 1)),
    (certified(), FlagReviewed(flag="S7-2", decision=ReviewDecision.UPHELD), date(2025, 3, 10)),
    (imposed(), of_measure(MeasureStayed), DAY),
    (imposed(), of_measure(MeasureVaried), DAY),
    (imposed(), of_measure(MeasureSetAside), DAY),
    (imposed(), of_measure(MeasureLifted), DAY),
    (found(), FindingDisputed(finding_id="f-1", statement="不服"), date(2025, 6, 1)),
    (with_opinion(), ApplicationAccepted(application_id=APP), date(2024, 5, 20)),
    (applied(), ApplicationReturned(application_id=APP, reason="不全"), date(2024, 5, 10)),
    (assigned(), scored(), date(2024, 5, 28)),
    (evaluated(), concluded(), date(2024, 6, 10)),
    (recommended(), confirmation(), date(2024, 6, 15)),
    (accepted(), ApplicationRejected(application_id=APP, reason="不符"), date(2024, 5, 25)),
    (
        found(),
        RectificationOrdered(finding_id="f-1", requirement="改", due_on=DAY),
        date(2025, 6, 1),
    ),
    (found(), IMPOSED, date(2025, 6, 1)),
    (found(), FindingWithdrawn(finding_id="f-1", reason="有误"), date(2025, 6, 1)),
    (ordered(), RectificationReported(finding_id="f-1", statement="改", evidence=()), DAY),
    (ordered(), ReinspectionRecorded(finding_id="f-1", passed=True, note=""), DAY),
    (passed(), FindingClosed(finding_id="f-1", outcome="到位"), DAY + timedelta(days=5)),
    (certified(), REVOKED, date(2025, 3, 20)),
    (certified(), REISSUED, date(2025, 3, 20)),
]
"""What was recorded, an act that rests on it, and the first day on which that may be."""


ELSEWHERE = {
    "ReceiptIssued": "its day is in its data",
    "RosterPublished": "its day is in its data",
    "EnterpriseListed": "follows from the publication",
    "ListingRenewed": "goes on with what is listed on its first day",
    "CorrectionDecided": "not before it was asked for",
    "ResultsPublished": "not before the session",
    "HearingHeld": "not before the finding",
    "InspectionDrawn": "not before its commitment",
}
"""Acts whose ground another test holds, here or beside their stream."""
NOTHING = {
    "EnterpriseRegistered": "a fact",
    "AssessmentHeld": "a fact",
    "CertificateIssued": "a fact: R2 judges its day",
    "SpotCheckRecorded": "a fact",
    "ComplaintReceived": "a fact, and says itself when it was made",
    "FlagAnswered": "a fact",
    "ApplicationSubmitted": "a filing: its window judges its day",
    "EnterpriseProfileChanged": "a filing; the registration may come in later",
    "UnitCovered": "a filing",
    "UnitReleased": "a filing: of a unit that is covered on its day",
    "AnnualPlanFiled": "a filing",
    "StaffRegistered": "a filing",
    "StaffReleased": "a filing: without effect before the registration",
    "PartnershipFiled": "a filing",
    "SpecificationFiled": "a filing",
    "InspectionDispatched": "an act that begins something",
    "RecordCorrected": "has the day of its record",
    "CorrectionRequested": "has the day of its entry",
    "ActRequested": "has the day of its entry",
    "ActDecided": "has the day of its entry",
    "CatalogueAdopted": "an act that begins something",
    "DayClosed": "the ledger's own, of the day that has ended",
    "ClockSet": "an act of the owner, of the moment",
    "DemonstrationBegun": "an act of the owner, the first of its ledger",
    "PersonErased": "an act that ends something of whatever day",
}
"""What rests on nothing that has a day, and why."""


def test_of_every_event_it_is_said_what_it_rests_on():
    named = {type(act).__name__ for _, act, _ in ACTS}
    assert named | set(ELSEWHERE) | set(NOTHING) == set(EVENTS)
    assert not named & (set(ELSEWHERE) | set(NOTHING))
    assert not set(ELSEWHERE) & set(NOTHING)


@pytest.mark.parametrize(("history", "act", "first"), ACTS)
def test_an_act_is_not_dated_before_what_it_rests_on(
    history: list[Command[Any]], act: Any, first: date
):
    before = given(*history).when(order(act, first - timedelta(days=1)))
    if isinstance(act, ScopeChanged):
        before.then_refused("not-listed")  # there is no roster to change yet
    else:
        before.then_refused(BEFORE, "valid_from")
    assert given(*history).when(order(act, first)).new


@pytest.mark.parametrize("history", [found()])
def test_a_hearing_is_not_held_before_the_finding(history: list[Command[Any]]):
    given(*history).when(order(heard(date(2025, 5, 31)), DAY)).then_refused("heard-before-finding")
    given(*history).when(order(heard(date(2025, 6, 1)), DAY)).then_as_ordered()


def test_a_reinstatement_without_a_finding_rests_on_no_suspension():
    """No act is a no-op for ever: the paper that suspended may still come (§3)."""
    early = order(ListingReinstated(uscc=USCC, basis="改"), DAY - timedelta(days=1))
    given(*suspended()).when(early).then_as_ordered()


def test_a_receipt_is_not_issued_before_the_confirmation():
    early = ReceiptIssued(application_id=APP, receipt_no="R-1", issued_on=date(2024, 6, 19))
    given(*confirmed()).when(order(early, DAY)).then_refused(BEFORE, "issued_on")


def test_nothing_is_published_before_it_was_confirmed_nor_listed_before_it_was_published():
    day = date(2024, 6, 19)
    early = publication(published_on=day, entries=(roster_entry(valid_from=day, valid_to=DAY),))
    given(*confirmed()).when(order(early, day)).then_refused(BEFORE, "published_on")
    back_dated = roster_entry(valid_from=LISTED_FROM - timedelta(days=1), valid_to=DAY)
    ahead = publication(entries=(back_dated,))
    given(*confirmed()).when(order(ahead, LISTED_FROM)).then_refused(BEFORE, "entries.0.valid_from")


def test_what_a_reissue_made_is_not_revoked_before_it():
    way = [*certified(), order(REISSUED, DAY)]
    ended = CertificateRevoked(certificate_no=NEW_NUMBER, reason="有误")
    given(*way).when(order(ended, DAY - timedelta(days=1))).then_refused(BEFORE)
    assert given(*way).when(order(ended, DAY)).new


def test_a_draw_is_not_carried_out_before_it_was_committed_to():
    drawn = {
        "draw_id": "d-1",
        "pool": Pool(enterprises=(USCC,)),
        "sample": Sample(enterprises=1),
        "seed_commitment": commitment("s"),
    }
    way = [register(), order(InspectionDrawn(**drawn), DAY)]
    early = order(InspectionDrawn(**drawn, seed="s"), DAY - timedelta(days=1))
    given(*way).when(early).then_refused(BEFORE)


def test_a_finding_is_not_raised_before_the_inspection_that_it_rests_on():
    way = [register(), order(dispatch(), DAY)]
    body = raised(inspection_id="i-1")
    given(*way).when(order(body, DAY - timedelta(days=1))).then_refused(BEFORE)
    given(*way).when(order(body, DAY)).then_as_ordered()


@pytest.mark.parametrize(
    ("history", "position", "values"),
    [
        (accepted(), 4, '"2024-05-09"'),
        (assigned(), 4, '"2024-05-29"'),
        (passed(), 3, '"2025-05-31"'),
        ([*certified(), order(REVOKED, DAY)], 4, '"2025-03-19"'),
    ],
)
def test_a_correction_moves_nothing_before_its_ground_nor_behind_what_rests_on_it(
    history: list[Command[Any]], position: int, values: str
):
    body = RecordCorrected(
        position=position, fields=(FieldCorrection(path="valid_from", value=values),)
    )
    by = history[position - 1].actor
    by = SUPERVISOR if by == reporter() else by
    given(*history).when(order(body, DAY, by=by)).then_refused(BEFORE, "fields.valid_from")


def of_another() -> list[Command[Any]]:
    """A session, a certificate and an inspection of another enterprise."""
    other = session(uscc=OTHER, assessment_id="a-9")
    paper = issue(assessment_id="a-9", issuer_uscc=OTHER)
    return [
        register(),
        register(uscc=OTHER),
        order(other, other.held_from),
        order(paper, date(2025, 3, 20), by=reporter(OTHER)),
        order(dispatch(uscc=OTHER), date(2025, 3, 1)),
    ]


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"assessments": ("a-9",)}, "assessments.0"),
        ({"certificates": (NUMBER,)}, "certificates.0"),
        ({"flags": ("S7-3",)}, "flags.0"),
        ({"inspection_id": "i-1"}, "inspection_id"),
    ],
)
def test_a_finding_rests_on_what_is_the_enterprise_s_own(named: dict[str, Any], field: str):
    given(*of_another()).when(order(raised(**named), DAY)).then_refused("other-enterprise", field)
    assert given(*of_another()).when(order(raised(uscc=OTHER, **named), DAY)).new


def test_a_spot_check_names_a_session_of_the_enterprise_that_was_visited():
    seen = order(spot_check(assessment_id="a-9", inspection_id="i-2"), DAY)
    given(*of_another()).when(seen).then_refused("other-enterprise", "assessment_id")
    own = order(spot_check(assessment_id="a-1", inspection_id="i-2"), DAY)
    given(*of_another(), held()).when(own).then_as_ordered()


def test_a_finding_is_withdrawn_by_the_authority_that_raised_it():
    withdrawn = FindingWithdrawn(finding_id="f-1", reason="有误")
    by_the_district = [register(), order(raised(), DAY, by=inspector())]
    for history, own, other in (
        (found(), SUPERVISOR, inspector()),
        (by_the_district, inspector(), SUPERVISOR),
    ):
        given(*history).when(order(withdrawn, DAY, by=other)).then_refused("other-authority")
        given(*history).when(order(withdrawn, DAY, by=own)).then_as_ordered()
