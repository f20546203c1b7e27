"""Single answers: one enterprise, its days, an entry with its surroundings, a flag explained, a draw."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from domain.finding.finding import FindingStage
from domain.terms.place import Side, Step
from domain.terms.vocabulary import ReviewDecision, Severity, Standing, Verdict
from projections.items.cases import STAGE, Stay
from projections.items.changes import CountItem
from projections.items.entries import (
    RECORDED_AT,
    TYPE,
    VALID_FROM,
    DrawNumbers,
    EntryItem,
    LateItem,
)
from projections.items.flags import BacklogItem, FlagItem
from projections.items.listed import RosterItem
from projections.items.operation import FieldFault
from projections.items.parts import (
    DISTRICT,
    LEVEL,
    OCCUPATION,
    POSITION,
    SHA256,
    USCC,
    District,
    LevelShown,
    Occupation,
    Positions,
    Sentence,
    Uscc,
    Venue,
)
from projections.items.shape import (
    PARTLY,
    PUBLISHED,
    READ,
    SOMETIMES,
    UNTIL,
    WRITTEN,
    Head,
    Json,
    Said,
    Shown,
)

NAME = Head("企业名称", "name")
STANDING = Head("名单状态", "standing")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyWarning:
    """到期预警 / a listing ends soon."""

    days_left: Annotated[int, Head("剩余天数", "days left"), READ]
    within_days: Annotated[int, Head("预警天数", "within so many days"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseCounts:
    """计数 / what there is about an enterprise."""

    breaches: Annotated[int, Head("违规数", "breaches"), READ]
    dismissed: Annotated[int, Head("其中已排除", "of them dismissed"), READ]
    undecided: Annotated[int, Head("无法判定数", "undecided"), READ]
    open_findings: Annotated[int, Head("未结问题", "open findings"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseItem(RosterItem):
    """企业概况 / an enterprise on the day, with early warning and counts."""

    warning: Annotated[EarlyWarning | None, Head("到期预警", "early warning"), READ]
    address_outside: Annotated[
        Sentence | None, Head("登记地址在本市以外", "registered outside Beijing"), READ
    ]
    counts: Annotated[EnterpriseCounts, Head("计数", "counts"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingBar:
    """状态区间 / days on which the standing stays the same."""

    standing: Annotated[Standing, STANDING, READ, Said("standing")]
    valid_from: Annotated[date, Head("自", "from"), READ]
    valid_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]
    listed_to: Annotated[date | None, Head("有效期止", "listed until"), READ, UNTIL]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeBar:
    """范围区间 / days on which an occupation is confirmed."""

    valid_from: Annotated[date, Head("自", "from"), READ]
    valid_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]
    levels: Annotated[tuple[LevelShown, ...], LEVEL, READ]


LATER = Head("在所看业务日期之后", "behind the day looked at")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMark:
    """时间轴上的认定活动 / a session on the timeline."""

    assessment_id: Annotated[str, Head("认定活动编号", "session"), READ]
    level: Annotated[LevelShown, LEVEL, READ]
    held_from: Annotated[date, Head("开始日期", "first day"), READ]
    within: Annotated[
        Literal["inside", "outside", "undecided"],
        Head("是否在范围内", "within the scope"),
        READ,
        Said("within"),
    ]
    verdict: Annotated[Verdict, Head("最重结论", "worst verdict"), READ, Said("verdict")]
    flags: Annotated[tuple[str, ...], Head("疑点", "flags"), READ]
    position: Annotated[int, POSITION, READ]
    later: Annotated[bool, LATER, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """时间轴的一行 / an occupation over all days."""

    occupation: Annotated[Occupation, OCCUPATION, READ]
    scope: Annotated[tuple[ScopeBar, ...], Head("确认范围", "confirmed"), READ]
    sessions: Annotated[tuple[SessionMark, ...], Head("认定活动", "sessions"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCheckMark:
    """时间轴上的现场记录 / a spot check on the timeline."""

    inspection_id: Annotated[str, Head("督导编号", "inspection"), READ]
    assessment_id: Annotated[str | None, Head("认定活动编号", "session"), READ]
    seen_on: Annotated[date, Head("检查日期", "day of the visit"), READ]
    position: Annotated[int, POSITION, READ]
    later: Annotated[bool, LATER, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionMark:
    """时间轴上的督导派出 / inspectors sent, on the timeline."""

    inspection_id: Annotated[str, Head("督导编号", "inspection"), READ]
    kind: Annotated[str, Head("督导类别", "kind"), READ, Said("inspection")]
    dispatched_on: Annotated[date, Head("派出日期", "dispatched on"), READ]
    later: Annotated[bool, LATER, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedMonth:
    """时间轴上的发证 / certificates issued in a month."""

    month: Annotated[str, Head("月份", "month"), READ, Shown("2025-03")]
    certificates: Annotated[int, Head("发证数", "certificates"), READ]
    certificates_later: Annotated[int, Head("其后发证数", "certificates behind the day"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMark:
    """时间轴上的整改要求 / an order on the timeline; overdue are the days of Q2."""

    ordered: Annotated[date, Head("责令日期", "ordered on"), READ]
    due_on: Annotated[date, Head("整改期限（含）", "deadline, included"), READ]
    reported: Annotated[date | None, Head("报告日期", "reported on"), READ]
    replaced: Annotated[date | None, Head("被替换日期", "replaced on"), READ]
    overdue: Annotated[tuple[Stay, ...], Head("逾期", "overdue"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureMark:
    """时间轴上的措施 / a measure on the timeline."""

    measure_id: Annotated[str, Head("措施编号", "measure"), READ]
    kind: Annotated[str, Head("措施", "kind"), READ]
    effective_from: Annotated[date, Head("自", "from"), READ]
    effective_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]
    stays: Annotated[tuple[Stay, ...], Head("暂缓", "stays"), READ]
    set_aside: Annotated[bool, Head("已撤销", "set aside"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingMark:
    """时间轴上的问题 / a finding on the timeline, from raised to ended."""

    finding_id: Annotated[str, Head("问题编号", "finding"), READ]
    kind: Annotated[str, Head("问题类别", "kind"), READ]
    severity: Annotated[Severity, Head("严重程度", "severity"), READ, Said("severity")]
    stage: Annotated[FindingStage, STAGE, READ, Said("stage")]
    raised_on: Annotated[date, Head("提出日期", "raised on"), READ]
    ended_on: Annotated[date | None, Head("终止日期", "ended on"), READ]
    orders: Annotated[tuple[OrderMark, ...], Head("整改要求", "orders"), READ]
    measures: Annotated[tuple[MeasureMark, ...], Head("措施", "measures"), READ]
    later: Annotated[bool, LATER, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedYear:
    """时间轴上的计划与实际 / what was planned for a year, and what was held in it."""

    year: Annotated[int, Head("年度", "year"), READ]
    filed_on: Annotated[date | None, Head("报备日期", "filed on"), READ]
    planned: Annotated[int | None, Head("计划场数", "planned sessions"), READ]
    held: Annotated[int, Head("实际场数", "sessions held"), READ]
    held_later: Annotated[int, Head("其后场数", "sessions behind the day"), READ]
    later: Annotated[
        bool, Head("计划在所看业务日期之后报备", "the plan was filed behind the day"), READ
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """时间轴 / what an enterprise might do and did, over all days."""

    uscc: Annotated[Uscc, USCC, READ]
    standings: Annotated[tuple[StandingBar, ...], Head("名单状态", "standings"), READ]
    occupations: Annotated[tuple[TimelineRow, ...], Head("职业", "occupations"), READ]
    certificates: Annotated[tuple[IssuedMonth, ...], Head("各月发证", "certificates a month"), READ]
    inspections: Annotated[tuple[InspectionMark, ...], Head("督导派出", "inspectors sent"), READ]
    spot_checks: Annotated[tuple[SpotCheckMark, ...], Head("现场记录", "spot checks"), READ]
    findings: Annotated[tuple[FindingMark, ...], Head("问题", "findings"), READ]
    plans: Annotated[tuple[PlannedYear, ...], Head("计划与实际", "plan against actual"), READ]
    earlier: Annotated[bool, Head("还有更早的认定活动", "there are earlier sessions"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """更正后的内容 / an entry as it is read since its corrections."""

    valid_from: Annotated[date, VALID_FROM, READ]
    data: Annotated[Json, Head("内容", "data"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """叶哈希 / where an entry stands in the tree, and what its hash covers."""

    index: Annotated[int, Head("叶序号", "index of the leaf"), READ]
    hash: Annotated[str, Head("叶哈希", "hash of the leaf"), READ]
    bytes: Annotated[int, Head("字节数", "bytes"), READ]
    sha256: Annotated[str, SHA256, READ]
    header: Annotated[str | None, Head("头部", "header"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryContextItem:
    """记录的前后 / an entry with what stands around it."""

    entry: Annotated[EntryItem, Head("记录", "entry"), READ]
    previous: Annotated[int | None, Head("上一条", "entry before"), READ]
    next: Annotated[int | None, Head("下一条", "entry after"), READ]
    corrections: Annotated[tuple[EntryItem, ...], Head("更正", "corrections"), READ]
    now: Annotated[Corrected | None, Head("更正后", "as corrected"), READ]
    flags: Annotated[tuple[FlagItem, ...], Head("疑点", "flags"), READ]
    leaf: Annotated[Leaf, Head("叶哈希", "leaf"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedResponsible:
    """责任主体 / a body that answers for what a flag says, with its name."""

    uscc: Annotated[Uscc | None, USCC, READ]
    organisation: Annotated[str | None, Head("机构", "authority"), READ, Said("body")]
    district: Annotated[District | None, Head("主管区", "district"), READ]
    role: Annotated[str, Head("身份", "role"), READ, Said("responsible")]
    name: Annotated[str | None, NAME, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSaid:
    """检查 / a check and its version."""

    zh: Annotated[str, Head("中文", "Chinese"), READ]
    en: Annotated[str, Head("英文", "English"), READ]
    version: Annotated[int, Head("版本", "version"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseText:
    """条款 / the clause that a check rests on."""

    number: Annotated[str, Head("条款", "number"), READ, Shown("七(三)")]
    document: Annotated[str, Head("文件", "document"), READ]
    zh: Annotated[str, Head("中文", "Chinese"), READ]
    en: Annotated[str, Head("英文", "English"), READ]
    in_force_from: Annotated[date, Head("施行日期", "in force from"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidThen:
    """一次判定 / what was said of the record, since which entry."""

    position: Annotated[int, POSITION, READ]
    type: Annotated[str | None, TYPE, READ, Said("event")]
    recorded_at: Annotated[datetime | None, RECORDED_AT, READ]
    valid_from: Annotated[date | None, VALID_FROM, READ]
    verdict: Annotated[Verdict, Head("结论", "verdict"), READ, Said("verdict")]
    message: Annotated[Sentence, Head("说明", "what it says"), READ]
    review: Annotated[ReviewDecision | None, Head("复核", "review"), READ, Said("review")]
    case: Annotated[str | None, Head("时间情形", "then and now"), READ, Said("case")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMade:
    """一次复核 / a review of the flag."""

    position: Annotated[int, POSITION, READ]
    recorded_at: Annotated[datetime, RECORDED_AT, READ]
    decision: Annotated[ReviewDecision, Head("结论", "decision"), READ, Said("review")]
    reason: Annotated[str | None, Head("理由", "reason"), WRITTEN]
    account: Annotated[str, Head("账户", "account"), READ]
    finding_id: Annotated[str | None, Head("问题编号", "finding"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """地点线索 / a piece of evidence of where it was."""

    step: Annotated[Step, Head("依据", "step"), READ, Said("step")]
    side: Annotated[Side, Head("结论", "side"), READ, Said("side")]
    zh: Annotated[str, Head("中文", "Chinese"), READ]
    en: Annotated[str, Head("英文", "English"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """地点周边图 / the line around a place as paths of SVG, in metres; the place is in the middle."""

    size: Annotated[int, Head("边长（米）", "side (m)"), READ]
    inside: Annotated[str, Head("市内", "inside"), READ]
    line: Annotated[str, Head("市界", "line"), READ]
    band: Annotated[int, Head("市界误差（米）", "error of the line (m)"), READ]
    error: Annotated[int, Head("位置误差（米）", "error of the place (m)"), READ]
    datum: Annotated[str | None, Head("坐标系", "datum"), READ]
    side: Annotated[Side, Head("画在哪一侧", "side on which it is drawn"), READ, Said("side")]
    distance: Annotated[int, Head("距市界（米）", "from the line (m)"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceExplained:
    """地点判定 / every piece of evidence of where a session was held."""

    side: Annotated[Side, Head("结论", "side"), READ, Said("side")]
    step: Annotated[Step | None, Head("决定性依据", "step that decides"), READ, Said("step")]
    contradiction: Annotated[bool, Head("互相矛盾", "contradiction"), READ]
    clues: Annotated[tuple[Clue, ...], Head("线索", "clues"), READ]
    outline: Annotated[str, Head("市界版本", "outline"), READ]
    parsers: Annotated[str, Head("解析版本", "parsers"), READ]
    venue: Annotated[Venue | None, Head("地点", "venue"), READ]
    map: Annotated[Drawn | None, Head("地图", "map"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveringFinding:
    """涉及疑点的问题 / a finding that names a flag, or the record that it judges."""

    finding_id: Annotated[str, Head("问题编号", "finding"), READ]
    kind: Annotated[str, Head("问题类别", "kind"), READ]
    severity: Annotated[Severity, Head("严重程度", "severity"), READ, Said("severity")]
    stage: Annotated[str, Head("阶段", "stage"), READ, Said("stage")]
    raised_on: Annotated[date, Head("提出日期", "raised on"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagExplainedItem(FlagItem):
    """疑点的来龙去脉 / a flag with what was said then and now, and what it rests on."""

    name: Annotated[str | None, NAME, READ]
    responsible: Annotated[  # type: ignore[assignment]
        tuple[NamedResponsible, ...], Head("责任主体", "responsible bodies"), READ
    ]
    check: Annotated[CheckSaid, Head("检查", "check"), READ]
    clause_text: Annotated[ClauseText, Head("条款", "clause"), READ]
    then_said: Annotated[SaidThen, Head("当时", "then"), READ]
    now_said: Annotated[SaidThen, Head("现在", "now"), READ]
    history: Annotated[tuple[SaidThen, ...], Head("经过", "history"), READ]
    rests_on: Annotated[tuple[EntryItem, ...], Head("依据", "rests on"), READ, PARTLY]
    reviews: Annotated[tuple[ReviewMade, ...], Head("复核", "reviews"), READ]
    place: Annotated[PlaceExplained | None, Head("地点判定", "place"), READ]
    covered_by: Annotated[
        tuple[CoveringFinding, ...],
        Head("涉及它的问题", "findings that name the flag or its record"),
        READ,
    ]
    same_record: Annotated[
        tuple[FlagItem, ...], Head("同一记录的其他疑点", "other flags of the record"), READ
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringRow:
    """即将到期 / a listing that ends soon."""

    uscc: Annotated[Uscc, USCC, READ]
    name: Annotated[str, NAME, READ]
    standing: Annotated[Standing, STANDING, READ, Said("standing")]
    district: Annotated[District | None, DISTRICT, READ]
    valid_to: Annotated[date, Head("有效期止", "valid until"), READ, UNTIL]
    days_left: Annotated[int, Head("剩余天数", "days left"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """到期预警 / how many listings end within so many days, and the first of them."""

    within: Annotated[Json, Head("天数与数量", "number by days"), READ]
    items: Annotated[tuple[ExpiringRow, ...], Head("名单", "listings"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueFlag(FlagItem):
    """整改逾期 / an order past its deadline, with the name of the enterprise."""

    name: Annotated[str | None, NAME, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateNamed(LateItem):
    """滞后入账的记录 / a late entry, with the name of the enterprise."""

    name: Annotated[str | None, NAME, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateInShort:
    """滞后入账 / how much of the last week came late, and what came last."""

    days: Annotated[int, Head("滞后天数", "days late"), READ]
    recorded_from: Annotated[date | None, Head("入账自", "recorded since"), READ]
    number: Annotated[int, Head("数量", "number"), READ]
    whole: Annotated[bool, Head("已数完", "counted to the end"), READ]
    items: Annotated[tuple[LateNamed, ...], Head("记录", "entries"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesCounted:
    """变化数 / how many lines differ."""

    added: Annotated[int, Head("新增", "added"), READ]
    removed: Annotated[int, Head("消失", "removed"), READ]
    changed: Annotated[int, Head("变更", "changed"), READ]
    whole: Annotated[bool, Head("已数完", "counted to the end"), READ, SOMETIMES]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBefore:
    """一周前的时点 / the basis a week before."""

    valid_at: Annotated[date, Head("业务日期", "day"), READ]
    position: Annotated[int, POSITION, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """一周变化 / what differs from a week ago."""

    from_: Annotated[WeekBefore | None, Head("一周前", "a week before"), READ]
    roster: Annotated[ChangesCounted, Head("名单", "roster"), READ]
    flags: Annotated[ChangesCounted, Head("疑点", "flags"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuePlace:
    """认定地点 / a place where sessions were held, to a kilometre."""

    lon: Annotated[Decimal, Head("经度（WGS-84）", "longitude, WGS-84"), READ]
    lat: Annotated[Decimal, Head("纬度（WGS-84）", "latitude, WGS-84"), READ]
    sessions: Annotated[int, Head("场次", "sessions"), READ]
    outside: Annotated[int, Head("其中行政区域外", "of them outside Beijing"), READ]
    assessment_id: Annotated[str, Head("最近一场", "the newest of them"), READ]
    held_from: Annotated[date, Head("最近一场日期", "day of the newest"), READ]
    address: Annotated[str | None, Head("最近一场所报地址", "its address as reported"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuesShown:
    """认定地点 / where the newest sessions and those outside Beijing were held."""

    held_from: Annotated[date | None, Head("自", "since"), READ]
    sessions: Annotated[int, Head("场次", "sessions"), READ]
    outside: Annotated[int, Head("其中行政区域外", "of them outside Beijing"), READ]
    without_place: Annotated[int, Head("没有可用坐标的场次", "without usable coordinates"), READ]
    left_out: Annotated[int, Head("未列出的地点", "places left out"), READ]
    places: Annotated[tuple[VenuePlace, ...], Head("地点", "places"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewItem:
    """总览 / what waits, ends soon, is overdue, came late, changed in a week."""

    backlog: Annotated[tuple[BacklogItem, ...], Head("待办疑点", "backlog"), READ]
    expiring: Annotated[Expiring, Head("到期预警", "ends soon"), READ]
    overdue: Annotated[tuple[OverdueFlag, ...], Head("整改逾期", "overdue"), READ]
    late: Annotated[LateInShort, Head("滞后入账", "late"), READ]
    week: Annotated[Week, Head("一周变化", "week"), READ]
    districts: Annotated[tuple[CountItem, ...] | None, Head("各区", "by district"), READ]
    months: Annotated[tuple[CountItem, ...] | None, Head("各月", "by month"), READ]
    venues: Annotated[VenuesShown | None, Head("认定地点", "venues"), READ]
    limited_to: Annotated[Json | None, Head("收窄到的范围", "limited to"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPool:
    """抽取池 / who may be drawn, or was."""

    enterprises: Annotated[tuple[str, ...], Head("企业", "enterprises"), READ]
    inspectors: Annotated[tuple[str, ...], Head("督导人员账户", "inspectors"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawStep:
    """抽取步骤 / an entry of a draw."""

    position: Annotated[int, POSITION, READ]
    recorded_at: Annotated[datetime, RECORDED_AT, READ]
    actor: Annotated[str, Head("经办账户", "account"), READ]
    carried_out: Annotated[bool, Head("已抽取", "carried out"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRecordItem:
    """一次双随机抽取 / a fair draw with everything to draw it again."""

    draw_id: Annotated[str, Head("抽取编号", "draw"), READ, Shown("draw-2026-2")]
    pool: Annotated[DrawPool, Head("抽取池", "pool"), READ]
    sample: Annotated[DrawNumbers, Head("抽取数量", "sample"), READ]
    seed_commitment: Annotated[str, Head("种子承诺", "commitment to the seed"), READ]
    seed: Annotated[str | None, Head("种子", "seed"), READ]
    pool_digest: Annotated[str | None, Head("抽取池摘要", "digest of the pool"), READ]
    drawn: Annotated[DrawPool | None, Head("抽中", "drawn"), READ]
    method: Annotated[Sentence, Head("方法", "method"), READ]
    steps: Annotated[tuple[DrawStep, ...], Head("步骤", "steps"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """发证机构 / who issued a certificate."""

    uscc: Annotated[Uscc, USCC, PUBLISHED]
    name: Annotated[str | None, NAME, PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePaper:
    """公开的证书信息 / what anyone may know of a certificate."""

    certificate_no: Annotated[
        str, Head("证书编号", "certificate number"), PUBLISHED, Shown("Y000011990032243000001")
    ]
    occupation: Annotated[Occupation, OCCUPATION, PUBLISHED]
    level: Annotated[LevelShown, LEVEL, PUBLISHED]
    issuer: Annotated[Issuer, Head("发证机构", "issuer"), PUBLISHED]
    issued_on: Annotated[date, Head("发证日期", "issued on"), PUBLISHED]
    masked_name: Annotated[str, Head("脱敏姓名", "masked name"), PUBLISHED, Shown("张*")]
    assessed_on: Annotated[date | None, Head("认定日期", "assessed on"), PUBLISHED]
    assessed_to: Annotated[date | None, Head("认定至", "assessed to"), PUBLISHED]
    issuer_in_scope: Annotated[
        bool | None, Head("认定当日在范围内", "within the scope on that day"), PUBLISHED
    ]
    state: Annotated[
        Literal["valid", "reissued", "revoked"],
        Head("证书状态", "state"),
        PUBLISHED,
        Said("certificate"),
    ]
    revoked: Annotated[bool, Head("已撤销", "revoked"), PUBLISHED]
    ended_on: Annotated[date | None, Head("终止日期", "ended on"), PUBLISHED]
    replaced_by: Annotated[str | None, Head("换发后编号", "replaced by"), PUBLISHED]
    replaces: Annotated[str | None, Head("换发前编号", "replaces"), PUBLISHED]
    reissued_on: Annotated[date | None, Head("换发日期", "replaced an earlier one on"), PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLookupItem(CertificatePaper):
    """证书查询结果 / a certificate by its number, with further records under it."""

    others: Annotated[
        tuple[CertificatePaper, ...], Head("同号的其他记录", "others of that number"), PUBLISHED
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipsCounted:
    """结论变化数 / how many verdicts would flip, by check."""

    code: Annotated[str, Head("检查", "check"), READ, Said("check")]
    before: Annotated[Verdict, Head("之前", "before"), READ, Said("verdict")]
    after: Annotated[Verdict, Head("之后", "after"), READ, Said("verdict")]
    number: Annotated[int, Head("数量", "number"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """结论变化 / a verdict that would flip."""

    key: Annotated[str, Head("疑点编号", "key"), READ]
    code: Annotated[str, Head("检查", "check"), READ, Said("check")]
    uscc: Annotated[Uscc, USCC, READ]
    valid_at: Annotated[date, Head("业务日期", "day"), READ]
    before: Annotated[Verdict, Head("之前", "before"), READ, Said("verdict")]
    after: Annotated[Verdict, Head("之后", "after"), READ, Said("verdict")]
    message: Annotated[Sentence, Head("说明", "what it says"), READ]
    because: Annotated[Positions, Head("依据（记录位置）", "rests on entries"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewItem:
    """采用预览 / what an adoption would change."""

    position: Annotated[int, POSITION, READ]
    enterprises: Annotated[int, Head("企业数", "enterprises"), READ]
    flags: Annotated[int, Head("疑点数", "flags"), READ]
    flips: Annotated[int, Head("结论变化数", "verdicts that flip"), READ]
    by_check: Annotated[tuple[FlipsCounted, ...], Head("按检查", "by check"), READ]
    items: Annotated[tuple[Flip, ...], Head("结论变化", "verdicts that flip"), READ]
    cut: Annotated[bool, Head("未列全", "not all are listed"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipsItem:
    """结论变化数 / verdicts of one check that flip."""

    code: Annotated[str, Head("检查", "check"), READ, Said("check")]
    before: Annotated[Verdict, Head("之前", "before"), READ, Said("verdict")]
    after: Annotated[Verdict, Head("之后", "after"), READ, Said("verdict")]
    number: Annotated[int, Head("数量", "number"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfTable:
    """假设下的表 / a table as it would be."""

    name: Annotated[str, Head("表", "table"), READ]
    address: Annotated[str, Head("地址", "address"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencesCounted:
    """差异数 / how many lines differ, by what is compared."""

    roster: Annotated[int, Head("名单", "roster"), READ]
    scope: Annotated[int, Head("确认范围", "scope"), READ]
    flags: Annotated[int, Head("疑点", "flags"), READ]
    standings: Annotated[int, Head("名单状态", "standings"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSupposition:
    """不予办理的行 / a supposed line that would be refused."""

    line: Annotated[int, Head("行号", "line"), READ]
    code: Annotated[str, Head("原因代码", "code"), READ]
    reason: Annotated[str, Head("原因", "reason"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfItem:
    """推演 / a question what would be if."""

    id: Annotated[str, Head("编号", "id"), READ]
    stage: Annotated[
        Literal["queued", "running", "done", "failed", "cancelled"],
        Head("进展", "stage"),
        READ,
        Said("what_if"),
    ]
    asked_at: Annotated[datetime, Head("提出时间", "asked at"), READ]
    about: Annotated[
        tuple[Literal["rules", "catalogue", "suppositions"], ...],
        Head("假设", "what is supposed"),
        READ,
        Said("supposed"),
    ]
    done: Annotated[int, Head("已看记录数", "entries looked at"), READ]
    whole: Annotated[int, Head("应看记录数", "entries in all"), READ]
    enterprises: Annotated[int, Head("企业数", "enterprises"), READ]
    flips: Annotated[int, Head("结论变化数", "verdicts that flip"), READ]
    by_check: Annotated[tuple[FlipsItem, ...], Head("按检查", "by check"), READ]
    differences: Annotated[
        DifferencesCounted, Head("差异数", "differences, by what is compared"), READ
    ]
    lines: Annotated[int, Head("假设行数", "supposed lines"), READ]
    taken: Annotated[int, Head("成立行数", "lines that would be taken"), READ]
    refused: Annotated[int, Head("不予办理行数", "lines that would be refused"), READ]
    refusals: Annotated[tuple[RefusedSupposition, ...], Head("不予办理的行", "refused lines"), READ]
    errors: Annotated[tuple[FieldFault, ...], Head("错误", "what is wrong"), READ]
    note: Annotated[Sentence | None, Head("提示", "note"), READ]
    tables: Annotated[
        tuple[WhatIfTable, ...], Head("假设下的各表", "tables as they would be"), READ
    ]
