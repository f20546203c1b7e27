"""Acts rest on acts: none is dated before what it rests on, and what it names must belong (§3)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.application.application import ApplicationAccepted, ApplicationRejected, ReceiptIssued
from domain.application.submission import ApplicationReturned
from domain.certificate.certificate import CertificateReissued, CertificateRevoked
from domain.correction import FieldCorrection, RecordCorrected
from domain.finding.finding import (
    FindingClosed,
    FindingWithdrawn,
    MeasureImposed,
    RectificationOrdered,
    RectificationReported,
    ReinspectionRecorded,
)
from domain.inspection.draw import Pool, Sample, commitment
from domain.inspection.inspection import InspectionDrawn
from domain.terms.decider import Command
from tests.facts import (
    APP,
    LISTED_FROM,
    NUMBER,
    accepted,
    applied,
    assigned,
    certified,
    concluded,
    confirmation,
    confirmed,
    dispatch,
    evaluated,
    found,
    held,
    issue,
    opinion,
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


@pytest.mark.parametrize(
    ("history", "act", "first"),
    [
        (applied(), opinion(), date(2024, 5, 10)),
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
    ],
)
def test_an_act_is_not_dated_before_what_it_rests_on(
    history: list[Command[Any]], act: Any, first: date
):
    given(*history).when(order(act, first - timedelta(days=1))).then_refused(BEFORE, "valid_from")
    assert given(*history).when(order(act, first)).new


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
