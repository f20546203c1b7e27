"""Facts and orders that break no rule: one enterprise on its way onto the roster and beyond.

Each builder gives the ordinary case; what a test is about stands in its arguments.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain import assessment, enterprise, plan, roster
from domain.application import application
from domain.application.evaluation import Expert, HeadingScores
from domain.application.submission import Material
from domain.certificate import certificate
from domain.complaint import ComplaintReceived
from domain.finding import finding
from domain.inspection import inspection
from domain.specification import SpecificationFiled
from domain.standing import standing
from domain.terms.decider import Command
from domain.terms.place import Place
from domain.terms.reference import Occupation
from domain.terms.scope import ScopeItem
from domain.terms.vocabulary import (
    CandidateCategory,
    EnterpriseKind,
    Level,
    MaterialKind,
    Method,
    Mode,
    Opinion,
    Severity,
)
from tests.given import BUREAU, USCC, order

ELECTRICIAN = Occupation(edition="2022", code="6-31-01-03", name="电工")
COOK = Occupation(edition="2022", code="4-03-02-01", name="中式烹调师")
LATHE = Occupation(edition="2022", code="6-18-01-01", name="车工")
GUARD = Occupation(edition="2022", code="4-07-05-01", name="保安员")
WELDER = Occupation(edition="2022", code="6-18-02-04", name="焊工")

APP = "app-1"
LISTED_FROM = date(2024, 7, 1)
LISTED_TO = date(2027, 7, 1)
NUMBER = "Y000011123456254000001"
DIGEST = "ab" * 32


def item(occupation: Occupation, *levels: str) -> ScopeItem:
    """One scope item."""
    return ScopeItem(
        edition=occupation.edition,
        code=occupation.code,
        name=occupation.name,
        trade=occupation.trade,
        levels=tuple(Level(level) for level in levels),
    )


SCOPE = (item(ELECTRICIAN, "5", "4"),)


def registration(**changes: Any) -> enterprise.EnterpriseRegistered:
    """A private enterprise of 海淀."""
    base = enterprise.EnterpriseRegistered(
        uscc=USCC,
        name="示例企业",
        kind=EnterpriseKind.PRIVATE,
        district="110108",
        address="北京市海淀区",
    )
    return replace(base, **changes)


def register(on: date = date(2024, 3, 1), **changes: Any) -> Command[Any]:
    """The enterprise is registered."""
    return order(registration(**changes), on)


MATERIALS = tuple(
    Material(kind=kind, file_name=f"{kind.value}.pdf", sha256=DIGEST) for kind in MaterialKind
)


def submission(**changes: Any) -> application.ApplicationSubmitted:
    """An application for 电工 at levels 5 and 4."""
    base = application.ApplicationSubmitted(
        application_id=APP,
        uscc=USCC,
        window="2024-05",
        materials=MATERIALS,
        scope=SCOPE,
        methods=(Method.EXAMINATION,),
    )
    return replace(base, **changes)


def points(each: str = "18") -> HeadingScores:
    """The same points for every heading."""
    value = Decimal(each)
    return HeadingScores(
        basics=value, hr_system=value, funding=value, organisation_quality=value, premises_it=value
    )


def panel(*ids: str) -> tuple[Expert, ...]:
    """Experts without a ground for recusal."""
    return tuple(
        Expert(expert_id=i, name=f"专家{i}", affiliation=f"单位{i}", recusal_declared=False)
        for i in ids
    )


def scored(expert_id: str = "e1", each: str = "18", app: str = APP) -> application.EvaluationScored:
    """A sheet."""
    return application.EvaluationScored(
        application_id=app, expert_id=expert_id, scores=points(each), comment="好"
    )


def opinion(opinion: Opinion = Opinion.SUPPORT, app: str = APP) -> Any:
    """The opinion of 海淀."""
    return application.DistrictOpinionGiven(
        application_id=app, district="110108", opinion=opinion, text="同意"
    )


def concluded(
    scope: tuple[ScopeItem, ...] = SCOPE, *, recommended: bool = True, app: str = APP
) -> application.EvaluationConcluded:
    """A conclusion, as ordered: without its arithmetic."""
    return application.EvaluationConcluded(application_id=app, recommended=recommended, scope=scope)


def confirmation(
    scope: tuple[ScopeItem, ...] = SCOPE, app: str = APP
) -> application.ApplicationConfirmed:
    """The bureau's confirmation."""
    return application.ApplicationConfirmed(application_id=app, scope=scope)


