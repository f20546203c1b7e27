"""What the values of the vocabulary are called on the pages, in both languages.

The names are those of the glossary. A value without a name here is shown as it is stored, which
a test does not let happen for any enumeration of the domain.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.pages.language import Words
from domain.checks import CHECKS
from domain.vocabulary import Level
from ledger.reference import authorities

Names = Mapping[str, Words]


def _names(**pairs: tuple[str, str]) -> Names:
    return MappingProxyType({value: Words(*pair) for value, pair in pairs.items()})


ROLES = _names(
    quality_supervisor=("质量督导员", "quality supervisor"),
    centre_officer=("中心经办", "centre officer"),
    bureau_publisher=("市局发布", "bureau publisher"),
    district_inspector=("区级督导", "district inspector"),
    expert=("评估专家", "expert"),
    enterprise_reporter=("企业申报员", "enterprise reporter"),
    analyst=("分析员", "analyst"),
    public=("公众", "the public"),
    security_admin=("安全管理员", "security administrator"),
    audit_admin=("审计管理员", "audit administrator"),
    system_admin=("系统管理员", "system administrator"),
)
KINDS = _names(
    municipal=("市属", "municipal"),
    district=("区属", "district-owned"),
    foreign=("外资", "foreign-invested"),
    private=("非公", "private"),
    central=("央企", "central"),
)
STANDINGS = _names(
    unlisted=("未列入", "not listed"),
    listed=("在名单", "listed"),
    suspended=("暂停", "suspended"),
    removed=("移出", "removed"),
    expired=("已到期", "expired"),
)
VERDICTS = _names(
    breach=("违规", "breach"),
    undecided=("无法判定", "undecided"),
    clear=("合规", "clear"),
)
SEVERITIES = _names(minor=("轻微", "minor"), major=("较重", "major"), severe=("严重", "severe"))
REVIEWS = _names(
    upheld=("维持", "upheld"),
    dismissed=("排除", "dismissed"),
    converted=("转为问题", "converted to a finding"),
    none=("未复核", "not reviewed"),
)
CASES = _names(
    then_and_now=("当时违规,现在仍违规", "breach then and now"),
    then_not_now=("当时违规,后来已澄清", "breach then, cleared since"),
    now_not_then=("当时看不出,现在违规", "not seen then, breach now"),
    overturned=("复核后改变", "overturned in review"),
)
CASE_SENTENCES = _names(
    then_and_now=(
        "记录入账时就是违规,按今天所知仍是违规。",
        "It was a breach when the record came in, and still is by what is known now.",
    ),
    then_not_now=(
        "记录入账时是违规;后来入账的事实(如追溯的范围变更、更正)使它不再违规。当时的判断仍可查。",
        (
            "It was a breach when the record came in; something learnt later (a back-dated change, a "
            "correction) has cleared it. What was said then can still be seen."
        ),
    ),
    now_not_then=(
        "记录入账时没有问题;后来入账的事实使它成为违规。当时没有人能看出。",
        (
            "Nothing was wrong when the record came in; something learnt later made it a breach. "
            "Nobody could have seen it at the time."
        ),
    ),
    overturned=(
        "督导员复核后改变了结论,理由见复核记录。",
        "A supervisor's review changed the outcome; the reason stands with the review.",
    ),
)
METHODS = _names(
    examination=("考核鉴定", "examination"),
    process=("过程化考核", "process assessment"),
    performance=("业绩评价", "performance evaluation"),
    direct=("直接认定", "direct certification"),
    own=("企业自定方式", "the enterprise's own method"),
)
MODES = _names(
    on_site=("现场", "on site"),
    online=("线上", "online"),
    no_session=("不集中考核", "no session"),
)
CATEGORIES = _names(
    employee=("在职职工", "own employees"),
    dispatched=("劳务派遣人员", "dispatched workers"),
    student=("校企合作技工院校学生", "students of partner schools"),
    apprentice=("新型学徒", "new-type apprentices"),
    other=("其他人员", "others"),
)
CONTENTS = _names(
    projects=("承担项目", "projects"),
    problems=("解决难题", "problems solved"),
    innovation=("创新成果", "innovation"),
    teaching=("传授技艺", "teaching"),
)
MATERIALS = _names(
    application_form=("申请表", "application form"),
    implementation_plan=("实施方案", "implementation plan"),
    incentive_policy=("激励政策", "incentive policy"),
    standards=("标准或评价规范", "standards or specifications"),
    premises=("场地设备", "premises and equipment"),
)
HEADINGS = _names(
    basics=("企业基本情况", "the enterprise"),
    hr_system=("人力资源管理制度", "personnel system"),
    funding=("经费保障措施", "funding"),
    organisation_quality=("认定工作机构及质量保障体系", "organisation and quality assurance"),
    premises_it=("认定场地、设备设施及信息化建设", "premises, equipment and IT"),
)
OPINIONS = _names(support=("同意", "support"), oppose=("不同意", "oppose"))
RESPONSIBLE = _names(
    assessing=("评价企业", "assessing enterprise"),
    issuing=("发证主体", "issuing body"),
    implementing=("实施单位", "implementing unit"),
    applicant=("申报企业", "applicant"),
    supervising=("主管区", "supervising authority"),
)
STAGES = _names(
    submitted=("已提交", "submitted"),
    opinion_given=("区级已出意见", "district opinion given"),
    accepted=("已受理", "accepted"),
    returned=("已退回", "returned"),
    experts_assigned=("已派专家", "experts assigned"),
    scoring=("评分中", "scoring"),
    concluded=("评估已结论", "evaluation concluded"),
    confirmed=("已确认", "confirmed"),
    rejected=("不予确认", "rejected"),
    published=("已公布", "published"),
    receipt_issued=("已发回执", "receipt issued"),
    committed=("已登记", "committed"),
    carried_out=("已抽取", "carried out"),
    dispatched=("已派出", "dispatched"),
    recorded=("已记录", "recorded"),
    raised=("已提出", "raised"),
    disputed=("有异议", "disputed"),
    rectification_ordered=("已责令整改", "rectification ordered"),
    rectification_reported=("已报整改", "rectification reported"),
    passed=("复查合格", "reinspection passed"),
    failed=("复查不合格", "reinspection failed"),
    closed=("已销号", "closed"),
    withdrawn=("已撤回", "withdrawn"),
    filed=("已报备", "filed"),
    revised=("已修订", "revised"),
)
IMPORT_STAGES = _names(
    queued=("排队", "queued"),
    running=("进行中", "under way"),
    previewed=("待确认", "to be confirmed"),
    done=("完成", "done"),
    failed=("不能使用", "unusable"),
    discarded=("已放弃", "given up"),
)
MEASURE_STATES = _names(
    imposed=("生效", "imposed"),
    stayed=("暂缓", "stayed"),
    varied=("已变更", "varied"),
    set_aside=("已撤销", "set aside"),
    lifted=("已解除", "lifted"),
)
CHANGES = _names(added=("新增", "added"), removed=("消失", "removed"), changed=("变更", "changed"))
CHECK_NAMES: Names = MappingProxyType(
    {code: Words(check.zh, check.en) for code, check in CHECKS.items()}
)
LEVELS: Names = MappingProxyType({level.value: Words(level.zh, level.en) for level in Level})
_DISTRICTS_EN = MappingProxyType(
    {
        "110101": "Dongcheng",
        "110102": "Xicheng",
        "110105": "Chaoyang",
        "110106": "Fengtai",
        "110107": "Shijingshan",
        "110108": "Haidian",
        "110109": "Mentougou",
        "110111": "Fangshan",
        "110112": "Tongzhou",
        "110113": "Shunyi",
        "110114": "Changping",
        "110115": "Daxing",
        "110116": "Huairou",
        "110117": "Pinggu",
        "110118": "Miyun",
        "110119": "Yanqing",
        "BDA": "Economic-Technological Development Area",
    }
)
DISTRICTS: Names = MappingProxyType(
    {code: Words(name, _DISTRICTS_EN[code]) for code, name in authorities().items()}
)
ORGANISATIONS = _names(
    centre=("市职业技能鉴定管理中心", "city centre"), bureau=("市人社局", "city bureau")
)
EVENT_NAMES = _names(
    EnterpriseRegistered=("企业登记", "enterprise registered"),
    EnterpriseProfileChanged=("企业信息变更", "profile changed"),
    UnitCovered=("纳入所属单位", "unit covered"),
    UnitReleased=("所属单位退出", "unit released"),
    ApplicationSubmitted=("提交申报", "application submitted"),
    DistrictOpinionGiven=("区级初步意见", "district opinion given"),
    ApplicationAccepted=("受理申报", "application accepted"),
    ApplicationReturned=("退回申报", "application returned"),
    ExpertsAssigned=("派出专家", "experts assigned"),
    EvaluationScored=("专家评分", "evaluation scored"),
    EvaluationScoreRevised=("修改评分", "score revised"),
    EvaluationConcluded=("评估结论", "evaluation concluded"),
    ApplicationConfirmed=("确认申报", "application confirmed"),
    ApplicationRejected=("不予确认", "application rejected"),
    ReceiptIssued=("发确认回执", "receipt issued"),
    RosterPublished=("公布名单", "roster published"),
    EnterpriseListed=("列入名单", "enterprise listed"),
    ScopeChanged=("确认范围变更", "scope changed"),
    ListingSuspended=("暂停", "listing suspended"),
    ListingReinstated=("恢复", "listing reinstated"),
    ListingRemoved=("移出名单", "listing removed"),
    ListingRenewed=("续期", "listing renewed"),
    AnnualPlanFiled=("报备年度计划", "annual plan filed"),
    AnnualPlanRevised=("修订年度计划", "annual plan revised"),
    AssessmentHeld=("开展认定", "assessment held"),
    CertificateIssued=("发证", "certificate issued"),
    CertificateReissued=("换证", "certificate reissued"),
    CertificateRevoked=("撤销证书", "certificate revoked"),
    InspectionDrawn=("随机抽取", "inspection drawn"),
    InspectionDispatched=("派出督导", "inspection dispatched"),
    SpotCheckRecorded=("现场督导记录", "spot check recorded"),
    FindingRaised=("提出问题", "finding raised"),
    RectificationOrdered=("责令整改", "rectification ordered"),
    RectificationReported=("报告整改", "rectification reported"),
    ReinspectionRecorded=("复查", "reinspection recorded"),
    MeasureImposed=("采取措施", "measure imposed"),
    MeasureStayed=("暂缓执行", "measure stayed"),
    MeasureVaried=("变更措施", "measure varied"),
    MeasureSetAside=("撤销措施", "measure set aside"),
    MeasureLifted=("解除措施", "measure lifted"),
    FindingClosed=("问题销号", "finding closed"),
    FindingWithdrawn=("撤回问题", "finding withdrawn"),
    FindingDisputed=("提出异议", "finding disputed"),
    FlagReviewed=("复核疑点", "flag reviewed"),
    RecordCorrected=("更正记录", "record corrected"),
    CatalogueAdopted=("采用目录版本", "catalogue adopted"),
)

VOCABULARY: Mapping[str, Names] = MappingProxyType(
    {
        "role": ROLES,
        "kind": KINDS,
        "standing": STANDINGS,
        "verdict": VERDICTS,
        "severity": SEVERITIES,
        "review": REVIEWS,
        "case": CASES,
        "case_sentence": CASE_SENTENCES,
        "method": METHODS,
        "mode": MODES,
        "category": CATEGORIES,
        "content": CONTENTS,
        "material": MATERIALS,
        "heading": HEADINGS,
        "opinion": OPINIONS,
        "responsible": RESPONSIBLE,
        "stage": STAGES,
        "measure": MEASURE_STATES,
        "import": IMPORT_STAGES,
        "change": CHANGES,
        "check": CHECK_NAMES,
        "level": LEVELS,
        "district": DISTRICTS,
        "organisation": ORGANISATIONS,
        "event": EVENT_NAMES,
    }
)
"""What a template names a vocabulary by → its names: `{{ row.standing | word("standing") }}`."""
