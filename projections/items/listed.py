"""Items of the roster: an enterprise on it, its scope and its standing over the days, its units."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from domain.terms.vocabulary import EnterpriseKind, Standing
from projections.items.parts import (
    BECAUSE,
    DISTRICT,
    SCOPE,
    USCC,
    District,
    GrantedItem,
    Positions,
    Uscc,
)
from projections.items.shape import ONLY_PUBLISHED, PUBLISHED, READ, UNTIL, Head, Said, Shown

FINDINGS = Head("暂停或移出所依据的问题", "findings behind the suspension or removal")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterItem:
    """名单上的企业 / an enterprise with its standing and scope on the day."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "standing", "scope")

    uscc: Annotated[Uscc, USCC, PUBLISHED]
    name: Annotated[str, Head("企业名称", "name"), PUBLISHED]
    kind: Annotated[EnterpriseKind, Head("企业类别", "kind"), PUBLISHED, Said("kind")]
    district: Annotated[District | None, DISTRICT, PUBLISHED]
    address: Annotated[str | None, Head("登记地址", "registered address"), READ]
    standing: Annotated[Standing, Head("名单状态", "standing"), PUBLISHED, Said("standing")]
    batch: Annotated[str | None, Head("公布批次", "batch"), PUBLISHED, Shown("2024-1")]
    valid_from: Annotated[date | None, Head("有效期起", "valid from"), PUBLISHED]
    valid_to: Annotated[date | None, Head("有效期止", "valid until"), PUBLISHED, UNTIL]
    scope: Annotated[tuple[GrantedItem, ...], SCOPE, PUBLISHED]
    findings: Annotated[tuple[str, ...], FINDINGS, READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeStretchItem:
    """范围区间 / days on which the scope stays the same."""

    valid_from: Annotated[date, Head("自", "from"), READ]
    valid_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]
    standing: Annotated[Standing, Head("名单状态", "standing"), READ, Said("standing")]
    scope: Annotated[tuple[GrantedItem, ...], SCOPE, READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingStretchItem:
    """状态区间 / days on which the standing stays the same."""

    standing: Annotated[Standing, Head("名单状态", "standing"), READ, Said("standing")]
    batch: Annotated[str | None, Head("公布批次", "batch"), READ]
    valid_from: Annotated[date, Head("自", "from"), READ]
    valid_to: Annotated[date | None, Head("至", "until"), READ, UNTIL]
    listed_from: Annotated[date | None, Head("有效期起", "listed from"), READ]
    listed_to: Annotated[date | None, Head("有效期止", "listed until"), READ, UNTIL]
    findings: Annotated[tuple[str, ...], FINDINGS, READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitItem:
    """所属单位 / a unit for which the enterprise answers."""

    unit_uscc: Annotated[Uscc, Head("单位代码", "USCC of the unit"), READ]
    unit_name: Annotated[str, Head("单位名称", "name of the unit"), READ]
    covered_from: Annotated[date, Head("纳入日期", "covered from"), READ]
    because: Annotated[Positions, BECAUSE, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChangeItem:
    """名单变化 / what became of one enterprise on the roster."""

    change: Annotated[str, Head("变化", "change"), PUBLISHED, Said("change")]
    uscc: Annotated[Uscc, USCC, PUBLISHED]
    before: Annotated[RosterItem | None, Head("之前", "before"), PUBLISHED, ONLY_PUBLISHED]
    after: Annotated[RosterItem | None, Head("之后", "after"), PUBLISHED, ONLY_PUBLISHED]