def roster_entry(**changes: Any) -> roster.RosterEntry:
    """Three years for the whole scope."""
    base = roster.RosterEntry(
        uscc=USCC,
        application_id=APP,
        scope=SCOPE,
        valid_from=LISTED_FROM,
        valid_to=LISTED_TO,
    )
    return replace(base, **changes)


def publication(**changes: Any) -> roster.RosterPublished:
    """A batch with one enterprise."""
    base = roster.RosterPublished(
        batch="2024-1", published_on=LISTED_FROM, entries=(roster_entry(),)
    )
    return replace(base, **changes)


def listing(**changes: Any) -> standing.EnterpriseListed:
    """What the publication means for the enterprise."""
    base = standing.EnterpriseListed(
        uscc=USCC,
        batch="2024-1",
        application_id=APP,
        scope=SCOPE,
        valid_from=LISTED_FROM,
        valid_to=LISTED_TO,
    )
    return replace(base, **changes)


def applied(
    scope: tuple[ScopeItem, ...] = SCOPE, on: date = date(2024, 5, 10)
) -> list[Command[Any]]:
    """Registered, and an application handed in."""
    return [register(), order(submission(scope=scope), on)]


def accepted(scope: tuple[ScopeItem, ...] = SCOPE) -> list[Command[Any]]:
    """… with the district's opinion, and taken in by the centre."""
    return [
        *applied(scope),
        order(opinion(), date(2024, 5, 20)),
        order(application.ApplicationAccepted(application_id=APP), date(2024, 5, 25)),
    ]


def assigned(*ids: str, scope: tuple[ScopeItem, ...] = SCOPE) -> list[Command[Any]]:
    """… with experts named."""
    experts = application.ExpertsAssigned(application_id=APP, experts=panel(*(ids or ("e1", "e2"))))
    return [*accepted(scope), order(experts, date(2024, 5, 28))]


def evaluated(scope: tuple[ScopeItem, ...] = SCOPE, each: str = "18") -> list[Command[Any]]:
    """… and all sheets filled in."""
    sheets = [order(scored(e, each), date(2024, 6, 10)) for e in ("e1", "e2")]
    return [*assigned(scope=scope), *sheets]


def recommended(scope: tuple[ScopeItem, ...] = SCOPE) -> list[Command[Any]]:
    """… and the evaluation concluded."""
    return [*evaluated(scope), order(concluded(scope), date(2024, 6, 15))]


def confirmed(scope: tuple[ScopeItem, ...] = SCOPE) -> list[Command[Any]]:
    """… and confirmed by the bureau."""
    return [*recommended(scope), order(confirmation(scope), date(2024, 6, 20), by=BUREAU)]


def listed(scope: tuple[ScopeItem, ...] = SCOPE) -> list[Command[Any]]:
    """… and published for three years."""
    published = publication(entries=(roster_entry(scope=scope),))
    return [*confirmed(scope), order(published, LISTED_FROM)]


def session(day: date = date(2025, 3, 10), **changes: Any) -> assessment.AssessmentHeld:
    """A session of 电工 at level 4."""
    base = assessment.AssessmentHeld(
        assessment_id="a-1",
        uscc=USCC,
        occupation=ELECTRICIAN,
        level=Level.FOUR,
        method="examination",
        mode=Mode.ON_SITE,
        held_from=day,
        held_to=day,
        venue=Place(name="培训中心", division="110108"),
        candidates=assessment.Candidates(employee=10),
        assessors=("甲", "乙"),
        quality_staff=("丙",),
    )
    return replace(base, **changes)


