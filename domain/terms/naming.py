"""What roles, authorities, kinds of entries and headings are called in a sentence, in Chinese and English.

A refusal or a flag is read by people: it says 市中心的经办人员, never `centre_officer` of `centre`. The pages
take their words from here (`api/words`), so a thing has one name everywhere.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.terms.identifiers import is_uscc
from domain.terms.vocabulary import Role


class Name(NamedTuple):
    """What something is called in both languages."""

    zh: str
    en: str


def _named(pairs: Mapping[str, tuple[str, str]]) -> Mapping[str, Name]:
    return MappingProxyType({str(value): Name(*pair) for value, pair in pairs.items()})


ROLES = _named(
    {
        Role.QUALITY_SUPERVISOR: ("质量督导员", "quality supervisor"),
        Role.CENTRE_OFFICER: ("中心经办", "centre officer"),
        Role.BUREAU_PUBLISHER: ("市局发布", "bureau publisher"),
        Role.DISTRICT_INSPECTOR: ("区级督导", "district inspector"),
        Role.EXPERT: ("评估专家", "expert"),
        Role.ENTERPRISE_REPORTER: ("企业申报员", "enterprise reporter"),
        Role.ANALYST: ("分析员", "analyst"),
        Role.PUBLIC: ("公众", "the public"),
        Role.SECURITY_ADMIN: ("安全管理员", "security administrator"),
        Role.AUDIT_ADMIN: ("审计管理员", "audit administrator"),
        Role.SYSTEM_ADMIN: ("系统管理员", "system administrator"),
    }
)
ORGANISATIONS = _named(
    {"centre": ("市职业技能鉴定管理中心", "city centre"), "bureau": ("市人社局", "city bureau")}
)
DISTRICTS = _named(
    {
        "110101": ("东城区", "Dongcheng"),
        "110102": ("西城区", "Xicheng"),
        "110105": ("朝阳区", "Chaoyang"),
        "110106": ("丰台区", "Fengtai"),
        "110107": ("石景山区", "Shijingshan"),
        "110108": ("海淀区", "Haidian"),
        "110109": ("门头沟区", "Mentougou"),
        "110111": ("房山区", "Fangshan"),
        "110112": ("通州区", "Tongzhou"),
        "110113": ("顺义区", "Shunyi"),
        "110114": ("昌平区", "Changping"),
        "110115": ("大兴区", "Daxing"),
        "110116": ("怀柔区", "Huairou"),
        "110117": ("平谷区", "Pinggu"),
        "110118": ("密云区", "Miyun"),
        "110119": ("延庆区", "Yanqing"),
        "BDA": ("北京经济技术开发区", "Economic-Technological Development Area"),
    }
)
"""The 17 district authorities (§1)."""
HEADINGS = _named(
    {
        "basics": ("企业基本情况", "the enterprise"),
        "hr_system": ("人力资源管理制度", "personnel system"),
        "funding": ("经费保障措施", "funding"),
        "organisation_quality": (
            "认定工作机构及质量保障体系",
            "organisation and quality assurance",
        ),
        "premises_it": ("认定场地、设备设施及信息化建设", "premises, equipment and IT"),
    }
)
"""What an evaluation scores (六(二))."""
METHODS = _named(
    {
        "examination": ("考核鉴定", "examination"),
        "process": ("过程化考核", "process assessment"),
        "performance": ("业绩评价", "performance evaluation"),
        "direct": ("直接认定", "direct certification"),
        "own": ("企业自定方式", "the enterprise's own method"),
    }
)
"""How people are assessed: the four methods of the notice, and the enterprise's own (二(三))."""
CONTENT = _named(
    {
        "projects": ("承担项目", "projects"),
        "problems": ("解决难题", "problems solved"),
        "innovation": ("创新成果", "innovation"),
        "teaching": ("传授技艺", "teaching of skills"),
    }
)
"""What the assessment of a technician adds (二(二)2)."""
MATERIALS = _named(
    {
        "application_form": ("申请表", "application form"),
        "implementation_plan": ("实施方案", "implementation plan"),
        "incentive_policy": ("激励政策", "incentive policy"),
        "standards": ("标准或评价规范", "standards or specifications"),
        "premises": ("场地设备", "premises and equipment"),
    }
)
"""The five materials of an application (五)."""
EVENTS = _named(
    {
        "EnterpriseRegistered": ("企业登记", "enterprise registered"),
        "EnterpriseProfileChanged": ("企业信息变更", "profile changed"),
        "UnitCovered": ("纳入所属单位", "unit covered"),
        "UnitReleased": ("所属单位退出", "unit released"),
        "ApplicationSubmitted": ("提交申报", "application submitted"),
        "DistrictOpinionGiven": ("区级初步意见", "district opinion given"),
        "ApplicationAccepted": ("受理申报", "application accepted"),
        "ApplicationReturned": ("退回申报", "application returned"),
        "ExpertsAssigned": ("派出专家", "experts assigned"),
        "EvaluationScored": ("专家评分", "evaluation scored"),
        "EvaluationScoreRevised": ("修改评分", "score revised"),
        "EvaluationConcluded": ("评估结论", "evaluation concluded"),
        "ApplicationConfirmed": ("确认申报", "application confirmed"),
        "ApplicationRejected": ("不予确认", "application rejected"),
        "ReceiptIssued": ("发确认回执", "receipt issued"),
        "RosterPublished": ("公布名单", "roster published"),
        "EnterpriseListed": ("列入名单", "enterprise listed"),
        "ScopeChanged": ("确认范围变更", "scope changed"),
        "ListingSuspended": ("暂停", "listing suspended"),
        "ListingReinstated": ("恢复", "listing reinstated"),
        "ListingRemoved": ("移出名单", "listing removed"),
        "ListingRenewed": ("续期", "listing renewed"),
        "AnnualPlanFiled": ("报备年度计划", "annual plan filed"),
        "AnnualPlanRevised": ("修订年度计划", "annual plan revised"),
        "AssessmentHeld": ("开展认定", "assessment held"),
        "CertificateIssued": ("发证", "certificate issued"),
        "CertificateReissued": ("换证", "certificate reissued"),
        "CertificateRevoked": ("撤销证书", "certificate revoked"),
        "InspectionDrawn": ("随机抽取", "inspection drawn"),
        "InspectionDispatched": ("派出督导", "inspection dispatched"),
        "SpotCheckRecorded": ("现场督导记录", "spot check recorded"),
        "FindingRaised": ("提出问题", "finding raised"),
        "RectificationOrdered": ("责令整改", "rectification ordered"),
        "RectificationReported": ("报告整改", "rectification reported"),
        "ReinspectionRecorded": ("复查", "reinspection recorded"),
        "MeasureImposed": ("采取措施", "measure imposed"),
        "MeasureStayed": ("暂缓执行", "measure stayed"),
        "MeasureVaried": ("变更措施", "measure varied"),
        "MeasureSetAside": ("撤销措施", "measure set aside"),
        "MeasureLifted": ("解除措施", "measure lifted"),
        "FindingClosed": ("问题销号", "finding closed"),
        "FindingWithdrawn": ("撤回问题", "finding withdrawn"),
        "FindingDisputed": ("提出异议", "finding disputed"),
        "FlagReviewed": ("复核疑点", "flag reviewed"),
        "FlagAnswered": ("陈述申辩", "flag answered"),
        "RecordCorrected": ("更正记录", "record corrected"),
        "ApplicationWithdrawn": ("撤回申报", "application withdrawn"),
        "StaffRegistered": ("登记考评人员", "staff registered"),
        "StaffReleased": ("注销考评人员", "staff released"),
        "PartnershipFiled": ("备案合作", "partnership filed"),
        "SpecificationFiled": ("备案评价规范", "specification filed"),
        "ResultsPublished": ("公示结果", "results published"),
        "ComplaintReceived": ("收到投诉", "complaint received"),
        "HearingHeld": ("听取陈述", "hearing held"),
        "ActRequested": ("提请批准", "approval asked for"),
        "ActDecided": ("批准或退回", "request decided on"),
        "CorrectionRequested": ("申请更正", "correction requested"),
        "CorrectionDecided": ("办理更正申请", "correction decided"),
        "CatalogueAdopted": ("采用目录版本", "catalogue adopted"),
        "PersonErased": ("抹除个人信息", "person erased"),
        "ClockSet": ("校正时钟", "clock set"),
        "DemonstrationBegun": ("演示开始", "demonstration begun"),
        "DayClosed": ("日终封账", "day closed"),
    }
)
"""Names of the kinds of entries."""


def how_many(number: int, one: str) -> str:
    """Return how many there are in English: 1 candidate, 2 candidates."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def role_of(role: str) -> Name:
    """Return what a role is called."""
    return ROLES.get(role, Name(role, role))


def event_of(name: str) -> Name:
    """Return what a kind of entry is called."""
    return EVENTS.get(name, Name(name, name))


def heading_of(name: str) -> Name:
    """Return what a heading of an evaluation is called."""
    return HEADINGS.get(name, Name(name, name))


def method_of(method: str) -> Name:
    """Return what a method is called; one that a record names in its own words is called so."""
    return METHODS.get(method, Name(method[:80], method[:80]))


def material_of(kind: str) -> Name:
    """Return what a material of an application is called."""
    return MATERIALS.get(kind, Name(kind, kind))


def body_of(organisation: str | None) -> Name:
    """Return what an authority or an enterprise is called; of an enterprise its code tells enough."""
    code = organisation or ""
    if is_uscc(code):
        return Name(f"企业 {code}", f"enterprise {code}")
    return ORGANISATIONS.get(code) or DISTRICTS.get(code) or Name(f"“{code[:40]}”", code[:40])
