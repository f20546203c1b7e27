"""Items of comparisons and counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, TypeAlias

from domain.terms.vocabulary import Level, Standing
from projections.items.entries import RECORDED_AT, TYPE, VALID_FROM
from projections.items.flags import FlagItem
from projections.items.listed import RosterItem
from projections.items.parts import (
    DISTRICT,
    LEVEL,
    POSITION,
    USCC,
    Actor,
    District,
    GrantedItem,
    Sentence,
    Uscc,
)
from projections.items.shape import READ, SOMETIMES, UNTIL, WRITTEN, Anything, Head, Said, Shown

CHANGE = Head("变化", "change")
BEFORE = Head("之前", "before")
AFTER = Head("之后", "after")
CAUSES = Head("依据", "because of entries")
CLOCK = Head("因何而异", "which clock did it")
FIELDS = Head("不同之处", "fields that differ")
OF = Head("比较对象", "what is compared")
Change: TypeAlias = Literal["added", "removed", "changed"]
Clock: TypeAlias = Literal["day", "knowledge", "both", "supposition"]
"""Moved alone, the day makes the difference, or what was known; or neither, or each of them.

Of a question what-if no clock moves: what is supposed makes it.
"""
SUPPOSED = Head("所假设", "supposed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """起因 / an entry that explains a line."""

    BRIEF: ClassVar[tuple[str, ...]] = ("type", "document_no", "position")

    position: Annotated[int, POSITION, READ]
    type: Annotated[str, TYPE, READ, Said("event"), Shown("ScopeChanged")]
    actor: Annotated[Actor, Head("经办人", "actor"), READ]
    reason: Annotated[str | None, Head("理由", "reason"), WRITTEN]
    document_no: Annotated[str | None, Head("文号", "document number"), READ]
    recorded_at: Annotated[datetime, RECORDED_AT, READ]
    valid_from: Annotated[date, VALID_FROM, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupposedCause:
    """所假设 / a rule set, a catalogue or a line that is only supposed and explains a difference."""

    BRIEF: ClassVar[tuple[str, ...]] = ("kind", "edition", "line", "type")

    kind: Annotated[
        Literal["rules", "catalogue", "suppositions"],
        Head("假设", "what is supposed"),
        READ,
        Said("supposed"),
    ]
    edition: Annotated[str | None, Head("版本", "edition"), READ]
    line: Annotated[int | None, Head("行号", "line"), READ]
    type: Annotated[str | None, TYPE, READ, Said("event")]
    valid_from: Annotated[date | None, VALID_FROM, READ]
    reason: Annotated[str | None, Head("理由", "reason"), WRITTEN]
    document_no: Annotated[str | None, Head("文号", "document number"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """不同之处 / a field that differs, by its path."""

    path: Annotated[str, Head("字段", "field"), READ, Shown("standing")]
    before: Annotated[Anything | None, BEFORE, READ]
    after: Annotated[Anything | None, AFTER, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOnDay:
    """当日状态 / where an enterprise stands on the day."""

    BRIEF: ClassVar[tuple[str, ...]] = ("standing", "batch")

    uscc: Annotated[Uscc, USCC, READ]
    name: Annotated[str, Head("企业名称", "name"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    standing: Annotated[Standing, Head("名单状态", "standing"), READ, Said("standing")]
    batch: Annotated[str | None, Head("公布批次", "batch"), READ]
    valid_from: Annotated[date | None, Head("有效期起", "valid from"), READ]
    valid_to: Annotated[date | None, Head("有效期止", "valid until"), READ, UNTIL]


# Columns that every difference has, whatever differs.
ChangeColumn: TypeAlias = Annotated[Change, CHANGE, READ, Said("change")]
KeyColumn: TypeAlias = Annotated[str, Head("标识", "key"), READ]
UsccColumn: TypeAlias = Annotated[Uscc, USCC, READ]
ClockColumn: TypeAlias = Annotated[Clock, CLOCK, READ, Said("clock")]
MessageColumn: TypeAlias = Annotated[Sentence, Head("说明", "in words"), READ]
FieldsColumn: TypeAlias = Annotated[tuple[FieldDifference, ...], FIELDS, READ]
CausesColumn: TypeAlias = Annotated[tuple[Cause, ...], CAUSES, READ]
SupposedColumn: TypeAlias = Annotated[tuple[SupposedCause, ...], SUPPOSED, READ, SOMETIMES]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterDifferenceItem:
    """名单差异 / an enterprise whose place on the roster differs."""

    change: ChangeColumn
    key: KeyColumn
    of: Annotated[Literal["roster"], OF, READ, Said("compared")]
    uscc: UsccColumn
    clock: ClockColumn
    message: MessageColumn
    fields: FieldsColumn
    before: Annotated[RosterItem | None, BEFORE, READ]
    after: Annotated[RosterItem | None, AFTER, READ]
    because: CausesColumn
    supposed: SupposedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDifferenceItem:
    """范围差异 / an item of a scope that differs."""

    change: ChangeColumn
    key: KeyColumn
    of: Annotated[Literal["scope"], OF, READ, Said("compared")]
    uscc: UsccColumn
    clock: ClockColumn
    message: MessageColumn
    fields: FieldsColumn
    before: Annotated[GrantedItem | None, BEFORE, READ]
    after: Annotated[GrantedItem | None, AFTER, READ]
    because: CausesColumn
    supposed: SupposedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDifferenceItem:
    """疑点差异 / a flag that differs."""

    change: ChangeColumn
    key: KeyColumn
    of: Annotated[Literal["flags"], OF, READ, Said("compared")]
    uscc: UsccColumn
    clock: ClockColumn
    message: MessageColumn
    fields: FieldsColumn
    before: Annotated[FlagItem | None, BEFORE, READ]
    after: Annotated[FlagItem | None, AFTER, READ]
    because: CausesColumn
    supposed: SupposedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDifferenceItem:
    """状态差异 / an enterprise whose standing differs."""

    change: ChangeColumn
    key: KeyColumn
    of: Annotated[Literal["standings"], OF, READ, Said("compared")]
    uscc: UsccColumn
    clock: ClockColumn
    message: MessageColumn
    fields: FieldsColumn
    before: Annotated[StandingOnDay | None, BEFORE, READ]
    after: Annotated[StandingOnDay | None, AFTER, READ]
    because: CausesColumn
    supposed: SupposedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class CountItem:
    """统计 / counts; of the first eight there are those that were counted by."""

    district: Annotated[District | None, DISTRICT, READ, SOMETIMES]
    edition: Annotated[str | None, Head("大典版本", "edition"), READ, SOMETIMES, Shown("2022")]
    occupation_code: Annotated[
        str | None, Head("职业编码", "occupation code"), READ, SOMETIMES, Shown("4-07-05-03")
    ]
    occupation: Annotated[str | None, Head("职业", "occupation"), READ, SOMETIMES]
    level: Annotated[Level | None, LEVEL, READ, Said("level"), SOMETIMES]
    method: Annotated[str | None, Head("认定方式", "method"), READ, Said("method"), SOMETIMES]
    month: Annotated[str | None, Head("月份", "month"), READ, SOMETIMES, Shown("2025-03")]
    code: Annotated[str | None, Head("检查", "check"), READ, Said("check"), SOMETIMES]
    sessions: Annotated[int, Head("认定活动数", "sessions"), READ]
    certificates: Annotated[
        int,
        Head("有效证书数（不含已换发、已撤销）", "certificates in force, none replaced or revoked"),
        READ,
    ]
    breaches: Annotated[int, Head("违规数", "breaches"), READ]
    open_findings: Annotated[int, Head("未结问题", "open findings"), READ]
    sessions_in_breach: Annotated[
        int, Head("有违规的认定活动数", "sessions in breach"), READ, SOMETIMES
    ]
    of_sessions: Annotated[int, Head("认定活动基数", "of so many sessions"), READ, SOMETIMES]
    session_rate: Annotated[
        Decimal | None, Head("认定活动违规率", "share of sessions in breach"), READ, SOMETIMES
    ]
    certificates_in_breach: Annotated[
        int, Head("有违规的有效证书数", "certificates in breach"), READ, SOMETIMES
    ]
    of_certificates: Annotated[
        int, Head("有效证书基数", "of so many certificates"), READ, SOMETIMES
    ]
    certificate_rate: Annotated[
        Decimal | None, Head("证书违规率", "share of certificates in breach"), READ, SOMETIMES
    ]
    small: Annotated[
        tuple[Literal["sessions", "certificates"], ...],
        Head("基数过小（比率不宜比较）", "rates over few: not to be compared"),
        READ,
        Said("count"),
        SOMETIMES,
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountDifferenceItem:
    """计数差异 / counts that differ, of one value of what is counted by."""

    change: ChangeColumn
    key: KeyColumn
    of: Annotated[Literal["counts"], OF, READ, Said("compared")]
    uscc: Annotated[Uscc | None, USCC, READ]
    clock: ClockColumn
    message: MessageColumn
    fields: FieldsColumn
    before: Annotated[CountItem | None, BEFORE, READ]
    after: Annotated[CountItem | None, AFTER, READ]
    because: CausesColumn


DIFFERENCES: Mapping[str, type] = MappingProxyType(
    {
        "roster": RosterDifferenceItem,
        "scope": ScopeDifferenceItem,
        "flags": FlagDifferenceItem,
        "standings": StandingDifferenceItem,
        "counts": CountDifferenceItem,
    }
)
"""What is compared → a line of it."""
BY = ("district", "occupation", "level", "method", "month", "code")
"""What a comparison of counts is by, one of them."""
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{name: (name,) for name in BY},
        "occupation_code": ("edition", "occupation_code", "occupation"),
    }
)
"""What counts are by, one or two of them → the members of a row that say so."""
KEYS = ("district", "edition", "occupation_code", "occupation", "level", "method", "month", "code")
"""Every member of a row that may say what it counts."""
COUNTS = ("sessions", "certificates", "breaches", "open_findings")
RATES = (
    "sessions_in_breach",
    "of_sessions",
    "session_rate",
    "certificates_in_breach",
    "of_certificates",
    "certificate_rate",
    "small",
)
"""What is told of rates beside the counts, where it is asked for."""
