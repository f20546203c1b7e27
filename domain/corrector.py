"""Who corrects what: nobody acquits themselves, nobody rewrites another's act (domain.md §1)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from domain.permissions import (
    CENTRE,
    OF_THE_AUTHORITY,
    authority_decides,
    require_own,
    require_role,
)
from domain.receipt import RECEIVING
from domain.terms.decider import Command, Facts, Refused
from domain.terms.envelope import Actor, Recorded
from domain.terms.guards import FILINGS
from domain.terms.naming import body_of, event_of, role_of
from domain.terms.vocabulary import Role

if TYPE_CHECKING:
    from domain.correction import RecordCorrected

_OF_ITSELF = frozenset({"FindingDisputed", "FlagAnswered"})
"""What an enterprise says for itself: nothing is judged by it."""
_PROFILE = frozenset({"EnterpriseRegistered", "EnterpriseProfileChanged"})


def is_request(
    facts: Facts, actor: Actor, record: Recorded[Any], correction: "RecordCorrected"
) -> bool:
    """Return whether the correction is the enterprise's to ask for and the centre's to make.

    Raises:
        Refused: the enterprise may not even ask for it.
    """
    if actor.role is not Role.ENTERPRISE_REPORTER:
        return False
    name = type(record.event).__name__
    require_role(actor, name)
    require_own(actor, record.subject, None)
    if name in _PROFILE:
        _require_own_part(correction)
    if name in FILINGS:
        _require_day_kept(correction)
    if name in _OF_ITSELF and record.actor.organisation == actor.organisation:
        return False
    if name in FILINGS or name == "EnterpriseRegistered":
        return True
    if record.actor.organisation != actor.organisation:
        return True
    return (
        facts.judged.bears_breach(record)
        or facts.judged.has_finding(record)
        or facts.judged.has_certificates(record)
    )


def _require_day_kept(correction: "RecordCorrected") -> None:
    """Refuse what would make a filing valid from another day than that of its receipt."""
    if any(field.path == "valid_from" for field in correction.fields):
        raise Refused(
            "day-of-receipt",
            "报送材料自收件之日起有效，企业不能更正这一日期；如收件日登记有误，请市中心更正",
            "a filing is valid from its receipt, which the enterprise does not correct; ask the centre",
            "fields.valid_from",
        )


def _require_own_part(correction: "RecordCorrected") -> None:
    for field in correction.fields:
        if field.path in OF_THE_AUTHORITY:
            raise authority_decides(field.path, f"fields.{field.path}")


class Corrector(StrEnum):
    """Whose a record is to correct."""

    REPORTER_OR_CENTRE = "reporter-or-centre"
    """Of what was reported or filed: who reported it, or the centre."""
    SPEAKER = "speaker"
    """Of what somebody says for themselves: that organisation alone."""
    AUTHORITY = "authority"
    """Of what an authority saw or heard: that authority."""
    DECIDER = "decider"
    """Of a decision: the role of the organisation that took it."""
    NOBODY = "nobody"
    """It is made anew instead."""


_C = Corrector
CORRECTED_BY: Mapping[str, Corrector] = MappingProxyType(
    {
        "EnterpriseRegistered": _C.REPORTER_OR_CENTRE,
        "EnterpriseProfileChanged": _C.REPORTER_OR_CENTRE,
        "UnitCovered": _C.REPORTER_OR_CENTRE,
        "UnitReleased": _C.REPORTER_OR_CENTRE,
        "ApplicationSubmitted": _C.REPORTER_OR_CENTRE,
        "DistrictOpinionGiven": _C.DECIDER,
        "ApplicationAccepted": _C.DECIDER,
        "ApplicationReturned": _C.DECIDER,
        "ExpertsAssigned": _C.DECIDER,
        "EvaluationScored": _C.DECIDER,
        "EvaluationScoreRevised": _C.DECIDER,
        "EvaluationConcluded": _C.DECIDER,
        "ApplicationConfirmed": _C.DECIDER,
        "ApplicationRejected": _C.DECIDER,
        "ReceiptIssued": _C.DECIDER,
        "ApplicationWithdrawn": _C.REPORTER_OR_CENTRE,
        "RosterPublished": _C.NOBODY,
        "EnterpriseListed": _C.DECIDER,
        "ScopeChanged": _C.DECIDER,
        "ListingSuspended": _C.DECIDER,
        "ListingReinstated": _C.DECIDER,
        "ListingRemoved": _C.DECIDER,
        "ListingRenewed": _C.DECIDER,
        "AnnualPlanFiled": _C.REPORTER_OR_CENTRE,
        "AnnualPlanRevised": _C.REPORTER_OR_CENTRE,
        "AssessmentHeld": _C.REPORTER_OR_CENTRE,
        "ResultsPublished": _C.DECIDER,
        "CertificateIssued": _C.REPORTER_OR_CENTRE,
        "CertificateReissued": _C.REPORTER_OR_CENTRE,
        "CertificateRevoked": _C.REPORTER_OR_CENTRE,
        "InspectionDrawn": _C.NOBODY,
        "InspectionDispatched": _C.DECIDER,
        "SpotCheckRecorded": _C.AUTHORITY,
        "FindingRaised": _C.DECIDER,
        "RectificationOrdered": _C.DECIDER,
        "RectificationReported": _C.REPORTER_OR_CENTRE,
        "ReinspectionRecorded": _C.DECIDER,
        "MeasureImposed": _C.DECIDER,
        "MeasureStayed": _C.DECIDER,
        "MeasureVaried": _C.DECIDER,
        "MeasureSetAside": _C.DECIDER,
        "MeasureLifted": _C.DECIDER,
        "FindingClosed": _C.DECIDER,
        "FindingWithdrawn": _C.DECIDER,
        "FindingDisputed": _C.SPEAKER,
        "HearingHeld": _C.DECIDER,
        "FlagReviewed": _C.DECIDER,
        "FlagAnswered": _C.SPEAKER,
        "StaffRegistered": _C.REPORTER_OR_CENTRE,
        "StaffReleased": _C.REPORTER_OR_CENTRE,
        "PartnershipFiled": _C.REPORTER_OR_CENTRE,
        "SpecificationFiled": _C.REPORTER_OR_CENTRE,
        "ComplaintReceived": _C.AUTHORITY,
        "CatalogueAdopted": _C.NOBODY,
        "PersonErased": _C.NOBODY,
        "ClockSet": _C.NOBODY,
        "DemonstrationBegun": _C.NOBODY,
        "DayClosed": _C.NOBODY,
        "RecordCorrected": _C.NOBODY,
        "CorrectionRequested": _C.NOBODY,
        "CorrectionDecided": _C.NOBODY,
        "ActRequested": _C.NOBODY,
        "ActDecided": _C.NOBODY,
    }
)
"""Event → who corrects it, where an enterprise filed what can be filed."""

_ENDED_BY_AUTHORITY = frozenset({"CertificateRevoked", "CertificateReissued"})


def corrector_of(record: Recorded[Any]) -> Corrector:
    """Return whose the record is to correct, by what it is and by who recorded it.

    What an enterprise files and an authority did of itself is a decision: a certificate that it ended,
    another district or kind of the enterprise, and whatever a role entered that receives no filings.
    """
    event, by = record.event, record.actor.role
    name = type(event).__name__
    if name not in FILINGS or by is Role.ENTERPRISE_REPORTER:
        return CORRECTED_BY[name]
    chosen = any(getattr(event, part, None) is not None for part in OF_THE_AUTHORITY)
    decided = name in _ENDED_BY_AUTHORITY or (name in _PROFILE and chosen) or by not in RECEIVING
    return Corrector.DECIDER if decided else CORRECTED_BY[name]


def require_corrector(command: Command[Any], record: Recorded[Any]) -> None:
    """Refuse to correct what another body reported, said, saw or decided."""
    if not _is_theirs(command.actor, record):
        name = type(record.event).__name__
        body, role = body_of(record.actor.organisation), role_of(record.actor.role)
        raise Refused(
            "not-yours-to-correct",
            f"“{event_of(name).zh}”由{body.zh}（{role.zh}）办理，只能由其更正",
            f"“{event_of(name).en}” was recorded by {body.en} ({role.en}), and is theirs to correct",
            "actor.role",
        )


def _is_theirs(actor: Actor, record: Recorded[Any]) -> bool:
    own = record.actor.organisation == actor.organisation
    match corrector_of(record):
        case Corrector.REPORTER_OR_CENTRE:
            return own or actor.organisation == CENTRE
        case Corrector.SPEAKER | Corrector.AUTHORITY:
            return own
        case Corrector.DECIDER:
            return own and record.actor.role is actor.role
        case Corrector.NOBODY:
            return False
