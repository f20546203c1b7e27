"""Confirmed scope: items as they are written, units as they are compared.

An item bundles the levels of one occupation (one line of a published roster). What is
granted, withdrawn and assessed is one occupation at one level: a unit. Clauses 六(三), 七(三).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.terms.decider import Refused
from domain.terms.reference import Control, Occupation, Reference
from domain.terms.vocabulary import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeItem:
    """One occupation, or one 工种 of it, with a set of levels (确认范围的一项)."""

    edition: str
    code: str
    name: str
    trade: str | None = None
    levels: tuple[Level, ...]

    @property
    def occupation(self) -> Occupation:
        """The occupation without its levels."""
        return Occupation(edition=self.edition, code=self.code, name=self.name, trade=self.trade)


class Unit(NamedTuple):
    """One occupation at one level."""

    edition: str
    code: str
    name: str
    trade: str | None
    level: Level


def units(items: Iterable[ScopeItem]) -> frozenset[Unit]:
    """Return every occupation at every level of `items`."""
    return frozenset(
        Unit(item.edition, item.code, item.name, item.trade, level)
        for item in items
        for level in item.levels
    )


def items(of: Iterable[Unit]) -> tuple[ScopeItem, ...]:
    """Return `of` bundled by occupation, in order of code, name, 工种 and rank."""
    bundles: dict[tuple[str, str, str, str | None], list[Level]] = {}
    for unit in of:
        bundles.setdefault(unit[:4], []).append(unit.level)
    return tuple(
        ScopeItem(
            edition=edition,
            code=code,
            name=name,
            trade=trade,
            levels=tuple(sorted(levels, key=lambda level: level.rank)),
        )
        for (edition, code, name, trade), levels in sorted(
            bundles.items(), key=lambda pair: (pair[0][0], pair[0][1], pair[0][2], pair[0][3] or "")
        )
    )


def named(of: Iterable[Unit]) -> str:
    """Return `of` in words for a message: 电工(5,4)、车工(3)."""
    return "、".join(
        f"{item.occupation.label}({','.join(level.value for level in item.levels)})"
        for item in items(of)
    )


def require_certifiable(
    reference: Reference, scope: Iterable[ScopeItem], day: date, field: str
) -> None:
    """Refuse a scope that an authority may not confirm on `day` (三).

    准入类 occupations are excluded; so is what an edition whose content is held does not know.
    """
    for index, item in enumerate(scope):
        where = f"{field}.{index}"
        control, edition = reference.control(item.occupation, day)
        if control is Control.CONTROLLED:
            raise Refused(
                "access-controlled",
                f"{item.occupation.label} 在{edition}年国家职业资格目录中为准入类,不得列入认定范围(三)",
                f"{item.occupation.label} is access-controlled in the {edition} catalogue"
                " and may not be confirmed (三)",
                where,
            )
        dictionary = reference.dictionaries.get(item.edition)
        if dictionary is not None and dictionary.names.get(item.code) != item.name:
            known = dictionary.names.get(item.code)
            raise Refused(
                "unknown-occupation",
                f"{item.edition}年版大典中编码 {item.code} "
                + (f"是“{known}”,不是“{item.name}”" if known else "不存在")
                + ";请核对职业编码与名称",
                f"in the {item.edition} dictionary code {item.code} "
                + (f"is {known}, not {item.name}" if known else "does not exist")
                + "; check code and name",
                where,
            )
