"""Who may record what: one policy for import, HTTP and pages; deny by default (domain.md §1).

Organisations bind: a reporter acts for their own enterprise, an inspector for their own
district, an expert for their own sheet. Where an act is about an enterprise, the facts say
which district is competent; a district is never derived from a USCC.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from domain.terms.decider import Refused
from domain.terms.envelope import Actor
from domain.terms.identifiers import MUNICIPALITY, is_uscc
from domain.terms.naming import body_of, event_of, role_of
from domain.terms.vocabulary import Role

R = Role
_CENTRE = (R.CENTRE_OFFICER,)
_BUREAU = (R.BUREAU_PUBLISHER,)
_REPORT = (R.ENTERPRISE_REPORTER, R.CENTRE_OFFICER)
_SUPERVISE = (R.QUALITY_SUPERVISOR, R.CENTRE_OFFICER, R.DISTRICT_INSPECTOR)
_MEASURE = (R.QUALITY_SUPERVISOR, R.CENTRE_OFFICER, R.BUREAU_PUBLISHER)

MAY: Mapping[str, tuple[Role, ...]] = MappingProxyType(
    {
        "EnterpriseRegistered": (*_REPORT, R.BUREAU_PUBLISHER, R.DISTRICT_INSPECTOR),
        "EnterpriseProfileChanged": (*_REPORT, R.BUREAU_PUBLISHER, R.DISTRICT_INSPECTOR),
        "UnitCovered": (*_REPORT, R.BUREAU_PUBLISHER),
        "UnitReleased": (*_REPORT, R.BUREAU_PUBLISHER),
        "ApplicationSubmitted": _REPORT,
        "DistrictOpinionGiven": (R.DISTRICT_INSPECTOR,),
        "ApplicationAccepted": _CENTRE,
        "ApplicationReturned": _CENTRE,
        "ExpertsAssigned": _CENTRE,
        "EvaluationScored": (R.EXPERT,),
        "EvaluationScoreRevised": (R.EXPERT,),
        "EvaluationConcluded": _CENTRE,
        "ApplicationConfirmed": _BUREAU,
        "ApplicationRejected": _BUREAU,
        "ReceiptIssued": _CENTRE,
        "ApplicationWithdrawn": _REPORT,
        "RosterPublished": _BUREAU,
        "EnterpriseListed": _BUREAU,
        "ScopeChanged": _BUREAU,
        "ListingSuspended": _BUREAU,
        "ListingReinstated": _BUREAU,
        "ListingRemoved": _BUREAU,
        "ListingRenewed": _BUREAU,
        "AnnualPlanFiled": _REPORT,
        "AnnualPlanRevised": _REPORT,
        "AssessmentHeld": _REPORT,
        "CertificateIssued": _REPORT,
        "CertificateReissued": _REPORT,
        "CertificateRevoked": (*_REPORT, R.BUREAU_PUBLISHER),
        "InspectionDrawn": _SUPERVISE,
        "InspectionDispatched": _SUPERVISE,
        "SpotCheckRecorded": _SUPERVISE,
        "FindingRaised": _SUPERVISE,
        "RectificationOrdered": _SUPERVISE,
        "RectificationReported": (*_REPORT, R.QUALITY_SUPERVISOR, R.DISTRICT_INSPECTOR),
        "ReinspectionRecorded": _SUPERVISE,
        "MeasureImposed": _MEASURE,
        "MeasureStayed": _MEASURE,
        "MeasureVaried": _MEASURE,
        "MeasureSetAside": _MEASURE,
        "MeasureLifted": _MEASURE,
        "FindingClosed": _SUPERVISE,
        "FindingWithdrawn": _SUPERVISE,
        "FindingDisputed": (R.ENTERPRISE_REPORTER,),
        "HearingHeld": (R.CENTRE_OFFICER, R.QUALITY_SUPERVISOR, R.DISTRICT_INSPECTOR),
        "StaffRegistered": _REPORT,
        "StaffReleased": _REPORT,
        "PartnershipFiled": _REPORT,
        "SpecificationFiled": _REPORT,
        "ResultsPublished": _REPORT,
        "ComplaintReceived": (R.CENTRE_OFFICER, R.QUALITY_SUPERVISOR, R.DISTRICT_INSPECTOR),
        "FlagReviewed": (R.QUALITY_SUPERVISOR,),
        "ActRequested": (R.QUALITY_SUPERVISOR, R.CENTRE_OFFICER, R.BUREAU_PUBLISHER),
        "ActDecided": (R.QUALITY_SUPERVISOR, R.CENTRE_OFFICER, R.BUREAU_PUBLISHER),
        "FlagAnswered": (R.ENTERPRISE_REPORTER,),
        "RecordCorrected": (
            R.QUALITY_SUPERVISOR,
            R.CENTRE_OFFICER,
            R.BUREAU_PUBLISHER,
            R.ENTERPRISE_REPORTER,
            R.DISTRICT_INSPECTOR,
        ),
        "CorrectionRequested": (R.ENTERPRISE_REPORTER,),
        "CorrectionDecided": (R.CENTRE_OFFICER, R.QUALITY_SUPERVISOR),
        "PersonErased": _CENTRE,
        "CatalogueAdopted": (R.BUREAU_PUBLISHER, R.CENTRE_OFFICER),
        "DayClosed": (),  # no role: the server, when the day has ended
        "DemonstrationBegun": (),  # no role: the owner of the tables alone, by `dudao demo`
        "ClockSet": (),  # no role: the owner of the tables alone, by `dudao clock`
    }
)
"""Event name → roles that may record it."""

CENTRE = "centre"
BUREAU = "bureau"
"""市人社局, of which the centre is a part: it may take back what the centre imposed."""
SEEN = frozenset({"SpotCheckRecorded", "ComplaintReceived"})
"""What an authority saw or heard: corrected by that authority."""

SEATS: Mapping[Role, str] = MappingProxyType(
    {R.QUALITY_SUPERVISOR: CENTRE, R.CENTRE_OFFICER: CENTRE, R.BUREAU_PUBLISHER: BUREAU}
)
"""Role → the one organisation in which there is such a role."""


_DISTRICT = re.compile(MUNICIPALITY + r"[0-9]{4}|BDA")


def _fits(actor: Actor) -> bool:
    """Whether the organisation is one in which the role exists."""
    if actor.role is R.ENTERPRISE_REPORTER:
        return is_uscc(actor.organisation)
    if actor.role is R.DISTRICT_INSPECTOR:
        return _DISTRICT.fullmatch(actor.organisation) is not None
    expected = SEATS.get(actor.role, actor.organisation)
    return actor.organisation == expected and bool(expected.strip())


def require_role(actor: Actor, name: str, field: str = "actor") -> None:
    """Refuse an act that the role may not do, or an organisation that does not fit the role.

    `field` names whom this is about: who acts, or who approves.
    """
    if actor.role not in MAY.get(name, ()):
        raise Refused(
            "role-not-allowed",
            f"{role_of(actor.role).zh}不能办理“{event_of(name).zh}”",
            f"the role {role_of(actor.role).en} may not record “{event_of(name).en}”",
            f"{field}.role",
        )
    require_fitting(actor, f"{field}.organisation")


def require_fitting(actor: Actor, field: str) -> None:
    """Refuse an organisation in which there is no such role."""
    if not _fits(actor) or not actor.account.strip():
        raise Refused(
            "organisation-mismatch",
            f"办理人的机构（{body_of(actor.organisation).zh}）与角色（{role_of(actor.role).zh}）不符",
            f"the organisation ({body_of(actor.organisation).en}) does not fit the role {role_of(actor.role).en}",
            field,
        )


def require_own(actor: Actor, subject: str | None, district: str | None) -> None:
    """Refuse an act for another enterprise (reporter) or another district (inspector)."""
    if actor.role is R.ENTERPRISE_REPORTER and subject != actor.organisation:
        raise Refused(
            "other-enterprise",
            f"申报员只能为本企业 {actor.organisation} 办理，不能为 {subject}",
            f"a reporter acts for their own enterprise {actor.organisation}, not for {subject}",
            "actor.organisation",
        )
    if (
        actor.role is R.DISTRICT_INSPECTOR
        and district is not None
        and district != actor.organisation
    ):
        raise Refused(
            "other-district",
            f"区级督导员只能办理本区（{body_of(actor.organisation).zh}）的业务，该企业由{body_of(district).zh}主管",
            f"an inspector acts for their own district, {body_of(actor.organisation).en}; competent is"
            f" {body_of(district).en}",
            "actor.organisation",
        )


_OF_THE_AUTHORITY = MappingProxyType(
    {"district": ("主管区", "district"), "kind": ("企业类别", "kind of enterprise")}
)
OF_THE_AUTHORITY = tuple(_OF_THE_AUTHORITY)
"""Fields of a profile that say who supervises and by which route."""


def authority_decides(name: str, field: str) -> Refused:
    """Return the refusal of an enterprise that chooses its own authority or route."""
    zh, en = _OF_THE_AUTHORITY[name]
    return Refused(
        "authority-decides",
        f"{zh}由主管部门登记，企业不能自行变更",
        f"the {en} is entered by the authority; an enterprise does not change it itself",
        field,
    )
