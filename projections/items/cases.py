"""Items of cases: applications, inspections, findings, complaints, registers and annual plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from domain.application.progress import ApplicationStage
from domain.finding.finding import FindingStage
from domain.finding.measure import MeasureState
from domain.terms.vocabulary import (
    Level,
    MaterialKind,
    Method,
    Opinion,
    PartnershipKind,
    Severity,
    StaffDuty,
)
from projections.items.parts import (
    BECAUSE,
    DISTRICT,
    LEVEL,
    OCCUPATION,
    POSITION,
    SCOPE,
    SHA256,
    USCC,
    District,
    Evidence,
    Inspector,
    LevelShown,
    Occupation,
    Positions,
    ScopeItem,
    Uscc,
    Venue,
)
from projections.items.shape import MASKED, PERSONAL, READ, UNTIL, WRITTEN, Head, Said, Shown

STAGE = Head("阶段", "stage")
InspectionStage: TypeAlias = Literal["dispatched", "recorded"]
PlanStage: TypeAlias = Literal["filed", "revised"]
RegisterStage: TypeAlias = Literal["kept"]
ComplaintStage: TypeAlias = Literal["received"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """申报材料 / a material of an application by its digest."""

    BRIEF: ClassVar[tuple[str, ...]] = ("kind", "file_name")

    kind: Annotated[MaterialKind, Head("材料", "kind"), READ, Said("material")]
    file_name: Annotated[str, Head("文件名", "file name"), WRITTEN]
    sha256: Annotated[str, SHA256, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedUnit:
    """拟纳入的单位 / a unit named in an application."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "uscc")

    uscc: Annotated[Uscc, USCC, READ]
    name: Annotated[str, Head("单位名称", "name"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffNumber:
    """职工人数 / how many work in an occupation."""

    BRIEF: ClassVar[tuple[str, ...]] = ("occupation", "number")

    occupation: Annotated[Occupation, OCCUPATION, READ]
    number: Annotated[int, Head("人数", "number"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedStandard:
    """所用标准 / the standard of an occupation by its digest."""

    BRIEF: ClassVar[tuple[str, ...]] = ("occupation",)

    occupation: Annotated[Occupation, OCCUPATION, READ]
    sha256: Annotated[str, SHA256, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictOpinion:
    """区级初步意见 / the district's first opinion."""

    BRIEF: ClassVar[tuple[str, ...]] = ("district", "opinion", "text")

    application_id: Annotated[str, Head("申报编号", "application"), READ]
    district: Annotated[District, DISTRICT, READ]
    opinion: Annotated[Opinion, Head("意见", "opinion"), READ, Said("opinion")]
    text: Annotated[str, Head("意见内容", "text"), WRITTEN]
    given_on: Annotated[date, Head("出具日期", "given on"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """评估专家 / an expert with the statement on recusal."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "affiliation")

    expert_id: Annotated[str, Head("专家账户", "account"), READ]
    name: Annotated[str, Head("姓名", "name"), MASKED]
    affiliation: Annotated[str, Head("单位", "affiliation"), READ]
    recusal_declared: Annotated[bool, Head("回避声明", "recusal declared"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet:
    """评分表 / the points of one expert."""

    BRIEF: ClassVar[tuple[str, ...]] = ("expert_id", "total")

    expert_id: Annotated[str, Head("专家账户", "account"), READ]
    basics: Annotated[Decimal, Head("企业基本情况", "the enterprise"), READ]
    hr_system: Annotated[Decimal, Head("人力资源管理制度", "personnel system"), READ]
    funding: Annotated[Decimal, Head("经费保障措施", "funding"), READ]
    organisation_quality: Annotated[
        Decimal,
        Head("认定工作机构及质量保障体系", "organisation and quality assurance"),
        READ,
    ]
    premises_it: Annotated[
        Decimal,
        Head("认定场地、设备设施及信息化建设", "premises, equipment and IT"),
        READ,
    ]
    total: Annotated[Decimal, Head("总分", "total"), READ]
    left_out: Annotated[bool, Head("不计入", "left out"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationItem:
    """申报 / an application with everything that became of it."""

    application_id: Annotated[str, Head("申报编号", "application"), READ, Shown("app-2024-05-001")]
    uscc: Annotated[Uscc, USCC, READ]
    window: Annotated[str, Head("申报窗口", "window"), READ, Shown("2024-05")]
    stage: Annotated[ApplicationStage, STAGE, READ, Said("stage")]
    submitted_on: Annotated[date, Head("提交日期", "submitted on"), READ]
    materials: Annotated[tuple[Material, ...], Head("申报材料", "materials"), READ]
    scope: Annotated[tuple[ScopeItem, ...], Head("申报范围", "scope applied for"), READ]
    methods: Annotated[tuple[Method, ...], Head("认定方式", "methods"), READ, Said("method")]
    own_method: Annotated[str | None, Head("企业自定方式", "own method"), WRITTEN]
    units: Annotated[tuple[AppliedUnit, ...] | None, Head("拟纳入单位", "units"), READ]
    premises: Annotated[tuple[Venue, ...] | None, Head("认定场地", "premises"), READ]
    main_business: Annotated[str | None, Head("主营业务", "main business"), WRITTEN]
    staff: Annotated[tuple[StaffNumber, ...] | None, Head("职工人数", "staff numbers"), READ]
    standards: Annotated[tuple[AppliedStandard, ...] | None, Head("所用标准", "standards"), READ]
    resubmits: Annotated[str | None, Head("补正的申报", "resubmits"), READ]
    opinion: Annotated[DistrictOpinion | None, Head("区级意见", "district opinion"), READ]
    accepted_on: Annotated[date | None, Head("受理日期", "accepted on"), READ]
    experts: Annotated[tuple[Expert, ...], Head("评估专家", "experts"), READ]
    scores: Annotated[tuple[ScoreSheet, ...], Head("评分", "scores"), READ]
    recommended: Annotated[bool | None, Head("是否推荐", "recommended"), READ]
    recommended_scope: Annotated[tuple[ScopeItem, ...], Head("推荐范围", "recommended scope"), READ]
    mean: Annotated[Decimal | None, Head("平均分", "mean"), READ, Shown(87.333333)]
    confirmed_on: Annotated[date | None, Head("确认日期", "confirmed on"), READ]
    confirmed_scope: Annotated[tuple[ScopeItem, ...], SCOPE, READ]
    published: Annotated[bool, Head("已公布", "published"), READ]
    receipt_no: Annotated[str | None, Head("回执编号", "receipt number"), READ]
    receipt_on: Annotated[date | None, Head("回执日期", "receipt issued on"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistAnswer:
    """检查项 / an answer of the checklist."""

    BRIEF: ClassVar[tuple[str, ...]] = ("item", "value", "note")

    item: Annotated[str, Head("检查项目", "item"), READ]
    value: Annotated[str, Head("检查结果", "answer"), READ]
    scale: Annotated[str | None, Head("结果范围", "scale"), READ]
    note: Annotated[str | None, Head("备注", "note"), WRITTEN]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenThere:
    """现场所见 / what an inspector saw of a session."""

    held: Annotated[bool | None, Head("是否举行", "held"), READ]
    occupation: Annotated[Occupation | None, OCCUPATION, READ]
    level: Annotated[Level | None, LEVEL, READ, Said("level")]
    candidates: Annotated[int | None, Head("考生人数", "candidates"), READ]
    assessors_absent: Annotated[
        tuple[str, ...] | None, Head("不在场的考评人员", "assessors not there"), MASKED
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCheck:
    """现场督导记录 / what was recorded on the spot."""

    BRIEF: ClassVar[tuple[str, ...]] = ("seen_on", "kind", "inspectors")

    inspection_id: Annotated[str, Head("督导编号", "inspection"), READ]
    uscc: Annotated[Uscc, USCC, READ]
    assessment_id: Annotated[str | None, Head("认定活动编号", "session"), READ]
    district: Annotated[District, DISTRICT, READ]
    kind: Annotated[str, Head("督导类别", "kind"), READ, Said("inspection")]
    inspectors: Annotated[tuple[Inspector, ...], Head("督导人员", "inspectors"), READ]
    captured_at: Annotated[datetime, Head("现场时间", "captured at"), READ]
    place: Annotated[Venue | None, Head("地点", "place"), READ]
    device_id: Annotated[str, Head("设备", "device"), PERSONAL]
    offline: Annotated[bool, Head("离线记录", "recorded without a network"), READ]
    checklist: Annotated[tuple[ChecklistAnswer, ...], Head("检查表", "checklist"), READ]
    evidence: Annotated[tuple[Evidence, ...], Head("证据", "evidence"), READ]
    unit_statement: Annotated[str | None, Head("被检查单位意见", "statement of the unit"), WRITTEN]
    signature_refused: Annotated[bool, Head("拒绝签字", "signature refused"), READ]
    seen: Annotated[SeenThere | None, Head("现场所见", "what was seen"), READ]
    complaints: Annotated[tuple[str, ...] | None, Head("所查投诉", "complaints"), READ]
    seen_on: Annotated[date, Head("检查日期", "day of the visit"), READ]
    position: Annotated[int, POSITION, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionItem:
    """督导检查 / who was sent, and every record made on the spot."""

    inspection_id: Annotated[str, Head("督导编号", "inspection"), READ, Shown("ins-2026-036")]
    uscc: Annotated[Uscc, USCC, READ]
    kind: Annotated[str, Head("督导类别", "kind"), READ, Said("inspection"), Shown("现场督导")]
    stage: Annotated[InspectionStage, STAGE, READ, Said("stage")]
    dispatched_on: Annotated[date | None, Head("派出日期", "dispatched on"), READ]
    inspectors: Annotated[tuple[Inspector, ...], Head("督导人员", "inspectors"), READ]
    spot_checks: Annotated[tuple[SpotCheck, ...], Head("现场记录", "spot checks"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRecordItem(InspectionItem):
    """一次督导检查 / an inspection, with the evidence that has not arrived."""

    evidence_missing: Annotated[
        tuple[str, ...], Head("尚未到达的证据", "evidence that has not arrived"), READ
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationReport:
    """整改报告 / what the enterprise reported."""

    BRIEF: ClassVar[tuple[str, ...]] = ("statement",)

    finding_id: Annotated[str, Head("问题编号", "finding"), READ]
    statement: Annotated[str, Head("整改情况", "statement"), WRITTEN]
    evidence: Annotated[tuple[Evidence, ...], Head("证据", "evidence"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationOrder:
    """整改要求 / an order with what became of it."""

    BRIEF: ClassVar[tuple[str, ...]] = ("requirement", "due_on")

    position: Annotated[int, POSITION, READ]
    requirement: Annotated[str, Head("整改要求", "requirement"), WRITTEN]
    due_on: Annotated[date, Head("整改期限（含）", "deadline, included"), READ]
    ordered: Annotated[date, Head("责令日期", "ordered on"), READ]
    reported: Annotated[date | None, Head("报告日期", "reported on"), READ]
    reported_position: Annotated[int, Head("报告的记录位置", "entry of the report"), READ]
    report: Annotated[RectificationReport | None, Head("整改报告", "report"), READ]
    passed: Annotated[bool | None, Head("复查合格", "passed"), READ]
    replaced: Annotated[date | None, Head("被替换日期", "replaced on"), READ]
    replaced_position: Annotated[int, Head("替换的记录位置", "entry that replaced it"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """暂缓 / days on which a measure does not hold."""

    BRIEF: ClassVar[tuple[str, ...]] = ("effective_from", "effective_to")

    effective_from: Annotated[date, Head("自", "from"), READ]
    effective_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureShown:
    """措施 / a measure as it stands on the day."""

    BRIEF: ClassVar[tuple[str, ...]] = ("kind", "stands", "effective_from", "effective_to")

    measure_id: Annotated[str, Head("措施编号", "measure"), READ]
    kind: Annotated[str, Head("措施", "kind"), READ]
    stands: Annotated[
        MeasureState,
        Head("状态", "state"),
        READ,
        Said("measure"),
    ]
    effective_from: Annotated[date, Head("自", "from"), READ]
    effective_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]
    stays: Annotated[tuple[Stay, ...], Head("暂缓", "stays"), READ]
    in_effect: Annotated[bool, Head("当日有效", "in effect on the day"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """听证 / a hearing before a measure."""

    BRIEF: ClassVar[tuple[str, ...]] = ("held_on", "outcome")

    finding_id: Annotated[str, Head("问题编号", "finding"), READ]
    held_on: Annotated[date, Head("听证日期", "held on"), READ]
    outcome: Annotated[str, Head("结果", "outcome"), WRITTEN]
    document_no: Annotated[str | None, Head("文号", "document number"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingItem:
    """问题 / a finding with its orders, measures and hearings."""

    finding_id: Annotated[str, Head("问题编号", "finding"), READ, Shown("fd-2025-001")]
    uscc: Annotated[Uscc, USCC, READ]
    kind: Annotated[str, Head("问题类别", "kind"), READ]
    severity: Annotated[Severity, Head("严重程度", "severity"), READ, Said("severity")]
    rule: Annotated[str, Head("依据条款", "clause"), READ, Said("clause")]
    statement: Annotated[str, Head("问题内容", "statement"), WRITTEN]
    inspection_id: Annotated[str | None, Head("督导编号", "inspection"), READ]
    assessments: Annotated[tuple[str, ...], Head("涉及的认定活动", "sessions"), READ]
    certificates: Annotated[tuple[str, ...], Head("涉及的证书", "certificates"), READ]
    flags: Annotated[tuple[str, ...], Head("涉及的疑点", "flags"), READ]
    complaints: Annotated[tuple[str, ...] | None, Head("所查投诉", "complaints"), READ]
    stage: Annotated[FindingStage, STAGE, READ, Said("stage")]
    raised_on: Annotated[date, Head("提出日期", "raised on"), READ]
    position: Annotated[int, POSITION, READ]
    orders: Annotated[tuple[RectificationOrder, ...], Head("整改要求", "orders"), READ]
    measures: Annotated[tuple[MeasureShown, ...], Head("措施", "measures"), READ]
    hearings: Annotated[tuple[Hearing, ...], Head("听证", "hearings"), READ]
    disputed: Annotated[bool, Head("企业有异议", "disputed"), READ]
    ended_on: Annotated[date | None, Head("终止日期", "ended on"), READ]
    outcome: Annotated[str | None, Head("结果", "outcome"), WRITTEN]
    district: Annotated[District | None, DISTRICT, READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRecordItem(FindingItem):
    """一个问题 / a finding, with the flags that do not carry it any more."""

    grounds_gone: Annotated[
        tuple[str, ...], Head("已不成立的疑点", "flags that were cleared or dismissed"), READ
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintItem:
    """投诉 / a complaint as received; who complained stays in the vault."""

    complaint_id: Annotated[str, Head("投诉编号", "complaint"), READ, Shown("tc-2025-001")]
    uscc: Annotated[Uscc, USCC, READ]
    complained_on: Annotated[date, Head("投诉日期", "complained on"), READ]
    received_on: Annotated[date, Head("收件日期", "received on"), READ]
    subject: Annotated[str, Head("投诉事项", "subject"), WRITTEN]
    statement: Annotated[str, Head("投诉内容", "statement"), WRITTEN]
    evidence: Annotated[tuple[Evidence, ...], Head("证据", "evidence"), READ]
    stage: Annotated[ComplaintStage, STAGE, READ, Said("stage")]
    position: Annotated[int, POSITION, READ]
    district: Annotated[District | None, DISTRICT, READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredStaff:
    """登记人员 / an examiner or quality officer on the register."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "duty")

    staff_id: Annotated[str, Head("人员编号", "staff"), PERSONAL]
    name: Annotated[str, Head("姓名", "name"), MASKED]
    duty: Annotated[StaffDuty, Head("职责", "duty"), READ, Said("duty")]
    card_no: Annotated[str | None, Head("证卡编号", "card number"), PERSONAL]
    registered_on: Annotated[date, Head("登记日期", "registered on"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnership:
    """合作 / a partner school or an apprenticeship."""

    BRIEF: ClassVar[tuple[str, ...]] = ("kind", "partner")

    kind: Annotated[PartnershipKind, Head("合作类别", "kind"), READ, Said("partnership")]
    partner: Annotated[str, Head("合作方", "partner"), READ]
    valid_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]
    filed_on: Annotated[date, Head("报备日期", "filed on"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """评价规范 / an enterprise's own specification, as filed."""

    BRIEF: ClassVar[tuple[str, ...]] = ("title", "filing_no")

    occupation: Annotated[Occupation, OCCUPATION, READ]
    title: Annotated[str, Head("规范名称", "title"), WRITTEN]
    sha256: Annotated[str, SHA256, READ]
    filed_with: Annotated[str, Head("备案机构", "filed with"), READ]
    filing_no: Annotated[str | None, Head("备案号", "filing number"), READ]
    filed_on: Annotated[date | None, Head("备案日期", "filed on"), READ]
    received_on: Annotated[date, Head("收件日期", "received on"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterItem:
    """登记 / the registers of an enterprise on the day."""

    uscc: Annotated[Uscc, USCC, READ]
    stage: Annotated[RegisterStage, STAGE, READ, Said("stage")]
    staff: Annotated[tuple[RegisteredStaff, ...], Head("考评与内控人员", "staff"), READ]
    partnerships: Annotated[tuple[Partnership, ...], Head("合作", "partnerships"), READ]
    specifications: Annotated[tuple[Specification, ...], Head("评价规范", "specifications"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualSummary:
    """上年总结 / what the enterprise says of last year."""

    sessions: Annotated[int, Head("场次", "sessions"), READ]
    candidates: Annotated[int, Head("考生人数", "candidates"), READ]
    certificates: Annotated[int, Head("证书数", "certificates"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """计划场次 / a session that is planned."""

    BRIEF: ClassVar[tuple[str, ...]] = ("planned_on", "occupation", "levels", "headcount")

    occupation: Annotated[Occupation, OCCUPATION, READ]
    levels: Annotated[tuple[LevelShown, ...], LEVEL, READ]
    planned_on: Annotated[date, Head("计划日期", "planned on"), READ]
    headcount: Annotated[int, Head("计划人数", "people"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """年度计划 / the plan on file for a year."""

    key: Annotated[str, Head("标识", "key"), READ, Shown("91110302562134916R/2026")]
    uscc: Annotated[Uscc, USCC, READ]
    year: Annotated[int, Head("年度", "year"), READ, Shown(2026)]
    stage: Annotated[PlanStage, STAGE, READ, Said("stage")]
    filed_on: Annotated[date, Head("报备日期", "filed on"), READ]
    revised_on: Annotated[date | None, Head("调整日期", "revised on"), READ]
    summary: Annotated[AnnualSummary, Head("上年总结", "summary of last year"), READ]
    sessions: Annotated[tuple[PlannedSession, ...], Head("计划场次", "planned sessions"), READ]
    position: Annotated[int, POSITION, READ]
    district: Annotated[District | None, DISTRICT, READ]
    because: Annotated[Positions, BECAUSE, READ]


STAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "applications": get_args(ApplicationStage),
        "inspections": get_args(InspectionStage),
        "findings": get_args(FindingStage),
        "plans": get_args(PlanStage),
        "registers": get_args(RegisterStage),
        "complaints": get_args(ComplaintStage),
    }
)
"""Kind → every stage that a case of it may have, in the order of its way."""
