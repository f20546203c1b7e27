"""Items of the list of the day: what an inspector takes along to where there is no signal; and of devices."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from domain.terms.vocabulary import Role, Severity, Standing
from projections.items.cases import PlannedSession
from projections.items.parts import (
    DISTRICT,
    LEVEL,
    OCCUPATION,
    SCOPE,
    USCC,
    District,
    Inspector,
    LevelShown,
    Occupation,
    Sentence,
    Uscc,
    Venue,
)
from projections.items.shape import PERSONAL, READ, SOMETIMES, UNTIL, WRITTEN, Head, Said, Shown

DEVICE = Head("设备", "device")
ACCOUNT = Head("账户", "account")
INSPECTION = Head("督导编号", "inspection")
ENTERPRISE = Head("企业", "enterprise")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedScope:
    """确认范围的一项 / an item of a scope in short."""

    name: Annotated[str, Head("职业名称", "name"), READ, Shown("电工")]
    trade: Annotated[str | None, Head("工种", "trade"), READ]
    levels: Annotated[tuple[LevelShown, ...], LEVEL, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedEnterprise:
    """随身的企业 / what a phone needs to find an enterprise and to know it again."""

    uscc: Annotated[Uscc, USCC, READ]
    name: Annotated[str, Head("企业名称", "name"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    address: Annotated[str | None, Head("登记地址", "registered address"), READ]
    standing: Annotated[Standing, Head("名单状态", "standing"), READ, Said("standing")]
    valid_to: Annotated[date | None, Head("有效期止", "valid until"), READ, UNTIL]
    scope: Annotated[tuple[CarriedScope, ...], SCOPE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedSession:
    """近期活动 / a session held lately."""

    assessment_id: Annotated[str, Head("认定活动编号", "session"), READ]
    occupation: Annotated[Occupation, OCCUPATION, READ]
    level: Annotated[LevelShown, LEVEL, READ]
    held_from: Annotated[date, Head("开始日期", "first day"), READ]
    held_to: Annotated[date, Head("结束日期", "last day"), READ]
    venue: Annotated[Venue | None, Head("地点", "venue"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFinding:
    """未结问题 / a finding that is not settled."""

    finding_id: Annotated[str, Head("问题编号", "finding"), READ]
    severity: Annotated[Severity, Head("严重程度", "severity"), READ, Said("severity")]
    stage: Annotated[str, Head("阶段", "stage"), READ, Said("stage")]
    statement: Annotated[str, Head("问题内容", "statement"), WRITTEN]
    raised_on: Annotated[date, Head("提出日期", "raised on"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFlag:
    """违规疑点 / a breach in short."""

    key: Annotated[str, Head("疑点编号", "key"), READ]
    code: Annotated[str, Head("检查", "check"), READ, Said("check")]
    valid_at: Annotated[date, Head("业务日期", "day"), READ]
    message: Annotated[Sentence, Head("说明", "what it says"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFlags:
    """违规疑点 / how many breaches stand, and the latest of them."""

    count: Annotated[int, Head("数量", "number"), READ]
    items: Annotated[tuple[CarriedFlag, ...], Head("违规疑点", "breaches"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedInspection:
    """派给本人的督导 / a dispatch without a record, with what one wants to know at the door."""

    inspection_id: Annotated[str, INSPECTION, READ]
    kind: Annotated[str, Head("督导类别", "kind"), READ, Said("inspection")]
    dispatched_on: Annotated[date, Head("派出日期", "dispatched on"), READ]
    inspectors: Annotated[tuple[Inspector, ...], Head("督导人员", "inspectors"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    uscc: Annotated[Uscc, USCC, READ]
    enterprise: Annotated[CarriedEnterprise | None, ENTERPRISE, READ]
    planned: Annotated[tuple[PlannedSession, ...], Head("计划活动", "planned sessions"), READ]
    premises: Annotated[tuple[Venue, ...], Head("申报场地", "premises applied for"), READ]
    sessions: Annotated[tuple[CarriedSession, ...], Head("近期活动", "latest sessions"), READ]
    findings: Annotated[tuple[CarriedFinding, ...], Head("未结问题", "open findings"), READ]
    flags: Annotated[CarriedFlags, Head("违规疑点", "breaches"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCard:
    """本人证卡 / the name and card under which the account went last; nothing where it never did."""

    name: Annotated[str, Head("姓名", "name"), PERSONAL, SOMETIMES]
    card_no: Annotated[str | None, Head("督导证号", "card number"), PERSONAL, SOMETIMES]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedLimits:
    """规则 / numbers of the rules in force, by which the phone asks before a record is saved."""

    inspectors_minimum: Annotated[int, Head("督导人员最少人数", "inspectors at least"), READ]
    visit_distance_m: Annotated[
        int, Head("与上报地点的最大距离（米）", "metres from the venue"), READ
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldListItem:
    """现场清单 / the list of the day: dispatches to the account without a record, and enterprises."""

    account: Annotated[str, ACCOUNT, READ]
    role: Annotated[Role, Head("角色", "role"), READ, Said("role")]
    organisation: Annotated[str, Head("机构", "organisation"), READ, Said("body")]
    inspections: Annotated[tuple[CarriedInspection, ...], Head("督导", "inspections"), READ]
    enterprises: Annotated[tuple[CarriedEnterprise, ...], Head("企业", "enterprises"), READ]
    self_: Annotated[OwnCard, Head("本人", "oneself"), READ]
    limits: Annotated[CarriedLimits, Head("规则", "rules"), READ]
    complete: Annotated[bool, Head("已列全", "nothing is left out"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDevice:
    """现场设备 / a device as it was last heard of, with what is missing of its records."""

    device_id: Annotated[str, DEVICE, READ]
    account: Annotated[str, ACCOUNT, READ]
    agent: Annotated[str, Head("浏览器", "browser"), READ]
    sequence: Annotated[int, Head("末条记录序号", "number of its last record"), READ]
    unsent: Annotated[int, Head("未上传数", "not sent yet"), READ]
    told_at: Annotated[datetime, Head("报告时间", "heard of at"), READ]
    missing: Annotated[tuple[int, ...], Head("缺少的序号", "numbers that are missing"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKeyItem:
    """设备凭据 / what lets a device send what was sealed on it, and nothing else."""

    account: Annotated[str, ACCOUNT, READ]
    device_id: Annotated[str, DEVICE, READ]
    key_id: Annotated[str, Head("凭据编号", "id of the credential"), READ]
    token: Annotated[str, Head("凭据", "credential"), READ]
    ends_at: Annotated[datetime, Head("失效时间", "ends at"), READ]
    scope: Annotated[tuple[str, ...], Head("可用于", "good for"), READ]
