"""What the values of the vocabulary are called on the pages, in both languages.

The names are those of the glossary. A value without a name here is shown as it is stored, which
a test does not let happen for any enumeration of the domain.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.words.access_words import ACCOUNT_ACTS, DEEDS, NOTICES, OUTCOMES, STATES, WAYS
from api.words.authority_words import AUTHORITIES, DISTRICTS, ORGANISATIONS
from api.words.event_words import EVENT_NAMES
from api.words.language import Names, Words, as_words, names
from api.words.list_names import LISTS
from api.words.watch_words import WATCHED
from domain.checks import CHECKS
from domain.terms import naming
from domain.terms.clauses import CLAUSES
from domain.terms.vocabulary import Level

ROLES = as_words(naming.ROLES)
KINDS = names(
    municipal=("市属", "municipal"),
    district=("区属", "district-owned"),
    foreign=("外资", "foreign-invested"),
    private=("非公", "private"),
    central=("央企", "central"),
)
INSPECTIONS: Names = MappingProxyType(
    {
        "现场督导": Words("现场督导", "on-site supervision"),
        "日常监督检查": Words("日常监督检查", "routine inspection"),
        "专项督导": Words("专项督导", "special supervision"),
        "双随机抽查": Words("双随机抽查", "check after a random draw"),
        "线上督导": Words("线上督导", "online supervision"),
        "投诉举报核查": Words("投诉举报核查", "check of a complaint"),
    }
)
STANDINGS = names(
    unlisted=("未列入", "not listed"),
    listed=("在名单", "listed"),
    suspended=("暂停", "suspended"),
    removed=("移出", "removed"),
    expired=("已到期", "expired"),
)
VERDICTS = names(
    breach=("违规", "breach"),
    undecided=("无法判定", "undecided"),
    clear=("合规", "clear"),
)
SEVERITIES = names(minor=("轻微", "minor"), major=("较重", "major"), severe=("严重", "severe"))
REVIEWS = names(
    upheld=("维持", "upheld"),
    dismissed=("排除", "dismissed"),
    converted=("转为问题", "converted to a finding"),
    none=("未复核", "not reviewed"),
)
REVIEW_LAPSES = names(
    outcome_changed=("针对此前的判断，待重新复核", "of an earlier outcome: to be reviewed again"),
    finding_withdrawn=(
        "所转问题已撤回，待重新复核",
        "its finding was withdrawn: to be reviewed again",
    ),
    finding_without_consequence=(
        "所转问题未经整改、未采取措施即销号，待重新复核",
        "its finding was closed with nothing put right and no measure: to be reviewed again",
    ),
)
CASES = names(
    then_and_now=("当时有，按所看依据仍有", "raised then and by what is looked at"),
    then_not_now=(
        "当时有，按所看依据已减轻或澄清",
        "raised then, less or cleared by what is looked at",
    ),
    now_not_then=(
        "当时看不出或较轻，按所看依据有",
        "not seen or less then, raised by what is looked at",
    ),
    overturned=("复核或其间的记录改变", "overturned in review or in between"),
)
CLAUSE_NUMBERS: Names = {
    number: Words(clause.printed, number) for number, clause in CLAUSES.items()
}
"""What a clause is cited by: Chinese prints full brackets, files and English the number of the contract."""
METHODS = as_words(naming.METHODS)
MODES = names(
    on_site=("现场", "on site"),
    online=("线上", "online"),
    no_session=("不集中考核", "no session"),
)
CATEGORIES = names(
    employee=("在职职工", "own employees"),
    dispatched=("劳务派遣人员", "dispatched workers"),
    student=("校企合作技工院校学生", "students of partner schools"),
    apprentice=("新型学徒", "new-type apprentices"),
    other=("其他人员", "others"),
)
PLAN_STATES = names(
    missing=("未报备", "none on file"),
    filed=("已报备", "on file"),
)
DUTIES = names(
    assessor=("考评人员", "examiner"),
    quality=("质量内控人员", "internal quality officer"),
)
PARTNERSHIPS = names(
    school=("校企合作的技工院校", "partner technical school"),
    apprenticeship=("企业新型学徒制", "apprenticeship of the new kind"),
)
CONTENTS = as_words(naming.CONTENT)
MATERIALS = as_words(naming.MATERIALS)
HEADINGS = as_words(naming.HEADINGS)
OPINIONS = names(support=("同意", "support"), oppose=("不同意", "oppose"))
RESPONSIBLE = names(
    assessing=("评价企业", "assessing enterprise"),
    issuing=("发证主体", "issuing body"),
    implementing=("实施单位", "implementing unit"),
    applicant=("申报企业", "applicant"),
    supervising=("主管区", "supervising authority"),
    inspecting=("派出督导的机构", "authority that sent the inspectors"),
)
GROUNDS = names(
    competition=("竞赛成绩", "result of a competition"),
    contribution=("突出贡献", "outstanding contribution"),
)
STAGES = names(
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
    kept=("在册", "kept"),
    received=("已收件", "received"),
)
IMPORT_STAGES = names(
    queued=("排队", "queued"),
    running=("进行中", "under way"),
    previewed=("待确认", "to be confirmed"),
    done=("完成", "done"),
    failed=("不能使用", "unusable"),
    discarded=("已放弃", "given up"),
)
MEASURE_STATES = names(
    imposed=("生效", "imposed"),
    stayed=("暂缓", "stayed"),
    varied=("已变更", "varied"),
    set_aside=("已撤销", "set aside"),
    lifted=("已解除", "lifted"),
)
CHANGES = names(added=("新增", "added"), removed=("消失", "removed"), changed=("变更", "changed"))
CATALOGUES = names(
    dictionary=("职业分类大典", "dictionary of occupations"),
    new_occupations=("新职业", "new occupations"),
    standards=("国家职业标准", "national standards"),
    qualifications=("职业资格目录", "catalogue of qualifications"),
    mapping=("大典版本对应", "mapping between editions"),
    rules=("规则", "rules"),
    outline=("行政区划轮廓", "outline"),
)
CATALOGUE_STATES = names(
    adopted=("已采用", "adopted"),
    suggested=("仅为建议，未采用", "suggested, not adopted"),
    stored=("已收录，未采用", "stored, not adopted"),
)
CERTIFICATE_STATES = names(
    valid=("有效", "valid"),
    reissued=("已换证", "replaced"),
    revoked=("已撤销", "revoked"),
)
REQUEST_KINDS = names(act=("办理事项", "act"), correction=("更正", "correction"))
REQUEST_STATES = names(
    waiting=("待批准", "waiting"),
    taken=("已批准", "approved"),
    refused=("已退回", "refused"),
)
WITHIN = names(
    inside=("范围内", "inside"),
    outside=("超范围", "outside"),
    undecided=("无法判定", "undecided"),
)
CHECK_NAMES: Names = MappingProxyType(
    {code: Words(check.zh, check.en) for code, check in CHECKS.items()}
)
LEVELS: Names = MappingProxyType({level.value: Words(level.zh, level.en) for level in Level})
VOCABULARY: Mapping[str, Names] = MappingProxyType(
    {
        "role": ROLES,
        "list": LISTS,
        "kind": KINDS,
        "inspection": INSPECTIONS,
        "standing": STANDINGS,
        "verdict": VERDICTS,
        "severity": SEVERITIES,
        "review": REVIEWS,
        "review_lapse": REVIEW_LAPSES,
        "case": CASES,
        "method": METHODS,
        "mode": MODES,
        "category": CATEGORIES,
        "content": CONTENTS,
        "duty": DUTIES,
        "plan_state": PLAN_STATES,
        "partnership": PARTNERSHIPS,
        "material": MATERIALS,
        "heading": HEADINGS,
        "opinion": OPINIONS,
        "responsible": RESPONSIBLE,
        "stage": STAGES,
        "measure": MEASURE_STATES,
        "import": IMPORT_STAGES,
        "change": CHANGES,
        "catalogue": CATALOGUES,
        "catalogue_state": CATALOGUE_STATES,
        "certificate": CERTIFICATE_STATES,
        "request_kind": REQUEST_KINDS,
        "request_state": REQUEST_STATES,
        "within": WITHIN,
        **WATCHED,
        "check": CHECK_NAMES,
        "level": LEVELS,
        "district": DISTRICTS,
        "authority": AUTHORITIES,
        "organisation": ORGANISATIONS,
        "body": {**DISTRICTS, **ORGANISATIONS},
        "ground": GROUNDS,
        "event": EVENT_NAMES,
        "deed": DEEDS,
        "outcome": OUTCOMES,
        "way": WAYS,
        "account_act": ACCOUNT_ACTS,
        "notice": NOTICES,
        "finding_state": STATES,
        "clause": CLAUSE_NUMBERS,
    }
)
"""What a template names a vocabulary by → its names: `{{ row.standing | word("standing") }}`."""
