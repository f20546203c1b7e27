"""Every role against every event, and the organisation that binds it: deny by default."""

import pytest

from domain.permissions import MAY, require_own, require_role
from domain.registry import EVENTS
from domain.terms.decider import Refused
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.given import OTHER, USCC

ORGANISATIONS = {
    Role.QUALITY_SUPERVISOR: "centre",
    Role.CENTRE_OFFICER: "centre",
    Role.BUREAU_PUBLISHER: "bureau",
    Role.DISTRICT_INSPECTOR: "110108",
    Role.EXPERT: "某研究所",
    Role.ENTERPRISE_REPORTER: USCC,
}
READERS = {
    Role.ANALYST,
    Role.PUBLIC,
    Role.SECURITY_ADMIN,
    Role.AUDIT_ADMIN,
    Role.SYSTEM_ADMIN,
}

# One letter a role: Q supervisor, C centre, B bureau, D district, E expert, R reporter.
LETTERS = dict(zip("QCBDER", ORGANISATIONS, strict=True))
MATRIX = {
    "ApplicationWithdrawn": "RC",
    "StaffRegistered": "RC",
    "StaffReleased": "RC",
    "PartnershipFiled": "RC",
    "SpecificationFiled": "RC",
    "ResultsPublished": "RC",
    "ComplaintReceived": "QCD",
    "HearingHeld": "QCD",
    "EnterpriseRegistered": "RCBD",
    "EnterpriseProfileChanged": "RCBD",
    "UnitCovered": "RCB",
    "UnitReleased": "RCB",
    "ApplicationSubmitted": "RC",
    "DistrictOpinionGiven": "D",
    "ApplicationAccepted": "C",
    "ApplicationReturned": "C",
    "ExpertsAssigned": "C",
    "EvaluationScored": "E",
    "EvaluationScoreRevised": "E",
    "EvaluationConcluded": "C",
    "ApplicationConfirmed": "B",
    "ApplicationRejected": "B",
    "ReceiptIssued": "C",
    "RosterPublished": "B",
    "EnterpriseListed": "B",
    "ScopeChanged": "B",
    "ListingSuspended": "B",
    "ListingReinstated": "B",
    "ListingRemoved": "B",
    "ListingRenewed": "B",
    "AnnualPlanFiled": "RC",
    "AnnualPlanRevised": "RC",
    "AssessmentHeld": "RC",
    "CertificateIssued": "RC",
    "CertificateReissued": "RC",
    "CertificateRevoked": "RCB",
    "InspectionDrawn": "QCD",
    "InspectionDispatched": "QCD",
    "SpotCheckRecorded": "QCD",
    "FindingRaised": "QCD",
    "RectificationOrdered": "QCD",
    "RectificationReported": "RCQD",
    "ReinspectionRecorded": "QCD",
    "MeasureImposed": "QCB",
    "MeasureStayed": "QCB",
    "MeasureVaried": "QCB",
    "MeasureSetAside": "QCB",
    "MeasureLifted": "QCB",
    "FindingClosed": "QCD",
    "FindingWithdrawn": "QCD",
    "FindingDisputed": "R",
    "FlagReviewed": "Q",
    "FlagAnswered": "R",
    "CorrectionRequested": "R",
    "CorrectionDecided": "QC",
    "RecordCorrected": "QCBRD",
    "ActRequested": "QCB",
    "ActDecided": "QCB",
    "CatalogueAdopted": "BC",
    "PersonErased": "C",
    "ClockSet": "",
    "DemonstrationBegun": "",
    "DayClosed": "",
}


def actor(role: Role, organisation: str | None = None, account: str = "a-1") -> Actor:
    own = ORGANISATIONS.get(role, "centre")
    return Actor(
        account=account, role=role, organisation=own if organisation is None else organisation
    )


def allowed(who: Actor, event: str) -> str | None:
    """Return the code of the refusal, None where the act is allowed."""
    try:
        require_role(who, event)
    except Refused as refusal:
        return refusal.code
    return None


def test_the_matrix_knows_every_event():
    assert set(MATRIX) == set(EVENTS) == set(MAY)


@pytest.mark.parametrize("event", sorted(MATRIX))
def test_only_the_roles_of_the_matrix_may_record_an_event(event: str):
    may = {role for role in Role if allowed(actor(role), event) is None}
    assert may == {LETTERS[letter] for letter in MATRIX[event]}
    refusals = {allowed(actor(role), event) for role in set(Role) - may}
    assert refusals == {"role-not-allowed"}


@pytest.mark.parametrize("role", sorted(READERS))
def test_who_reads_or_administers_records_nothing(role: Role):
    assert not any(allowed(actor(role), event) is None for event in EVENTS)


def test_an_event_that_is_not_known_is_allowed_to_nobody():
    assert {allowed(actor(role), "SomethingElse") for role in Role} == {"role-not-allowed"}


@pytest.mark.parametrize(
    ("role", "event", "organisation"),
    [
        (Role.QUALITY_SUPERVISOR, "FlagReviewed", "bureau"),
        (Role.CENTRE_OFFICER, "ApplicationAccepted", "bureau"),
        (Role.CENTRE_OFFICER, "ApplicationAccepted", "110108"),
        (Role.BUREAU_PUBLISHER, "ScopeChanged", "centre"),
        (Role.DISTRICT_INSPECTOR, "SpotCheckRecorded", "centre"),
        (Role.DISTRICT_INSPECTOR, "SpotCheckRecorded", USCC),
        (Role.DISTRICT_INSPECTOR, "SpotCheckRecorded", "131082"),
        (Role.ENTERPRISE_REPORTER, "AssessmentHeld", "91110302MA222LU88A"),
        (Role.ENTERPRISE_REPORTER, "AssessmentHeld", "centre"),
        (Role.EXPERT, "EvaluationScored", " "),
        (Role.CENTRE_OFFICER, "ApplicationAccepted", ""),
    ],
)
def test_an_organisation_in_which_the_role_does_not_exist_is_refused(
    role: Role, event: str, organisation: str
):
    assert allowed(actor(role), event) is None
    assert allowed(actor(role, organisation), event) == "organisation-mismatch"


def test_an_act_without_an_account_is_refused():
    assert allowed(actor(Role.CENTRE_OFFICER, account=" "), "ApplicationAccepted") == (
        "organisation-mismatch"
    )


def test_bda_is_a_district_authority():
    assert allowed(actor(Role.DISTRICT_INSPECTOR, "BDA"), "SpotCheckRecorded") is None


@pytest.mark.parametrize(
    ("role", "subject", "district", "code"),
    [
        (Role.ENTERPRISE_REPORTER, USCC, "110105", None),
        (Role.ENTERPRISE_REPORTER, OTHER, "110108", "other-enterprise"),
        (Role.ENTERPRISE_REPORTER, None, None, "other-enterprise"),
        (Role.DISTRICT_INSPECTOR, OTHER, "110108", None),
        (Role.DISTRICT_INSPECTOR, OTHER, None, None),
        (Role.DISTRICT_INSPECTOR, USCC, "110105", "other-district"),
        (Role.CENTRE_OFFICER, OTHER, "110105", None),
        (Role.BUREAU_PUBLISHER, OTHER, "110105", None),
    ],
)
def test_a_reporter_is_bound_to_an_enterprise_and_an_inspector_to_a_district(
    role: Role, subject: str | None, district: str | None, code: str | None
):
    try:
        require_own(actor(role), subject, district)
    except Refused as refusal:
        outcome: str | None = refusal.code
    else:
        outcome = None
    assert outcome == code
