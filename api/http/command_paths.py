"""Which path takes which commands. A body's `type` chooses among several; the first is the default."""

from collections.abc import Mapping
from types import MappingProxyType

PATHS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "enterprises": ("EnterpriseRegistered", "EnterpriseProfileChanged"),
        "units": ("UnitCovered", "UnitReleased"),
        "applications": ("ApplicationSubmitted",),
        "opinions": ("DistrictOpinionGiven",),
        "acceptances": ("ApplicationAccepted", "ApplicationReturned"),
        "expert-assignments": ("ExpertsAssigned",),
        "evaluations": ("EvaluationScored", "EvaluationScoreRevised", "EvaluationConcluded"),
        "conclusions": ("EvaluationConcluded",),
        "confirmations": ("ApplicationConfirmed", "ApplicationRejected"),
        "receipts": ("ReceiptIssued",),
        "publications": ("RosterPublished",),
        "scope-changes": ("ScopeChanged",),
        "listings": (
            "ListingSuspended",
            "ListingReinstated",
            "ListingRemoved",
            "ListingRenewed",
            "EnterpriseListed",
        ),
        "withdrawals": ("ApplicationWithdrawn",),
        "staff": ("StaffRegistered", "StaffReleased"),
        "partnerships": ("PartnershipFiled",),
        "specifications": ("SpecificationFiled",),
        "results": ("ResultsPublished",),
        "complaints": ("ComplaintReceived",),
        "hearings": ("HearingHeld",),
        "plans": ("AnnualPlanFiled", "AnnualPlanRevised"),
        "assessments": ("AssessmentHeld",),
        "certificates": ("CertificateIssued", "CertificateReissued", "CertificateRevoked"),
        "inspections": ("InspectionDispatched", "SpotCheckRecorded"),
        "spot-checks": ("SpotCheckRecorded",),
        "draws": ("InspectionDrawn",),
        "findings": ("FindingRaised", "FindingClosed", "FindingWithdrawn", "FindingDisputed"),
        "rectifications": ("RectificationOrdered", "RectificationReported"),
        "reinspections": ("ReinspectionRecorded",),
        "measures": (
            "MeasureImposed",
            "MeasureStayed",
            "MeasureVaried",
            "MeasureSetAside",
            "MeasureLifted",
        ),
        "reviews": ("FlagReviewed",),
        "answers": ("FlagAnswered",),
        "corrections": ("RecordCorrected", "CorrectionRequested", "CorrectionDecided"),
        "catalogue-adoptions": ("CatalogueAdopted",),
        "erasures": ("PersonErased",),
        "requests": ("ActRequested",),
    }
)
"""Path under `/v1` → event names. `EnterpriseListed` is refused there with the reason why.
`ActDecided` has its path below the request."""
