"""Items of comparisons and counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from domain.terms.vocabulary import Level
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
    Uscc,
)
from projections.items.shape import READ, SOMETIMES, Head, Said, Shown

CHANGE = Head("变化", "change")
BEFORE = Head("之前", "before")
AFTER = Head("之后", "after")
CAUSES = Head("依据", "because of entries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """起因 / an entry that explains a line."""

    BRIEF: ClassVar[tuple[str, ...]] = ("type", "document_no", "position")

    position: Annotated[int, POSITION, READ]
    type: Annotated[str, TYPE, READ, Said("event"), Shown("ScopeChanged")]
    actor: Annotated[Actor, Head("经办人", "actor"), READ]
    reason: Annotated[str | None, Head("理由", "reason"), READ]
    document_no: Annotated[str | None, Head("文号", "document number"), READ]
    recorded_at: Annotated[datetime, RECORDED_AT, READ]
    valid_from: Annotated[date, VALID_FROM, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterDifferenceItem:
    """名单差异 / an enterprise whose place on the roster differs."""

    change: Annotated[Literal["added", "removed", "changed"], CHANGE, READ, Said("change")]
    key: Annotated[str, Head("标识", "key"), READ]
    uscc: Annotated[Uscc, USCC, READ]
    before: Annotated[RosterItem | None, BEFORE, READ]
    after: Annotated[RosterItem | None, AFTER, READ]
    because: Annotated[tuple[Cause, ...], CAUSES, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDifferenceItem:
    """范围差异 / an item of a scope that differs."""

    change: Annotated[Literal["added", "removed", "changed"], CHANGE, READ, Said("change")]
    key: Annotated[str, Head("标识", "key"), READ]
    uscc: Annotated[Uscc, USCC, READ]
    before: Annotated[GrantedItem | None, BEFORE, READ]
    after: Annotated[GrantedItem | None, AFTER, READ]
    because: Annotated[tuple[Cause, ...], CAUSES, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDifferenceItem:
    """疑点差异 / a flag that differs."""

    change: Annotated[Literal["added", "removed", "changed"], CHANGE, READ, Said("change")]
    key: Annotated[str, Head("标识", "key"), READ]
    uscc: Annotated[Uscc, USCC, READ]
    before: Annotated[FlagItem | None, BEFORE, READ]
    after: Annotated[FlagItem | None, AFTER, READ]
    because: Annotated[tuple[Cause, ...], CAUSES, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountItem:
    """统计 / counts; of the first six there is the one that was counted by."""

    district: Annotated[District | None, DISTRICT, READ, SOMETIMES]
    occupation: Annotated[str | None, Head("职业", "occupation"), READ, SOMETIMES]
    level: Annotated[Level | None, LEVEL, READ, Said("level"), SOMETIMES]
    method: Annotated[str | None, Head("认定方式", "method"), READ, Said("method"), SOMETIMES]
    month: Annotated[str | None, Head("月份", "month"), READ, SOMETIMES, Shown("2025-03")]
    code: Annotated[str | None, Head("检查", "check"), READ, Said("check"), SOMETIMES]
    sessions: Annotated[int, Head("认定活动数", "sessions"), READ]
    certificates: Annotated[int, Head("证书数", "certificates"), READ]
    breaches: Annotated[int, Head("违规数", "breaches"), READ]
    open_findings: Annotated[int, Head("未结问题", "open findings"), READ]


DIFFERENCES: Mapping[str, type] = MappingProxyType(
    {"roster": RosterDifferenceItem, "scope": ScopeDifferenceItem, "flags": FlagDifferenceItem}
)
"""What is compared → a line of it."""
BY = ("district", "occupation", "level", "method", "month", "code")
COUNTS = ("sessions", "certificates", "breaches", "open_findings")