def held(**changes: Any) -> Command[Any]:
    """The session is reported."""
    body = session(**changes)
    return order(body, body.held_from)


def issue(**changes: Any) -> certificate.CertificateIssued:
    """A certificate of `session()`."""
    base = certificate.CertificateIssued(
        certificate_no=NUMBER,
        assessment_id="a-1",
        issuer_uscc=USCC,
        occupation=ELECTRICIAN,
        level=Level.FOUR,
        holder=certificate.Holder(
            subject_id="h-1",
            masked_name="张*",
            id_type="201",
            category=CandidateCategory.EMPLOYEE,
        ),
        results=certificate.Results(theory=Decimal(80)),
        issued_on=date(2025, 3, 20),
    )
    return replace(base, **changes)


def certified(**changes: Any) -> list[Command[Any]]:
    """A session with one certificate, of a registered enterprise."""
    return [register(), held(), order(issue(**changes), date(2025, 3, 20), by=None)]


PLAN = plan.AnnualPlanFiled(
    uscc=USCC,
    year=2025,
    summary=plan.AnnualSummary(sessions=1, candidates=10, certificates=9),
    sessions=(
        plan.PlannedSession(
            occupation=ELECTRICIAN,
            levels=(Level.FOUR,),
            planned_on=date(2025, 12, 1),
            headcount=20,
        ),
    ),
)

INSPECTORS = tuple(
    inspection.Inspector(account=a, name=a, card_no="R11240001", recusal_declared=False)
    for a in ("甲", "乙")
)


def dispatch(**changes: Any) -> inspection.InspectionDispatched:
    """Two inspectors are sent out."""
    base = inspection.InspectionDispatched(
        inspection_id="i-1", kind="现场督导", uscc=USCC, inspectors=INSPECTORS
    )
    return replace(base, **changes)


def spot_check(**changes: Any) -> inspection.SpotCheckRecorded:
    """What they saw."""
    base = inspection.SpotCheckRecorded(
        inspection_id="i-1",
        uscc=USCC,
        district="110108",
        kind="现场督导",
        inspectors=INSPECTORS,
        captured_at=datetime(2025, 5, 20, 2, tzinfo=UTC),
        device_id="d-1",
        offline=True,
        checklist=(inspection.ChecklistAnswer(item="考场", value="符合"),),
        evidence=(inspection.Evidence(sha256=DIGEST, media_type="image/jpeg", file_name="1.jpg"),),
        signature_refused=False,
    )
    return replace(base, **changes)


def raised(**changes: Any) -> finding.FindingRaised:
    """A finding about the enterprise."""
    base = finding.FindingRaised(
        finding_id="f-1",
        uscc=USCC,
        kind="超范围",
        severity=Severity.MAJOR,
        rule="S1",
        statement="超范围开展认定",
    )
    return replace(base, **changes)


def found(**changes: Any) -> list[Command[Any]]:
    """A registered enterprise with a finding."""
    return [register(), order(raised(**changes), date(2025, 6, 1))]


def specification(**changes: Any) -> SpecificationFiled:
    """An enterprise's own 评价规范 with the number of its filing."""
    base = SpecificationFiled(
        uscc=USCC,
        occupation=ELECTRICIAN,
        title="电工评价规范",
        sha256=DIGEST,
        filed_with="人力资源社会保障部",
        filing_no="B-1",
        filed_on=date(2025, 1, 10),
    )
    return replace(base, **changes)


def complaint(**changes: Any) -> ComplaintReceived:
    """A complaint about the enterprise."""
    base = ComplaintReceived(
        complaint_id="c-1",
        uscc=USCC,
        complained_on=date(2025, 5, 1),
        subject="超范围",
        statement="在未确认的等级开展认定",
    )
    return replace(base, **changes)
