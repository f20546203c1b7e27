"""The arithmetic of the expert evaluation (六(二)): five headings, a mean, a pass mark."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from domain.terms.decider import Refused
from domain.terms.naming import heading_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """An expert as assigned; `recusal_declared`: a ground for recusal was declared."""

    expert_id: str
    name: str
    affiliation: str
    recusal_declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingScores:
    """Points for 企业基本情况, 人力资源管理制度, 经费保障措施, 认定工作机构及质量保障体系, 场地设备信息化."""

    basics: Decimal
    hr_system: Decimal
    funding: Decimal
    organisation_quality: Decimal
    premises_it: Decimal

    @property
    def total(self) -> Decimal:
        """Sum over the headings."""
        return (
            self.basics
            + self.hr_system
            + self.funding
            + self.organisation_quality
            + self.premises_it
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """What a conclusion rests on: every sheet's total, their mean, the mark to reach."""

    totals: tuple[str, ...]
    mean: str
    pass_mark: int
    passed: bool


def arithmetic(sheets: Sequence[HeadingScores], pass_mark: int) -> Arithmetic:
    """Return totals and mean (two decimals, half up) of `sheets`; at least one sheet.

    The mark is compared with the sum, before anything is rounded.
    """
    totals = [sheet.total for sheet in sheets]
    total = sum(totals, Decimal(0))
    mean = (total / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Arithmetic(
        totals=tuple(f"{total:f}" for total in totals),
        mean=f"{mean:f}",
        pass_mark=pass_mark,
        passed=total >= pass_mark * len(totals),
    )


def mean_of(result: Arithmetic) -> Decimal:
    """Return the mean of the totals, cut behind the sixth decimal.

    Cut and not rounded: what lies below a whole mark stays below it, so that who compares the number with
    the mark comes to the conclusion that the rule came to. `Arithmetic.mean` is rounded, for people.
    """
    if not result.totals:
        return Decimal(result.mean)
    mean = sum(map(Decimal, result.totals), Decimal(0)) / len(result.totals)
    return mean.quantize(Decimal("0.000001"), ROUND_FLOOR)


def two_places(mean: Decimal) -> str:
    """Return a mean as people read it: rounded half up, but as it is where it would then reach a whole mark."""
    rounded = mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{mean.normalize() if mean < rounded == rounded.to_integral_value() else rounded:f}"


def require_points(scores: HeadingScores, maximum: int) -> None:
    """Refuse points below 0 or above `maximum` of a heading [C]."""
    for heading in fields(scores):
        points: Decimal = getattr(scores, heading.name)
        if not (points.is_finite() and 0 <= points <= maximum):
            raise Refused(
                "points-out-of-range",
                f"“{heading_of(heading.name).zh}”得分 {points}，应在 0 至 {maximum} 之间",
                f"{heading_of(heading.name).en} has {points} points; 0 to {maximum} are allowed",
                f"scores.{heading.name}",
            )
