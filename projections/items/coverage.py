"""Items of reach: visits of a year by district, who was not visited, plans beside what was held."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.terms.vocabulary import Standing
from projections.items.parts import DISTRICT, USCC, District, Uscc
from projections.items.shape import READ, Head, Said, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageItem:
    """本年督导覆盖 / how many enterprises of a district were visited this year."""

    district: Annotated[District | None, DISTRICT, READ]
    listed: Annotated[int, Head("名单企业数", "on the roster"), READ]
    visited: Annotated[int, Head("已督导", "visited"), READ]
    unvisited: Annotated[int, Head("未督导", "not visited"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnvisitedItem:
    """本年未督导的企业 / an enterprise that nobody visited this year."""

    uscc: Annotated[Uscc, USCC, READ]
    name: Annotated[str, Head("企业名称", "name"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    standing: Annotated[Standing, Head("名单状态", "standing"), READ, Said("standing")]
    last_visit: Annotated[date | None, Head("上次现场督导", "last visit"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparisonItem:
    """年度计划与实际 / what an enterprise planned for a year, and what it held."""

    uscc: Annotated[Uscc, USCC, READ]
    name: Annotated[str, Head("企业名称", "name"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    year: Annotated[int, Head("年度", "year"), READ, Shown(2026)]
    filed_on: Annotated[date | None, Head("报备日期", "filed on"), READ]
    revised_on: Annotated[date | None, Head("修订日期", "revised on"), READ]
    planned_sessions: Annotated[int | None, Head("计划场次", "sessions planned"), READ]
    planned_candidates: Annotated[int | None, Head("计划人数", "people planned"), READ]
    sessions: Annotated[int, Head("实际场次", "sessions held"), READ]
    candidates: Annotated[int, Head("实际考生", "candidates"), READ]
