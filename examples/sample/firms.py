"""The sixty enterprises: who they are, what they apply for, and from when to when they are on the roster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from examples.sample import occupations as o
from examples.sample.districts import DISTRICTS, District
from examples.sample.numbers import uscc
from examples.sample.words import KINDS, firm_name

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One publication: name, the window it answers, its day."""

    name: str
    window: str
    published_on: date


BATCHES = (
    Batch(name="2024-1", window="2023-10", published_on=date(2024, 1, 2)),
    Batch(name="2024-2", window="2024-05", published_on=date(2024, 7, 1)),
    Batch(name="2025-1", window="2024-10", published_on=date(2025, 1, 2)),
    Batch(name="2025-2", window="2025-05", published_on=date(2025, 7, 1)),
    Batch(name="2026-1", window="2025-10", published_on=date(2026, 1, 5)),
    Batch(name="2026-2", window="2026-05", published_on=date(2026, 7, 1)),
)
_LAST_OF_BATCH = (20, 34, 44, 52, 57, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """One enterprise. Ordinary sessions are of `scope` and lie within `[busy_from, busy_to)`."""

    number: int
    uscc: str
    name: str
    kind: str
    district: District
    batch: Batch
    scope: tuple[Json, ...]
    extra: tuple[Json, ...] = ()
    """Scope that only planted sessions touch."""
    methods: tuple[str, ...] = ("examination", "process", "performance")
    own_method: str | None = None
    until: date
    busy_to: date
    receipt: bool = True
    no_plans: tuple[int, ...] = ()
    """The years without a plan."""
    last_serial: dict[str, int] = field(default_factory=dict)

    @property
    def district_route(self) -> bool:
        """Whether the district gives the first opinion (六(一))."""
        return self.kind in {"district", "foreign", "private"}

    @property
    def whole_scope(self) -> list[Json]:
        """Everything applied for."""
        return [*self.scope, *self.extra]

    @property
    def busy_from(self) -> date:
        """The first day of ordinary sessions."""
        return self.batch.published_on

    def next_number(self, year: int, level: str) -> int:
        """Return the next serial number of a certificate."""
        key = f"{year}-{level}"
        self.last_serial[key] = self.last_serial.get(key, 0) + 1
        return self.last_serial[key]


_LATEST = date(2026, 10, 1)
_SPECIAL: Mapping[int, Json] = MappingProxyType(
    {
        6: {
            "name": "京示例六号机床集团有限公司",
            "scope": (o.with_levels(o.LATHE, "543"), o.with_levels(o.FITTER, "5432")),
        },
        9: {"busy_to": date(2024, 12, 15), "no_plans": (2026,)},
        10: {
            "until": date(2027, 1, 2),
            "methods": ("examination", "own"),
            "own_method": "师带徒考评",
        },
        11: {"busy_to": date(2025, 2, 20)},
        12: {"until": date(2026, 1, 2), "busy_to": date(2025, 12, 1)},
        13: {"until": date(2026, 1, 2)},
        16: {"no_plans": (2025, 2026), "busy_to": date(2024, 12, 1)},
        19: {"scope": ({**o.CAR_REPAIR, "levels": ["5", "4", "3", "special"]},)},
        33: {
            "scope": (o.with_levels(o.ELECTRICIAN, "543"),),
            "extra": (o.with_levels(o.LIFTS, "21"),),
        },
        32: {
            "scope": (o.with_levels(o.ROBOT_OPERATOR, "43"),),
            "extra": (o.with_levels(o.ROBOT_CARE, "2"),),
        },
        38: {
            "scope": (o.with_levels(o.LIFTS, "543"),),
            "extra": (o.with_levels(o.COOLING, "43"), o.with_levels(o.CHEMISTRY, "543")),
        },
        39: {"busy_to": date(2026, 9, 1)},
        41: {"receipt": False, "busy_to": date(2025, 1, 2)},
        42: {"extra": (o.with_levels(o.TESTER, "54"),)},
        44: {"extra": (o.with_levels(o.WATERPROOFING_ROOFS, "54"), o.with_levels(o.TEA, "54"))},
        46: {"extra": (o.with_levels(o.WELDER, "54"),)},
        60: {"busy_to": date(2026, 7, 1)},
    }
)
"""What differs from the rule, by the number of the enterprise."""


def _firm(number: int) -> Firm:
    kind = KINDS[(number - 1) % len(KINDS)]
    district = DISTRICTS[(number - 1) % len(DISTRICTS)]
    trade, scope = o.TRADES[(number - 1) % len(o.TRADES)]
    batch = next(b for b, last in zip(BATCHES, _LAST_OF_BATCH, strict=True) if number <= last)
    published = batch.published_on
    division = "110302" if district.code == "BDA" else district.division
    fields: Json = {
        "name": firm_name(number, trade, kind),
        "scope": scope,
        "until": published.replace(year=published.year + 3),
        "busy_to": _LATEST,
    }
    return Firm(
        number=number,
        # Every fourth is registered in another district than the one that is competent.
        uscc=uscc(f"{number:03d}", "110105" if number % 4 == 0 else division),
        kind=kind,
        district=district,
        batch=batch,
        **(fields | _SPECIAL.get(number, {})),
    )


def all_firms() -> dict[int, Firm]:
    """Return all sixty, by number, as they are before the first line."""
    return {number: _firm(number) for number in range(1, 61)}
