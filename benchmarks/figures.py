"""What a benchmark says: rows with a value, what it is held against, and whether that is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound on a row's value, or on its ratio."""

    bound: float
    at_least: bool
    of_ratio: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One published number. `low` and `high`: over the rounds; `ratio`: to `to`, in the same run."""

    what: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    ratio: float | None = None
    to: str = ""
    targets: tuple[Target, ...] = ()


class Sizes(NamedTuple):
    """How much is measured."""

    small: int
    """Lines of the small ledger."""
    large: int
    """Lines of the large ledger."""
    seconds: float
    """Of one round of a rate that is measured by time."""
    rounds: int
    questions: int
    """Of each kind, where latencies are measured."""
    kills: int


FULL = Sizes(small=1_000_000, large=10_000_000, seconds=4.0, rounds=7, questions=2_000, kills=500)
QUICK = Sizes(small=3_000, large=6_000, seconds=0.4, rounds=2, questions=40, kills=8)


class Setting(NamedTuple):
    """Where and how much."""

    work: Path
    sizes: Sizes


def at_least(bound: float, *, of_ratio: bool = False) -> Target:
    """Return a lower bound."""
    return Target(bound=bound, at_least=True, of_ratio=of_ratio)


def at_most(bound: float) -> Target:
    """Return an upper bound."""
    return Target(bound=bound, at_least=False)


def is_met(row: Row, target: Target) -> bool:
    """Return whether the row meets its target."""
    value = _held(row, target)
    return value >= target.bound if target.at_least else value <= target.bound


def verdict(row: Row, target: Target) -> str:
    """Return `met` or `missed`, and by how much."""
    share = _held(row, target) / target.bound
    by = f"{abs(share - 1):.0%} {'above' if share >= 1 else 'below'} it"
    return f"met, {by}" if is_met(row, target) else f"**missed**, {by}"


def _held(row: Row, target: Target) -> float:
    if not target.of_ratio:
        return row.value
    if row.ratio is None:
        raise ValueError(f"{row.what}: a target for a ratio that was not measured")
    return row.ratio


def missed(rows: Sequence[Row]) -> list[str]:
    """Return what was missed."""
    return [row.what for row in rows for target in row.targets if not is_met(row, target)]
