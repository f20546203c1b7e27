"""Items of the ledger itself: an entry, a late one, an act that waits for a second person, a draw."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from projections.items.parts import (
    BECAUSE,
    DISTRICT,
    POSITION,
    Actor,
    District,
    Positions,
    Sentence,
    Uscc,
)
from projections.items.shape import READ, UNTIL, WRITTEN, Head, Json, Said, Shown

TYPE = Head("记录类型", "event")
RECORDED_AT = Head("入账时间", "recorded at")
VALID_FROM = Head("业务日期", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryItem:
    """记录 / an entry of the ledger."""

    position: Annotated[int, POSITION, READ]
    stream: Annotated[str, Head("记录流", "stream"), READ, Shown("assessment/as-2025-0182")]
    version: Annotated[int, Head("流内序号", "version in the stream"), READ]
    type: Annotated[str, TYPE, READ, Said("event"), Shown("AssessmentHeld")]
    schema: Annotated[int, Head("格式版本", "schema"), READ]
    recorded_at: Annotated[datetime, RECORDED_AT, READ]
    valid_from: Annotated[date, VALID_FROM, READ]
    subject: Annotated[Uscc | None, Head("企业代码", "USCC"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    actor: Annotated[Actor, Head("经办人", "actor"), READ]
    reason: Annotated[str | None, Head("理由", "reason"), WRITTEN]
    document_no: Annotated[str | None, Head("文号", "document number"), READ]
    correlation: Annotated[str | None, Head("关联标识", "correlation"), READ]
    causation: Annotated[str | None, Head("起因标识", "causation"), READ]
    received_on: Annotated[date | None, Head("收件日期", "received on"), READ]
    received_by: Annotated[Actor | None, Head("收件人", "received by"), READ]
    claimed_on: Annotated[date | None, Head("企业所称日期", "claimed day"), READ]
    approved_by: Annotated[Actor | None, Head("批准人", "approved by"), READ]
    entered_by: Annotated[str | None, Head("录入账户", "entered by"), READ]
    backfill: Annotated[bool, Head("历史补录", "backfill"), READ]
    data: Annotated[Json, Head("内容", "data"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateItem(EntryItem):
    """滞后入账的记录 / an entry long after its day."""

    days_late: Annotated[int, Head("滞后天数", "days late"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestItem:
    """待批准的事项 / an act that waits for a second person, and what became of it."""

    request_id: Annotated[str, Head("待批准编号", "request"), READ]
    kind: Annotated[Literal["act", "correction"], Head("类别", "kind"), READ, Said("request_kind")]
    type: Annotated[str, TYPE, READ, Said("event"), Shown("ScopeChanged")]
    state: Annotated[
        Literal["waiting", "taken", "refused"],
        Head("状态", "state"),
        READ,
        Said("request_state"),
    ]
    subject: Annotated[Uscc | None, Head("企业代码", "USCC"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    valid_from: Annotated[date, VALID_FROM, READ]
    asked_by: Annotated[Actor, Head("提请人", "asked by"), READ]
    asked_at: Annotated[datetime, Head("提请时间", "asked at"), READ]
    position: Annotated[int, POSITION, READ]
    reason: Annotated[str | None, Head("理由", "reason"), WRITTEN]
    document_no: Annotated[str | None, Head("文号", "document number"), READ]
    data: Annotated[Json, Head("内容", "data"), READ]
    decided_by: Annotated[Actor | None, Head("批准或退回人", "decided by"), READ]
    decided_at: Annotated[datetime | None, Head("批准或退回时间", "decided at"), READ]
    decided_position: Annotated[
        int | None, Head("批准或退回的记录位置", "entry of the decision"), READ
    ]
    refusal: Annotated[str | None, Head("退回理由", "reason of the refusal"), WRITTEN]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawNumbers:
    """数量 / numbers of enterprises and inspectors."""

    enterprises: Annotated[int, Head("企业数", "enterprises"), READ]
    inspectors: Annotated[int, Head("督导人员数", "inspectors"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawItem:
    """双随机抽取 / a fair draw in short."""

    draw_id: Annotated[str, Head("抽取编号", "draw"), READ, Shown("draw-2026-2")]
    stage: Annotated[
        Literal["committed", "carried_out"], Head("阶段", "stage"), READ, Said("stage")
    ]
    committed_on: Annotated[date, Head("承诺日期", "committed on"), READ]
    carried_out_on: Annotated[date | None, Head("抽取日期", "carried out on"), READ]
    pool: Annotated[DrawNumbers, Head("抽取池", "pool"), READ]
    sample: Annotated[DrawNumbers, Head("抽取数量", "sample"), READ]
    actor: Annotated[str, Head("经办账户", "account"), READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """采用 / an edition that a file was adopted as."""

    BRIEF: ClassVar[tuple[str, ...]] = ("edition", "valid_from", "valid_to")

    edition: Annotated[str, Head("版本", "edition"), READ, Shown("2022")]
    valid_from: Annotated[date, Head("自", "from"), READ]
    valid_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]
    last_day: Annotated[date | None, Head("末日", "last day"), READ]
    position: Annotated[int | None, POSITION, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """目录 / a file of reference data, and as what it was adopted."""

    sha256: Annotated[str, Head("SHA-256 摘要", "SHA-256 digest"), READ]
    kind: Annotated[str, Head("类别", "kind"), READ, Said("catalogue")]
    name: Annotated[Sentence, Head("名称", "name"), READ]
    file_name: Annotated[str, Head("文件名", "file name"), READ]
    rows: Annotated[int | None, Head("行数", "rows"), READ]
    state: Annotated[
        Literal["adopted", "suggested", "stored"],
        Head("状态", "state"),
        READ,
        Said("catalogue_state"),
    ]
    shipped: Annotated[bool, Head("随产品提供", "ships with the product"), READ]
    file_held: Annotated[bool, Head("可下载", "can be had"), READ]
    added_by: Annotated[str | None, Head("录入账户", "added by"), READ]
    adopted: Annotated[tuple[Adoption, ...], Head("采用情况", "adoptions"), READ]
