"""Items of the flags: what a check says of a record, and how many there are of each age."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from domain.terms.vocabulary import ReviewDecision, ReviewLapse, Severity, Verdict
from projections.items.parts import (
    BECAUSE,
    DISTRICT,
    POSITION,
    District,
    Evidence,
    Positions,
    Sentence,
    Uscc,
)
from projections.items.shape import READ, SOMETIMES, WRITTEN, Head, Json, Said, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsible:
    """责任主体 / a body that answers for what a flag says."""

    BRIEF: ClassVar[tuple[str, ...]] = ("role", "uscc", "organisation", "district")

    uscc: Annotated[Uscc | None, Head("企业代码", "USCC"), READ]
    organisation: Annotated[str | None, Head("机构", "authority"), READ, Said("body")]
    district: Annotated[District | None, Head("主管区", "district"), READ]
    role: Annotated[
        Literal["assessing", "issuing", "implementing", "applicant", "supervising", "inspecting"],
        Head("身份", "role"),
        READ,
        Said("responsible"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagStatement:
    """陈述申辩 / what the enterprise said to a flag."""

    BRIEF: ClassVar[tuple[str, ...]] = ("said_on", "statement")

    position: Annotated[int, POSITION, READ]
    said_on: Annotated[date, Head("陈述日期", "said on"), READ]
    statement: Annotated[str, Head("陈述", "statement"), WRITTEN]
    evidence: Annotated[tuple[Evidence, ...], Head("证据", "evidence"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAsked:
    """更正申请 / a correction of the record that was asked for, and what the centre made of it."""

    BRIEF: ClassVar[tuple[str, ...]] = ("asked_on", "reason", "taken")

    position: Annotated[int, POSITION, READ]
    fields: Annotated[Json, Head("更正内容", "corrected fields"), READ]
    asked_on: Annotated[date, Head("申请日期", "asked on"), READ]
    reason: Annotated[str | None, Head("理由", "reason"), WRITTEN]
    taken: Annotated[bool | None, Head("已采纳", "taken"), READ]
    decided_on: Annotated[date | None, Head("决定日期", "decided on"), READ]
    decision: Annotated[int | None, Head("决定的记录位置", "entry of the decision"), READ]
    answer: Annotated[str | None, Head("答复", "answer"), WRITTEN]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagItem:
    """疑点 / what a check says of a record, then and now."""

    BRIEF: ClassVar[tuple[str, ...]] = ("code", "verdict", "message")

    key: Annotated[str, Head("疑点编号", "key"), READ, Shown("S1-1201")]
    code: Annotated[str, Head("检查", "check"), READ, Said("check"), Shown("S1")]
    verdict: Annotated[Verdict, Head("结论", "verdict"), READ, Said("verdict")]
    then: Annotated[Verdict, Head("入账时的结论", "verdict then"), READ, Said("verdict")]
    severity: Annotated[Severity, Head("严重程度", "severity"), READ, Said("severity")]
    clause: Annotated[str, Head("条款", "clause"), READ, Said("clause"), Shown("七(三)")]
    rule: Annotated[str, Head("规则", "rule"), READ, Shown("2020-3/S1.1")]
    subject: Annotated[Uscc, Head("企业代码", "USCC"), READ]
    assessment_id: Annotated[str | None, Head("认定活动编号", "session"), READ]
    certificate_no: Annotated[str | None, Head("证书编号", "certificate number"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    valid_at: Annotated[date, Head("业务日期", "day"), READ]
    known_from: Annotated[int, Head("自哪条记录起得知", "known since entry"), READ]
    known_to: Annotated[int | None, Head("至哪条记录为止", "known until entry"), READ]
    outcome: Annotated[
        str | None, Head("判定依据", "outcome"), READ, Shown("breach.level-outside.3f2a9c0d51be")
    ]
    review: Annotated[ReviewDecision | None, Head("复核", "review"), READ, Said("review")]
    review_stale: Annotated[bool, Head("复核已不作数", "review holds no more"), READ]
    review_lapse: Annotated[
        ReviewLapse | None, Head("复核不作数的原因", "why"), READ, Said("review_lapse")
    ]
    review_lapsed_by: Annotated[
        int | None, Head("使复核不作数的记录", "entry that ended the review"), READ
    ]
    review_reason: Annotated[str | None, Head("复核理由", "reason of the review"), WRITTEN]
    review_position: Annotated[int | None, Head("复核的记录位置", "entry of the review"), READ]
    finding_id: Annotated[str | None, Head("问题编号", "finding"), READ]
    case: Annotated[
        Literal["then_and_now", "then_not_now", "now_not_then", "overturned"],
        Head("时间情形", "then and now"),
        READ,
        Said("case"),
    ]
    responsible: Annotated[tuple[Responsible, ...], Head("责任主体", "responsible bodies"), READ]
    message: Annotated[Sentence, Head("说明", "what it says"), READ]
    because: Annotated[Positions, BECAUSE, READ]
    answers: Annotated[tuple[FlagStatement, ...], Head("陈述申辩", "answers"), READ]
    corrections: Annotated[
        tuple[CorrectionAsked, ...], Head("更正申请", "corrections asked for"), READ
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogItem:
    """待办疑点计数 / the flags of one check by the days since they became known."""

    code: Annotated[str, Head("检查", "check"), READ, Said("check"), Shown("S1")]
    breaches: Annotated[int, Head("违规数", "breaches"), READ]
    days_7: Annotated[int, Head("已知 7 天以内的违规", "known for 7 days at most"), READ]
    days_30: Annotated[int, Head("已知 8 至 30 天的违规", "known for 8 to 30 days"), READ]
    days_90: Annotated[int, Head("已知 31 至 90 天的违规", "known for 31 to 90 days"), READ]
    older: Annotated[int, Head("已知 90 天以上的违规", "known for more than 90 days"), READ]
    backfilled: Annotated[
        int, Head("历史补录的违规（不计时长）", "brought in as history, of no age"), READ
    ]
    unreviewed: Annotated[int, Head("未复核的违规数", "breaches not reviewed"), READ]
    undecided: Annotated[int, Head("无法判定数", "undecided"), READ]
    undecided_unreviewed: Annotated[
        int, Head("未复核的无法判定数", "undecided and not reviewed"), READ
    ]


Step: TypeAlias = Literal["knowledge", "review", "finding", "order", "closure"]
"""What follows a breach, in order."""
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayItem:
    """时滞 / a breach with the days until it was known, reviewed, raised, ordered to be put right, closed."""

    key: Annotated[str, Head("疑点编号", "key"), READ, Shown("S1-1201")]
    code: Annotated[str, Head("检查", "check"), READ, Said("check"), Shown("S1")]
    subject: Annotated[Uscc, Head("企业代码", "USCC"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    valid_at: Annotated[date, Head("违规之日", "day of the breach"), READ]
    known_from: Annotated[int, Head("自哪条记录起得知", "known since entry"), READ]
    backfilled: Annotated[bool, Head("历史补录", "brought in as history"), READ]
    known_on: Annotated[date | None, Head("得知之日", "known on"), READ]
    reviewed_on: Annotated[date | None, Head("复核之日", "reviewed on"), READ]
    finding_id: Annotated[str | None, Head("问题编号", "finding"), READ]
    raised_on: Annotated[date | None, Head("提出问题之日", "raised on"), READ]
    ordered_on: Annotated[date | None, Head("责令整改之日", "ordered on"), READ]
    closed_on: Annotated[date | None, Head("销号之日", "closed on"), READ]
    days_to_knowledge: Annotated[int | None, Head("至得知（天）", "days to knowledge"), READ]
    days_to_review: Annotated[int | None, Head("至复核（天）", "days to review"), READ]
    days_to_finding: Annotated[int | None, Head("至提出问题（天）", "days to finding"), READ]
    days_to_order: Annotated[int | None, Head("至责令整改（天）", "days to order"), READ]
    days_to_closure: Annotated[int | None, Head("至销号（天）", "days to closure"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayCountItem:
    """时滞分布 / how many breaches came how far within how many days; history apart."""

    district: Annotated[District | None, DISTRICT, READ, SOMETIMES]
    code: Annotated[str | None, Head("检查", "check"), READ, Said("check"), SOMETIMES]
    month: Annotated[str | None, Head("月份", "month"), READ, SOMETIMES, Shown("2025-03")]
    step: Annotated[Step, Head("到哪一步", "step"), READ, Said("delay")]
    backfilled: Annotated[bool, Head("历史补录", "brought in as history"), READ]
    breaches: Annotated[int, Head("违规数", "breaches"), READ]
    reached: Annotated[int, Head("已到这一步", "came so far"), READ]
    days_7: Annotated[int, Head("7 天以内", "within 7 days"), READ]
    days_30: Annotated[int, Head("8 至 30 天", "8 to 30 days"), READ]
    days_90: Annotated[int, Head("31 至 90 天", "31 to 90 days"), READ]
    days_365: Annotated[int, Head("91 至 365 天", "91 to 365 days"), READ]
    older: Annotated[int, Head("超过 365 天", "more than 365 days"), READ]
    least: Annotated[int | None, Head("最短（天）", "least days"), READ]
    median: Annotated[int | None, Head("中位数（天）", "median days"), READ]
    ninth: Annotated[int | None, Head("九成以内（天）", "nine in ten within days"), READ]
    most: Annotated[int | None, Head("最长（天）", "most days"), READ]
    small: Annotated[bool, Head("数目过小（不宜比较）", "few: not to be compared"), READ]
