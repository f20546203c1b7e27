"""What each kind of step says: an event of every type, with few ids, so that steps meet each other."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from domain import enterprise, plan, roster
from domain.application import application
from domain.application.confirmation import ApplicationConfirmed, ApplicationRejected, ReceiptIssued
from domain.application.evaluation import Expert, HeadingScores
from domain.application.scoring import (
    EvaluationConcluded,
    EvaluationScored,
    EvaluationScoreRevised,
    ExpertsAssigned,
)
from domain.assessment import AssessmentHeld, ResultsPublished
from domain.catalogue import CatalogueAdopted
from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
    Ground,
    Holder,
)
from domain.complaint import ComplaintReceived
from domain.erasure import PersonErased
from domain.finding import finding, measure
from domain.inspection import inspection
from domain.inspection.draw import Pool, Sample, commitment, draw, pool_digest
from domain.partnership import PartnershipFiled
from domain.request import ActDecided, ActRequested
from domain.specification import SpecificationFiled
from domain.staff import StaffRegistered, StaffReleased
from domain.standing import standing
from domain.terms.place import Place
from domain.terms.reference import Occupation
from domain.terms.vocabulary import (
    CandidateCategory,
    CatalogueKind,
    EnterpriseKind,
    GroundKind,
    Level,
    Method,
    Mode,
    Opinion,
    PartnershipKind,
    Severity,
    StaffDuty,
)
from tests.story import (
    CONTRADICTORY,
    COOK,
    ELECTRICIAN,
    GUARD,
    OTHER,
    USCC,
    WELDER,
    issued,
    item,
    session,
)

THIRD = "911100005858054799"
SUBJECTS = (USCC, OTHER, THIRD)
START = date(2024, 1, 1)
OCCUPATIONS = (ELECTRICIAN, COOK, GUARD, WELDER)
DISTRICTS = ("110108", "BDA", "110105")
PLACES = (
    Place(division="110108"),
    Place(division="131082"),
    Place(name="培训点"),
    Place(name=CONTRADICTORY, division="110108"),
    None,
)


class Step(NamedTuple):
    """One entry: about whom, of which type, with which choices, in which episode.

    Steps of one episode have their ids, numbers and holders in common, also those of several enterprises.
    """

    uscc: str
    kind: str
    day: int = 0
    a: int = 0
    b: int = 0
    episode: int = 0


def pick(options: Any, number: int) -> Any:
    """One of the options."""
    return options[number % len(options)]


def day_of(step: Step) -> date:
    """The day in the world."""
    return START + timedelta(days=step.day)


def _occupation(step: Step) -> Occupation:
    return pick(OCCUPATIONS, step.a)


def _level(step: Step) -> str:
    return pick(("5", "4", "3", "1"), step.b)


def session_id(step: Step, number: int) -> str:
    """One of two sessions of an enterprise."""
    return f"a-{step.uscc}-{step.episode}-{number % 2}"


def number_of(step: Step, number: int) -> str:
    """One of three certificate numbers, whoever issues; the last one has no known pattern."""
    serial = f"{step.episode % 1_000_000:06d}"
    return pick((f"Y000011123456244{serial}", f"Y000011654321254{serial}", f"旧-{serial}"), number)


def _application(step: Step) -> str:
    return f"app-{step.uscc}-{step.episode}"


def _finding(step: Step) -> str:
    return f"f-{step.uscc}-{step.episode}-{step.a % 2}"


def _request(step: Step) -> str:
    return f"r-{step.uscc}-{step.episode}-{step.a % 2}"


def _scope(step: Step) -> tuple[Any, ...]:
    return (item(_occupation(step), "5", _level(step)),)


def _registered(step: Step) -> Any:
    return enterprise.EnterpriseRegistered(
        uscc=step.uscc,
        name=f"企业{step.a}",
        kind=pick((EnterpriseKind.PRIVATE, EnterpriseKind.MUNICIPAL), step.a),
        district=pick(DISTRICTS, step.b),
        address="北京市",
    )


def _profile(step: Step) -> Any:
    return enterprise.EnterpriseProfileChanged(
        uscc=step.uscc, name=pick((None, "新名"), step.a), district=pick((*DISTRICTS, None), step.b)
    )


def _submitted(step: Step) -> Any:
    return application.ApplicationSubmitted(
        application_id=_application(step),
        uscc=step.uscc,
        window="2024-05",
        materials=(),
        scope=_scope(step),
        methods=pick(((Method.EXAMINATION,), (Method.EXAMINATION, Method.OWN)), step.b),
        own_method=pick((None, "师带徒考评"), step.b),
    )


def _opinion(step: Step) -> Any:
    return application.DistrictOpinionGiven(
        application_id=_application(step),
        district=pick(DISTRICTS, step.b),
        opinion=pick((Opinion.SUPPORT, Opinion.OPPOSE), step.a),
        text="见",
    )


def _points(step: Step) -> HeadingScores:
    points = Decimal(10 + step.b)
    return HeadingScores(
        basics=points,
        hr_system=points,
        funding=points,
        organisation_quality=points,
        premises_it=Decimal("17.5"),
    )


def _experts(step: Step) -> Any:
    names = ("e1", "e2")[: 1 + step.b % 2]
    experts = tuple(
        Expert(expert_id=e, name="甲", affiliation="某大学", recusal_declared=False) for e in names
    )
    return ExpertsAssigned(application_id=_application(step), experts=experts)


def _scored(step: Step) -> Any:
    return EvaluationScored(
        application_id=_application(step),
        expert_id=pick(("e1", "e2"), step.a),
        scores=_points(step),
        comment="",
    )


def _revised(step: Step) -> Any:
    return EvaluationScoreRevised(
        application_id=_application(step),
        expert_id=pick(("e1", "e2"), step.a),
        scores=_points(step),
        comment="",
        reason="计算有误",
    )


def _published(step: Step) -> Any:
    entry = roster.RosterEntry(
        uscc=step.uscc,
        application_id=_application(step),
        scope=_scope(step),
        valid_from=day_of(step),
        valid_to=day_of(step) + timedelta(days=300),
    )
    return roster.RosterPublished(
        batch=f"b-{step.a}", published_on=day_of(step), entries=(entry,) * (1 + step.b % 2)
    )


def _listed(step: Step) -> Any:
    return standing.EnterpriseListed(
        uscc=step.uscc,
        batch=f"b-{step.a}",
        application_id=_application(step),
        scope=_scope(step),
        valid_from=day_of(step),
        valid_to=day_of(step) + timedelta(days=100 + 100 * step.b),
    )


def _scope_changed(step: Step) -> Any:
    added, removed = ((), _scope(step)) if step.day % 2 else (_scope(step), ())
    return standing.ScopeChanged(uscc=step.uscc, added=added, removed=removed, basis="依据")


def _suspended(step: Step) -> Any:
    until = day_of(step) + timedelta(days=30) if step.b % 2 else None
    finding_id = pick((None, _finding(step)), step.b // 2)
    return standing.ListingSuspended(uscc=step.uscc, basis="x", until=until, finding_id=finding_id)


def _renewed(step: Step) -> Any:
    return standing.ListingRenewed(
        uscc=step.uscc,
        basis="x",
        valid_from=day_of(step),
        valid_to=day_of(step) + timedelta(days=300),
        scope=pick((None, _scope(step)), step.b),
    )


def _plan(kind: Any) -> Callable[[Step], Any]:
    return lambda step: kind(
        uscc=step.uscc,
        year=2024 + step.a % 2,
        summary=plan.AnnualSummary(sessions=step.b, candidates=0, certificates=0),
        sessions=(),
    )


def _session(step: Step) -> Any:
    return session(
        _occupation(step),
        _level(step),
        day_of(step),
        assessment_id=session_id(step, step.a),
        uscc=step.uscc,
        held_to=day_of(step) + timedelta(days=pick((0, 1, 300, 120, 2, 300), step.b)),
        unit_uscc=pick((None, OTHER), step.b),
        mode=pick((Mode.ON_SITE, Mode.ON_SITE, Mode.ONLINE), step.day),
        method=pick(("examination", "师带徒考评", "direct"), step.day // 3),
        venue=pick(PLACES, step.a + step.b),
        venues=pick((None, None, (PLACES[1],)), step.a),
        candidates=replace(
            session().candidates, employee=1, other=step.day % 2, student=step.b // 4
        ),
        assessors=pick((("甲", "乙"), ("甲",), (), None), step.a),
    )


def _certificate(step: Step) -> Any:
    holder = Holder(
        subject_id=f"h-{step.episode}-{step.b % 2}",
        masked_name="张*",
        id_type="201",
        category=pick((CandidateCategory.EMPLOYEE, CandidateCategory.OTHER), step.day),
    )
    ground = Ground(
        kind=GroundKind.COMPETITION, text="一等奖", document_no=pick(("J-1", ""), step.a)
    )
    results = replace(issued().results, ground=pick((None, ground), step.b // 2))
    # A 工种 that stands on the certificate alone, on every third.
    trade = pick((None, None, "工种甲"), step.a + step.b)
    return issued(
        replace(_occupation(step), trade=trade),
        _level(step),
        results=results,
        number=number_of(step, step.day),
        assessment_id=session_id(step, step.a),
        issuer_uscc=pick((step.uscc, step.uscc, THIRD), step.b),
        holder=holder,
        issued_on=day_of(step),
    )


def _reissued(step: Step) -> Any:
    return CertificateReissued(
        certificate_no=number_of(step, step.a),
        new_certificate_no=number_of(step, step.a + 1),
        reason="x",
    )


def _drawn(step: Step) -> Any:
    pool, sample, seed = Pool(enterprises=SUBJECTS), Sample(enterprises=1), f"seed-{step.a}"
    carried_out = step.b % 2 == 1
    return inspection.InspectionDrawn(
        draw_id=f"d-{step.episode}-{step.a % 2}",
        pool=pool,
        sample=sample,
        seed_commitment=commitment(seed),
        seed=seed if carried_out else None,
        pool_digest=pool_digest(pool),
        drawn=draw(pool, sample, seed) if carried_out else None,
    )


def _inspectors(step: Step) -> Any:
    return tuple(
        inspection.Inspector(
            account=f"x{n}",
            name="甲",
            card_no=pick(("R11200001", None), step.b // 3),
            recusal_declared=pick((None, False, True), n + step.day),
        )
        for n in range(step.b % 3)
    )


def _dispatched(step: Step) -> Any:
    return inspection.InspectionDispatched(
        inspection_id=f"i-{step.uscc}-{step.episode}-{step.a % 2}",
        kind="现场督导",
        uscc=step.uscc,
        inspectors=_inspectors(step),
    )


def _spot_check(step: Step) -> Any:
    return inspection.SpotCheckRecorded(
        inspection_id=f"i-{step.uscc}-{step.episode}-{step.a % 2}",
        uscc=step.uscc,
        district=pick(DISTRICTS, step.b),
        kind="现场督导",
        inspectors=_inspectors(step),
        captured_at=datetime(2024, 5, 1, 2, tzinfo=UTC),
        place=PLACES[0],
        device_id="d-1",
        offline=bool(step.b % 2),
        assessment_id=pick((None, session_id(step, step.a), session_id(step, step.a)), step.a // 2),
        seen=pick((None, inspection.Seen(held=False), inspection.Seen(candidates=50)), step.day),
        checklist=(inspection.ChecklistAnswer(item="门", value="是"),),
        evidence=(),
        signature_refused=False,
    )


def _raised(step: Step) -> Any:
    return finding.FindingRaised(
        finding_id=_finding(step),
        uscc=step.uscc,
        kind="超范围",
        severity=pick((Severity.MAJOR, Severity.MINOR), step.b),
        rule="S1.1",
        statement="x",
        assessments=pick(((), (session_id(step, step.b),)), step.b),
    )


def _ordered(step: Step) -> Any:
    due_on = day_of(step) + timedelta(days=20 * (step.b % 3))
    return finding.RectificationOrdered(finding_id=_finding(step), requirement="x", due_on=due_on)


def _measure(kind: Any) -> Callable[[Step], Any]:
    return lambda step: kind(
        finding_id=_finding(step), measure_id=f"m-{step.b % 2}", effective_from=day_of(step)
    )


def _catalogue(step: Step) -> Any:
    kinds = (CatalogueKind.QUALIFICATIONS, CatalogueKind.RULES, CatalogueKind.DICTIONARY)
    return CatalogueAdopted(
        kind=pick(kinds, step.b),
        edition=pick(("2017", "2020-3", "2021", "2022", "2026-12"), step.a),
        valid_from=day_of(step),
        valid_to=pick((None, day_of(step) + timedelta(days=90)), step.b // 3),
        sha256="0" * 64,
    )


MAKERS: Mapping[str, Callable[[Step], Any]] = {
    "EnterpriseRegistered": _registered,
    "EnterpriseProfileChanged": _profile,
    "UnitCovered": lambda s: enterprise.UnitCovered(
        uscc=s.uscc, unit_uscc=pick(SUBJECTS, s.a), unit_name="分公司"
    ),
    "UnitReleased": lambda s: enterprise.UnitReleased(uscc=s.uscc, unit_uscc=pick(SUBJECTS, s.a)),
    "ApplicationSubmitted": _submitted,
    "DistrictOpinionGiven": _opinion,
    "ApplicationAccepted": lambda s: application.ApplicationAccepted(
        application_id=_application(s)
    ),
    "ApplicationReturned": lambda s: application.ApplicationReturned(
        application_id=_application(s), reason="不全"
    ),
    "ExpertsAssigned": _experts,
    "EvaluationScored": _scored,
    "EvaluationScoreRevised": _revised,
    "EvaluationConcluded": lambda s: EvaluationConcluded(
        application_id=_application(s), recommended=bool(s.b % 2), scope=_scope(s)
    ),
    "ApplicationConfirmed": lambda s: ApplicationConfirmed(
        application_id=_application(s), scope=_scope(s)
    ),
    "ApplicationRejected": lambda s: ApplicationRejected(
        application_id=_application(s), reason="不符"
    ),
    "ReceiptIssued": lambda s: ReceiptIssued(
        application_id=_application(s), receipt_no="R", issued_on=day_of(s)
    ),
    "RosterPublished": _published,
    "EnterpriseListed": _listed,
    "ScopeChanged": _scope_changed,
    "ListingSuspended": _suspended,
    "ListingReinstated": lambda s: standing.ListingReinstated(
        uscc=s.uscc, basis="x", finding_id=pick((None, _finding(s)), s.b)
    ),
    "ListingRemoved": lambda s: standing.ListingRemoved(uscc=s.uscc, basis="x"),
    "ListingRenewed": _renewed,
    "AnnualPlanFiled": _plan(plan.AnnualPlanFiled),
    "AnnualPlanRevised": _plan(plan.AnnualPlanRevised),
    "AssessmentHeld": _session,
    "CertificateIssued": _certificate,
    "CertificateReissued": _reissued,
    "CertificateRevoked": lambda s: CertificateRevoked(
        certificate_no=number_of(s, s.a), reason="x"
    ),
    "InspectionDrawn": _drawn,
    "InspectionDispatched": _dispatched,
    "SpotCheckRecorded": _spot_check,
    "FindingRaised": _raised,
    "RectificationOrdered": _ordered,
    "RectificationReported": lambda s: finding.RectificationReported(
        finding_id=_finding(s), statement="x", evidence=()
    ),
    "ReinspectionRecorded": lambda s: finding.ReinspectionRecorded(
        finding_id=_finding(s), passed=bool(s.b % 2), note=""
    ),
    "MeasureImposed": lambda s: measure.MeasureImposed(
        finding_id=_finding(s),
        measure_id=f"m-{s.b % 2}",
        kind="约谈",
        effective_from=day_of(s),
    ),
    "MeasureStayed": _measure(measure.MeasureStayed),
    "MeasureVaried": _measure(measure.MeasureVaried),
    "MeasureSetAside": _measure(measure.MeasureSetAside),
    "MeasureLifted": _measure(measure.MeasureLifted),
    "FindingClosed": lambda s: finding.FindingClosed(finding_id=_finding(s), outcome="x"),
    "FindingWithdrawn": lambda s: finding.FindingWithdrawn(finding_id=_finding(s), reason="x"),
    "FindingDisputed": lambda s: finding.FindingDisputed(finding_id=_finding(s), statement="x"),
    "HearingHeld": lambda s: finding.HearingHeld(
        finding_id=_finding(s), held_on=day_of(s), outcome="维持"
    ),
    "ApplicationWithdrawn": lambda s: application.ApplicationWithdrawn(
        application_id=_application(s), reason="另行申报"
    ),
    "StaffRegistered": lambda s: StaffRegistered(
        uscc=s.uscc,
        staff_id=f"p-{s.b % 2}",
        name=pick(("甲", "乙", "丙"), s.a),
        duty=pick((StaffDuty.ASSESSOR, StaffDuty.QUALITY), s.b),
    ),
    "StaffReleased": lambda s: StaffReleased(uscc=s.uscc, staff_id=f"p-{s.b % 2}"),
    "PartnershipFiled": lambda s: PartnershipFiled(
        uscc=s.uscc,
        kind=pick((PartnershipKind.SCHOOL, PartnershipKind.APPRENTICESHIP), s.a),
        partner="某校",
        valid_to=pick((None, day_of(s) + timedelta(days=90)), s.b),
    ),
    "SpecificationFiled": lambda s: SpecificationFiled(
        uscc=s.uscc,
        occupation=_occupation(s),
        title="规范",
        sha256="0" * 64,
        filed_with="部",
        filing_no=pick((None, "无", "B-1"), s.b),
    ),
    "ResultsPublished": lambda s: ResultsPublished(
        assessment_id=session_id(s, s.a), published_on=day_of(s), until=day_of(s), where="网站"
    ),
    "ComplaintReceived": lambda s: ComplaintReceived(
        complaint_id=f"c-{s.uscc}-{s.episode}-{s.a}",
        uscc=s.uscc,
        complained_on=day_of(s),
        subject="x",
        statement="x",
    ),
    "ActRequested": lambda s: ActRequested(
        request_id=_request(s), type="ScopeChanged", valid_from=day_of(s), data="{}"
    ),
    "ActDecided": lambda s: ActDecided(
        request_id=_request(s), taken=bool(s.b % 2), reason=None if s.b % 2 else "x"
    ),
    "CatalogueAdopted": _catalogue,
    "PersonErased": lambda s: PersonErased(
        subject_id=f"00000000-0000-4000-8000-{s.episode:04x}{s.a:04x}{s.b:04x}", basis="本人申请"
    ),
}
"""Event name → what a step of it says; reviews and corrections look at what was told before."""

BEGIN: Mapping[type, str] = {
    AssessmentHeld: "assessment_id",
    enterprise.EnterpriseRegistered: "uscc",
    finding.FindingRaised: "finding_id",
    application.ApplicationSubmitted: "application_id",
    inspection.InspectionDispatched: "inspection_id",
    ComplaintReceived: "complaint_id",
    ActRequested: "request_id",
    PersonErased: "subject_id",
}
"""Event that begins something → the field with its id: the deciders let it in once."""
NEED: Mapping[type, str] = {
    CertificateIssued: "assessment_id",
    ResultsPublished: "assessment_id",
    ActDecided: "request_id",
}
"""Event that is about something → the field with its id: the deciders let it in after that."""
LEVELS = tuple(Level)
