"""The tables that analysts take home: every row with the days and the positions for which it holds.

The rows of a view are rectangles in two times, `[valid_from, valid_to)` by `[known_from, known_to)`. A table
is such rectangles with the fields of the shown item. It holds nothing that tells of a person, whoever
asks: everybody who may have it gets the same bytes. Files, SQL and their documents come from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, ClassVar, NamedTuple

from domain.terms.vocabulary import CatalogueKind, Level, Severity
from projections.items.cases import (
    ApplicationItem,
    ComplaintItem,
    FindingItem,
    InspectionItem,
    PlanItem,
    RegisterItem,
)
from projections.items.entries import TYPE, EntryItem
from projections.items.flags import FlagItem
from projections.items.listed import RosterItem, ScopeStretchItem
from projections.items.parts import (
    DISTRICT,
    POSITION,
    SHA256,
    Actor,
    District,
    LevelShown,
    Uscc,
)
from projections.items.sessions import CertificateItem, SessionItem
from projections.items.shape import READ, WRITTEN, Audience, Field, Head, Said, Shown, shape_of

SCHEMA = 3
"""Raise with every change of a table's columns or of what stands in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """两个时间 / the days and the entries for which a row holds."""

    key: Annotated[str, Head("标识", "key"), READ]
    subject: Annotated[Uscc | None, Head("企业代码", "USCC"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    valid_from: Annotated[date | None, Head("有效自", "valid from"), READ]
    valid_to: Annotated[date | None, Head("有效至（不含）", "valid until, not included"), READ]
    known_from: Annotated[int, Head("自哪条记录起得知", "known since entry"), READ]
    known_to: Annotated[
        int | None, Head("至哪条记录为止（不含）", "known until entry, not included"), READ
    ]


LEAF = Head("叶哈希（SHA-256）", "leaf hash (SHA-256)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntryItem(EntryItem):
    """记录及其叶哈希 / an entry with its leaf in the Merkle tree."""

    leaf: Annotated[str, LEAF, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """办理 / an act or a filing: who did what to which case, and how long after its day it was recorded."""

    position: Annotated[int, POSITION, READ]
    type: Annotated[str, TYPE, READ, Said("event"), Shown("FlagReviewed")]
    concerns: Annotated[str, Head("事项类别", "concerns"), READ, Shown("finding")]
    concerns_id: Annotated[str, Head("事项编号", "id of what it concerns"), READ, Shown("f-2025-1")]
    decision: Annotated[str | None, Head("结果", "decision"), READ, Shown("upheld")]
    finding_id: Annotated[str | None, Head("问题编号", "finding"), READ]
    actor: Annotated[Actor, Head("经办人", "actor"), READ]
    approved_by: Annotated[Actor | None, Head("批准人", "approved by"), READ]
    received_on: Annotated[date | None, Head("收件日期", "received on"), READ]
    reason: Annotated[str | None, Head("理由", "reason"), WRITTEN]
    document_no: Annotated[str | None, Head("文号", "document number"), READ]
    backfill: Annotated[bool, Head("历史补录", "backfill"), READ]
    recorded_on: Annotated[date, Head("入账日期（北京）", "recorded on, in Beijing"), READ]
    days_late: Annotated[int, Head("滞后天数", "days late"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItem:
    """案卷 / a case of one of six kinds, with all that is shown of it under its own kind."""

    BRIEF: ClassVar[tuple[str, ...]] = ("kind", "stage")

    kind: Annotated[str, Head("类别", "kind"), READ, Shown("findings")]
    stage: Annotated[str, Head("阶段", "stage"), READ, Said("stage")]
    application: Annotated[ApplicationItem | None, Head("申报", "application"), READ]
    inspection: Annotated[InspectionItem | None, Head("督导", "inspection"), READ]
    finding: Annotated[FindingItem | None, Head("问题", "finding"), READ]
    plan: Annotated[PlanItem | None, Head("年度计划", "plan"), READ]
    register: Annotated[RegisterItem | None, Head("登记", "registers"), READ]
    complaint: Annotated[ComplaintItem | None, Head("投诉", "complaint"), READ]


KINDS: Mapping[str, tuple[str, type]] = MappingProxyType(
    {
        "applications": ("application", ApplicationItem),
        "inspections": ("inspection", InspectionItem),
        "findings": ("finding", FindingItem),
        "plans": ("plan", PlanItem),
        "registers": ("register", RegisterItem),
        "complaints": ("complaint", ComplaintItem),
    }
)
"""Kind of a case → the column that holds it, and what is shown of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictItem:
    """主管区 / one of the 17 district authorities."""

    code: Annotated[str, Head("代码", "code"), READ, Shown("110108")]
    zh: Annotated[str, Head("中文名称", "Chinese name"), READ]
    en: Annotated[str, Head("英文名称", "English name"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckItem:
    """检查 / a check with its clause."""

    code: Annotated[str, Head("代码", "code"), READ, Shown("S1")]
    zh: Annotated[str, Head("中文名称", "Chinese name"), READ]
    en: Annotated[str, Head("英文名称", "English name"), READ]
    clause: Annotated[str, Head("条款", "clause"), READ, Shown("七(三)")]
    severity: Annotated[Severity, Head("严重程度", "severity"), READ, Said("severity")]
    version: Annotated[int, Head("判法版本", "version of the rule"), READ]
    of_enterprise: Annotated[bool, Head("企业的违规", "a breach of the enterprise"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelItem:
    """等级 / a skill level; ordered by rank, never by its digit."""

    level: Annotated[Level, Head("等级代码", "level"), READ]
    rank: Annotated[int, Head("等级次序", "rank"), READ]
    zh: Annotated[str, Head("中文名称", "Chinese name"), READ]
    en: Annotated[str, Head("英文名称", "English name"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupationItem:
    """职业 / an occupation of an adopted edition, or of a batch that extends it."""

    edition: Annotated[str, Head("大典版本或批次", "edition or batch"), READ, Shown("2022")]
    kind: Annotated[CatalogueKind, Head("目录类别", "catalogue"), READ, Said("catalogue")]
    code: Annotated[str, Head("职业编码", "code"), READ, Shown("6-31-01-03")]
    name: Annotated[str, Head("职业名称", "name"), READ, Shown("电工")]
    skills: Annotated[bool, Head("技能类", "a skills occupation"), READ]
    levels: Annotated[
        tuple[LevelShown, ...] | None, Head("标准所设等级", "levels of its standard"), READ
    ]
    valid_from: Annotated[date | None, Head("自", "from"), READ]
    valid_to: Annotated[date | None, Head("至（不含）", "until, not included"), READ]
    known_from: Annotated[int, Head("采用的记录位置", "adopted by entry"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedItem:
    """采用的目录 / a catalogue as it was adopted."""

    kind: Annotated[CatalogueKind, Head("目录类别", "catalogue"), READ, Said("catalogue")]
    edition: Annotated[str, Head("版本", "edition"), READ, Shown("2022")]
    sha256: Annotated[str, SHA256, READ]
    valid_from: Annotated[date | None, Head("自", "from"), READ]
    valid_to: Annotated[date | None, Head("至（不含）", "until, not included"), READ]
    known_from: Annotated[int, Head("采用的记录位置", "adopted by entry"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTypeItem:
    """记录类型 / a kind of entry, with the names under which it was ever stored."""

    type: Annotated[str, TYPE, READ, Said("event"), Shown("ScopeChanged")]
    zh: Annotated[str, Head("中文名称", "Chinese name"), READ]
    en: Annotated[str, Head("英文名称", "English name"), READ]
    stream: Annotated[str, Head("记录流", "stream"), READ, Shown("standing")]
    schema: Annotated[int, Head("格式版本", "schema"), READ]
    stored: Annotated[tuple[str, ...], Head("存储名称", "stored names"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumnItem:
    """列 / a column of a table."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "type")

    name: Annotated[str, Head("列名", "name"), READ, Shown("known_from")]
    type: Annotated[str, Head("类型", "type"), READ, Shown("int64")]
    zh: Annotated[str, Head("中文名称", "Chinese name"), READ]
    en: Annotated[str, Head("英文名称", "English name"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFileItem:
    """数据表 / a table as one file, at the address where it never changes."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "rows")

    name: Annotated[str, Head("表名", "name"), READ, Shown("flags")]
    zh: Annotated[str, Head("中文名称", "Chinese name"), READ]
    en: Annotated[str, Head("英文名称", "English name"), READ]
    address: Annotated[str, Head("地址", "address"), READ]
    rows: Annotated[int, Head("行数", "rows"), READ]
    bytes: Annotated[int, Head("字节数", "bytes"), READ]
    sha256: Annotated[str, SHA256, READ]
    digest: Annotated[str, Head("各行校验和", "sum over its rows"), READ]
    columns: Annotated[tuple[TableColumnItem, ...], Head("列", "columns"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesItem:
    """双时间数据表 / all tables at a position, with the digest of every file."""

    schema: Annotated[int, Head("表结构版本", "version of the columns"), READ]
    fold: Annotated[int, Head("判定程序版本", "version of the fold"), READ]
    root: Annotated[str, Head("台账根（SHA-256）", "root of the ledger"), READ]
    checkpoint: Annotated[str | None, Head("检查点", "checkpoint"), READ]
    tables: Annotated[tuple[TableFileItem, ...], Head("数据表", "tables"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLinkItem:
    """签名链接 / the address of a table for a reader that sends no header."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "address")

    name: Annotated[str, Head("表名", "name"), READ, Shown("flags")]
    address: Annotated[str, Head("地址", "address"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLinksItem:
    """签名链接 / addresses of all tables that hold for a short while without a token."""

    expires_at: Annotated[datetime, Head("失效时间", "expires at"), READ]
    links: Annotated[tuple[TableLinkItem, ...], Head("链接", "links"), READ]


class Table(NamedTuple):
    """One table: its name, what a row is, and where its rows come from."""

    name: str
    item: type
    view: str | None
    """The table of the views whose rows it holds; None: it is made of something else."""
    fields: tuple[Field, ...]
    """Its columns in order, the rectangle first."""
    renamed: Mapping[str, str]
    """Fields of the item that bear another name here, since the rectangle has theirs."""

    @property
    def in_two_times(self) -> bool:
        """Whether its rows are rectangles; the others are for reference."""
        return self.fields[: len(_RECTANGLE)] == _RECTANGLE

    @property
    def zh(self) -> str:
        """What it holds."""
        return shape_of(self.item).zh

    @property
    def en(self) -> str:
        """What it holds."""
        return shape_of(self.item).en


_RECTANGLE = shape_of(Rectangle).fields
_OWN = frozenset(field.name for field in _RECTANGLE)


def _table(
    name: str,
    item: type,
    view: str | None = None,
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> Table:
    visible = shape_of(item).seen_by(Audience.READERS).fields
    rest = tuple(
        field._replace(name=renamed.get(field.name, field.name))
        for field in visible
        if field.name in renamed or field.name not in _OWN
    )
    return Table(name, item, view, (*_RECTANGLE, *rest), renamed)


def _reference(name: str, item: type) -> Table:
    return Table(name, item, None, shape_of(item).fields, MappingProxyType({}))


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            _table("entries", LedgerEntryItem),
            _table(
                "roster",
                RosterItem,
                "roster",
                {"valid_from": "listed_from", "valid_to": "listed_to"},
            ),
            _table("scope", ScopeStretchItem, "scope"),
            _table(
                "flags",
                FlagItem,
                "flags",
                {"known_from": "flag_known_from", "known_to": "flag_known_to"},
            ),
            _table("assessments", SessionItem, "sessions"),
            _table("certificates", CertificateItem, "certificates"),
            _table("cases", CaseItem, "cases"),
            _table("actions", ActionItem),
            _reference("districts", DistrictItem),
            _reference("checks", CheckItem),
            _reference("levels", LevelItem),
            _reference("occupations", OccupationItem),
            _reference("catalogues", AdoptedItem),
            _reference("event_types", EventTypeItem),
        )
    }
)
"""Name → table, in the order of the contract."""
