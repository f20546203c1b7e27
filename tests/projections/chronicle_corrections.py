"""What corrections of each event may set, so that every kind of entry gets corrected, in every way."""

from collections.abc import Mapping

from tests.projections.chronicle_events import THIRD

_COOK_SCOPE = (
    '[{"edition":"2022","code":"4-03-02-01","name":"中式烹调师","trade":null,"levels":["5","3"]}]'
)
_DAYS = (("valid_from", '"2024-02-02"'), ("valid_from", '"2024-09-09"'))
_EFFECT = (("effective_from", '"2024-05-05"'), ("effective_to", '"2024-06-06"'), *_DAYS)

CORRECTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "EnterpriseRegistered": (
        ("district", '"110101"'),
        ("name", '"改名"'),
        ("kind", '"central"'),
        *_DAYS,
    ),
    "EnterpriseProfileChanged": (
        ("district", '"110106"'),
        ("district", "null"),
        ("name", '"改名"'),
        *_DAYS,
    ),
    "UnitCovered": (("unit_name", '"总部"'), *_DAYS),
    "UnitReleased": _DAYS,
    "ApplicationSubmitted": (
        ("methods", '["own"]'),
        ("own_method", '"比武"'),
        ("scope", _COOK_SCOPE),
        *_DAYS,
    ),
    "DistrictOpinionGiven": (("opinion", '"oppose"'), ("text", '"不"'), *_DAYS),
    "ApplicationAccepted": _DAYS,
    "ApplicationReturned": (("reason", '"另"'), *_DAYS),
    "ExpertsAssigned": (("experts.0.affiliation", '"另一所"'), *_DAYS),
    "EvaluationScored": (("scores.basics", "1.5"), ("comment", '"低"'), *_DAYS),
    "EvaluationScoreRevised": (("scores.funding", "20"), *_DAYS),
    "EvaluationConcluded": (("recommended", "true"), ("scope", _COOK_SCOPE), *_DAYS),
    "ApplicationConfirmed": (("scope", _COOK_SCOPE), *_DAYS),
    "ApplicationRejected": (("reason", '"另"'), *_DAYS),
    "ReceiptIssued": (("issued_on", '"2024-02-02"'), ("receipt_no", '"R2"')),
    "EnterpriseListed": (
        ("valid_to", '"2024-09-01"'),
        ("valid_from", '"2024-02-02"'),
        ("scope", _COOK_SCOPE),
    ),
    "ScopeChanged": (("added", _COOK_SCOPE), ("removed", _COOK_SCOPE), *_DAYS),
    "ListingSuspended": (("until", '"2024-12-01"'), ("until", "null"), *_DAYS),
    "ListingReinstated": _DAYS,
    "ListingRemoved": _DAYS,
    "ListingRenewed": (
        ("valid_to", '"2026-01-01"'),
        ("scope", _COOK_SCOPE),
        ("valid_from", '"2024-02-02"'),
    ),
    "AnnualPlanFiled": (("summary.sessions", "7"), *_DAYS),
    "AnnualPlanRevised": (("summary.sessions", "8"), *_DAYS),
    "AssessmentHeld": (
        ("level", '"5"'),
        ("occupation.name", '"中式烹调师"'),
        ("venue.division", '"110105"'),
        ("venue", "null"),
        ("held_from", '"2024-02-01"'),
        ("candidates.employee", "0"),
        ("candidates.other", "3"),
        ("unit_uscc", f'"{THIRD}"'),
        ("method", '"direct"'),
        ("assessors", "[]"),
        ("venues", '[{"division":"131082"}]'),
        ("mode", '"no_session"'),
    ),
    "CertificateIssued": (
        ("level", '"5"'),
        ("level", '"4"'),
        ("issuer_uscc", f'"{THIRD}"'),
        ("issued_on", '"2024-01-02"'),
        ("issued_on", '"2025-11-11"'),
        ("holder.category", '"other"'),
        ("results.content", '["projects"]'),
        ("holder.category", '"student"'),
        ("results.ground", "null"),
        ("occupation.code", '"6-31-01-03"'),
    ),
    "CertificateReissued": (("reason", '"另"'), *_DAYS),
    "CertificateRevoked": (("reason", '"另"'), *_DAYS),
    "InspectionDispatched": (("kind", '"专项督导"'), ("inspectors", "[]"), *_DAYS),
    "SpotCheckRecorded": (
        ("inspectors.0.recusal_declared", "false"),
        ("checklist.0.value", '"否"'),
        ("seen.held", "true"),
        ("seen", '{"level":"5"}'),
        *_DAYS,
    ),
    "FindingRaised": (("severity", '"severe"'), ("statement", '"另"'), *_DAYS),
    "RectificationOrdered": (("due_on", '"2024-04-01"'), ("requirement", '"另"'), *_DAYS),
    "RectificationReported": (("statement", '"另"'), *_DAYS),
    "ReinspectionRecorded": (("passed", "true"), *_DAYS),
    "MeasureImposed": (("kind", '"通报"'), *_EFFECT),
    "MeasureStayed": _EFFECT,
    "MeasureVaried": _EFFECT,
    "MeasureSetAside": _EFFECT,
    "MeasureLifted": _EFFECT,
    "FindingClosed": (("outcome", '"另"'), *_DAYS),
    "FindingWithdrawn": (("reason", '"另"'), *_DAYS),
    "FindingDisputed": (("statement", '"另"'), *_DAYS),
    "HearingHeld": (("outcome", '"撤销"'), *_DAYS),
    "ApplicationWithdrawn": (("reason", '"另"'), *_DAYS),
    "StaffRegistered": (("name", '"甲"'), ("duty", '"quality"'), *_DAYS),
    "StaffReleased": _DAYS,
    "PartnershipFiled": (("kind", '"apprenticeship"'), ("valid_to", "null"), *_DAYS),
    "SpecificationFiled": (("filing_no", '"B-2"'), *_DAYS),
    "ResultsPublished": (("published_on", '"2024-03-03"'), ("where", '"公告栏"')),
    "ComplaintReceived": (("subject", '"另"'), *_DAYS),
    "FlagAnswered": (("statement", '"另"'), *_DAYS),
    "FlagReviewed": (("decision", '"dismissed"'), ("decision", '"upheld"'), *_DAYS),
}
"""Event name → pairs of path and value (JSON text). Rosters, draws, adoptions and erasures are never corrected."""
