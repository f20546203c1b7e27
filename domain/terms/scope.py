"""Confirmed scope: items as they are written, units as they are compared.

An item bundles the levels of one occupation (one line of a published roster). What is
granted, withdrawn and assessed is one occupation at one level: a unit. Clauses 六(三), 七(三).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.terms.contents import folded
from domain.terms.decider import Refused
from domain.terms.reference import Control, Occupation, Publication, Published, Reference
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

    @property
    def occupation(self) -> Occupation:
        """The occupation without its level."""
        return Occupation(edition=self.edition, code=self.code, name=self.name, trade=self.trade)


def names_same(one: Occupation, other: Occupation) -> bool:
    """Return whether two occupations of one edition have one name; width and blanks do not count."""
    return one.edition == other.edition and folded(one.name) == folded(other.name)


def units(items: Iterable[ScopeItem]) -> frozenset[Unit]:
    """Return every occupation at every level of `items`."""
    return frozenset(
        Unit(item.edition, item.code, item.name, item.trade, level)
        for item in items
        for level in item.levels
    )


def items(scope: Iterable[Unit]) -> tuple[ScopeItem, ...]:
    """Return a scope bundled by occupation, in order of code, name, 工种 and rank."""
    bundles: dict[tuple[str, str, str, str | None], list[Level]] = {}
    for unit in scope:
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


def named(scope: Iterable[Unit]) -> str:
    """Return a scope in words for a message: 电工(5,4)、车工(3)."""
    return "、".join(
        f"{item.occupation.label}({','.join(level.value for level in item.levels)})"
        for item in items(scope)
    )


def require_some(scope: Iterable[ScopeItem], zh: str, en: str) -> None:
    """Refuse a scope without any occupation at any level; `zh` and `en` say which one is empty."""
    if not units(scope):
        raise Refused("scope-empty", zh, en, "scope")


def require_certifiable(
    reference: Reference, scope: Iterable[ScopeItem], day: date, field: str
) -> None:
    """Refuse a scope with 准入类 occupations: they are excluded, whatever paper is cited (三)."""
    for index, item in enumerate(scope):
        where = f"{field}.{index}"
        control, edition = reference.control(item.occupation, day)
        if control is Control.CONTROLLED:
            raise Refused(
                "access-controlled",
                f"{item.occupation.label} 在{edition}年国家职业资格目录中为准入类，不得列入认定范围（三）",
                f"{item.occupation.label} is access-controlled in the {edition} catalogue"
                " and may not be confirmed (三)",
                where,
            )


def require_published(
    reference: Reference,
    scope: Iterable[ScopeItem],
    day: date,
    field: str,
    document_no: str | None,
) -> None:
    """Refuse occupations and levels that were not published, as far as the catalogues held tell.

    What nothing that is held knows, or a level that the national standard does not have, is taken
    where the act cites the paper that published it: it rests on that paper.
    """
    for index, item in enumerate(scope):
        where = f"{field}.{index}"
        _require_published(reference, item, day, where, document_no)
        if not document_no:
            _require_levels(reference, item, day, where)


def _require_published(
    reference: Reference, item: ScopeItem, day: date, where: str, document_no: str | None
) -> None:
    publication = reference.publication(item.occupation, day)
    if publication.state in _CONFIRMABLE or (
        publication.state is Published.UNKNOWN and document_no
    ):
        return
    zh, en = _unpublished(item, publication)
    raise Refused("unknown-occupation", zh, en, where)


# An act dated before the next edition may name it: the paper that published it is of its day.
_CONFIRMABLE = frozenset({Published.YES, Published.DOUBTFUL, Published.NOT_HELD, Published.NOT_YET})


def _unpublished(item: ScopeItem, publication: Publication) -> tuple[str, str]:
    if publication.state is Published.OTHER_NAME:
        return (
            (
                f"{item.edition}年版大典中编码 {item.code} 或名称对应“{publication.known_as}”，不是“{item.name}”；"
                "请核对职业编码与名称"
            ),
            (
                f"in the {item.edition} dictionary {item.code} or the name belongs to {publication.known_as},"
                f" not to {item.name}; check code and name"
            ),
        )
    if publication.state is Published.UNKNOWN:
        return (
            (
                f"{item.edition}年版大典及已采用的新职业批次中没有“{item.name}”（{item.code}）；"
                "请核对职业编码与名称，新公布的职业请注明公布文件的文号"
            ),
            (
                f"in the {item.edition} dictionary {item.code} does not exist, nor is {item.name} in a"
                " batch that was adopted; check code and name, or cite the paper that published it"
            ),
        )
    return (
        f"“{item.name}”（{item.code}）不是技能类职业，不得列入认定范围",
        f"{item.name} ({item.code}) is no skills occupation and may not be confirmed",
    )


def _require_levels(reference: Reference, item: ScopeItem, day: date, where: str) -> None:
    standard = reference.standard(item.occupation, day)
    if standard is None:
        return
    missing = [level for level in item.levels if not standard.has(level)]
    if missing:
        raise Refused(
            "level-not-in-standard",
            f"{item.occupation.label} 的国家职业标准没有 {'、'.join(x.zh for x in missing)}；"
            "请核对等级，如另有文件请注明文号",
            f"the national standard of {item.occupation.label} has no"
            f" {', '.join(x.en for x in missing)}; check the levels, or cite the paper",
            where,
        )
